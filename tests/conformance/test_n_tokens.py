"""Who is let in, and how a refusal is told (rows N-01 to N-09)."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from scim.utils.clock import now
from scim.utils.tokens import make_token
from tests.conformance.tools import USER, another_token, refusal
from tests.support.http import SCIM, Scim, account, serving

BODY: dict[str, Any] = {"schemas": [USER], "userName": "bo"}


async def as_sent(scim: Scim, authorization: str | None, path: str = "/Users") -> httpx.Response:
    """The answer to a read with this Authorization header."""
    headers = {} if authorization is None else {"authorization": authorization}
    return await scim.client.get(SCIM + path, headers=headers)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "POST"])
@pytest.mark.parametrize("path", ["/Users", "/Users/{}", "/Users/.search", "/.search", "/", "/Me", "/Widgets"])
async def test_N_01_nothing_is_read_or_changed_for_who_is_nobody(strict: Scim, method: str, path: str) -> None:
    kim = await strict.user("kim")
    where = SCIM + path.format(kim["id"])
    answer = await strict.client.request(method, where, json=BODY if method != "GET" else None)
    assert refusal(answer) == (401, None)
    assert kim["id"] not in answer.text
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


async def test_N_01_a_caller_without_rights_reads_and_changes_nothing(strict: Scim, database: Database) -> None:
    kim = await strict.user("kim")
    path = f"/Users/{kim['id']}"
    nobody = Scim(strict.client, await another_token(database, strict.owner, scopes=()))
    writer = Scim(strict.client, await another_token(database, strict.owner, scopes=("scim:write",)))
    reader = Scim(strict.client, await another_token(database, strict.owner, scopes=("scim:read",)))
    for refused in (nobody, writer):
        for read in (await refused.get(path), await refused.get("/Users"), await refused.get("/")):
            assert refusal(read) == (403, None)
    for refused in (nobody, reader):
        change = {"op": "replace", "path": "title", "value": "x"}
        for write in (
            await refused.post("/Users", BODY),
            await refused.put(path, BODY),
            await refused.patch(path, change),
            await refused.delete(path),
        ):
            assert refusal(write) == (403, None)
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


async def test_N_02_a_challenge_names_the_scheme_and_what_is_wrong_with_the_token(
    strict: Scim, database: Database
) -> None:
    expired = await another_token(database, strict.owner, expires_at=now() - timedelta(seconds=1))
    none = await as_sent(strict, None)
    assert refusal(none) == (401, None)
    assert none.headers["www-authenticate"].startswith("Bearer")
    assert "error" not in none.headers["www-authenticate"]
    for token in ("x", make_token("unknown"), expired.token, f"{strict.owner.token}x"):
        bad = await as_sent(strict, f"Bearer {token}")
        assert refusal(bad) == (401, None)
        assert bad.headers["www-authenticate"].startswith("Bearer")
        assert 'error="invalid_token"' in bad.headers["www-authenticate"]


async def test_N_03_a_token_that_is_too_weak_is_told_which_scope_is_missing(strict: Scim, database: Database) -> None:
    reader = Scim(strict.client, await another_token(database, strict.owner, scopes=("scim:read",)))
    answer = await reader.post("/Users", BODY)
    assert refusal(answer) == (403, None)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert 'scope="scim:write"' in answer.headers["www-authenticate"]


async def test_N_03_two_tokens_at_once_are_a_bad_request(strict: Scim) -> None:
    token = f"Bearer {strict.owner.token}"
    answer = await strict.client.get(f"{SCIM}/Users", headers=[("authorization", token), ("authorization", token)])
    assert refusal(answer) == (400, None)
    assert 'error="invalid_request"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "{}", "Bearer {} {}", "Token {}"])
async def test_N_03_a_header_that_is_none_is_401(strict: Scim, header: str) -> None:
    answer = await as_sent(strict, header.replace("{}", strict.owner.token))
    assert refusal(answer) == (401, None)
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_N_04_the_scheme_is_matched_without_case_and_the_token_with_case(strict: Scim) -> None:
    for scheme in ("Bearer", "bearer", "BEARER", "bEaReR"):
        assert (await as_sent(strict, f"{scheme} {strict.owner.token}")).status_code == 200
    for token in (strict.owner.token.upper(), strict.owner.token.swapcase(), strict.owner.token.lower()):
        assert refusal(await as_sent(strict, f"Bearer {token}")) == (401, None)


@pytest.mark.parametrize("name", ["access_token", "token", "authorization"])
async def test_N_05_a_token_in_the_url_opens_nothing(strict: Scim, name: str) -> None:
    answer = await as_sent(strict, None, f"/Users?{name}={strict.owner.token}")
    assert refusal(answer) == (401, None)


async def test_N_06_a_token_is_good_for_as_long_as_the_server_says(strict: Scim, database: Database) -> None:
    for life, status in ((timedelta(hours=1), 200), (timedelta(seconds=-1), 401)):
        token = await another_token(database, strict.owner, expires_at=now() + life)
        assert (await Scim(strict.client, token).get("/Users")).status_code == status


async def test_N_06_a_token_in_use_ends_with_its_life(
    strict: Scim, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await another_token(database, strict.owner, expires_at=now() + timedelta(hours=1))
    caller = Scim(strict.client, token)
    assert (await caller.get("/Users")).status_code == 200
    monkeypatch.setattr("scim.middleware.authentication.now", lambda: now() + timedelta(hours=1))
    assert refusal(await caller.get("/Users")) == (401, None)


async def test_N_07_a_server_behind_a_proxy_knows_that_tls_ends_there(database: Database) -> None:
    headers = {"x-forwarded-proto": "https", "x-forwarded-host": "scim.example.org"}
    async with serving(database, Settings(proxy_headers=True)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        made = await scim.post("/Users", BODY, headers=headers)
    assert made.headers["location"].startswith("https://scim.example.org/")
    assert made.json()["meta"]["location"] == made.headers["location"]


async def test_N_08_basic_authentication_is_not_taken(strict: Scim) -> None:
    for pair in (f"kim:{strict.owner.token}", f"{strict.owner.token}:"):
        answer = await as_sent(strict, f"Basic {base64.b64encode(pair.encode()).decode()}")
        assert refusal(answer) == (401, None)
        assert "basic" not in answer.headers["www-authenticate"].lower()
    schemes = (await strict.get("/ServiceProviderConfig")).json()["authenticationSchemes"]
    assert "httpbasic" not in [scheme["type"] for scheme in schemes]


@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas"])
async def test_N_09_everybody_may_read_what_the_server_offers(strict: Scim, path: str) -> None:
    assert (await as_sent(strict, None, path)).status_code == 200
    assert refusal(await as_sent(strict, "Bearer x", path)) == (401, None)
