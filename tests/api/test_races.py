"""Requests at the same time: exactly one wins where only one may, and nobody is lost where all may (rows C-19, L-10)."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from scim.caller import Caller
from scim.db.database import Database
from scim.services import transactions
from scim.storage import pending
from tests.api.test_references import added, reporting_to, until_somebody_waits
from tests.support.http import Scim

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
CLIENTS = 12
ANYBODY = Caller(
    tenant_id=uuid4(),
    app_ids=(uuid4(),),
    scopes=frozenset(),
    profile="auto",
    tenant="t",
    app="a",
)


async def test_two_creates_of_one_user_name_give_one_user(scim: Scim) -> None:
    body = {"schemas": [USER], "userName": "kim"}
    answers = await asyncio.gather(*(scim.post("/Users", body) for _ in range(CLIENTS)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLIENTS - 1}
    assert (await scim.get("/Users")).json()["totalResults"] == 1


async def test_members_added_at_once_are_all_in(scim: Scim) -> None:
    users = [await scim.user(f"u{number}") for number in range(CLIENTS)]
    team = await scim.group("Team")
    answers = await asyncio.gather(
        *(
            scim.patch(f"/Groups/{team['id']}", {"op": "add", "path": "members", "value": [{"value": user["id"]}]})
            for user in users
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    group = (await scim.get(f"/Groups/{team['id']}")).json()
    assert {member["value"] for member in group["members"]} == {user["id"] for user in users}
    assert group["meta"]["version"] == f'W/"{CLIENTS + 1}"'


async def test_members_come_and_go_while_the_name_changes(scim: Scim) -> None:
    users = [await scim.user(f"u{number}") for number in range(CLIENTS)]
    team = await scim.group("Team", *(user["id"] for user in users[: CLIENTS // 2]))
    path = f"/Groups/{team['id']}"
    work = [
        scim.patch(path, {"op": "remove", "path": f'members[value eq "{user["id"]}"]'})
        for user in users[: CLIENTS // 2]
    ]
    work += [
        scim.patch(path, {"op": "add", "value": {"members": [{"value": user["id"]}]}}) for user in users[CLIENTS // 2 :]
    ]
    work += [scim.patch(path, {"op": "replace", "value": {"displayName": f"Team {number}"}}) for number in range(3)]
    assert {answer.status_code for answer in await asyncio.gather(*work)} == {200}
    group = (await scim.get(path)).json()
    assert {member["value"] for member in group["members"]} == {user["id"] for user in users[CLIENTS // 2 :]}
    assert group["displayName"].startswith("Team ")


async def test_changes_of_different_attributes_are_all_kept(scim: Scim) -> None:
    kim = await scim.user("kim")
    changes = {"title": "Lead", "nickName": "K", "displayName": "Kim", "userType": "Staff", "locale": "nb-NO"}
    answers = await asyncio.gather(
        *(
            scim.patch(f"/Users/{kim['id']}", {"op": "replace", "path": name, "value": value})
            for name, value in changes.items()
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    now = (await scim.get(f"/Users/{kim['id']}")).json()
    assert {name: now.get(name) for name in changes} == changes


async def test_a_new_name_of_a_group_needs_no_second_try_because_members_came(
    scim: Scim, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would lose each time while many arrive."""
    team, kim, bo = await scim.group("Team"), await scim.user("kim"), await scim.user("bo")
    path = f"/Groups/{team['id']}"
    monkeypatch.setattr(transactions, "ATTEMPTS", 1)
    for number, more in enumerate([(), (added(kim["id"]),)]):
        async with database.transaction() as other:
            await other.execute("UPDATE scim.resources SET version = version + 1 WHERE id = $1", UUID(team["id"]))
            renaming = {"op": "replace", "path": "displayName", "value": f"Team {number}"}
            work = asyncio.create_task(scim.patch(path, renaming, *more))
            await until_somebody_waits(database)
        answer = await work
        assert (answer.status_code, answer.json()["displayName"]) == (200, f"Team {number}")
    assert answer.headers["etag"] == 'W/"5"'
    async with database.transaction() as other:
        await other.execute("UPDATE scim.resources SET version = version + 1 WHERE id = $1", UUID(team["id"]))
        work = asyncio.create_task(scim.patch(path, added(bo["id"]), headers={"if-match": answer.headers["etag"]}))
        await until_somebody_waits(database)
    assert (await work).status_code == 409


