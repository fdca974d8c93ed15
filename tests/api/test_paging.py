"""Walking through lists, by index and by cursor, while they change (RFC 7644 §3.4.2.4, RFC 9865)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from scim.services.housekeeping import forget_positions
from scim.utils.clock import now
from tests.support.http import Scim, account, serving


async def crowd(scim: Scim, count: int) -> list[str]:
    """Ids of new users, in the order of their creation."""
    return [(await scim.user(f"u{number:02}", title=f"t{number % 3}"))["id"] for number in range(count)]


async def page(scim: Scim, **query: Any) -> dict[str, Any]:
    answer = await scim.get("/Users", **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [one["id"] for one in found["Resources"]]


async def by_index(scim: Scim, **query: Any) -> AsyncIterator[list[str]]:
    start = 1
    while found := ids(await page(scim, startIndex=start, **query)):
        yield found
        start += len(found)


async def by_cursor(scim: Scim, **query: Any) -> AsyncIterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        found = await page(scim, cursor=cursor, **query)
        yield found
        cursor = found.get("nextCursor")


class TestByIndex:
    async def test_a_walk_goes_on_where_the_last_page_ended_whatever_was_deleted(self, scim: Scim) -> None:
        users = await crowd(scim, 12)
        seen: list[str] = []
        async for found in by_index(scim, count=4):
            seen += found
            for gone in found[:2]:
                await scim.delete(f"/Users/{gone}")
        assert seen == users

    async def test_a_walk_in_an_order_goes_on_too(self, scim: Scim) -> None:
        await crowd(scim, 12)
        seen: list[str] = []
        async for found in by_index(scim, count=4, sortBy="title", sortOrder="descending", filter="title pr"):
            seen += found
            await scim.delete(f"/Users/{found[0]}")
        assert len(seen) == len(set(seen)) == 12

    async def test_another_query_or_token_has_a_walk_of_its_own(
        self, scim: Scim, client: httpx.AsyncClient, database: Database
    ) -> None:
        users = await crowd(scim, 6)
        await page(scim, count=2, startIndex=1)
        await scim.delete(f"/Users/{users[0]}")
        assert ids(await page(scim, count=2, startIndex=3)) == users[2:4]
        assert ids(await page(scim, count=2, startIndex=3, filter="userName pr")) == users[3:5]
        async with database.transaction() as session:
            token = await session.fetchval("SELECT id FROM scim.api_tokens WHERE app_id = $1", scim.owner.app_id)
            await session.execute("UPDATE scim.page_positions SET token_id = $2 WHERE token_id = $1", token, users[1])
        assert ids(await page(scim, count=2, startIndex=3)) == users[3:5]

    async def test_where_nothing_is_remembered_the_exact_offset_counts(self, database: Database) -> None:
        async with serving(database, Settings(cursor_ttl_s=1)) as client:
            scim = Scim(client, await account(database))
            users = await crowd(scim, 6)
            assert ids(await page(scim, count=2, startIndex=5)) == users[4:]
            await page(scim, count=2)
            await scim.delete(f"/Users/{users[0]}")
            async with database.session() as session:
                await session.execute(
                    "UPDATE scim.page_positions SET at = $2 WHERE app_id = $1",
                    scim.owner.app_id,
                    now() - timedelta(seconds=2),
                )
            assert ids(await page(scim, count=2, startIndex=3)) == users[3:5]
            await forget_positions(database, Settings(cursor_ttl_s=1))
            async with database.session() as session:
                left = await session.fetchval(
                    "SELECT count(*) FROM scim.page_positions WHERE app_id = $1 AND start_index = 3",
                    scim.owner.app_id,
                )
            assert left == 0

    async def test_the_next_index_is_never_left_to_an_earlier_walk(self, scim: Scim) -> None:
        users = await crowd(scim, 8)
        assert [found async for found in by_index(scim, count=3)] == [users[:3], users[3:6], users[6:]]
        for gone in users[:2]:
            await scim.delete(f"/Users/{gone}")
        assert [found async for found in by_index(scim, count=3)] == [users[2:5], users[5:]]
        for gone in users[2:5]:
            await scim.delete(f"/Users/{gone}")
        assert [found async for found in by_index(scim, count=3)] == [users[5:]]

    async def test_a_walk_that_goes_on_behind_its_last_page_finds_what_came_meanwhile_and_nobody_twice(
        self, scim: Scim
    ) -> None:
        users = await crowd(scim, 4)
        assert ids(await page(scim, count=3, sortBy="userName")) == users[:3]
        assert ids(await page(scim, startIndex=4, count=3, sortBy="userName")) == users[3:]
        await scim.user("a")
        last = await scim.user("z")
        assert ids(await page(scim, startIndex=5, count=3, sortBy="userName")) == [last["id"]]

    async def test_a_look_up_that_finds_all_remembers_nothing(self, scim: Scim, database: Database) -> None:
        await crowd(scim, 2)
        await page(scim, count=1, filter='userName eq "u00"')
        await page(scim, count=2)
        async with database.session() as session:
            assert not await session.fetchval(
                "SELECT count(*) FROM scim.page_positions WHERE app_id = $1", scim.owner.app_id
            )


class TestByCursor:
    @pytest.mark.parametrize("order", [{}, {"sortBy": "title"}, {"sortBy": "title", "sortOrder": "descending"}])
    async def test_every_user_comes_once_forward_and_backward(self, scim: Scim, order: dict[str, str]) -> None:
        await crowd(scim, 11)
        whole = ids(await page(scim, count=100, **order))
        pages = [found async for found in by_cursor(scim, count=4, **order)]
        assert [one for found in pages for one in ids(found)] == whole
        assert [found["itemsPerPage"] for found in pages] == [4, 4, 3]
        assert {found["totalResults"] for found in pages} == {11}
        assert not any("startIndex" in found for found in pages)
        assert ["previousCursor" in found for found in pages] == [False, True, True]
        back = await page(scim, count=4, cursor=pages[2]["previousCursor"], **order)
        assert ids(back) == whole[4:8]
        first = await page(scim, count=4, cursor=back["previousCursor"], **order)
        assert ids(first) == whole[:4]
        assert "previousCursor" not in first
        again = await page(scim, count=4, cursor=first["nextCursor"], **order)
        assert ids(again) == whole[4:8]

    @pytest.mark.parametrize("order", [{}, {"sortBy": "title"}, {"sortBy": "title", "sortOrder": "descending"}])
    async def test_a_page_that_was_emptied_still_leads_to_its_neighbour(
        self, scim: Scim, order: dict[str, str]
    ) -> None:
        await crowd(scim, 6)
        first = await page(scim, cursor="", count=3, **order)
        second = await page(scim, cursor=first["nextCursor"], count=3, **order)
        for gone in ids(first):
            await scim.delete(f"/Users/{gone}")
        emptied = await page(scim, cursor=second["previousCursor"], count=3, **order)
        assert ids(emptied) == []
        assert "previousCursor" not in emptied
        assert ids(await page(scim, cursor=emptied["nextCursor"], count=3, **order)) == ids(second)

        third = await page(scim, cursor="", count=2, **order)
        await scim.delete(f"/Users/{ids(second)[2]}")
        emptied = await page(scim, cursor=third["nextCursor"], count=2, **order)
        assert ids(emptied) == []
        assert "nextCursor" not in emptied
        assert ids(await page(scim, cursor=emptied["previousCursor"], count=2, **order)) == ids(second)[:2]

    async def test_a_cursor_is_short_however_long_the_values_are(self, scim: Scim) -> None:
        for number in range(3):
            await scim.user(f"u{number}", displayName="ü€" * 5_000 + str(number))
        pages = [found async for found in by_cursor(scim, count=1, sortBy="displayName")]
        assert [one for found in pages for one in ids(found)] == ids(await page(scim, sortBy="displayName"))
        assert len(pages) == 3
        assert len(pages[0]["nextCursor"]) < 3_000

    @pytest.mark.parametrize("order", [{}, {"sortBy": "title"}])
    async def test_what_comes_and_goes_meanwhile_moves_nobody_else(self, scim: Scim, order: dict[str, str]) -> None:
        users = await crowd(scim, 12)
        seen: list[str] = []
        number = 0
        async for found in by_cursor(scim, count=3, **order):
            seen += ids(found)
            await scim.delete(f"/Users/{ids(found)[-1]}")
            await scim.user(f"new{number}", title="t0")
            number += 1
        assert [one for one in seen if one in users] == [*dict.fromkeys(one for one in seen if one in users)]
        assert set(users) <= set(seen)

    async def test_a_search_by_post_takes_one(self, scim: Scim) -> None:
        users = await crowd(scim, 3)
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "cursor": "", "count": 2}
        first = (await scim.post("/Users/.search", body)).json()
        second = (await scim.post("/Users/.search", body | {"cursor": first["nextCursor"]})).json()
        assert [*ids(first), *ids(second)] == users
        assert "nextCursor" not in second

    async def test_one_over_all_types_takes_them_together(self, scim: Scim) -> None:
        made = [*await crowd(scim, 2), (await scim.group("g"))["id"], (await scim.user("z"))["id"]]
        first = (await scim.get("/", cursor="", count=3)).json()
        second = (await scim.get("/", cursor=first["nextCursor"], count=3)).json()
        assert [*ids(first), *ids(second)] == made

    async def test_errors_say_what_is_wrong_with_a_cursor(self, scim: Scim, database: Database) -> None:
        await crowd(scim, 3)
        cursor = (await page(scim, cursor="", count=1))["nextCursor"]
        other = Scim(scim.client, await account(database))
        changed = cursor[:-2] + ("AA" if not cursor.endswith("AA") else "BB")
        for who, query, scim_type in (
            (scim, {"cursor": cursor, "count": 2}, "invalidCount"),
            (scim, {"cursor": cursor, "filter": "title pr"}, "invalidCursor"),
            (scim, {"cursor": cursor, "sortBy": "title"}, "invalidCursor"),
            (scim, {"cursor": changed}, "invalidCursor"),
            (scim, {"cursor": "x"}, "invalidCursor"),
            (scim, {"cursor": "é"}, "invalidCursor"),
            (other, {"cursor": cursor}, "invalidCursor"),
            (scim, {"cursor": cursor, "startIndex": 1}, "invalidValue"),
        ):
            answer = await who.get("/Users", **query)
            assert (answer.status_code, answer.json().get("scimType")) == (400, scim_type), query
        assert len(ids(await page(scim, cursor=cursor))) == 1

    async def test_one_that_is_too_old_has_expired(self, database: Database) -> None:
        owner = await account(database)
        async with serving(database, Settings(cursor_ttl_s=1)) as client:
            scim = Scim(client, owner)
            await crowd(scim, 2)
            cursor = (await page(scim, cursor="", count=1))["nextCursor"]
        async with serving(database, Settings(cursor_secret="a secret of other workers")) as client:
            answer = await Scim(client, owner).get("/Users", cursor=cursor)
            assert answer.json()["scimType"] == "invalidCursor"

    async def test_no_resources_are_asked_for_with_a_count_of_zero(self, scim: Scim) -> None:
        await crowd(scim, 2)
        for count in (0, -1):
            found = await page(scim, cursor="", count=count)
            assert (found["totalResults"], found["Resources"], "nextCursor" in found) == (2, [], False)
