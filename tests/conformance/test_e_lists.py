"""Lists: what they hold and what they count (rows E-01 to E-05, E-25, E-35, E-36, E-39)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.tools import LIST_RESPONSE, USER, names, search, users
from tests.support.http import Scim, account


async def test_E_01_a_query_is_answered_by_a_list_response(strict: Scim) -> None:
    await users(strict, "kim", "bo")
    answer = await strict.get("/Users")
    assert answer.status_code == 200
    assert answer.json()["schemas"] == [LIST_RESPONSE]
    assert answer.json()["totalResults"] == 2


async def test_E_02_resources_are_there_where_there_are_matches(strict: Scim) -> None:
    assert (await strict.get("/Users")).json().get("Resources", []) == []
    [kim] = await users(strict, "kim")
    body = (await strict.get("/Users")).json()
    assert [one["id"] for one in body["Resources"]] == [kim["id"]]
    assert (await strict.get("/Users", count=0)).json().get("Resources", []) == []


async def test_E_03_no_match_is_an_empty_list(strict: Scim) -> None:
    await strict.user("kim")
    answer = await strict.get("/Users", filter='userName eq "nobody"')
    assert (answer.status_code, answer.json()["totalResults"]) == (200, 0)


async def test_E_04_all_matches_are_counted_not_the_page(strict: Scim) -> None:
    await users(strict, "a1", "a2", "a3", "b1")
    body = (await strict.get("/Users", filter='userName sw "a"', count=2)).json()
    assert (body["totalResults"], len(body["Resources"])) == (3, 2)


async def test_E_05_a_part_of_the_matches_tells_its_place(strict: Scim) -> None:
    await users(strict, "a", "b", "c")
    body = (await strict.get("/Users", startIndex=2, count=1)).json()
    assert (body["startIndex"], body["itemsPerPage"]) == (2, 1)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"attributes": "title"}, {"schemas", "id", "title"}),
        ({"excludedAttributes": "title,meta,userName,active"}, {"schemas", "id", "nickName"}),
    ],
)
async def test_E_25_attributes_and_excluded_attributes_shape_each_resource(
    strict: Scim, query: dict[str, str], shown: set[str]
) -> None:
    await users(strict, "kim", "bo", title="Lead", nickName="K")
    body = (await strict.get("/Users", **query)).json()
    assert [set(one) for one in body["Resources"]] == [shown, shown]


async def test_E_35_a_deleted_resource_is_in_no_list_and_no_count(strict: Scim) -> None:
    kim, bo = await users(strict, "kim", "bo")
    assert (await strict.delete(f"/Users/{kim['id']}")).status_code == 204
    for answer in (
        await strict.get("/Users"),
        await strict.get("/Users", filter="userName pr"),
        await strict.get("/"),
        await search(strict, "/Users/.search"),
    ):
        assert answer.json()["totalResults"] == 1
        assert [one["id"] for one in answer.json()["Resources"]] == [bo["id"]]


async def test_E_36_a_list_shows_and_counts_only_what_the_caller_may_see(
    strict: Scim, client: httpx.AsyncClient, database: Database
) -> None:
    other = Scim(client, await account(database, profile="strict"))
    await users(strict, "kim", "bo")
    await other.user("cy")
    for caller, seen in ((strict, ["bo", "kim"]), (other, ["cy"])):
        for answer in (
            await caller.get("/Users"),
            await caller.get("/Users", filter="userName pr", sortBy="userName"),
            await caller.get("/"),
            await search(caller, "/.search"),
        ):
            assert sorted(names(answer)) == seen
            assert answer.json()["totalResults"] == len(seen)


async def test_E_39_every_entry_is_a_whole_resource(strict: Scim) -> None:
    kim = await strict.user("kim", title="Lead", emails=[{"value": "k@example.org", "primary": True}])
    team = await strict.group("Team", kim["id"])
    for path, made in (("/Users", kim), ("/Groups", team)):
        [listed] = (await strict.get(path)).json()["Resources"]
        assert listed == (await strict.get(f"{path}/{made['id']}")).json()
        assert listed["id"] == made["id"]
        assert listed["schemas"] == made["schemas"]
        assert listed["meta"]["location"] == made["meta"]["location"]
    everything: list[dict[str, Any]] = (await strict.get("/")).json()["Resources"]
    assert [one["schemas"] for one in everything if one["id"] == kim["id"]] == [[USER]]
