"""What the operator does with tenants."""

from __future__ import annotations

from uuid import uuid4

import pytest

from scim.db.database import Database
from scim.exceptions import OperatorError, UsageError
from scim.services import applications, tenants
from tests.support.http import Scim
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
