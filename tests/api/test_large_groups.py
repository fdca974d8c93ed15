"""Groups of thousands: read in pieces, listed page by page, and never read where the answer does not need them."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx
import pytest

from scim.db import session as database_session
from tests.support.http import Scim

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
MANY = 1_300
"""More than two pieces of a group as the database prints it."""


def creates(*users: dict[str, Any]) -> list[dict[str, Any]]:
    """Operations of a bulk request."""
    return [
        {"method": "POST", "path": "/Users", "bulkId": str(number), "data": {"schemas": [USER]} | user}
        for number, user in enumerate(users)
    ]


@pytest.fixture
async def users(scim: Scim) -> list[str]:
    named = [{"userName": f"u{number:04}", "displayName": f'Ünï "{number}" \\'} for number in range(MANY)]
    done = [
        one
        for start in (0, MANY // 2)
        for one in (await scim.bulk(*creates(*named[start : start + MANY // 2]))).json()["Operations"]
    ]
    return sorted(one["location"].rpartition("/")[2] for one in done)


@pytest.fixture
async def group(scim: Scim, users: list[str]) -> str:
    made: str = (await scim.group("Everybody", *users))["id"]
    return made


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many statements there were since it was asked last."""
    count = 0
    counted = database_session._counted

    async def counting(sql: str, statement: Any) -> Any:
        nonlocal count
        count += 1
        return await counted(sql, statement)

    monkeypatch.setattr(database_session, "_counted", counting)

    def since() -> int:
        nonlocal count
        found, count = count, 0
        return found

    return since


async def test_a_large_group_is_answered_whole(scim: Scim, users: list[str], group: str) -> None:
    answer = await scim.get(f"/Groups/{group}")
    members = answer.json()["members"]
    assert [member["value"] for member in members] == users
    assert members[0].keys() == {"value", "$ref", "type", "display"}
    assert members[7]["$ref"] == f"http://test/scim/v2/Users/{users[7]}"
    assert {member["display"] for member in members} == {f'Ünï "{number}" \\' for number in range(MANY)}
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.json().keys() == {"schemas", "id", "displayName", "members", "meta"}


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ({"attributes": "members.value"}, {"value"}),
        ({"attributes": "members.display,members.type"}, {"display", "type"}),
        ({"excludedAttributes": "members.$ref,members.display"}, {"value", "type"}),
    ],
)
async def test_only_the_parts_that_are_asked_for_are_printed(
    scim: Scim, users: list[str], group: str, query: dict[str, str], parts: set[str]
) -> None:
    members = (await scim.get(f"/Groups/{group}", **query)).json()["members"]
    assert len(members) == len(users)
    assert members[0].keys() == parts


async def test_members_without_the_part_asked_for_are_no_empty_entries(scim: Scim) -> None:
    kim, bo = await scim.user("kim"), await scim.user("bo", displayName="Bo")
    mixed, bare = await scim.group("mixed", kim["id"], bo["id"]), await scim.group("bare", kim["id"])
    found = (await scim.get("/Groups", attributes="members.display", sortBy="displayName")).json()["Resources"]
    assert [(one["id"], one.get("members")) for one in found] == [
        (bare["id"], None),
        (mixed["id"], [{"display": "Bo"}]),
    ]


