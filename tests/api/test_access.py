"""Who may do what over HTTP, and what a refusal looks like (rows N-02 to N-05, D-20, N-13)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from tests.support.http import SCIM, Scim, account, serving

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


async def test_a_read_only_token_may_not_write(client: httpx.AsyncClient, database: Database) -> None:
    reader = Scim(client, await account(database, scopes=("scim:read",)))
    assert (await reader.get("/Users")).status_code == 200
    answer = await reader.post("/Users", {"userName": "kim"})
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert answer.json()["schemas"] == [ERROR]


async def test_another_application_sees_nothing(scim: Scim, client: httpx.AsyncClient, database: Database) -> None:
    kim = await scim.user("kim")
    other = Scim(client, await account(database))
    for answer in (
        await other.get(f"/Users/{kim['id']}"),
        await other.patch(f"/Users/{kim['id']}", {"op": "replace", "path": "title", "value": "x"}),
        await other.delete(f"/Users/{kim['id']}"),
    ):
        assert answer.status_code == 404
    assert (await other.get("/Users")).json()["totalResults"] == 0
    assert (await other.user("kim"))["userName"] == "kim"


@pytest.mark.parametrize("header", ["Basic a2ltOmtpbQ==", "Token x", "Bearer"])
async def test_other_schemes_are_refused_with_a_challenge(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.get(f"{SCIM}/Users", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_two_authorization_headers_are_a_bad_request(scim: Scim) -> None:
    sent = [("authorization", f"Bearer {scim.owner.token}"), ("authorization", "Bearer x")]
    answer = await scim.client.get(f"{SCIM}/Users", headers=sent)
    assert answer.status_code == 400
    assert 'error="invalid_request"' in answer.headers["www-authenticate"]


async def test_the_scheme_is_matched_without_case_and_the_url_takes_no_token(scim: Scim) -> None:
    lower = {"authorization": f"bearer {scim.owner.token}"}
    assert (await scim.client.get(f"{SCIM}/Users", headers=lower)).status_code == 200
    assert (await scim.client.get(f"{SCIM}/Users?access_token={scim.owner.token}")).status_code == 401


async def test_a_request_id_of_the_caller_is_kept_when_it_is_well_formed(scim: Scim) -> None:
    kept = await scim.send("GET", "/Users", headers={"x-request-id": "abc-1"})
    made = await scim.send("GET", "/Users", headers={"x-request-id": "a b"})
    assert kept.headers["x-request-id"] == "abc-1"
    assert made.headers["x-request-id"] not in ("", "a b")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/scim+json"),
        ("*/*", "application/scim+json"),
        ("application/json", "application/json"),
        ("application/json, application/scim+json", "application/scim+json"),
        ("text/html", "application/scim+json"),
    ],
)
async def test_the_media_type_follows_accept(scim: Scim, accept: str | None, kind: str) -> None:
    headers = {"accept": accept} if accept else {"accept": "*/*"}
    for path in ("/Users", "/Users/x"):
        assert (await scim.send("GET", path, headers=headers)).headers["content-type"] == kind


async def test_a_body_above_the_limit_is_refused_before_it_is_read(database: Database) -> None:
    async with serving(database, Settings(max_body_bytes=2000)) as client:
        scim = Scim(client, await account(database))
        answer = await scim.post("/Users", {"userName": "x" * 3000})
        assert answer.status_code == 413
        assert "2000" in answer.json()["detail"]

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(10):
                yield b" " * 500

        headers = scim.owner.headers | {"content-type": "application/json"}
        answer = await client.post(f"{SCIM}/Users", content=chunks(), headers=headers)
        assert answer.status_code == 413


async def test_too_many_requests_are_told_when_to_come_back(database: Database) -> None:
    async with serving(database, Settings(rate_limit_per_second=2)) as client:
        scim = Scim(client, await account(database))
        answers = [await scim.get("/ServiceProviderConfig") for _ in range(4)]
        assert [answer.status_code for answer in answers][-1] == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert answers[-1].json()["schemas"] == [ERROR]


async def test_the_public_url_is_what_locations_start_with(database: Database) -> None:
    async with serving(database, Settings(public_url="https://scim.example.com/idp")) as client:
        kim = await Scim(client, await account(database)).user("kim")
    assert kim["meta"]["location"] == f"https://scim.example.com/idp/scim/v2/Users/{kim['id']}"


async def test_forwarded_headers_count_only_when_they_are_switched_on(database: Database) -> None:
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-host": "scim.example.com"}
    for settings, start in ((Settings(proxy_headers=True), "https://scim.example.com/"), (Settings(), "http://test/")):
        async with serving(database, settings) as client:
            scim = Scim(client, await account(database))
            answer = await scim.send("GET", "/ServiceProviderConfig", headers=forwarded)
            assert answer.json()["meta"]["location"].startswith(start)


async def test_who_has_no_token_is_told_so_whatever_is_sent(database: Database) -> None:
    async with serving(database, Settings(max_body_bytes=2000)) as client:
        answer = await client.post(f"{SCIM}/Users", content=b" " * 3000)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/Users", "GET, HEAD, POST"),
        ("DELETE", "/Users", "GET, HEAD, POST"),
        ("POST", "/Users/x", "GET, HEAD, PUT, PATCH, DELETE"),
        ("GET", "/Users/.search", "POST"),
        ("GET", "/.search", "POST"),
        ("GET", "/Bulk", "POST"),
        ("POST", "/Me", "GET, HEAD, PUT, PATCH, DELETE"),
        ("PUT", "/ServiceProviderConfig", "GET, HEAD"),
        ("PATCH", "/Schemas/x", "GET, HEAD"),
        ("PUT", "/", "GET, HEAD"),
    ],
)
async def test_a_method_that_an_endpoint_does_not_take_is_told_those_it_takes(
    scim: Scim, method: str, path: str, allowed: str
) -> None:
    answer = await scim.send(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json()["schemas"] == [ERROR]
