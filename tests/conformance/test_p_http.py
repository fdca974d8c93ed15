"""Media types, URLs and bodies (rows P-01 to P-04 and P-06 to P-13)."""

from __future__ import annotations

from typing import Any, Final

import httpx
import orjson
import pytest

from scim.config import Settings
from scim.db.database import Database
from tests.conformance.tools import THING, USER, names, refusal, search
from tests.support.http import SCIM, Scim, account, serving

SCIM_JSON: Final = "application/scim+json"
BODY: Final[dict[str, Any]] = {"schemas": [USER], "userName": "kim"}


async def raw(scim: Scim, content: bytes, declared: str = SCIM_JSON) -> httpx.Response:
    """The answer to a new user in these bytes."""
    return await scim.send("POST", "/Users", content=content, headers={"content-type": declared})


async def types(scim: Scim, accept: str | None) -> set[str]:
    """The media types of a resource, a list, an error and a discovery document for this Accept header."""
    found = set()
    for path in ("/Users", "/Users?filter=x", "/ServiceProviderConfig", "/Schemas"):
        request = scim.client.build_request("GET", SCIM + path, headers=scim.owner.headers)
        del request.headers["accept"]
        if accept is not None:
            request.headers["accept"] = accept
        found.add((await scim.client.send(request)).headers["content-type"])
    return found


async def test_P_01_scim_json_is_the_type_of_answers(strict: Scim) -> None:
    assert await types(strict, SCIM_JSON) == {SCIM_JSON}
    made = await strict.post("/Users", BODY)
    path = f"/Users/{made.json()['id']}"
    changed = await strict.patch(path, {"op": "add", "path": "title", "value": "x"})
    for answer in (made, changed, await strict.put(path, BODY), await search(strict, "/.search")):
        assert answer.headers["content-type"] == SCIM_JSON


async def test_P_02_plain_json_is_answered_where_it_alone_is_asked_for(strict: Scim) -> None:
    assert await types(strict, "application/json") == {"application/json"}
    assert await types(strict, f"application/json, {SCIM_JSON}") == {SCIM_JSON}
    made = await strict.post("/Users", BODY, headers={"accept": "application/json"})
    assert (made.status_code, made.headers["content-type"]) == (201, "application/json")


@pytest.mark.parametrize(
    "declared",
    [
        SCIM_JSON,
        "application/json",
        f"{SCIM_JSON}; charset=utf-8",
        'application/json;charset="UTF-8"',
        "Application/SCIM+JSON",
        f"{SCIM_JSON};profile=x",
    ],
)
async def test_P_03_bodies_are_taken_as_scim_json_and_as_json(strict: Scim, declared: str) -> None:
    made = await raw(strict, orjson.dumps(BODY), declared)
    assert made.status_code == 201
    path, headers = f"/Users/{made.json()['id']}", {"content-type": declared}
    change = {"op": "replace", "path": "title", "value": "x"}
    assert (await strict.put(path, BODY, headers=headers)).status_code == 200
    assert (await strict.patch(path, change, headers=headers)).json()["title"] == "x"


@pytest.mark.parametrize("text", ["Zoë Ångström", "山田", "🙂", "Ёж", "a\u0301\u200d"])
async def test_P_04_text_is_utf_8_in_and_out(strict: Scim, text: str) -> None:
    made = await raw(strict, f'{{"schemas": ["{USER}"], "userName": "kim", "displayName": "{text}"}}'.encode())
    assert made.status_code == 201
    read = await strict.get(f"/Users/{made.json()['id']}")
    assert orjson.loads(read.content.decode("utf-8"))["displayName"] == text
    assert (await strict.get("/Users", filter=f'displayName eq "{text}"')).json()["totalResults"] == 1


async def test_P_04_what_is_not_utf_8_is_refused(strict: Scim) -> None:
    for wrong in (
        orjson.dumps(BODY | {"displayName": "Zoë"}).decode().encode("latin-1"),
        orjson.dumps(BODY).decode().encode("utf-16"),
    ):
        assert refusal(await raw(strict, wrong)) == (400, "invalidSyntax")
    assert (await strict.get("/Users")).json()["totalResults"] == 0


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, SCIM_JSON),
        ("*/*", SCIM_JSON),
        ("application/*", SCIM_JSON),
        ("application/json;q=0.3", "application/json"),
        (f"{SCIM_JSON};q=0, application/json", "application/json"),
        (f"application/json;q=0, {SCIM_JSON};q=0.1", SCIM_JSON),
        ("application/json;q=0.1, */*;q=0.9", SCIM_JSON),
        ("APPLICATION/JSON", "application/json"),
    ],
)
async def test_P_06_the_type_of_answers_follows_accept(strict: Scim, accept: str | None, answered: str) -> None:
    assert await types(strict, accept) == {answered}


