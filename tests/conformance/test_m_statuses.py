"""What each status stands for (rows M-13 to M-15, M-18 to M-20, M-23, M-25)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from scim.db.url import parse_database_url
from tests.conformance.tools import USER, refusal
from tests.support.http import SCIM, Scim, account, serving
from tests.support.proxy import Door, door


async def test_M_13_bad_credentials_are_401_and_missing_rights_403(
    client: httpx.AsyncClient, database: Database
) -> None:
    reader = Scim(client, await account(database, profile="strict", scopes=("scim:read",)))
    body = {"schemas": [USER], "userName": "kim"}
    for wrong in ({}, {"authorization": "Bearer x"}, {"authorization": f"{reader.owner.headers['authorization']}x"}):
        assert refusal(await client.post(f"{SCIM}/Users", json=body, headers=wrong)) == (401, None)
    assert refusal(await reader.post("/Users", body)) == (403, None)
    assert (await reader.get("/Users")).json()["totalResults"] == 0


async def test_M_14_what_is_not_there_is_404(strict: Scim) -> None:
    kim = await strict.user("kim")
    body = {"schemas": [USER], "userName": "bo"}
    change = {"op": "replace", "path": "title", "value": "x"}
    for path in ("/Users/nobody", f"/Groups/{kim['id']}", f"/Users/{kim['id'][:-4]}ffff", f"/Widgets/{kim['id']}"):
        assert refusal(await strict.get(path)) == (404, None)
        assert refusal(await strict.put(path, body)) == (404, None)
        assert refusal(await strict.patch(path, change)) == (404, None)
        assert refusal(await strict.delete(path)) == (404, None)
    for path in ("/Widgets", "/users"):
        assert refusal(await strict.get(path)) == (404, None)
        assert refusal(await strict.post(path, body)) == (404, None)


async def test_M_15_a_version_misfit_is_412_and_a_body_too_large_413(database: Database) -> None:
    async with serving(database, Settings(max_body_bytes=2000)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        kim = await scim.user("kim")
        path = f"/Users/{kim['id']}"
        assert refusal(await scim.delete(path, headers={"if-match": 'W/"99"'})) == (412, None)
        large = await scim.put(path, kim | {"title": "x" * 2000})
        assert refusal(large) == (413, None)
        assert "2000" in large.json()["detail"]
        assert (await scim.get(path)).json() == kim


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/Users", "DELETE", {"GET", "POST"}),
        ("/Users", "PATCH", {"GET", "POST"}),
        ("/Users/{}", "POST", {"GET", "PUT", "PATCH", "DELETE"}),
        ("/Users/.search", "PUT", {"POST"}),
        ("/.search", "GET", {"POST"}),
        ("/Schemas", "POST", {"GET"}),
        ("/ServiceProviderConfig", "PUT", {"GET"}),
    ],
)
async def test_M_18_a_method_that_is_not_taken_is_405_with_those_that_are(
    strict: Scim, path: str, method: str, allowed: set[str]
) -> None:
    kim = await strict.user("kim")
    answer = await strict.send(method, path.format(kim["id"]), kim)
    assert refusal(answer) == (405, None)
    assert allowed <= {name.strip() for name in answer.headers["allow"].split(",")}
    assert method not in answer.headers["allow"]
    assert (await strict.get(f"/Users/{kim['id']}")).json() == kim


@pytest.mark.parametrize("declared", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
async def test_M_19_a_body_that_is_not_declared_as_json_is_415(strict: Scim, declared: str) -> None:
    kim = await strict.user("kim")
    path, headers = f"/Users/{kim['id']}", {"content-type": declared}
    body: dict[str, Any] = {"schemas": [USER], "userName": "bo"}
    assert refusal(await strict.post("/Users", body, headers=headers)) == (415, None)
    assert refusal(await strict.put(path, body, headers=headers)) == (415, None)
    change = {"op": "replace", "path": "userName", "value": "bo"}
    assert refusal(await strict.patch(path, change, headers=headers)) == (415, None)
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


async def test_M_20_who_sends_too_much_is_told_when_to_come_back(database: Database) -> None:
    async with serving(database, Settings(rate_limit_per_second=2)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        answers = [await scim.get("/Users") for _ in range(5)]
    assert answers[0].status_code == 200
    assert refusal(answers[-1]) == (429, None)
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].headers["cache-control"] == "no-store"


async def test_M_23_of_several_faults_the_first_in_order_is_reported(
    strict: Scim, client: httpx.AsyncClient, database: Database
) -> None:
    kim = await strict.user("kim")
    await strict.user("bo")
    reader = Scim(client, await account(database, profile="strict", scopes=("scim:read",)))
    path, stale = f"/Users/{kim['id']}", {"if-match": 'W/"99"'}
    wrong = {"schemas": [], "userName": 5}
    assert refusal(await client.put(f"{SCIM}/Users/nobody", json=wrong, headers=stale)) == (401, None)
    assert refusal(await reader.put("/Users/nobody", wrong, headers=stale)) == (403, None)
    assert refusal(await strict.put("/Users/nobody", wrong, headers=stale)) == (404, None)
    assert refusal(await strict.put(path, wrong, headers=stale)) == (412, None)
    assert refusal(await strict.put(path, wrong)) == (400, "invalidSyntax")
    taken = {"schemas": [USER], "userName": "bo"}
    assert refusal(await strict.put(path, taken | {"active": "x"})) == (400, "invalidValue")
    assert refusal(await strict.put(path, taken)) == (409, "uniqueness")
    assert (await strict.get(path)).json() == kim


@pytest.fixture
async def behind_door(database: Database, database_url: str) -> AsyncIterator[tuple[Scim, Door]]:
    """A server whose way to the database is a door."""
    owner = await account(database, profile="strict")
    with door(database_url) as made:
        through = Database(parse_database_url(made.url), pool_min=1, pool_max=2)
        await through.open()
        async with serving(through) as client:
            yield Scim(client, owner), made
        await through.close()


async def test_M_25_while_the_store_is_out_of_reach_the_answer_is_503(behind_door: tuple[Scim, Door]) -> None:
    scim, way = behind_door
    assert (await scim.get("/Users")).status_code == 200
    way.shut()
    for answer in (
        await scim.get("/Users"),
        await scim.post("/Users", {"schemas": [USER], "userName": "kim"}),
    ):
        assert refusal(answer) == (503, None)
        assert int(answer.headers["retry-after"]) >= 1
    way.open()
    assert (await scim.get("/Users")).json()["totalResults"] == 0
