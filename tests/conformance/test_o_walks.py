"""Walks through a list by cursor (rows O-01 to O-05, O-09, O-10, O-12, O-14, O-15, O-21, O-23)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conformance.tools import names, search, users
from tests.support.http import Scim

FIVE = ("a", "b", "c", "d", "e")


async def walk(scim: Scim, path: str = "/Users", **query: Any) -> list[dict[str, Any]]:
    """All pages of a walk by cursor."""
    pages: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = await scim.get(path, cursor=cursor, **query)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        cursor = pages[-1].get("nextCursor")
    return pages


def listed(pages: list[dict[str, Any]]) -> list[list[str]]:
    """The userNames on each page."""
    return [[one["userName"] for one in page["Resources"]] for page in pages]


async def test_O_01_paging_by_cursor_is_announced_where_it_works(strict: Scim) -> None:
    await users(strict, *FIVE)
    works = "nextCursor" in (await strict.get("/Users", cursor="", count=2)).json()
    assert (await strict.get("/ServiceProviderConfig")).json()["pagination"]["cursor"] is works


@pytest.mark.parametrize("query", ["cursor&count=2", "cursor=&count=2", "count=2&CURSOR="])
async def test_O_02_the_first_request_has_an_empty_cursor(strict: Scim, query: str) -> None:
    await users(strict, *FIVE)
    answer = await strict.get(f"/Users?{query}")
    assert names(answer) == ["a", "b"]
    assert answer.json()["nextCursor"]


@pytest.mark.parametrize(("count", "sizes"), [(2, [2, 2, 1]), (5, [5]), (1, [1] * 5), (9, [5])])
async def test_O_03_every_page_but_the_last_leads_to_the_next(strict: Scim, count: int, sizes: list[int]) -> None:
    await users(strict, *FIVE)
    pages = await walk(strict, count=count)
    assert [len(page["Resources"]) for page in pages] == sizes
    assert ["nextCursor" in page for page in pages] == [True] * (len(sizes) - 1) + [False]


async def test_O_03_a_list_that_fills_its_last_page_ends_there(strict: Scim) -> None:
    await users(strict, "a", "b", "c", "d")
    assert listed(await walk(strict, count=2)) == [["a", "b"], ["c", "d"]]
    assert listed(await walk(strict, count=2, filter='userName eq "nobody"')) == [[]]


async def test_O_04_a_cursor_leads_back_but_not_from_the_first_page(strict: Scim) -> None:
    await users(strict, *FIVE)
    pages = await walk(strict, count=2, sortBy="userName")
    assert "previousCursor" not in pages[0]
    back = (await strict.get("/Users", cursor=pages[2]["previousCursor"], count=2, sortBy="userName")).json()
    first = (await strict.get("/Users", cursor=back["previousCursor"], count=2, sortBy="userName")).json()
    assert listed([back, first]) == [["c", "d"], ["a", "b"]]
    assert "previousCursor" not in first


async def test_O_05_cursors_hold_unreserved_characters_only(strict: Scim) -> None:
    await strict.user("a", displayName="Ünï / +&=?# \\ \"'")
    await users(strict, "b", "c", displayName="Zoë")
    for query in ({}, {"sortBy": "displayName"}, {"sortBy": "meta.created", "filter": 'userName sw "" and id pr'}):
        pages = await walk(strict, count=1, **query)
        cursors = [page[name] for page in pages for name in ("nextCursor", "previousCursor") if name in page]
        assert len(cursors) == 4
        assert all(re.fullmatch(r"[A-Za-z0-9._~-]+", cursor) for cursor in cursors)


async def test_O_09_the_matches_on_all_pages_are_counted(strict: Scim) -> None:
    await users(strict, *FIVE)
    pages = await walk(strict, count=2, filter='not (userName eq "a")')
    assert [page["totalResults"] for page in pages] == [4, 4]


@pytest.mark.parametrize("order", ["ascending", "descending"])
@pytest.mark.parametrize("by", ["title", "userName", "meta.lastModified", "active", "emails"])
async def test_O_10_pages_together_are_in_order(strict: Scim, by: str, order: str) -> None:
    for name, title, active in (
        ("c", "B", True),
        ("a", None, False),
        ("e", "a", True),
        ("d", "b", False),
        ("b", None, True),
    ):
        emails = [{"value": f"{name}@example.org"}] if title else []
        await strict.user(name, title=title, active=active, emails=emails)
    whole = names(await strict.get("/Users", sortBy=by, sortOrder=order))
    pages = listed(await walk(strict, count=2, sortBy=by, sortOrder=order))
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [name for page in pages for name in page] == whole


async def test_O_12_without_cursor_and_index_pages_are_by_index(strict: Scim) -> None:
    await users(strict, *FIVE)
    body = (await strict.get("/Users", count=2)).json()
    assert "nextCursor" not in body
    assert body["startIndex"] == 1
    config = (await strict.get("/ServiceProviderConfig")).json()["pagination"]
    assert config.get("defaultPaginationMethod", "index") == "index"


@pytest.mark.parametrize("path", ["/Users/.search", "/.search"])
async def test_O_14_a_search_by_post_takes_cursors(strict: Scim, path: str) -> None:
    await users(strict, *FIVE)
    pages: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = await search(strict, path, cursor=cursor, count=2, filter="userName pr", attributes=["userName"])
        pages.append(names(answer))
        cursor = answer.json().get("nextCursor")
    assert pages == [["a", "b"], ["c", "d"], ["e"]]


async def test_O_15_what_is_offered_in_paging_is_announced(strict: Scim) -> None:
    config = (await strict.get("/ServiceProviderConfig")).json()["pagination"]
    assert config["cursor"] is True
    assert config["index"] is True
    assert config["defaultPaginationMethod"] == "index"
    assert 0 < config["defaultPageSize"] <= config["maxPageSize"]


@pytest.mark.parametrize("query", [{}, {"sortBy": "userName"}, {"sortBy": "title"}])
async def test_O_21_a_walk_gives_each_match_once_whatever_comes_and_goes(strict: Scim, query: dict[str, str]) -> None:
    made = {name: (await strict.user(name, title="Same"))["id"] for name in ("b", "d", "f", "h", "j")}
    first = (await strict.get("/Users", cursor="", count=2, **query)).json()
    for gone in ("b", "d", "h"):
        assert (await strict.delete(f"/Users/{made[gone]}")).status_code == 204
    await users(strict, "a", "c", title="Same")
    seen = listed([first])[0]
    cursor = first["nextCursor"]
    while cursor:
        page = (await strict.get("/Users", cursor=cursor, count=2, **query)).json()
        seen += listed([page])[0]
        cursor = page.get("nextCursor")
    assert len(seen) == len(set(seen))
    assert {"b", "d", "f", "j"} <= set(seen)
    assert "h" not in seen


async def test_O_21_a_walk_of_an_unchanged_list_gives_each_match_once(strict: Scim) -> None:
    made = [f"u{number}" for number in range(10)]
    await users(strict, *made, title="Same")
    for query in ({}, {"sortBy": "title"}, {"sortBy": "title", "sortOrder": "descending"}, {"sortBy": "nickName"}):
        pages = listed(await walk(strict, count=3, **query))
        assert sorted(name for page in pages for name in page) == made


async def test_O_23_pages_by_cursor_have_no_index(strict: Scim) -> None:
    await users(strict, *FIVE)
    pages = await walk(strict, count=2)
    assert [page["itemsPerPage"] for page in pages] == [2, 2, 1]
    assert not [page for page in pages if "startIndex" in page]