async def pages(scim: Scim, path: str, first: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    """A walk to its end, by index or by cursor."""
    found: list[dict[str, Any]] = []
    place: dict[str, Any] | None = first
    seen = 0
    while place is not None:
        answer = await scim.get(path, **place, **query)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        seen += found[-1]["itemsPerPage"]
        if "cursor" in first:
            place = {"cursor": found[-1]["nextCursor"]} if "nextCursor" in found[-1] else None
        else:
            place = {"startIndex": seen + 1} if found[-1]["Resources"] else None
    return found


class TestMembersOfAGroup:
    @pytest.mark.parametrize("first", [{"startIndex": 1}, {"cursor": ""}])
    async def test_they_are_listed_page_by_page_as_the_group_has_them(
        self, scim: Scim, group: str, first: dict[str, Any]
    ) -> None:
        whole = (await scim.get(f"/Groups/{group}")).json()["members"]
        found = await pages(scim, f"/Groups/{group}/members", first, count=500)
        assert [entry for one in found for entry in one["Resources"]] == whole
        assert {one["totalResults"] for one in found} == {MANY}
        assert [one["itemsPerPage"] for one in found if one["Resources"]] == [500, 500, 300]
        assert found[0]["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]

    @pytest.mark.parametrize("first", [{"startIndex": 1}, {"cursor": ""}])
    async def test_who_leaves_meanwhile_hides_nobody_else(
        self, scim: Scim, users: list[str], group: str, first: dict[str, Any]
    ) -> None:
        path, seen, place = f"/Groups/{group}", [], first
        while place:
            found = (await scim.get(f"{path}/members", **place, count=500)).json()
            here = [one["value"] for one in found["Resources"]]
            seen += here
            await scim.patch(path, *({"op": "remove", "path": f'members[value eq "{one}"]'} for one in here[:10]))
            if "cursor" in first:
                place = {"cursor": found["nextCursor"]} if "nextCursor" in found else {}
            else:
                place = {"startIndex": len(seen) + 1} if here else {}
        assert seen == users

    async def test_a_cursor_leads_back(self, scim: Scim, users: list[str], group: str) -> None:
        path = f"/Groups/{group}/members"
        found = await pages(scim, path, {"cursor": ""}, count=600)
        back = (await scim.get(path, cursor=found[2]["previousCursor"])).json()
        assert [one["value"] for one in back["Resources"]] == users[600:1200]

    async def test_a_filter_is_one_on_an_entry(self, scim: Scim) -> None:
        kim, bo = await scim.user("kim", displayName="Kim"), await scim.user("bo", displayName="Bo")
        inner = await scim.group("Inner")
        path = f"/Groups/{(await scim.group('Outer', kim['id'], bo['id'], inner['id']))['id']}/members"

        async def found(text: str) -> list[str]:
            answer = (await scim.get(path, filter=text)).json()
            assert answer["totalResults"] == len(answer["Resources"])
            return [one["value"] for one in answer["Resources"]]

        assert await found(f'value eq "{bo["id"]}"') == [bo["id"]]
        assert await found('type eq "group"') == [inner["id"]]
        assert await found('display sw "b" or display eq "KIM"') == [kim["id"], bo["id"]]
        assert await found('type eq "User" and not (display sw "b")') == [kim["id"]]
        refused = await scim.get(path, filter='userName eq "kim"')
        assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidFilter")

    async def test_parts_are_chosen_and_value_is_always_there(self, scim: Scim) -> None:
        path = f"/Groups/{(await scim.group('Team', (await scim.user('kim', displayName='Kim'))['id']))['id']}/members"
        for query, parts in (
            ({"attributes": "display"}, {"value", "display"}),
            ({"attributes": "members.type"}, {"value", "type"}),
            ({"excludedAttributes": "$ref,value"}, {"value", "type", "display"}),
        ):
            [entry] = (await scim.get(path, **query)).json()["Resources"]
            assert entry.keys() == parts

    async def test_what_it_has_not_is_refused(self, scim: Scim) -> None:
        kim, team = await scim.user("kim"), await scim.group("Team")
        assert (await scim.get(f"/Groups/{kim['id']}/members")).status_code == 404
        assert (await scim.get(f"/Users/{kim['id']}/members")).status_code == 404
        assert (await scim.get("/Groups/nobody/members")).status_code == 404
        assert (await scim.post(f"/Groups/{team['id']}/members", {})).status_code == 405
        assert (await scim.get(f"/Groups/{team['id']}/members", sortBy="display")).status_code == 400
        empty = (await scim.get(f"/Groups/{team['id']}/members")).json()
        assert (empty["totalResults"], empty["Resources"]) == (0, [])

    async def test_it_is_of_its_own_application(self, scim: Scim, strict: Scim) -> None:
        team = await scim.group("Team", (await scim.user("kim"))["id"])
        assert (await strict.get(f"/Groups/{team['id']}/members")).status_code == 404


async def fewest(statements: Callable[[], int], request: Callable[[], Awaitable[httpx.Response]]) -> int:
    """Statements of a request; of three, for one may have to look up the token again."""
    found = []
    for _ in range(3):
        statements()
        assert (await request()).status_code == 200
        found.append(statements())
    return min(found)


class TestStatements:
    """Cost follows the change and the page, not the size (DESIGN §1.6, row Q-13)."""

    async def test_a_page_takes_as_many_as_one_resource(self, scim: Scim, statements: Callable[[], int]) -> None:
        people = [await scim.user(f"p{number}", displayName=f"P{number}") for number in range(30)]
        for number in range(30):
            await scim.group(f"g{number}", *(one["id"] for one in people[: number + 1]))
        for path in ("/Users", "/Groups", ""):
            few, many = [await fewest(statements, partial(scim.get, path or "/", count=count)) for count in (2, 20)]
            assert few == many, path
        urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
        few, many = [
            await fewest(statements, partial(scim.post, "/Groups/.search", {"schemas": [urn], "count": count}))
            for count in (2, 20)
        ]
        assert few == many

    async def test_creates_in_bulk_take_as_many_for_ten_as_for_fifty(
        self, scim: Scim, statements: Callable[[], int]
    ) -> None:
        numbers = itertools.count()

        async def some(size: int) -> httpx.Response:
            return await scim.bulk(*creates(*({"userName": f"b{next(numbers)}"} for _ in range(size))))

        few, many = [await fewest(statements, partial(some, size)) for size in (10, 50)]
        assert few == many
        assert (await scim.get("/Users")).json()["totalResults"] == 180

    async def test_a_change_of_members_takes_as_many_in_a_large_group_as_in_an_empty_one(
        self, scim: Scim, users: list[str], group: str, statements: Callable[[], int]
    ) -> None:
        small = (await scim.group("Small", users[0]))["id"]
        one, *few = [(await scim.user(f"new{number}"))["id"] for number in range(6)]
        either = " or ".join(f'value eq "{member}"' for member in few)
        entries = [{"value": member} for member in few]
        for operation in (
            {"op": "add", "path": "members", "value": [{"value": one}]},
            {"op": "add", "path": "members", "value": entries},
            {"op": "add", "value": {"members": entries}},
            {"op": "remove", "path": f'members[value eq "{one}"]'},
            {"op": "remove", "path": f"members[{either}]"},
            {"op": "remove", "path": "members", "value": entries},
            {"op": "add", "path": f'members[value eq "{users[0]}"]', "value": {"value": users[0]}},
        ):
            first, second = [
                await fewest(
                    statements,
                    partial(scim.patch, f"/Groups/{path}", operation, params={"excludedAttributes": "members"}),
                )
                for path in (small, group)
            ]
            assert first == second, operation
