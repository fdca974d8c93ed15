"""Users who are deleted but kept (`on_delete=deactivate`): hidden from SCIM, and back with their groups when restored."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from scim.db.database import Database
from scim.exceptions import OperatorError, Uniqueness
from scim.services import application_details, users
from scim.services.definitions.resource_types import add_resource_types
from scim.services.definitions.schemas import add_schemas, remove_schema
from tests.api.test_references import (
    ENT,
    manager_of,
    members_of,
    pending,
    records,
    reporting_to,
    until_somebody_waits,
    version_of,
)
from tests.support.http import Scim, account

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


async def keeping(client: httpx.AsyncClient, database: Database, **settings: Any) -> Scim:
    """An application that keeps users who are deleted."""
    profile = settings.pop("profile", "auto")
    return Scim(client, await account(database, profile=profile, settings={"on_delete": "deactivate"} | settings))


@pytest.fixture(params=["auto", "strict"])
async def kept(client: httpx.AsyncClient, database: Database, request: pytest.FixtureRequest) -> Scim:
    return await keeping(client, database, profile=request.param)


async def restore(database: Database, scim: Scim, name: str) -> users.KeptUser:
    return await users.restore(database, name, app=str(scim.owner.app_id))


class TestHiding:
    async def test_leaves_nothing_to_be_seen(self, kept: Scim, database: Database) -> None:
        kim = await kept.user("kim", externalId="e-1", displayName="Kim")
        bo = await kept.user("bo", **reporting_to(kim["id"]))
        group = await kept.group("Team", kim["id"], bo["id"])
        assert (await kept.delete(f"/Users/{kim['id']}")).status_code == 204
        path = f"/Users/{kim['id']}"
        assert (await kept.get(path)).status_code == 404
        assert (await kept.put(path, {"schemas": [USER], "userName": "kim"})).status_code == 404
        operation = {"op": "replace", "path": "active", "value": False}
        assert (await kept.patch(path, operation)).status_code == 404
        assert (await kept.delete(path)).status_code == 404
        for condition in ('userName eq "kim"', 'externalId eq "e-1"', f'id eq "{kim["id"]}"', 'userName sw "k"'):
            assert (await kept.get("/Users", filter=condition)).json()["totalResults"] == 0
        assert (await kept.get("/Users")).json()["totalResults"] == 1
        assert (await kept.get("/")).json()["totalResults"] == 2
        assert await members_of(kept, group) == {bo["id"]}
        assert (await kept.get(f"/Groups/{group['id']}/members")).json()["totalResults"] == 1
        assert (await kept.get("/Groups", filter=f'members eq "{kim["id"]}"')).json()["totalResults"] == 0
        assert await version_of(kept, group) == 'W/"2"'
        assert await manager_of(kept, bo) == {"value": kim["id"]}
        assert (await kept.get("/Users", filter=f'{ENT}:manager.displayName eq "Kim"')).json()["totalResults"] == 0
        [record] = await records(database, kept, "delete")
        assert "kept" in record["detail"]

    async def test_is_for_users_alone(self, kept: Scim, database: Database) -> None:
        group = await kept.group("Team")
        await kept.delete(f"/Groups/{group['id']}")
        async with database.session() as session:
            left = await session.fetchval("SELECT count(*) FROM scim.resources WHERE app_id = $1", kept.owner.app_id)
        assert left == 0

    async def test_is_not_the_default(self, scim: Scim, database: Database) -> None:
        kim = await scim.user("kim")
        await scim.delete(f"/Users/{kim['id']}")
        with pytest.raises(OperatorError, match="no hidden user 'kim'"):
            await restore(database, scim, "kim")

    async def test_is_counted_in_app_info(self, kept: Scim, database: Database) -> None:
        kim, bo = await kept.user("kim"), await kept.user("bo")
        await kept.group("Team", kim["id"], bo["id"])
        for user in (kim, bo):
            await kept.delete(f"/Users/{user['id']}")
        found = await application_details.info(database, str(kept.owner.app_id))
        assert (found.hidden_users, found.pending) == (2, {"members": 2, "managers": 0})
        assert found.application.resources == {"Group": 1, "User": 0}


class TestSchemasThatGo:
    """What is removed from all resources must not come back with one of them."""

    BADGE = "urn:example:params:scim:schemas:extension:badge:2.0:User"

    def schema(self, kind: str) -> dict[str, Any]:
        badge = {"name": "badge", "type": kind, "description": "Of the door", "multiValued": False}
        unique = {"uniqueness": "server"} if kind == "string" else {}
        return {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": self.BADGE,
            "name": "Badge",
            "description": "Badge",
            "attributes": [badge | unique],
        }

    async def test_take_the_values_of_hidden_users_with_them(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        scim = await keeping(client, database)
        app = str(scim.owner.app_id)
        await add_schemas(database, [self.schema("string")], app=app, extends="User")
        kim = await scim.user("kim", schemas=[USER, self.BADGE], **{self.BADGE: {"badge": "7"}})
        await scim.delete(f"/Users/{kim['id']}")
        with pytest.raises(OperatorError, match="1 resource has values"):
            await remove_schema(database, self.BADGE, app=app)
        assert await remove_schema(database, self.BADGE, app=app, force=True) == 1
        await add_schemas(database, [self.schema("integer")], app=app, extends="User")
        assert (await restore(database, scim, "kim")).user_name == "kim"
        shown = (await scim.get(f"/Users/{kim['id']}")).json()
        assert self.BADGE not in shown
        assert shown["schemas"] == [USER]

    async def test_are_taken_again_where_others_were_in_the_way(self, scim: Scim, database: Database) -> None:
        """A deadlock with a request ends neither of them."""
        app = str(scim.owner.app_id)
        await add_schemas(database, [self.schema("string")], app=app, extends="User")
        made = [await scim.user(name, schemas=[USER, self.BADGE], **{self.BADGE: {"badge": name}}) for name in "ab"]
        lock = "SELECT 1 FROM scim.resources WHERE id = $1 FOR UPDATE"
        async with database.transaction() as other:
            await other.execute(lock, UUID(made[1]["id"]))
            removing = asyncio.create_task(remove_schema(database, self.BADGE, app=app, force=True))
            await until_somebody_waits(database)
            await other.execute(lock, UUID(made[0]["id"]))
        assert await removing == 2

    async def test_leave_what_must_be_unique_to_others(self, client: httpx.AsyncClient, database: Database) -> None:
        scim = await keeping(client, database)
        app = str(scim.owner.app_id)
        await add_schemas(database, [self.schema("string")], app=app, extends="User")
        names = {self.BADGE: {"badge": "7"}, ENT: {"department": "D"}}
        kim = await scim.user("kim", schemas=[USER, ENT, self.BADGE], **names)
        await scim.delete(f"/Users/{kim['id']}")
        bare = {"name": "User", "endpoint": "/Users", "schema": USER}
        kept = {"schemaExtensions": [{"schema": self.BADGE, "required": False}]}
        await add_resource_types(database, [bare | kept], app=app, force=True)
        await scim.user("bo", schemas=[USER, self.BADGE], **{self.BADGE: {"badge": "7"}})
        with pytest.raises(Uniqueness, match="badge"):
            await restore(database, scim, "kim")

    async def test_take_bound_and_awaited_managers_with_them(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        scim = Scim(client, await account(database, settings={"manager_value": "id"}))
        app = str(scim.owner.app_id)
        boss = await scim.user("boss")
        for name, manager in (("kim", "boss"), ("lee", "later")):
            await scim.user(name, **reporting_to(manager))
        bare: dict[str, Any] = {"name": "User", "endpoint": "/Users", "schema": USER, "schemaExtensions": []}
        await add_resource_types(database, [bare], app=app, force=True)
        assert await pending(database, scim) == 0
        await add_resource_types(database, [bare | {"schemaExtensions": [{"schema": ENT, "required": False}]}], app=app)
        await scim.until("/ResourceTypes/User", lambda answer: ENT in answer.text)
        found = await scim.get("/Users", filter=f'{ENT}:manager.value eq "{boss["id"]}"')
        assert found.json()["totalResults"] == 0


class TestRestoringByCommand:
    @pytest.mark.parametrize("name", ["id", "userName", "externalId"])
    async def test_brings_the_user_back_as_it_was(self, kept: Scim, database: Database, name: str) -> None:
        kim = await kept.user("Kim", externalId="e-1", active=False, title="Lead")
        bo = await kept.user("bo", **reporting_to(kim["id"]))
        group = await kept.group("Team", kim["id"])
        await kept.delete(f"/Users/{kim['id']}")
        back = await restore(database, kept, kim[name])
        assert (str(back.id), back.user_name, back.external_id, back.active) == (kim["id"], "Kim", "e-1", False)
        shown = (await kept.get(f"/Users/{kim['id']}")).json()
        assert shown == kim | {"meta": shown["meta"], "groups": shown["groups"]}
        assert shown["meta"]["created"] == kim["meta"]["created"]
        assert shown["meta"]["version"] == 'W/"2"'
        assert [one["value"] for one in shown["groups"]] == [group["id"]]
        assert await members_of(kept, group) == {kim["id"]}
        assert (await manager_of(kept, bo))["$ref"] == kim["meta"]["location"]
        assert (await kept.get("/Users")).json()["totalResults"] == 2
        assert await pending(database, kept) == 0
        [record] = await records(database, kept, "restore")
        assert str(record["resource_id"]) == kim["id"]

    async def test_has_a_manager_again(self, kept: Scim, database: Database) -> None:
        boss = await kept.user("boss")
        kim = await kept.user("kim", **reporting_to(boss["id"]))
        await kept.delete(f"/Users/{kim['id']}")
        await restore(database, kept, "kim")
        assert (await manager_of(kept, kim))["$ref"] == boss["meta"]["location"]

    async def test_leaves_the_user_out_of_groups_that_dropped_it_meanwhile(
        self, kept: Scim, database: Database
    ) -> None:
        kim = await kept.user("kim")
        groups = [await kept.group(f"g{number}", kim["id"]) for number in range(4)]
        await kept.delete(f"/Users/{kim['id']}")
        paths = [f"/Groups/{group['id']}" for group in groups]
        await kept.patch(paths[0], {"op": "remove", "path": f'members[value eq "{kim["id"]}"]'})
        await kept.patch(paths[1], {"op": "replace", "path": "members", "value": []})
        await kept.put(paths[2], {"schemas": groups[2]["schemas"], "displayName": "g2"})
        await restore(database, kept, "kim")
        assert [bool(await members_of(kept, group)) for group in groups] == [False, False, False, True]

    @pytest.mark.parametrize("name", ["kim", "KIM", "e-1", "kim@example.com", "n-7"])
    async def test_leaves_the_user_out_of_a_group_that_dropped_it_by_another_name(
        self, client: httpx.AsyncClient, database: Database, name: str
    ) -> None:
        everything = ["id", "externalId", "userName", "email", "employeeNumber"]
        scim = await keeping(client, database, member_references=everything)
        names = {"emails": [{"value": "Kim@Example.com"}], ENT: {"employeeNumber": "N-7"}}
        kim = await scim.user("kim", schemas=[USER, ENT], externalId="e-1", **names)
        groups = [await scim.group(f"g{number}", kim["id"]) for number in range(2)]
        await scim.delete(f"/Users/{kim['id']}")
        operation = {"op": "remove", "path": f'members[value eq "{name}"]'}
        answer = await scim.patch(f"/Groups/{groups[0]['id']}", operation)
        assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
        await restore(database, scim, kim["id"])
        assert [await members_of(scim, group) for group in groups] == [set(), {kim["id"]}]

    @pytest.mark.parametrize("by", ["id", "userName"])
    async def test_leaves_out_who_is_dropped_while_being_restored(
        self, client: httpx.AsyncClient, database: Database, by: str
    ) -> None:
        """Whichever comes first: a member who was removed is none."""
        scim = await keeping(client, database)
        made = [await scim.user(f"u{number}") for number in range(10)]
        group = await scim.group("Team", *(user["id"] for user in made))
        for user in made:
            await scim.delete(f"/Users/{user['id']}")
        work: list[Any] = [restore(database, scim, user["id"]) for user in made]
        for user in made:
            operation = {"op": "remove", "path": f'members[value eq "{user[by]}"]'}
            work.append(scim.patch(f"/Groups/{group['id']}", operation))
        await asyncio.gather(*work)
        assert await members_of(scim, group) == set()

    async def test_is_refused_where_the_user_name_is_taken(self, kept: Scim, database: Database) -> None:
        kim = await kept.user("kim")
        await kept.delete(f"/Users/{kim['id']}")
        await kept.user("KIM")
        with pytest.raises(Uniqueness, match="'kim' is taken"):
            await restore(database, kept, kim["id"])
        assert (await kept.get(f"/Users/{kim['id']}")).status_code == 404

    async def test_asks_for_the_id_where_a_name_fits_several(self, kept: Scim, database: Database) -> None:
        ids = []
        for _ in range(2):
            ids.append((await kept.user("kim"))["id"])
            await kept.delete(f"/Users/{ids[-1]}")
        with pytest.raises(OperatorError) as refusal:
            await restore(database, kept, "kim")
        assert all(one in str(refusal.value) for one in ids)
        assert str((await restore(database, kept, ids[0])).id) == ids[0]

    async def test_reaches_one_application_only(
        self, kept: Scim, client: httpx.AsyncClient, database: Database
    ) -> None:
        kim = await kept.user("kim")
        await kept.delete(f"/Users/{kim['id']}")
        other = await keeping(client, database)
        for name in ("kim", kim["id"]):
            with pytest.raises(OperatorError, match="no hidden user"):
                await restore(database, other, name)


class TestRestoringByCreate:
    async def test_with_the_same_external_id_gives_the_same_id_and_groups(self, kept: Scim) -> None:
        kim = await kept.user("kim", externalId="e-1", title="Lead", password="Secret-1")
        group = await kept.group("Team", kim["id"])
        await kept.delete(f"/Users/{kim['id']}")
        answer = await kept.post("/Users", {"schemas": [USER], "userName": "kim.new", "externalId": "e-1"})
        back = answer.json()
        assert (answer.status_code, back["id"], back["userName"]) == (201, kim["id"], "kim.new")
        assert answer.headers["location"] == kim["meta"]["location"]
        assert "title" not in back
        assert back["active"] is True
        assert [one["value"] for one in back["groups"]] == [group["id"]]
        assert back["meta"]["version"] == answer.headers["etag"] == 'W/"2"'

    async def test_forgets_the_password_of_before(self, kept: Scim, database: Database) -> None:
        kim = await kept.user("kim", externalId="e-1", password="Secret-1")
        await kept.delete(f"/Users/{kim['id']}")
        await kept.user("kim", externalId="e-1")
        async with database.session() as session:
            secret = await session.fetchval("SELECT secret FROM scim.resources WHERE app_id = $1", kept.owner.app_id)
        assert secret is None

    async def test_by_the_user_name_alone_makes_a_new_user_without_groups(self, kept: Scim) -> None:
        """A recycled login must not inherit another's groups."""
        kim = await kept.user("kim", externalId="e-1")
        group = await kept.group("Team", kim["id"])
        await kept.delete(f"/Users/{kim['id']}")
        for rest in ({}, {"externalId": "e-2"}):
            again = await kept.user("kim", **rest)
            assert again["id"] != kim["id"]
            assert "groups" not in again
            await kept.delete(f"/Users/{again['id']}")
        assert await members_of(kept, group) == set()

    async def test_by_the_user_name_where_the_setting_says_so(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        scim = await keeping(client, database, restore_by_user_name=True)
        kim = await scim.user("kim")
        group = await scim.group("Team", kim["id"])
        await scim.delete(f"/Users/{kim['id']}")
        assert (await scim.user("KIM"))["id"] == kim["id"]
        assert await members_of(scim, group) == {kim["id"]}

    async def test_restores_nobody_where_several_fit(self, kept: Scim) -> None:
        made = [await kept.user(f"u{number}", externalId="e-1") for number in range(2)]
        for user in made:
            await kept.delete(f"/Users/{user['id']}")
        assert (await kept.user("kim", externalId="e-1"))["id"] not in {user["id"] for user in made}

    async def test_is_a_conflict_where_the_user_name_is_taken(self, kept: Scim) -> None:
        kim = await kept.user("kim", externalId="e-1")
        await kept.delete(f"/Users/{kim['id']}")
        await kept.user("bo")
        answer = await kept.post("/Users", {"schemas": [USER], "userName": "bo", "externalId": "e-1"})
        assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
        assert (await kept.get("/Users")).json()["totalResults"] == 1

    async def test_happens_in_a_bulk_request_too(self, kept: Scim) -> None:
        kim = await kept.user("kim", externalId="e-1")
        await kept.delete(f"/Users/{kim['id']}")
        data = [
            {"schemas": [USER], "userName": name, "externalId": own} for name, own in (("a", "e-0"), ("kim", "e-1"))
        ]
        answer = await kept.bulk(
            *({"method": "POST", "path": "/Users", "bulkId": one["userName"], "data": one} for one in data)
        )
        made = answer.json()["Operations"]
        assert [one["status"] for one in made] == ["201", "201"]
        assert made[1]["location"] == kim["meta"]["location"]

    async def test_at_once_restores_once(self, kept: Scim) -> None:
        kim = await kept.user("kim", externalId="e-1")
        await kept.delete(f"/Users/{kim['id']}")
        body = {"schemas": [USER], "userName": "kim", "externalId": "e-1"}
        answers = await asyncio.gather(*(kept.post("/Users", body) for _ in range(6)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
        [made] = (await kept.get("/Users")).json()["Resources"]
        assert made["id"] == kim["id"]
