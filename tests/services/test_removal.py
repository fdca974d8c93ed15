"""Deleting applications: all of it, a bounded number of rows at a time, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from scim.exceptions import OperatorError
from scim.models import Application
from scim.services import application_details, applications, housekeeping, removal, tokens
from scim.services.definitions.schemas import add_schemas
from scim.storage import applications as stored_applications
from scim.storage import removal as stored
from scim.utils.clock import now
from scim.utils.uuid7 import new_id
from tests.support.holdings import rows_of
from tests.support.http import Scim, account
from tests.support.notifications import heard
from tests.support.operators import audit_entries

BADGE = "urn:example:params:scim:schemas:extension:badge:2.0:User"
BADGES = {
    "id": BADGE,
    "name": "Badge",
    "attributes": [{"name": "number", "type": "string", "uniqueness": "server"}],
}
EVERY_TABLE = {
    *("applications", "api_tokens", "schemas", "resource_types", "resources", "resource_counts", "unique_values"),
    *("group_members", "pending_references", "deprovisioned", "guards", "page_positions"),
}


@pytest.fixture
async def full(client: httpx.AsyncClient, database: Database) -> Scim:
    """An application with something in every table: users (one hidden), nested groups, own schemas, a guard, a walk."""
    settings = {"on_delete": "deactivate", "guard_users": 2, "unique_group_names": True}
    scim = Scim(client, await account(database, settings=settings, lab=True))
    await add_schemas(database, [BADGES], app=str(scim.owner.app_id))
    badges = [{BADGE: {"number": f"b-{number}"}} for number in range(6)]
    users = [(await scim.user(f"u{number}", **badge))["id"] for number, badge in enumerate(badges)]
    inner = await scim.group("inner", *users)
    await scim.group("outer", inner["id"], users[0], "not-here-yet")
    for user in users[:3]:  # the third is refused by the guard
        await scim.delete(f"/Users/{user}")
    await scim.get("/Users", startIndex=1, count=2)
    assert (await rows_of(database, scim.owner.app_id)).keys() == EVERY_TABLE
    return scim


class Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "BATCH", 2)


async def delete(database: Database, scim: Scim, tell: Callable[[int], None] = removal.quiet) -> removal.Removal:
    return await removal.delete(database, str(scim.owner.app_id), tell=tell)


async def activate(database: Database, app_id: UUID) -> None:
    await applications.set_active(database, str(app_id), active=True)


class TestLook:
    async def test_says_how_much_would_go(self, database: Database, full: Scim) -> None:
        found = await removal.look(database, str(full.owner.app_id))
        content = found.content
        assert (found.id, found.app, found.tenant) == (full.owner.app_id, "app", str(full.owner.tenant_id))
        assert content.resources == {"User": 4, "Group": 2}
        assert (content.hidden_users, content.tokens, content.applications) == (2, 1, 0)
        held = await rows_of(database, full.owner.app_id)
        assert content.memberships == held["group_members"] == 5
        assert content.rows == sum(held[table] for table in stored.KEYS)

    async def test_an_unknown_one_is_an_error(self, database: Database, scim: Scim) -> None:
        with pytest.raises(OperatorError, match="no application 'nosuch'"):
            await removal.look(database, "nosuch", tenant=str(scim.owner.tenant_id))


class TestDelete:
    async def test_leaves_nothing_but_the_audit_records(self, database: Database, full: Scim, scim: Scim) -> None:
        await scim.group("other", (await scim.user("other"))["id"])
        others, app_id = await rows_of(database, scim.owner.app_id), full.owner.app_id
        written = await audit_entries(database, app_id)
        await delete(database, full)
        assert await rows_of(database, app_id) == {}
        assert await rows_of(database, scim.owner.app_id) == others
        begun, done = (await audit_entries(database, app_id))[len(written) :]
        assert (begun.action, done.action) == ("app.delete.begin", "app.delete")
        assert {"path": "active", "old": True, "new": False} in begun.changes
        assert {"path": "resources", "old": {"User": 4, "Group": 2}, "new": None} in begun.changes
        assert {"path": "name", "old": "app", "new": None} in done.changes
        assert (done.app_id, done.tenant_id) == (app_id, full.owner.tenant_id)

    async def test_of_an_empty_application(self, database: Database, scim: Scim) -> None:
        tenant = str(scim.owner.tenant_id)
        await applications.create(database, name="empty", tenant=tenant)
        await removal.delete(database, "empty", tenant=tenant)
        with pytest.raises(OperatorError, match="no application 'empty'"):
            await application_details.info(database, "empty", tenant=tenant)

    @pytest.mark.usefixtures("small_batches")
    async def test_takes_a_bounded_number_of_rows_at_a_time_and_tells_of_each(
        self, database: Database, full: Scim
    ) -> None:
        told: list[int] = []
        done = await delete(database, full, told.append)
        assert max(told) == 2
        assert sum(told) == done.content.rows
        assert await rows_of(database, full.owner.app_id) == {}

    async def test_locks_out_at_once(self, database: Database, full: Scim) -> None:
        async with heard(database) as messages:
            await delete(database, full)
            assert await asyncio.wait_for(messages.get(), 5) == f"app:{full.owner.app_id}"
        await full.until("/Users", 401)

    @pytest.mark.usefixtures("small_batches")
    async def test_is_gone_on_with_after_an_interruption(self, database: Database, full: Scim) -> None:
        def interrupt(_rows: int) -> None:
            raise Interrupted

        with suppress(Interrupted):
            await delete(database, full, interrupt)
        left = await rows_of(database, full.owner.app_id)
        assert left["group_members"] == 3
        assert left["resources"] == 8
        (listed,) = await applications.list_applications(
            database, tenant=str(full.owner.tenant_id), include_inactive=True
        )
        assert not listed.active
        await delete(database, full)
        assert await rows_of(database, full.owner.app_id) == {}

    @pytest.mark.usefixtures("small_batches")
    async def test_counts_stay_exact_meanwhile(self, database: Database, full: Scim) -> None:
        held = await rows_of(database, full.owner.app_id)
        left = held["group_members"] + held["pending_references"] + held["unique_values"] + 4

        def interrupt(rows: int) -> None:
            nonlocal left
            left -= rows
            if left <= 0:
                raise Interrupted

        with suppress(Interrupted):
            await delete(database, full, interrupt)
        async with database.session() as session:
            shown = await session.fetchval(
                "SELECT count(*) FROM scim.resources WHERE app_id = $1 AND deleted_at IS NULL", full.owner.app_id
            )
            counts = await stored_applications.resource_counts(session, [full.owner.app_id])
        assert shown == 4  # the hidden ones and two of the others are gone
        assert sum(counts[full.owner.app_id].values()) == shown

    @pytest.mark.usefixtures("small_batches")
    async def test_two_at_once_do_no_harm(self, database: Database, full: Scim) -> None:
        await asyncio.gather(delete(database, full), delete(database, full))
        assert await rows_of(database, full.owner.app_id) == {}
        done = [entry.action for entry in await audit_entries(database, full.owner.app_id)]
        assert done.count("app.delete") == 1

    @pytest.mark.usefixtures("small_batches")
    async def test_stops_where_somebody_activates_the_application(self, database: Database, full: Scim) -> None:
        activated: list[asyncio.Task[None]] = []

        def undo(_rows: int) -> None:
            if not activated:
                activated.append(asyncio.create_task(activate(database, full.owner.app_id)))

        with pytest.raises(OperatorError, match="was activated while it was being deleted"):
            await delete(database, full, undo)
        await asyncio.gather(*activated)
        assert (await rows_of(database, full.owner.app_id))["applications"] == 1

    async def test_what_arrives_meanwhile_goes_too(self, database: Database, full: Scim) -> None:
        async def provision(lane: int) -> None:
            for number in range(1000):
                body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"late-{lane}-{number}"}
                if (await full.post("/Users", body)).status_code == 401:
                    return

        lanes = [asyncio.create_task(provision(lane)) for lane in range(4)]
        await asyncio.sleep(0.1)
        await delete(database, full)
        await asyncio.gather(*lanes)
        await removal.sweep(database)
        assert await rows_of(database, full.owner.app_id) == {}


async def late_user(database: Database, app_id: UUID) -> None:
    """What a request writes that was on its way when its application was deleted."""
    async with database.transaction() as session:
        await session.execute(
            "INSERT INTO scim.resources (app_id, id, resource_type, document, search, created_at, modified_at)"
            " VALUES ($1, $2, 'User', '{}', '{}', now(), now())",
            app_id,
            new_id(now()),
        )
        await session.execute("INSERT INTO scim.resource_counts VALUES ($1, 'User', 0, 1)", app_id)


class TestSweep:
    async def test_removes_what_was_written_after_a_deletion(self, database: Database, full: Scim) -> None:
        await delete(database, full)
        await late_user(database, full.owner.app_id)
        assert await removal.sweep(database) >= 1
        assert await rows_of(database, full.owner.app_id) == {}
        assert await removal.sweep(database) == 0

    async def test_a_server_does_it_by_and_by(
        self, database: Database, full: Scim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await delete(database, full)
        await late_user(database, full.owner.app_id)
        monkeypatch.setattr(housekeeping, "INTERVAL_S", 0.01)
        tidying = asyncio.create_task(housekeeping.keep_tidy(database, Settings()))
        for _ in range(200):
            if not await rows_of(database, full.owner.app_id):
                break
            await asyncio.sleep(0.02)
        tidying.cancel()
        await asyncio.gather(tidying, return_exceptions=True)
        assert await rows_of(database, full.owner.app_id) == {}

    async def test_touches_nothing_that_no_operator_deleted(self, database: Database) -> None:
        missing = new_id(now())
        await late_user(database, missing)
        await removal.sweep(database)
        assert await rows_of(database, missing) == {"resources": 1, "resource_counts": 1}

    async def test_leaves_an_application_alone_that_is_being_deleted(self, database: Database, full: Scim) -> None:
        async with database.transaction() as session:
            await Application.filter(id=full.owner.app_id).using_db(session.orm).update(active=False)
        before = await rows_of(database, full.owner.app_id)
        assert await removal.sweep(database) == 0
        assert await rows_of(database, full.owner.app_id) == before


async def test_tokens_go_with_their_application(database: Database, full: Scim) -> None:
    made = await tokens.create(database, app=str(full.owner.app_id))
    await delete(database, full)
    with pytest.raises(OperatorError, match="no token"):
        await tokens.info(database, str(made.info.id))
