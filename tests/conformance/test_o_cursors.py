"""What a cursor is good for, and for whom (rows O-06 to O-08, O-13, O-16 to O-20, O-22)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from tests.conformance.tools import another_token, later, names, refusal, users
from tests.support.http import SCIM, Scim, account, serving

FIVE = ("a", "b", "c", "d", "e")


async def first_cursor(scim: Scim, **query: Any) -> str:
    """The cursor to the second page of a list of pages with two resources."""
    answer = await scim.get("/Users", **({"cursor": "", "count": 2} | query))
    cursor: str = answer.json()["nextCursor"]
    return cursor


@pytest.mark.parametrize(
    "changed",
    [
        {"filter": "title pr"},
        {"sortBy": "userName"},
        {"sortBy": "title", "sortOrder": "descending"},
        {"attributes": "userName"},
        {"excludedAttributes": "title"},
    ],
)
async def test_O_06_a_cursor_is_of_one_query_only(strict: Scim, changed: dict[str, str]) -> None:
    await users(strict, *FIVE, title="Lead")
    plain, other = await first_cursor(strict), await first_cursor(strict, **changed)
    assert refusal(await strict.get("/Users", cursor=plain, count=2, **changed)) == (400, "invalidCursor")
    assert refusal(await strict.get("/Users", cursor=other, count=2)) == (400, "invalidCursor")
    assert refusal(await strict.get("/Groups", cursor=plain, count=2)) == (400, "invalidCursor")
    assert names(await strict.get("/Users", cursor=plain, count=2)) == ["c", "d"]


async def test_O_07_count_is_the_size_of_pages_and_stays_the_same(database: Database) -> None:
    async with serving(database, Settings(default_page_size=2, max_page_size=3)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        await users(scim, *FIVE)
        assert names(await scim.get("/Users", cursor="", count=1)) == ["a"]
        assert names(await scim.get("/Users", cursor="", count=1000)) == ["a", "b", "c"]
        assert names(await scim.get("/Users", cursor="")) == ["a", "b"]
        for nothing in (0, -2):
            answer = await scim.get("/Users", cursor="", count=nothing)
            assert names(answer) == []
            assert (answer.json()["totalResults"], answer.json()["itemsPerPage"]) == (5, 0)
        cursor = await first_cursor(scim)
        for other in (0, 1, 3):
            assert refusal(await scim.get("/Users", cursor=cursor, count=other)) == (400, "invalidCount")
        for same in ({"count": 2}, {}):
            assert names(await scim.get("/Users", cursor=cursor, **same)) == ["c", "d"]
        large = await first_cursor(scim, count=1000)
        assert names(await scim.get("/Users", cursor=large, count=1000)) == ["d", "e"]


async def test_O_08_a_cursor_that_is_no_good_is_refused_by_what_is_wrong_with_it(
    strict: Scim, monkeypatch: pytest.MonkeyPatch
) -> None:
    await users(strict, *FIVE)
    cursor = await first_cursor(strict)
    for unknown in ("x", "1", "a.b-c_d~e", "A" * 64, cursor[:-1], cursor + "A", "é", " "):
        assert refusal(await strict.get("/Users", cursor=unknown, count=2)) == (400, "invalidCursor"), unknown
    assert refusal(await strict.get("/Users", cursor=cursor, count=3)) == (400, "invalidCount")
    later(monkeypatch, seconds=100 * 24 * 3600)
    assert refusal(await strict.get("/Users", cursor=cursor, count=2)) == (400, "expiredCursor")


async def test_O_13_a_cursor_and_an_index_exclude_each_other(strict: Scim) -> None:
    await users(strict, *FIVE)
    for cursor in ("", await first_cursor(strict)):
        assert refusal(await strict.get("/Users", cursor=cursor, count=2, startIndex=1)) == (400, "invalidValue")


async def test_O_16_access_is_checked_on_each_page(strict: Scim, database: Database) -> None:
    await users(strict, *FIVE)
    query: dict[str, Any] = {"cursor": await first_cursor(strict), "count": 2}
    other = Scim(strict.client, await account(database, profile="strict"))
    await users(other, *FIVE)
    writer = Scim(strict.client, await another_token(database, strict.owner, scopes=("scim:write",)))
    assert refusal(await strict.client.get(f"{SCIM}/Users", params=query)) == (401, None)
    assert refusal(await writer.get("/Users", **query)) == (403, None)
    assert refusal(await other.get("/Users", **query)) == (400, "invalidCursor")
    assert names(await strict.get("/Users", **query)) == ["c", "d"]


async def test_O_17_a_cursor_ends_with_the_rights_it_was_made_under(strict: Scim, database: Database) -> None:
    await users(strict, *FIVE)
    wide = await another_token(database, strict.owner, app_id=None)
    query = {"cursor": await first_cursor(Scim(strict.client, wide)), "count": 2}
    assert len(names(await Scim(strict.client, wide).get("/Users", **query))) == 2
    async with database.transaction() as session:
        await session.execute("UPDATE scim.applications SET active = false WHERE id = $1", strict.owner.app_id)
    async with serving(database) as worker:
        assert refusal(await Scim(worker, wide).get("/Users", **query)) == (400, "invalidCursor")


async def test_O_18_a_cursor_out_of_scope_looks_as_one_that_leads_nowhere(strict: Scim, database: Database) -> None:
    await users(strict, *FIVE)
    other = Scim(strict.client, await account(database, profile="strict"))
    answers = [
        await other.get("/Users", cursor=await first_cursor(strict), count=2),
        await other.get("/Users", cursor="nowhere", count=2),
    ]
    assert refusal(answers[0]) == (400, "invalidCursor")
    assert answers[0].json() == answers[1].json()


async def test_O_19_a_forged_cursor_is_noticed(strict: Scim) -> None:
    await users(strict, *FIVE)
    cursor = await first_cursor(strict)
    for place in range(0, len(cursor) - 1, 3):
        forged = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        assert refusal(await strict.get("/Users", cursor=forged, count=2)) == (400, "invalidCursor"), place


async def test_O_20_walks_by_cursor_are_limited_as_all_requests_are(
    client: httpx.AsyncClient, database: Database
) -> None:
    assert refusal(await client.get(f"{SCIM}/Users?cursor=&count=100000")) == (401, None)
    async with serving(database, Settings(max_page_size=2, rate_limit_per_second=4)) as limited:
        scim = Scim(limited, await account(database, profile="strict"))
        await users(scim, "a", "b", "c")
        answers = [await scim.get("/Users", cursor="", count=100_000) for _ in range(6)]
    assert names(answers[0]) == ["a", "b"]
    assert refusal(answers[-1]) == (429, None)


async def test_O_22_a_cursor_works_as_long_as_is_announced(strict: Scim, monkeypatch: pytest.MonkeyPatch) -> None:
    await users(strict, *FIVE)
    seconds = (await strict.get("/ServiceProviderConfig")).json()["pagination"]["cursorTimeout"]
    cursor = await first_cursor(strict)
    later(monkeypatch, seconds=seconds - 5)
    page = await strict.get("/Users", cursor=cursor, count=2)
    assert names(page) == ["c", "d"]
    later(monkeypatch, seconds=2 * (seconds - 5))
    assert names(await strict.get("/Users", cursor=page.json()["nextCursor"], count=2)) == ["e"]
