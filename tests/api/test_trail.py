"""What requests leave in the audit log: each refusal a record, reads where the application asks, all of them a count."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from scim.config import Settings
from scim.db.database import Database
from scim.services import journal as journals
from scim.services.journal import Journal
from scim.storage.audit import Entry, Origin
from scim.utils.clock import now
from tests.support.http import SCIM, Scim, account, serving

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


async def records(database: Database, scim: Scim, *, of_nobody: bool = False) -> list[dict[str, Any]]:
    """Refused and recorded reads, the oldest first; they are written by now."""
    await scim.client._transport.app.state.environment.journal.flush()  # type: ignore[attr-defined]
    owner = "app_id IS NULL" if of_nobody else "app_id = $1"
    async with database.session() as session:
        rows = await session.fetch(
            f"SELECT *, changes::text AS changed FROM scim.audit_log WHERE {owner} AND (status >= 400 OR action IN ('read', 'search'))"
            " ORDER BY id",
            *([] if of_nobody else [scim.owner.app_id]),
        )
    return [dict(row) for row in rows]


class TestRefusals:
    async def test_tell_who_sent_what_and_why_it_was_refused(self, strict: Scim, database: Database) -> None:
        body = {"schemas": [USER], "userName": "kim", "active": "True", "password": "Secret-1"}
        answer = await strict.post("/Users", body, headers={"user-agent": "Okta SCIM Client 1.0.0"})
        assert answer.status_code == 400
        [found] = await records(database, strict)
        assert (found["action"], found["resource_type"], found["resource_id"]) == ("create", "User", None)
        assert (found["status"], found["scim_type"]) == (400, "invalidValue")
        assert (found["method"], found["path"], str(found["ip"])) == ("POST", "/scim/v2/Users", "127.0.0.1")
        assert found["user_agent"] == "Okta SCIM Client 1.0.0"
        assert (found["actor"], found["tenant_id"]) == ("token:test", strict.owner.tenant_id)
        assert found["request_id"] == answer.headers["x-request-id"]
        assert found["detail"] == answer.json()["detail"]
        assert orjson.loads(found["request"]) == body | {"password": "***"}
        assert orjson.loads(found["response"]) == answer.json()
        assert found["duration_ms"] > 0

    @pytest.mark.parametrize(
        ("method", "path", "body", "action", "status"),
        [
            ("GET", "/Users/01a21424-79e1-74e9-8b14-dbd6982ee5cd", None, "read", 404),
            ("GET", "/Users?filter=userName+eq+%22k", None, "search", 400),
            (
                "PUT",
                "/Users/01a21424-79e1-74e9-8b14-dbd6982ee5cd",
                {"schemas": [USER], "userName": "k"},
                "replace",
                404,
            ),
            ("PATCH", "/Groups/x", {"schemas": [PATCH_OP], "Operations": []}, "patch", 404),
            ("DELETE", "/Users/x", None, "delete", 404),
            ("POST", "/Users/.search", {"filter": "]"}, "search", 400),
            ("POST", "/Bulk", {"Operations": 7}, "bulk", 400),
            ("GET", "/Gadgets", None, "search", 404),
            ("PUT", "/Users", {}, "replace", 405),
        ],
    )
    async def test_say_what_was_tried(
        self, scim: Scim, database: Database, method: str, path: str, body: Any, action: str, status: int
    ) -> None:
        assert (await scim.send(method, path, body)).status_code == status
        [found] = await records(database, scim)
        assert (found["action"], found["status"], found["method"]) == (action, status, method)
        assert found["path"].partition("?")[0] == f"/scim/v2{path.partition('?')[0]}"

    async def test_name_the_rules_that_were_applied(self, scim: Scim, database: Database) -> None:
        await scim.client.get(f"{SCIM}/scim/v2/Users/x", headers=scim.owner.headers)
        [found] = await records(database, scim)
        assert found["rules"] == ["COMMON-25"]

    async def test_of_operations_of_a_bulk_request_have_a_record_each(self, scim: Scim, database: Database) -> None:
        good = {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"schemas": [USER], "userName": "kim"}}
        taken = good | {"bulkId": "b", "data": {"schemas": [USER], "userName": "kim", "password": "Secret-1"}}
        await scim.bulk(good, taken, {"method": "DELETE", "path": "/Users/x"})
        first, second = await records(database, scim)
        assert (first["action"], first["status"], first["scim_type"]) == ("create", 409, "uniqueness")
        assert orjson.loads(first["request"])["password"] == "***"
        assert (second["action"], second["status"], second["path"]) == ("delete", 404, "/scim/v2/Users/x")

    async def test_without_a_good_token_are_of_nobody(self, scim: Scim, database: Database) -> None:
        before = len(await records(database, scim, of_nobody=True))
        await scim.client.get(f"{SCIM}/Users")
        await scim.client.get(f"{SCIM}/Users", headers={"authorization": "Bearer nonsense"})
        found = (await records(database, scim, of_nobody=True))[before:]
        assert [(one["status"], one["actor"], one["tenant_id"]) for one in found] == [(401, "nobody", None)] * 2
        assert all("nonsense" not in str(one) for one in found)

    async def test_show_no_secret_of_a_filter(self, scim: Scim, database: Database) -> None:
        await scim.get("/Users", filter='password eq "Secret-1"')
        [found] = await records(database, scim)
        assert "Secret-1" not in str(found)

    @pytest.mark.parametrize(("bodies", "kept"), [("none", False), ("errors", True), ("all", True)])
    async def test_have_bodies_as_the_setting_says(self, database: Database, bodies: Any, kept: bool) -> None:
        async with serving(database, Settings(audit_bodies=bodies)) as client:
            scim = Scim(client, await account(database))
            await scim.post("/Users", {"schemas": [USER]})
            [found] = await records(database, scim)
        assert (found["request"] is not None, found["response"] is not None) == (kept, kept)

    async def test_keep_no_body_that_is_too_long(self, strict: Scim, database: Database) -> None:
        await strict.post("/Users", {"schemas": [USER], "userName": "kim", "shoeSize": "x" * (1 << 20)})
        [found] = await records(database, strict)
        assert "too long to be kept" in found["request"]


class TestReads:
    async def test_are_counted_and_leave_no_record(self, scim: Scim, database: Database) -> None:
        kim = await scim.user("kim")
        await scim.get("/Users")
        await scim.get(f"/Users/{kim['id']}")
        await scim.post("/Users/.search", {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]})
        await scim.get("/Users/x")
        assert [one["status"] for one in await records(database, scim)] == [404]
        async with database.session() as session:
            rows = await session.fetch("SELECT kind, n FROM scim.activity WHERE app_id = $1", scim.owner.app_id)
        assert {row["kind"]: row["n"] for row in rows} == {"read": 3, "write": 1, "refusal": 1}

    async def test_leave_a_record_where_the_application_asks(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        scim = Scim(client, await account(database, settings={"audit_reads": True}))
        kim = await scim.user("kim")
        await scim.get(f"/Users/{kim['id']}")
        await scim.get("/Users", filter="userName eq kim")
        read, searched = await records(database, scim)
        assert (read["action"], str(read["resource_id"]), read["status"]) == ("read", kim["id"], 200)
        assert (searched["action"], searched["rules"]) == ("search", ["COMMON-19"])
        assert searched["path"] == "/scim/v2/Users?filter=userName eq kim"


class TestWrites:
    @pytest.mark.parametrize(("bodies", "kept"), [("none", False), ("errors", False), ("all", True)])
    async def test_keep_request_and_answer_as_the_setting_says(
        self, database: Database, bodies: Any, kept: bool
    ) -> None:
        async with serving(database, Settings(audit_bodies=bodies)) as client:
            scim = Scim(client, await account(database))
            kim = await scim.user("kim", password="Secret-1")
            group = await scim.group("Team", kim["id"])
        async with database.session() as session:
            rows = await session.fetch(
                "SELECT request, response FROM scim.audit_log WHERE app_id = $1 ORDER BY id", scim.owner.app_id
            )
        if not kept:
            assert all(row["request"] is None and row["response"] is None for row in rows)
            return
        assert [orjson.loads(row["response"]) for row in rows] == [kim, group]
        assert orjson.loads(rows[0]["request"])["password"] == "***"

    async def test_take_their_time(self, scim: Scim, database: Database) -> None:
        await scim.user("kim")
        async with database.session() as session:
            took = await session.fetchval("SELECT duration_ms FROM scim.audit_log WHERE app_id = $1", scim.owner.app_id)
        assert 0 < took < 60_000


@pytest.fixture
async def journal(database: Database) -> AsyncIterator[Journal]:
    made = Journal(database)
    yield made
    await made.stop()


def refusal(number: int) -> tuple[Origin, Entry]:
    return Origin(request_id=f"journal-{number}"), Entry(action="create", at=now(), status=400)


async def written(database: Database) -> int:
    async with database.session() as session:
        number: int = await session.fetchval("SELECT count(*) FROM scim.audit_log WHERE request_id LIKE 'journal-%'")
    return number


class TestJournal:
    async def test_writes_what_waits_when_it_is_stopped(self, scim: Scim, database: Database, caller: Any) -> None:
        before, journal = await written(database), Journal(database)
        journal.start()
        for number in range(3):
            journal.add(caller, *refusal(number))
        await journal.stop()
        assert await written(database) == before + 3

    async def test_writes_by_itself(
        self, database: Database, caller: Any, monkeypatch: pytest.MonkeyPatch, journal: Journal
    ) -> None:
        monkeypatch.setattr(journals, "FLUSH_SECONDS", 0.01)
        before = await written(database)
        journal.start()
        journal.add(caller, *refusal(0))
        for _ in range(200):
            await asyncio.sleep(0.01)
            if await written(database) > before:
                return
        raise AssertionError("nothing was written")

    async def test_loses_nothing_while_the_database_is_away(
        self, database: Database, caller: Any, monkeypatch: pytest.MonkeyPatch, journal: Journal
    ) -> None:
        before = await written(database)
        journal.add(caller, *refusal(0))
        journal.count(caller, now().date(), "read")

        async def fails(*_: Any) -> None:
            raise asyncpg.ConnectionDoesNotExistError("gone")

        with monkeypatch.context() as away:
            away.setattr("scim.storage.audit.record_all", fails)
            await journal.flush()
        assert await written(database) == before
        await journal.flush()
        assert await written(database) == before + 1
        async with database.session() as session:
            assert await session.fetchval("SELECT n FROM scim.activity WHERE app_id = $1", caller.app_id) == 1

    async def test_keeps_so_many_and_of_nobody_fewer(
        self, database: Database, caller: Any, journal: Journal, caplog: pytest.LogCaptureFixture
    ) -> None:
        before = await written(database)
        for number in range(journals.MAX_OF_NOBODY + 7):
            journal.add(None, *refusal(number))
        for number in range(journals.MAX_WAITING):
            journal.add(caller, *refusal(number))
        await journal.flush()
        assert await written(database) == before + journals.MAX_WAITING
        assert f"{journals.MAX_OF_NOBODY + 7} refused requests" in caplog.text
        journal.add(None, *refusal(0))
        await journal.flush()
        assert await written(database) == before + journals.MAX_WAITING + 1
