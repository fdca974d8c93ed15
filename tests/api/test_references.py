"""References as identity providers send them: named by many things, kept until their target is here (quirk COMMON-34)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from scim.db.database import Database
from tests.support.http import Scim, account

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ALL = ["id", "externalId", "userName", "email", "employeeNumber"]
KIM = {
    "externalId": "ext-1",
    "emails": [{"value": "Kim@Example.com"}, {"value": "kim@home.example"}],
    ENT: {"employeeNumber": "E-7"},
}
NAMES = {"externalId": "ext-1", "userName": "KIM", "email": "kim@example.COM", "employeeNumber": "e-7"}


async def with_settings(client: httpx.AsyncClient, database: Database, **settings: Any) -> Scim:
    return Scim(client, await account(database, settings=settings))


def reporting_to(name: str) -> dict[str, Any]:
    return {"schemas": [USER, ENT], ENT: {"manager": {"value": name}}}


async def manager_of(scim: Scim, user: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await scim.get(f"/Users/{user['id']}")).json().get(ENT, {}).get("manager", {})
    return found


async def members_of(scim: Scim, group: dict[str, Any]) -> set[str]:
    answer = (await scim.get(f"/Groups/{group['id']}")).json()
    return {member["value"] for member in answer.get("members", [])}


async def version_of(scim: Scim, group: dict[str, Any]) -> str:
    return str((await scim.get(f"/Groups/{group['id']}")).json()["meta"]["version"])


async def records(database: Database, scim: Scim, action: str) -> list[dict[str, Any]]:
    """Audit records of an action, the newest last."""
    async with database.session() as session:
        rows = await session.fetch(
            "SELECT resource_type, resource_id, detail, rules, changes::text FROM scim.audit_log"
            " WHERE app_id = $1 AND action = $2 ORDER BY id",
            scim.owner.app_id,
            action,
        )
    return [dict(row) for row in rows]


async def pending(database: Database, scim: Scim) -> int:
    async with database.session() as session:
        number: int = await session.fetchval(
            "SELECT count(*) FROM scim.pending_references WHERE app_id = $1", scim.owner.app_id
        )
    return number


async def until_somebody_waits(database: Database) -> None:
    """Until some other connection waits for a lock."""
    async with database.session() as session:
        for _ in range(200):
            if await session.fetchval("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)"):
                return
            await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


def added(*names: str) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": [{"value": name} for name in names]}


class TestNames:
    @pytest.mark.parametrize("kind", NAMES)
    async def test_find_a_member_and_a_manager_where_the_settings_say_so(
        self, client: httpx.AsyncClient, database: Database, kind: str
    ) -> None:
        scim = await with_settings(client, database, member_references=[kind], manager_references=[kind])
        kim = await scim.user("kim", schemas=[USER, ENT], **KIM)
        bo = await scim.user("bo", **reporting_to(NAMES[kind]))
        group = await scim.group("Team", NAMES[kind])
        assert await members_of(scim, group) == {kim["id"]}
        manager = await manager_of(scim, bo)
        assert (manager["value"], manager["$ref"].rpartition("/")[2]) == (NAMES[kind], kim["id"])
        others = [name for other, name in NAMES.items() if other != kind]
        assert await members_of(scim, await scim.group("Others", *others, kim["id"])) == set()
        for name in others:
            assert "$ref" not in await manager_of(scim, await scim.user(f"to {name}", **reporting_to(name)))

    async def test_are_tried_as_the_defaults_say(self, scim: Scim) -> None:
        kim = await scim.user("kim", schemas=[USER, ENT], **KIM)
        for number, (kind, name) in enumerate(NAMES.items()):
            in_group = await members_of(scim, await scim.group(f"g{number}", name))
            assert bool(in_group) == (kind in ("externalId", "userName")), kind
            bound = "$ref" in await manager_of(scim, await scim.user(f"u{number}", **reporting_to(name)))
            assert bound == (kind != "employeeNumber"), kind
        assert await members_of(scim, await scim.group("By id", kim["id"])) == {kim["id"]}

    async def test_are_tried_in_the_order_of_the_setting(self, client: httpx.AsyncClient, database: Database) -> None:
        for order, expected in ((["userName", "externalId"], "named"), (["externalId", "userName"], "other")):
            scim = await with_settings(client, database, member_references=order)
            users = {"named": await scim.user("x-1"), "other": await scim.user("bo", externalId="x-1")}
            assert await members_of(scim, await scim.group("Team", "x-1")) == {users[expected]["id"]}

    async def test_that_fit_several_bind_nobody_not_even_by_another_kind(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        scim = await with_settings(client, database, member_references=["externalId", "userName"])
        for name in ("a", "b", "twice"):
            await scim.user(name, externalId="twice")
        assert await members_of(scim, await scim.group("Team", "twice")) == set()
        assert "$ref" not in await manager_of(scim, await scim.user("c", **reporting_to("twice")))

    async def test_in_strict_are_ids_alone(self, strict: Scim) -> None:
        await strict.user("kim", schemas=[USER, ENT], **KIM)
        for name in NAMES.values():
            answer = await strict.post(
                "/Groups",
                {
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                    "displayName": "T",
                    "members": [{"value": name}],
                },
            )
            assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
            report = await strict.user(f"to {name}", **reporting_to(name))
            assert report[ENT]["manager"] == {"value": name}

    async def test_are_counted_as_a_rule_where_they_are_no_ids(self, scim: Scim, database: Database) -> None:
        kim = await scim.user("kim")
        await scim.group("By id", kim["id"])
        await scim.group("By name", "kim")
        await scim.user("bo", **reporting_to("kim"))
        managers = {"u1": "kim", "u2": kim["id"], "u3": "nobody"}
        data = [{"userName": name} | reporting_to(manager) for name, manager in managers.items()]
        await scim.bulk(*({"method": "POST", "path": "/Users", "bulkId": one["userName"], "data": one} for one in data))
        assert [record["rules"] for record in await records(database, scim, "create")] == [
            [],
            [],
            ["COMMON-34"],
            ["COMMON-34"],
            ["COMMON-34"],
            [],
            [],
        ]


class TestManagers:
    @pytest.mark.parametrize("kind", ["userName", "externalId", "email", "employeeNumber"])
    async def test_are_bound_when_the_user_arrives(
        self, client: httpx.AsyncClient, database: Database, kind: str
    ) -> None:
        scim = await with_settings(client, database, manager_references=ALL)
        bo = await scim.user("bo", **reporting_to(NAMES[kind]))
        assert bo[ENT]["manager"] == {"value": NAMES[kind]}
        assert await pending(database, scim) == 1
        kim = await scim.user("kim", schemas=[USER, ENT], displayName="Kim", **KIM)
        manager = await manager_of(scim, bo)
        assert manager == {"value": NAMES[kind], "$ref": kim["meta"]["location"], "displayName": "Kim"}
        assert await pending(database, scim) == 0
        [bound] = await records(database, scim, "bind")
        assert (bound["resource_type"], str(bound["resource_id"])) == ("User", bo["id"])
        assert kim["id"] in bound["changes"]

    @pytest.mark.parametrize("kind", ["userName", "externalId", "email", "employeeNumber"])
    async def test_are_bound_when_the_name_appears_by_an_update(
        self, client: httpx.AsyncClient, database: Database, kind: str
    ) -> None:
        scim = await with_settings(client, database, manager_references=ALL)
        bo = await scim.user("bo", **reporting_to(NAMES[kind]))
        other = await scim.user("other")
        assert "$ref" not in await manager_of(scim, bo)
        answer = await scim.put(f"/Users/{other['id']}", {"schemas": [USER, ENT], "userName": "kim", **KIM})
        assert answer.status_code == 200
        assert (await manager_of(scim, bo))["$ref"] == other["meta"]["location"]

    async def test_answer_their_id_where_the_setting_says_so(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        scim = await with_settings(client, database, manager_value="id")
        bo = await scim.user("bo", **reporting_to("kim@example.com"))
        assert (await manager_of(scim, bo))["value"] == "kim@example.com"
        kim = await scim.user("kim", emails=KIM["emails"])
        assert (await manager_of(scim, bo))["value"] == kim["id"]
        other = await scim.user("other", **reporting_to("nobody"))
        for condition, expected in (
            (f'manager.value eq "{kim["id"]}"', [bo["id"]]),
            (f'{ENT}:manager[value eq "{kim["id"]}"]', [bo["id"]]),
            ('manager.value eq "kim@example.com"', []),
            ('manager.value eq "nobody"', [other["id"]]),
            (f'manager.value sw "{kim["id"][:8]}"', [bo["id"]]),
            ('manager.value sw "no"', [other["id"]]),
            ("manager.value pr", [bo["id"], other["id"]]),
            (f'not (manager.value eq "{kim["id"]}")', [kim["id"], other["id"]]),
        ):
            listed = (await scim.get("/Users", filter=condition)).json()["Resources"]
            assert sorted(one["id"] for one in listed) == sorted(expected), condition
        ordered = (await scim.get("/Users", sortBy="manager.value")).json()["Resources"]
        assert [one["id"] for one in ordered] == [bo["id"], other["id"], kim["id"]]

    async def test_are_filtered_by_as_sent_by_default(self, scim: Scim) -> None:
        kim = await scim.user("kim", displayName="Kim")
        bo = await scim.user("bo", **reporting_to("kim"))
        for condition, found in (
            ('manager.value eq "kim"', True),
            (f'manager.value eq "{kim["id"]}"', False),
            ('manager.displayName eq "kim"', True),
            (f'manager.$ref eq "{kim["meta"]["location"]}"', True),
        ):
            listed = (await scim.get("/Users", filter=f"{ENT}:{condition}")).json()["Resources"]
            assert [one["id"] for one in listed] == ([bo["id"]] if found else []), condition

    async def test_stay_bound_when_their_name_changes_and_other_attributes_do(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        bo = await scim.user("bo", **reporting_to("kim"))
        await scim.patch(f"/Users/{kim['id']}", {"op": "replace", "path": "userName", "value": "kim.new"})
        await scim.patch(f"/Users/{bo['id']}", {"op": "replace", "path": "title", "value": "Lead"})
        assert (await manager_of(scim, bo))["$ref"] == kim["meta"]["location"]

    async def test_that_are_changed_or_removed_are_no_longer_waited_for(self, scim: Scim, database: Database) -> None:
        bo = await scim.user("bo", **reporting_to("kim"))
        await scim.patch(f"/Users/{bo['id']}", {"op": "replace", "path": f"{ENT}:manager.value", "value": "lee"})
        assert await pending(database, scim) == 1
        await scim.user("kim")
        assert "$ref" not in await manager_of(scim, bo)
        await scim.patch(f"/Users/{bo['id']}", {"op": "remove", "path": f"{ENT}:manager"})
        assert await pending(database, scim) == 0
        await scim.user("lee")
        assert await manager_of(scim, bo) == {}

    async def test_who_are_deleted_are_waited_for_again(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        bo = await scim.user("bo", **reporting_to("kim"))
        await scim.delete(f"/Users/{kim['id']}")
        assert await manager_of(scim, bo) == {"value": "kim"}
        again = await scim.user("kim")
        assert (await manager_of(scim, bo))["$ref"] == again["meta"]["location"]

    async def test_of_bulk_creates_are_bound_in_whatever_order_they_come(self, scim: Scim, database: Database) -> None:
        users = [
            {"method": "POST", "path": "/Users", "bulkId": name, "data": {"schemas": [USER], "userName": name} | rest}
            for name, rest in (
                ("bo", reporting_to("kim")),
                ("kim", {}),
                ("lee", reporting_to("kim")),
                ("ada", reporting_to("nobody")),
            )
        ]
        answer = (await scim.bulk(*users)).json()
        ids = {one["bulkId"]: one["location"].rpartition("/")[2] for one in answer["Operations"]}
        managers = {name: await manager_of(scim, {"id": ids[name]}) for name in ids}
        assert await pending(database, scim) == 1
        [told] = [one for one in await records(database, scim, "create") if "'nobody'" in (one["detail"] or "")]
        assert str(told["resource_id"]) == ids["ada"]
        assert managers["bo"]["$ref"].endswith(ids["kim"])
        assert managers["lee"]["$ref"].endswith(ids["kim"])
        assert managers["ada"] == {"value": "nobody"}


class TestMembersWhoAreNotThere:
    async def test_are_in_no_answer_and_in_no_filter(self, scim: Scim, database: Database) -> None:
        kim = await scim.user("kim")
        group = await scim.group("Team", kim["id"], "lee")
        assert [member["value"] for member in group["members"]] == [kim["id"]]
        assert await members_of(scim, group) == {kim["id"]}
        listed = (await scim.get(f"/Groups/{group['id']}/members")).json()
        assert listed["totalResults"] == 1
        assert (await scim.get("/Groups", filter='members eq "lee"')).json()["totalResults"] == 0
        [created] = [one for one in await records(database, scim, "create") if one["resource_type"] == "Group"]
        assert "'lee'" in created["detail"]
        assert '"pending"' in created["changes"]

    async def test_are_members_when_they_arrive_and_the_group_has_a_new_version(
        self, scim: Scim, database: Database
    ) -> None:
        group = await scim.group("Team", "lee")
        await scim.patch(f"/Groups/{group['id']}", added("ext-9"))
        assert await version_of(scim, group) == 'W/"1"'
        lee = await scim.user("Lee")
        assert [one["value"] for one in (await scim.get(f"/Users/{lee['id']}")).json()["groups"]] == [group["id"]]
        assert await members_of(scim, group) == {lee["id"]}
        assert await version_of(scim, group) == 'W/"2"'
        bo = await scim.user("bo")
        await scim.patch(f"/Users/{bo['id']}", {"op": "add", "path": "externalId", "value": "ext-9"})
        assert await members_of(scim, group) == {lee["id"], bo["id"]}
        assert await version_of(scim, group) == 'W/"3"'
        assert await pending(database, scim) == 0
        bound = await records(database, scim, "bind")
        assert [(one["resource_type"], str(one["resource_id"])) for one in bound] == [("Group", group["id"])] * 2

    async def test_may_be_groups(self, scim: Scim) -> None:
        outer = await scim.group("Outer", "inner-1")
        body = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": "Inner",
            "externalId": "inner-1",
        }
        inner = (await scim.post("/Groups", body)).json()
        assert await members_of(scim, outer) == {inner["id"]}

    async def test_are_no_members_where_that_would_close_a_circle(self, scim: Scim) -> None:
        outer = await scim.group("Outer", "inner-1")
        body = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": "Inner",
            "externalId": "inner-1",
            "members": [{"value": outer["id"]}],
        }
        inner = (await scim.post("/Groups", body)).json()
        assert await members_of(scim, inner) == {outer["id"]}
        assert await members_of(scim, outer) == set()

    @pytest.mark.parametrize(
        "operation",
        [
            {"op": "remove", "path": 'members[value eq "LEE"]'},
            {"op": "remove", "path": "members", "value": [{"value": "lee"}]},
            {"op": "remove", "path": "members"},
            {"op": "replace", "path": "members", "value": []},
            {"op": "replace", "path": "members", "value": [{"value": "somebody else"}]},
        ],
        ids=str,
    )
    async def test_are_given_up_when_they_are_removed(
        self, scim: Scim, database: Database, operation: dict[str, Any]
    ) -> None:
        group = await scim.group("Team", "lee")
        answer = await scim.patch(f"/Groups/{group['id']}", operation)
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == 'W/"1"'
        await scim.user("lee")
        assert await members_of(scim, group) == set()
        [patched] = await records(database, scim, "patch")
        assert '"no_longer_pending"' in patched["changes"]

    async def test_are_two_where_their_names_differ_in_letter_case(self, scim: Scim, database: Database) -> None:
        """An externalId has case, so `AbC` and `aBc` may be two people."""
        group = await scim.group("Team", "AbC", "aBc", "abC", "AbC")
        assert await pending(database, scim) == 3
        await scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": 'members[value eq "abC"]'})
        assert await pending(database, scim) == 2
        users = [await scim.user(name, externalId=own) for name, own in (("a", "AbC"), ("b", "aBc"), ("c", "abC"))]
        assert await members_of(scim, group) == {user["id"] for user in users[:2]}

    @pytest.mark.parametrize("first", [added("x"), {"op": "remove", "path": 'members[value eq "x"]'}], ids=str)
    async def test_are_waited_for_no_longer_once_the_name_means_one(
        self, scim: Scim, database: Database, first: dict[str, Any]
    ) -> None:
        """It fitted two when it was sent; whoever has it later is somebody else."""
        one, other = [await scim.user(name, externalId="x") for name in ("a", "b")]
        group = await scim.group("Team", "x")
        await scim.delete(f"/Users/{one['id']}")
        answer = await scim.patch(f"/Groups/{group['id']}", first)
        assert answer.status_code == 200, answer.text
        assert await members_of(scim, group) == ({other["id"]} if first["op"] == "add" else set())
        assert await pending(database, scim) == 0
        await scim.delete(f"/Users/{other['id']}")
        await scim.user("c", externalId="x")
        assert await members_of(scim, group) == set()

    async def test_stay_when_others_go(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        group = await scim.group("Team", kim["id"], "lee")
        await scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": f'members[value eq "{kim["id"]}"]'})
        await scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": 'members[type eq "User"]'})
        lee = await scim.user("lee")
        assert await members_of(scim, group) == {lee["id"]}

    async def test_keep_the_name_that_was_sent_with_them(self, scim: Scim) -> None:
        operation = {"op": "add", "path": "members", "value": [{"value": "lee", "display": "Lee L."}]}
        group = await scim.group("Team")
        await scim.patch(f"/Groups/{group['id']}", operation)
        await scim.user("lee")
        [member] = (await scim.get(f"/Groups/{group['id']}")).json()["members"]
        assert member["display"] == "Lee L."

    async def test_go_with_their_group(self, scim: Scim, database: Database) -> None:
        group = await scim.group("Team", "lee")
        await scim.delete(f"/Groups/{group['id']}")
        assert await pending(database, scim) == 0
        assert "groups" not in await scim.user("lee")

    async def test_belong_to_one_application(self, scim: Scim, client: httpx.AsyncClient, database: Database) -> None:
        group = await scim.group("Team", "lee")
        other = await with_settings(client, database)
        await other.user("lee")
        assert await members_of(scim, group) == set()

    async def test_are_never_lost_when_they_arrive_while_groups_change(self, scim: Scim) -> None:
        """Whoever looks in vain and whoever arrives meanwhile must not miss each other."""
        names = [f"u{number}" for number in range(24)]
        groups = [await scim.group(f"g{number}") for number in range(3)]
        work = []
        for name in names:
            work += [scim.patch(f"/Groups/{group['id']}", added(name)) for group in groups]
            work.append(scim.post("/Users", {"schemas": [USER], "userName": name}))
        answers = await asyncio.gather(*work)
        assert {answer.status_code for answer in answers} <= {200, 201}
        ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
        for group in groups:
            assert await members_of(scim, group) == ids

    async def test_are_not_lost_when_another_of_the_name_goes_and_comes_meanwhile(
        self, scim: Scim, database: Database
    ) -> None:
        """Who was found and is gone is looked for again: the name must be held before it is waited for."""
        kim, group = await scim.user("kim"), await scim.group("Team")
        async with database.transaction() as busy:
            await busy.execute("SELECT 1 FROM scim.resources WHERE id = $1 FOR UPDATE", UUID(group["id"]))
            async with database.transaction() as leaving:
                await leaving.execute("DELETE FROM scim.resources WHERE id = $1", UUID(kim["id"]))
                adding = asyncio.create_task(scim.patch(f"/Groups/{group['id']}", added("kim")))
                await until_somebody_waits(database)
            coming = asyncio.create_task(scim.user("kim"))
            await asyncio.wait({coming}, timeout=0.3)
        again = await coming
        assert (await adding).status_code == 200
        assert await members_of(scim, group) == {again["id"]}

    async def test_are_not_lost_when_whom_they_mean_first_is_deleted_meanwhile(
        self, scim: Scim, database: Database
    ) -> None:
        one, other = [await scim.user(name, externalId="x") for name in ("a", "b")]
        group = await scim.group("Team", "x")
        await scim.delete(f"/Users/{other['id']}")
        async with database.transaction() as leaving:
            await leaving.execute("DELETE FROM scim.resources WHERE id = $1", UUID(one["id"]))
            coming = asyncio.create_task(scim.user("x"))
            await until_somebody_waits(database)
        named = await coming
        assert await members_of(scim, group) == {named["id"]}

    async def test_are_never_left_in_when_they_are_removed_while_they_arrive(self, scim: Scim) -> None:
        names = [f"u{number}" for number in range(24)]
        group = await scim.group("Team", *names)
        work = [scim.post("/Users", {"schemas": [USER], "userName": name}) for name in names]
        work += [
            scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": f'members[value eq "{name}"]'})
            for name in names
        ]
        answers = await asyncio.gather(*work)
        assert {answer.status_code for answer in answers} <= {200, 201}
        assert await members_of(scim, group) == set()
