"""What the operator does with tenants."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from scim.db.database import Database
from scim.exceptions import OperatorError, UsageError
from scim.services import applications, setup, tenants
from tests.support.http import Scim
from tests.support.notifications import heard
from tests.support.operators import audit_entries, unique


class TestCreate:
    async def test_makes_an_active_tenant_and_records_it(self, database: Database) -> None:
        name = unique("acme")
        made = await tenants.create(database, name=name, display_name="Acme", description="d", external_id=name)
        assert (made.name, made.display_name, made.description, made.external_id) == (name, "Acme", "d", name)
        assert (made.active, made.applications, made.resources) == (True, 0, {})
        (entry,) = await audit_entries(database, made.id)
        assert (entry.action, entry.tenant_id, entry.app_id) == ("tenant.create", made.id, None)
        assert entry.actor.startswith("cli:")
        assert {"path": "name", "old": None, "new": name} in entry.changes

    async def test_a_name_is_given_once(self, database: Database) -> None:
        name = unique("acme")
        await tenants.create(database, name=name)
        with pytest.raises(OperatorError, match=f"there is a tenant '{name}' already"):
            await tenants.create(database, name=name)

    async def test_an_external_id_is_given_once(self, database: Database) -> None:
        first, external_id = unique("acme"), unique("external")
        await tenants.create(database, name=first, external_id=external_id)
        with pytest.raises(OperatorError, match=f"'{external_id}' is that of tenant '{first}' already"):
            await tenants.create(database, name=unique("other"), external_id=external_id)

    async def test_a_bad_name_leaves_nothing(self, database: Database) -> None:
        before = len(await tenants.list_tenants(database))
        with pytest.raises(UsageError):
            await tenants.create(database, name=" ")
        assert len(await tenants.list_tenants(database)) == before


class TestInfo:
    async def test_takes_names_and_ids_in_any_spelling(self, database: Database) -> None:
        made = await tenants.create(database, name=unique("acme"))
        for given in (made.name, str(made.id), str(made.id).upper()):
            assert (await tenants.info(database, given)).id == made.id

    async def test_names_the_nearest(self, database: Database) -> None:
        made = await tenants.create(database, name=unique("nearest"))
        with pytest.raises(OperatorError, match=f"did you mean '{made.name}'"):
            await tenants.info(database, made.name[:-1])

    async def test_an_unknown_id_is_an_error(self, database: Database) -> None:
        with pytest.raises(OperatorError, match="no tenant"):
            await tenants.info(database, str(uuid4()))

    async def test_counts_applications_and_their_resources(self, database: Database, scim: Scim) -> None:
        await scim.user("a")
        await scim.user("b")
        await scim.group("g")
        await applications.create(database, name="second", tenant=str(scim.owner.tenant_id))
        found = await tenants.info(database, str(scim.owner.tenant_id))
        assert (found.applications, found.resources) == (2, {"Group": 1, "User": 2})


class TestListTenants:
    async def test_leaves_inactive_ones_out_unless_asked(self, database: Database) -> None:
        made = await tenants.create(database, name=unique("acme"))
        async with database.transaction() as session:
            await session.execute("UPDATE scim.tenants SET active = false WHERE id = $1", made.id)
        assert made.id not in {one.id for one in await tenants.list_tenants(database)}
        assert made.id in {one.id for one in await tenants.list_tenants(database, include_inactive=True)}


class TestUpdate:
    async def test_changes_what_is_given_and_nothing_else(self, database: Database) -> None:
        made = await tenants.create(database, name=unique("acme"), description="d", external_id=unique("e"))
        name = unique("renamed")
        changed = await tenants.update(database, made.name, name=name, display_name="Acme", external_id="")
        assert (changed.name, changed.display_name, changed.external_id) == (name, "Acme", None)
        assert (changed.id, changed.description, changed.active) == (made.id, "d", True)
        assert changed.modified_at > made.modified_at

    async def test_leaves_a_record_with_old_and_new(self, database: Database) -> None:
        made = await tenants.create(database, name=unique("acme"), display_name="Acme")
        await tenants.update(database, str(made.id), display_name="", active=False)
        entry = (await audit_entries(database, made.id))[-1]
        assert (entry.action, entry.tenant_id) == ("tenant.update", made.id)
        assert entry.changes == [
            {"path": "display_name", "old": "Acme", "new": None},
            {"path": "active", "old": True, "new": False},
        ]

    async def test_tells_every_worker(self, database: Database) -> None:
        made = await tenants.create(database, name=unique("acme"))
        async with heard(database) as messages:
            await tenants.update(database, made.name, active=False)
            assert await asyncio.wait_for(messages.get(), 5) == f"tenant:{made.id}"

    async def test_deactivated_it_locks_out_at_once_and_activated_it_lets_in(
        self, database: Database, scim: Scim
    ) -> None:
        tenant = str(scim.owner.tenant_id)
        await scim.user("kim")
        await tenants.update(database, tenant, active=False)
        await scim.until("/Users", 401)
        await tenants.update(database, tenant, active=True)
        assert (await scim.get("/Users")).json()["totalResults"] == 1

    async def test_without_a_change_nothing_is_written(self, database: Database) -> None:
        made = await tenants.create(database, name=unique("acme"))
        assert await tenants.update(database, made.name, name=made.name, active=True, description="") == made
        assert len(await audit_entries(database, made.id)) == 1

    async def test_refuses_a_name_or_an_external_id_that_is_taken(self, database: Database) -> None:
        made = await tenants.create(database, name=unique("acme"))
        other = await tenants.create(database, name=unique("other"), external_id=unique("e"))
        with pytest.raises(OperatorError, match=f"there is a tenant '{other.name}' already"):
            await tenants.update(database, made.name, name=other.name, description="not written")
        with pytest.raises(OperatorError, match=f"'{other.external_id}' is that of tenant '{other.name}' already"):
            await tenants.update(database, made.name, external_id=other.external_id)
        with pytest.raises(UsageError):
            await tenants.update(database, made.name, name=" ")
        assert await tenants.info(database, made.name) == made

    async def test_the_default_tenant_keeps_its_name(self, database: Database) -> None:
        await setup.ensure_defaults(database)
        with pytest.raises(OperatorError, match="the default tenant keeps its name"):
            await tenants.update(database, "default", name=unique("acme"))
