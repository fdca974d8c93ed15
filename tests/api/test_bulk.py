"""Bulk requests through the whole stack (RFC 7644 §3.7)."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any
from unittest import mock
from uuid import UUID

import asyncpg
import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from scim.exceptions import Unavailable
from scim.services.definitions.schemas import Added, add_schemas
from scim.storage import definitions, resources
from tests.support.bulks import (
    ENTERPRISE,
    USER,
    change,
    create_group,
    create_managed,
    create_user,
    id_of,
    statuses_of,
    title,
)
from tests.support.http import SCIM, Scim, account, serving


class TestResults:
    async def test_each_operation_answers_as_its_single_request_would(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        path = f"/Users/{kim['id']}"
        answer = await scim.bulk(
            create_user("u1"),
            change(path, title("Lead")) | {"version": 'W/"1"', "bulkId": "x"},
            {"method": "PUT", "path": path, "data": {"schemas": [USER], "userName": "kim"}},
            {"method": "DELETE", "path": path},
        )
        made, patched, put, deleted = answer.json()["Operations"]
        location = f"{SCIM}{path}"
        assert made == {
            "method": "POST",
            "bulkId": "u1",
            "version": 'W/"1"',
            "location": f"{SCIM}/Users/{id_of(made)}",
            "status": "201",
        }
        assert patched == {"method": "PATCH", "bulkId": "x", "version": 'W/"2"', "location": location, "status": "200"}
        assert put == {"method": "PUT", "version": 'W/"3"', "location": location, "status": "200"}
        assert deleted == {"method": "DELETE", "location": location, "status": "204"}

    async def test_errors_are_those_of_single_requests(self, strict: Scim) -> None:
        kim = await strict.user("kim")
        path = f"/Users/{kim['id']}"
        answer = await strict.bulk(
            create_user("u1", "KIM"),
            create_user("u2", emails="x"),
            change(path, title("x")) | {"version": 'W/"9"'},
            change("/Users/nobody", title("x")),
            {"method": "POST", "path": "/Nothings", "bulkId": "n", "data": {}},
            {"method": "GET", "path": path},
        )
        results = answer.json()["Operations"]
        assert [(one["status"], one["response"].get("scimType")) for one in results] == [
            ("409", "uniqueness"),
            ("400", "invalidValue"),
            ("412", None),
            ("404", None),
            ("404", None),
            ("400", "invalidSyntax"),
        ]
        for one in results:
            assert one["response"]["status"] == one["status"]
            assert one["response"]["detail"]
        assert ["location" in one for one in results] == [False, False, True, True, False, True]
        assert (await strict.get(path)).json()["meta"]["version"] == 'W/"1"'

    async def test_a_location_is_built_from_what_the_path_names(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        answer = await scim.bulk(
            {"method": "DELETE", "path": f"/Users/{kim['id']}/?x=y"},
            {"method": "DELETE", "path": "Users/1"},
            {"method": "DELETE", "path": "https://elsewhere.example/Users/1"},
            {"method": "MOVE", "path": "/Users/1"},
        )
        assert [(one["status"], one["location"]) for one in answer.json()["Operations"]] == [
            ("204", f"{SCIM}/Users/{kim['id']}"),
            ("400", SCIM),
            ("400", SCIM),
            ("400", f"{SCIM}/Users/1"),
        ]

    async def test_a_slash_at_the_end_of_a_path_is_tolerated(self, strict: Scim) -> None:
        answer = await strict.bulk(create_user("kim") | {"path": "/Users/"})
        assert statuses_of(answer) == ["201"]

    async def test_one_bad_create_never_fails_its_neighbours(self, scim: Scim) -> None:
        names = ["a", "b", "A", "c", "", "d"]
        answer = await scim.bulk(
            *(create_user(f"u{number}", name) for number, name in enumerate(names)), create_user("u6", "e")
        )
        assert statuses_of(answer) == ["201", "201", "409", "201", "400", "201", "201"]
        found = (await scim.get("/Users", sortBy="userName")).json()
        assert [one["userName"] for one in found["Resources"]] == ["a", "b", "c", "d", "e"]

    async def test_a_create_leaves_an_audit_record_and_names_its_rules(self, scim: Scim, database: Database) -> None:
        await scim.bulk(create_user("u1", active="True") | {"tag": 1}, change("/Users/bulkId:u1", title("x")))
        async with database.session() as session:
            rows = await session.fetch(
                "SELECT action, method, path, rules, detail, resource_id FROM scim.audit_log WHERE app_id = $1 ORDER BY id",
                scim.owner.app_id,
            )
        assert [(row["action"], row["method"], row["path"]) for row in rows] == [
            ("create", "POST", "/scim/v2/Users"),
            ("patch", "PATCH", "/scim/v2/Users/bulkId:u1"),
        ]
        assert rows[0]["rules"] == ["COMMON-37", "COMMON-10"]
        assert rows[0]["detail"] == "Unknown attributes were ignored: Operations.tag."
        assert rows[0]["resource_id"] == rows[1]["resource_id"]

    async def test_a_run_that_fails_as_a_whole_is_repeated_one_by_one(self, scim: Scim) -> None:
        failing = mock.AsyncMock(side_effect=asyncpg.ProgramLimitExceededError("too wide"))
        with mock.patch.object(resources, "insert_many", failing):
            answer = await scim.bulk(create_user("a"), create_user("b", "a"), create_user("c"))
        assert statuses_of(answer) == ["201", "409", "201"]
        assert failing.await_count == 1

    async def test_a_fault_of_ours_fails_one_operation_and_is_opaque(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        with mock.patch.object(resources, "lock_for_delete", side_effect=RuntimeError("secret")):
            answer = await scim.bulk({"method": "DELETE", "path": f"/Users/{kim['id']}"}, create_user("a"))
        assert statuses_of(answer) == ["500", "201"]
        assert "secret" not in answer.text


class TestReferences:
    async def test_members_and_managers_may_be_made_in_the_same_request(self, scim: Scim) -> None:
        answer = await scim.bulk(
            create_user("u1"), create_managed("u2", "bulkId:u1"), create_group("g", "bulkId:u1", "bulkId:u2")
        )
        assert statuses_of(answer) == ["201", "201", "201"]
        one, two, team = map(id_of, answer.json()["Operations"])
        found = (await scim.get(f"/Users/{two}")).json()
        assert found[ENTERPRISE]["manager"]["value"] == one
        assert {member["value"] for member in (await scim.get(f"/Groups/{team}")).json()["members"]} == {one, two}

    async def test_a_reference_may_come_before_what_it_refers_to(self, scim: Scim) -> None:
        answer = await scim.bulk(create_group("g", "bulkId:u1"), create_managed("u2", "bulkId:u1"), create_user("u1"))
        assert statuses_of(answer) == ["201", "201", "201"]
        assert [one["bulkId"] for one in answer.json()["Operations"]] == ["g", "u2", "u1"]

    async def test_paths_and_filters_of_patches_refer_too(self, scim: Scim) -> None:
        add = {"op": "add", "path": "members", "value": [{"value": "bulkId:u1"}, {"value": "bulkId:u2"}]}
        remove = {"op": "remove", "path": 'members[value eq "bulkId:u1"]'}
        answer = await scim.bulk(
            create_user("u1"),
            create_user("u2"),
            create_group("g"),
            change("/Groups/bulkId:g", add),
            change("/Groups/bulkId:g", remove),
            {"method": "DELETE", "path": "/Users/bulkId:u1"},
        )
        assert statuses_of(answer) == ["201", "201", "201", "200", "200", "204"]
        one, two, team, *_, deleted = answer.json()["Operations"]
        assert deleted["location"] == one["location"]
        members = (await scim.get(f"/Groups/{id_of(team)}")).json()["members"]
        assert [member["value"] for member in members] == [id_of(two)]

    async def test_a_reference_to_what_was_not_made_fails_its_operation(self, scim: Scim) -> None:
        await scim.user("kim")
        answer = await scim.bulk(
            create_user("u1", "kim"),
            create_group("g", "bulkId:u1"),
            create_group("h", "bulkId:nobody"),
            create_group("i"),
        )
        assert statuses_of(answer) == ["409", "409", "409", "201"]
        assert "'u1'" in answer.json()["Operations"][1]["response"]["detail"]

    async def test_a_circle_of_managers_is_closed(self, scim: Scim) -> None:
        answer = await scim.bulk(
            create_managed("a", "bulkId:b"), create_managed("b", "bulkId:a"), create_managed("c", "bulkId:c")
        )
        assert statuses_of(answer) == ["201", "201", "201"]
        ids = [*map(id_of, answer.json()["Operations"])]
        managers = [(await scim.get(f"/Users/{one}")).json()[ENTERPRISE]["manager"]["value"] for one in ids]
        assert managers == [ids[1], ids[0], ids[2]]
        for one, result in zip(ids, answer.json()["Operations"], strict=True):
            assert (await scim.get(f"/Users/{one}")).json()["meta"]["version"] == result["version"]

    async def test_a_user_and_a_group_that_refer_to_each_other_are_made(self, scim: Scim) -> None:
        answer = await scim.bulk(
            create_group("g", "bulkId:u"), create_user("u", groups=[{"value": "bulkId:g"}], password="s3cret")
        )
        assert statuses_of(answer) == ["201", "201"]
        team, kim = map(id_of, answer.json()["Operations"])
        assert [one["value"] for one in (await scim.get(f"/Users/{kim}")).json()["groups"]] == [team]

    async def test_groups_in_each_other_are_refused_and_leave_nothing(self, scim: Scim) -> None:
        answer = await scim.bulk(create_group("a", "bulkId:b"), create_group("b", "bulkId:a"), create_user("u"))
        assert statuses_of(answer) == ["409", "409", "201"]
        assert (await scim.get("/Groups")).json()["totalResults"] == 0

    async def test_a_circle_through_a_required_reference_is_closed(self, scim: Scim, database: Database) -> None:
        urn = "urn:example:params:scim:schemas:extension:mentoring:2.0:User"
        parts = [{"name": "value"}, {"name": "$ref", "type": "reference", "referenceTypes": ["User"]}]
        attributes = [{"name": "mentor", "type": "complex", "required": True, "subAttributes": parts}, {"name": "code"}]
        await add_schemas(database, [{"id": urn, "attributes": attributes}], app=str(scim.owner.app_id))

        def mentored(name: str, mentor: str) -> dict[str, Any]:
            extension: dict[str, Any] = {urn: {"code": "x", "mentor": {"value": f"bulkId:{mentor}"}}}
            return create_user(name, schemas=[USER, urn], **extension)

        await scim.until(f"/Schemas/{urn}", 200)
        answer = await scim.bulk(mentored("a", "b"), mentored("b", "a"))
        assert statuses_of(answer) == ["201", "201"]

    async def test_circles_at_once_do_not_lose_each_other(self, scim: Scim) -> None:
        def ring(name: str) -> list[dict[str, Any]]:
            return [create_managed(f"{name}{number}", f"bulkId:{name}{(number + 1) % 20}") for number in range(20)]

        answers = await asyncio.gather(*(scim.bulk(*ring(name)) for name in "abcd"))
        for answer in answers:
            assert statuses_of(answer) == ["201"] * 20
        assert (await scim.get("/Users", count=0)).json()["totalResults"] == 80

    async def test_of_a_circle_with_a_taken_name_that_one_has_the_error(self, scim: Scim) -> None:
        await scim.user("b")
        answer = await scim.bulk(create_managed("a", "bulkId:b"), create_managed("b", "bulkId:a"))
        first, second = answer.json()["Operations"]
        assert (first["status"], second["response"]["scimType"]) == ("409", "uniqueness")
        assert "scimType" not in first["response"]
        assert (await scim.get("/Users")).json()["totalResults"] == 1


class TestFailOnErrors:
    async def test_what_comes_behind_the_last_error_is_not_run(self, scim: Scim) -> None:
        await scim.user("kim")
        answer = await scim.bulk(
            create_user("a"),
            create_user("b", "kim"),
            create_user("c"),
            create_user("d", "kim"),
            create_user("e"),
            create_group("g"),
            failOnErrors=2,
        )
        assert statuses_of(answer) == ["201", "409", "201", "409"]
        names = {one["userName"] for one in (await scim.get("/Users")).json()["Resources"]}
        assert names == {"kim", "a", "c"}
        assert (await scim.get("/Groups")).json()["totalResults"] == 0

    @pytest.mark.parametrize("behind", [[], [create_user("d")]])
    async def test_a_create_that_waited_for_another_is_not_run_either(
        self, scim: Scim, behind: list[dict[str, Any]]
    ) -> None:
        await scim.user("kim")
        answer = await scim.bulk(
            create_user("a"), create_user("b", "kim"), create_managed("c", "bulkId:a"), *behind, failOnErrors=1
        )
        assert statuses_of(answer) == ["201", "409"]

    async def test_creates_behind_an_error_that_was_none_in_the_end_are_run(
        self, scim: Scim, database: Database
    ) -> None:
        """A run that went too far is begun again; meanwhile somebody else deletes the user whose name was taken."""
        kim = await scim.user("kim")
        insert_many, runs = resources.insert_many, itertools.count()

        async def insert_later(*given: Any) -> set[UUID]:
            if next(runs) == 1:
                await scim.delete(f"/Users/{kim['id']}")
            return await insert_many(*given)

        with mock.patch.object(resources, "insert_many", insert_later):
            answer = await scim.bulk(
                create_user("a"), create_user("b", "kim"), create_user("c"), create_user("d", "a"), failOnErrors=1
            )
        assert statuses_of(answer) == ["201", "201", "201", "409"]

    async def test_it_counts_over_all_kinds_of_operations(self, scim: Scim) -> None:
        answer = await scim.bulk(
            {"method": "GET", "path": "/Users"}, change("/Users/x", title("t")), create_user("a"), failOnErrors=2
        )
        assert statuses_of(answer) == ["400", "404"]
        assert (await scim.get("/Users")).json()["totalResults"] == 0

    async def test_without_it_everything_is_tried(self, scim: Scim) -> None:
        answer = await scim.bulk(
            create_user("a"), *(create_user(f"u{number}", "a") for number in range(5)), create_user("b")
        )
        assert statuses_of(answer) == ["201", *["409"] * 5, "201"]


class TestLimits:
    async def test_the_limits_are_announced_and_named_when_exceeded(self, database: Database) -> None:
        settings = Settings(bulk_max_operations=2, bulk_max_payload_bytes=2000, bulk_max_passwords=1)
        async with serving(database, settings) as client:
            scim = Scim(client, await account(database))
            announced = (await scim.get("/ServiceProviderConfig")).json()["bulk"]
            assert announced == {"supported": True, "maxOperations": 2, "maxPayloadSize": 2000}
            many = await scim.bulk(create_user("a"), create_user("b"), create_user("c"))
            assert (many.status_code, "maxOperations is 2" in many.json()["detail"]) == (413, True)
            large = await scim.bulk(create_user("a", title="x" * 2000))
            assert (large.status_code, "maxPayloadSize is 2000" in large.json()["detail"]) == (413, True)
            slow = await scim.bulk(
                create_user("a", password="p"),
                change("/Users/bulkId:a", {"op": "add", "path": "password", "value": "q"}),
            )
            assert (slow.status_code, "at most 1" in slow.json()["detail"]) == (413, True)
            starred = await scim.bulk(*(create_user(name, password="***") for name in "ab"))
            assert starred.status_code == 413
            assert (await scim.get("/Users")).json()["totalResults"] == 0
            assert statuses_of(await scim.bulk(create_user("a", password="p"), create_user("b"))) == ["201", "201"]

    async def test_passwords_that_are_thrown_away_have_no_limit(self, database: Database) -> None:
        async with serving(database, Settings(bulk_max_passwords=0, passwords="discard")) as client:
            scim = Scim(client, await account(database))
            assert statuses_of(await scim.bulk(create_user("a", password="p"))) == ["201"]
        async with database.session() as session:
            assert not await session.fetchval(
                "SELECT count(secret) FROM scim.resources WHERE app_id = $1", scim.owner.app_id
            )

    async def test_an_empty_list_is_answered_with_one(self, scim: Scim) -> None:
        assert statuses_of(await scim.bulk()) == []

    async def test_a_reader_may_not_send_any(self, client: httpx.AsyncClient, database: Database) -> None:
        reader = Scim(client, await account(database, scopes=("scim:read",)))
        assert (await reader.bulk(create_user("a"))).status_code == 403


class TestMeanwhile:
    @pytest.mark.parametrize("circle", [False, True])
    async def test_a_change_of_schemas_fails_no_operation(self, lab: Scim, database: Database, circle: bool) -> None:
        kim = await lab.user("kim")
        hold, calls = definitions.hold, itertools.count()
        added: list[Added] = []

        async def hold_later(*given: Any) -> int:
            if next(calls) in (0, 4):  # the first PATCH, and the first POST: each is repeated
                late = {"id": f"urn:example:Late{len(added)}", "attributes": [{"name": "x"}]}
                added.extend(await add_schemas(database, [late], app=str(lab.owner.app_id)))
            return await hold(*given)

        with mock.patch.object(definitions, "hold", hold_later):
            answer = await lab.bulk(
                *(change(f"/Users/{kim['id']}", title(f"t{number}")) for number in range(3)),
                create_managed("a", "bulkId:b"),
                create_managed("b", "bulkId:a" if circle else "x"),
                create_user("c"),
            )
        assert statuses_of(answer) == ["200"] * 3 + ["201"] * 3
        assert len(added) == 2

    async def test_nothing_more_is_tried_once_the_database_is_away(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        path = f"/Users/{kim['id']}"
        away = mock.AsyncMock(side_effect=Unavailable)
        with mock.patch.object(resources, "load", away):
            answer = await scim.bulk(change(path, title("a")), change(path, title("b")), create_user("lee"))
        assert statuses_of(answer) == ["503"] * 3
        assert away.await_count == 1


@pytest.mark.parametrize("count", [25, 60])
async def test_totals_are_exact_after_runs(scim: Scim, count: int) -> None:
    await scim.user("u3")
    await scim.bulk(*(create_user(f"u{number}") for number in range(count)))
    assert (await scim.get("/Users", count=0)).json()["totalResults"] == count
