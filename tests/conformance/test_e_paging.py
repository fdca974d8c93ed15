"""Pages by index (rows E-06 to E-13, E-15, E-16)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from scim.config import Settings
from scim.db.database import Database
from tests.conformance.tools import names, refusal, users
from tests.support.http import Scim, account, serving


@pytest.fixture
async def small(database: Database) -> AsyncIterator[Scim]:
    """A server whose pages have two resources if not asked, and three at most, with four users."""
    async with serving(database, Settings(default_page_size=2, max_page_size=3)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        await users(scim, "a", "b", "c", "d")
        yield scim


@pytest.mark.parametrize("start", [None, "1", "0", "-5"])
async def test_E_06_the_first_resource_has_index_1_and_what_is_below_is_read_as_1(
    strict: Scim, start: str | None
) -> None:
    await users(strict, "a", "b", "c")
    answer = await strict.get("/Users", count=2, **({"startIndex": start} if start else {}))
    assert names(answer) == ["a", "b"]
    assert answer.json()["startIndex"] == 1
    assert names(await strict.get("/Users", startIndex=2, count=2)) == ["b", "c"]


async def test_E_07_no_page_has_more_than_count(strict: Scim) -> None:
    await users(strict, "a", "b", "c")
    assert names(await strict.get("/Users", count=2)) == ["a", "b"]
    assert names(await strict.get("/Users", count=9)) == ["a", "b", "c"]


async def test_E_08_count_0_returns_the_number_of_matches_only(strict: Scim) -> None:
    await users(strict, "a", "b")
    body = (await strict.get("/Users", count=0)).json()
    assert body.get("Resources", []) == []
    assert (body["totalResults"], body["itemsPerPage"], body["startIndex"]) == (2, 0, 1)


async def test_E_09_a_negative_count_is_read_as_0(strict: Scim) -> None:
    await strict.user("kim")
    body = (await strict.get("/Users", count=-3)).json()
    assert (body["totalResults"], body["itemsPerPage"], body.get("Resources", [])) == (1, 0, [])


@pytest.mark.parametrize("query", [{"count": "ten"}, {"count": "1.5"}, {"startIndex": "one"}, {"startIndex": "1e1"}])
async def test_E_10_a_number_that_is_none_is_refused(strict: Scim, query: dict[str, str]) -> None:
    assert refusal(await strict.get("/Users", **query)) == (400, "invalidValue")


async def test_E_11_without_count_the_server_picks_a_size_within_its_limit(small: Scim) -> None:
    body = (await small.get("/Users")).json()
    limit = (await small.get("/ServiceProviderConfig")).json()["filter"]["maxResults"]
    assert (body["totalResults"], body["itemsPerPage"], len(body["Resources"])) == (4, 2, 2)
    assert body["itemsPerPage"] <= limit


async def test_E_12_a_count_above_the_limit_is_cut_down_to_it(small: Scim) -> None:
    limit = (await small.get("/ServiceProviderConfig")).json()["filter"]["maxResults"]
    body = (await small.get("/Users", count=1000)).json()
    assert (body["totalResults"], body["itemsPerPage"], len(body["Resources"])) == (4, limit, limit)


async def test_E_13_a_start_behind_the_end_is_an_empty_page(strict: Scim) -> None:
    await users(strict, "a", "b")
    answer = await strict.get("/Users", startIndex=7)
    body = answer.json()
    assert answer.status_code == 200
    assert body.get("Resources", []) == []
    assert (body["totalResults"], body["itemsPerPage"], body["startIndex"]) == (2, 0, 7)


async def test_E_15_items_per_page_is_the_number_of_entries_in_the_answer(strict: Scim) -> None:
    await users(strict, "a", "b", "c")
    pages = [(await strict.get("/Users", startIndex=start, count=2)).json() for start in (1, 3)]
    assert [(page["itemsPerPage"], len(page["Resources"])) for page in pages] == [(2, 2), (1, 1)]


async def test_E_16_pages_together_give_each_match_once(strict: Scim) -> None:
    made = [f"u{number}" for number in range(7)]
    await users(strict, *made, title="Lead")
    await strict.user("other")
    query = {"filter": 'title eq "Lead"', "count": 3}
    seen = [name for start in (1, 4, 7) for name in names(await strict.get("/Users", startIndex=start, **query))]
    assert sorted(seen) == made