async def test_of_two_writes_with_one_if_match_one_is_refused(scim: Scim) -> None:
    kim = await scim.user("kim")
    answers = await asyncio.gather(
        *(
            scim.patch(
                f"/Users/{kim['id']}",
                {"op": "replace", "path": "title", "value": f"t{number}"},
                headers={"if-match": 'W/"1"'},
            )
            for number in range(6)
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 5}


async def test_deleting_users_while_they_are_added_leaves_no_orphan(scim: Scim) -> None:
    users = [await scim.user(f"u{number}") for number in range(CLIENTS)]
    groups = [await scim.group(f"g{number}") for number in range(3)]
    work = [
        scim.patch(
            f"/Groups/{group['id']}",
            {"op": "add", "path": "members", "value": [{"value": user["id"]} for user in users]},
        )
        for group in groups
    ]
    work += [scim.delete(f"/Users/{user['id']}") for user in users[::2]]
    answers = await asyncio.gather(*work)
    assert {answer.status_code for answer in answers} <= {200, 204, 400}
    left = {user["id"] for user in users[1::2]}
    for group in groups:
        shown = (await scim.get(f"/Groups/{group['id']}")).json()
        assert {member["value"] for member in shown.get("members", [])} <= left


async def test_nesting_each_in_the_other_at_once_refuses_one(scim: Scim) -> None:
    one, other = await scim.group("one"), await scim.group("other")
    answers = await asyncio.gather(
        scim.patch(f"/Groups/{one['id']}", {"op": "add", "path": "members", "value": [{"value": other["id"]}]}),
        scim.patch(f"/Groups/{other['id']}", {"op": "add", "path": "members", "value": [{"value": one["id"]}]}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 400]


class TestLockOrder:
    """Names first, then members and managers, then groups, then memberships: so no two requests wait for each other."""

    async def test_names_are_held_before_any_row(self, scim: Scim, database: Database) -> None:
        boss = await scim.user("boss")
        await scim.user("kim", **reporting_to("boss"))
        team = await scim.group("Team")
        caller = replace(ANYBODY, app_ids=(scim.owner.app_id,))
        row = ("SELECT 1 FROM scim.resources WHERE id = $1 FOR UPDATE NOWAIT", UUID(boss["id"]))
        for request in (
            scim.patch(f"/Groups/{team['id']}", added(boss["id"], "nobody")),
            scim.user("lee", externalId="x", **reporting_to(boss["id"])),
            scim.delete(f"/Users/{boss['id']}"),
        ):
            async with database.transaction() as other:
                await pending.hold(caller, other, arriving=(), missing=["nobody", "boss", "x"])
                work = asyncio.create_task(request)
                await until_somebody_waits(database)
                await other.execute(*row)
            await work

    async def test_a_group_is_locked_before_it_loses_who_is_deleted(self, scim: Scim, database: Database) -> None:
        kim = await scim.user("kim")
        team = await scim.group("Team", kim["id"])
        async with database.transaction() as other:
            await other.execute("SELECT 1 FROM scim.resources WHERE id = $1 FOR UPDATE", UUID(team["id"]))
            work = asyncio.create_task(scim.delete(f"/Users/{kim['id']}"))
            await until_somebody_waits(database)
            query = "SELECT 1 FROM scim.group_members WHERE group_id = $1 FOR UPDATE NOWAIT"
            assert await other.fetch(query, UUID(team["id"]))
        assert (await work).status_code == 204

    async def test_users_who_go_while_groups_are_replaced_wait_for_nobody_who_waits_for_them(
        self, scim: Scim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        users = [await scim.user(f"u{number}") for number in range(CLIENTS)]
        groups = [await scim.group(f"g{number}", *(user["id"] for user in users)) for number in range(3)]
        monkeypatch.setattr(transactions, "is_transient", lambda _error: False)
        work = [scim.delete(f"/Users/{user['id']}") for user in users]
        for group in groups * 2:
            body = {"schemas": group["schemas"], "displayName": group["displayName"], "members": []}
            work.append(scim.put(f"/Groups/{group['id']}", body))
        assert {answer.status_code for answer in await asyncio.gather(*work)} == {200, 204}


@pytest.mark.parametrize("first", ["STRASSE", "I\u0307", "e\u0301", "\uff2b\uff29\uff2d"])
async def test_spellings_of_one_name_are_one_user(scim: Scim, first: str) -> None:
    """The stored value keeps its spelling; all others find it (row B-59)."""
    others = {"STRASSE": "straße", "I\u0307": "i\u0307", "e\u0301": "É", "\uff2b\uff29\uff2d": "kim"}
    made = await scim.user(first)
    found = (await scim.get("/Users", filter=f'userName eq "{others[first]}"')).json()
    assert [user["userName"] for user in found["Resources"]] == [first]
    answer = await scim.post("/Users", {"schemas": [USER], "userName": others[first]})
    assert answer.status_code == 409
    assert made["userName"] == first