async def test_P_06_what_is_not_offered_is_answered_anyway_or_refused(strict: Scim) -> None:
    answer = await strict.send("GET", "/Users", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == SCIM_JSON
    assert answer.status_code in (200, 406)


@pytest.mark.parametrize("declared", [None, "text/plain", "application/xml", "application/jsonp", "json"])
async def test_P_07_a_body_that_is_not_declared_as_json_is_refused(strict: Scim, declared: str | None) -> None:
    headers = strict.owner.headers | ({"content-type": declared} if declared else {})
    answer = await strict.client.post(f"{SCIM}/Users", content=orjson.dumps(BODY), headers=headers)
    assert refusal(answer) == (415, None)
    assert (await strict.get("/Users")).json()["totalResults"] == 0


@pytest.mark.parametrize("version", ["v1", "v3", "v20"])
async def test_P_08_a_version_that_is_not_served_is_refused(strict: Scim, version: str) -> None:
    answer = await strict.client.get(f"http://test/scim/{version}/Users", headers=strict.owner.headers)
    assert refusal(answer) in ((400, "invalidVers"), (404, None))


async def test_P_09_endpoints_are_matched_with_case_and_may_end_in_a_slash(strict: Scim) -> None:
    kim = await strict.user("kim")
    for path in ("/users", "/USERS", f"/users/{kim['id']}", "/me", "/schemas"):
        assert refusal(await strict.get(path)) == (404, None), path
    assert names(await strict.get("/Users/")) == ["kim"]
    assert (await strict.get(f"/Users/{kim['id']}/")).json() == kim
    assert names(await search(strict, "/Users/.search/")) == ["kim"]
    assert (await strict.get("/Schemas/")).json() == (await strict.get("/Schemas")).json()
    made = await strict.post("/Users/", BODY | {"userName": "bo"})
    assert (made.status_code, made.headers["location"]) == (201, f"{SCIM}/Users/{made.json()['id']}")


async def test_P_10_locations_start_with_the_public_url(database: Database) -> None:
    public = "https://id.example.org/tenants/acme"
    async with serving(database, Settings(public_url=public)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        made = await scim.post("/Users", BODY)
        kim = made.json()
        real = f"{public}/scim/v2/Users/{kim['id']}"
        assert made.headers["location"] == kim["meta"]["location"] == real
        assert (await scim.get(f"/Users/{kim['id']}")).headers["location"] == real
        assert (await scim.get("/Users")).json()["Resources"][0]["meta"]["location"] == real
        assert (await scim.group("Team", kim["id"]))["members"][0]["$ref"] == real
        config = (await scim.get("/ServiceProviderConfig")).json()
        assert config["meta"]["location"] == f"{public}/scim/v2/ServiceProviderConfig"


async def test_P_10_locations_are_those_that_a_trusted_proxy_tells(database: Database) -> None:
    forwarded = {
        "x-forwarded-proto": "https",
        "x-forwarded-host": "id.example.org",
        "x-forwarded-prefix": "/acme",
    }
    async with serving(database, Settings(proxy_headers=True)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        made = await scim.post("/Users", BODY, headers=forwarded)
    real = f"https://id.example.org/acme/scim/v2/Users/{made.json()['id']}"
    assert made.headers["location"] == made.json()["meta"]["location"] == real


async def test_P_11_204_and_304_have_no_body(lab: Scim) -> None:
    made = await lab.post("/Things", {"schemas": [THING], "name": "Axe"})
    path = f"/Things/{made.json()['id']}"
    change = {"op": "replace", "path": "size", "value": 4}
    known = await lab.send("GET", path, headers={"if-none-match": made.headers["etag"]})
    minimal = await lab.patch(path, change, headers={"prefer": "return=minimal"})
    gone = await lab.delete(path)
    assert [answer.status_code for answer in (known, minimal, gone)] == [304, 204, 204]
    for answer in (known, minimal, gone):
        assert answer.content == b""
        assert answer.headers.get("content-length", "0") == "0"


@pytest.mark.parametrize(
    "content",
    [
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "kim", "userName": "bo"}',
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "kim", "name": {"a": 1, "a": 1}}',
    ],
)
async def test_P_12_a_key_that_stands_twice_in_an_object_is_refused(strict: Scim, content: bytes) -> None:
    assert refusal(await raw(strict, content)) == (400, "invalidSyntax")
    assert (await strict.get("/Users")).json()["totalResults"] == 0


async def test_P_13_a_byte_order_mark_is_read_and_not_sent(strict: Scim) -> None:
    made = await raw(strict, b"\xef\xbb\xbf" + orjson.dumps(BODY))
    assert made.status_code == 201
    for answer in (made, await strict.get("/Users"), await strict.get("/Users/x"), await strict.get("/Schemas")):
        assert answer.content.startswith(b"{")
