"""Deleting tenants with all their applications."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from scim.db.database import Database
from scim.exceptions import OperatorError
from scim.services import applications, setup, tenant_removal, tenants, tokens
from scim.services.tenants import TenantInfo
from tests.support.holdings import rows_of
from tests.support.http import Account, Scim
from tests.support.notifications import heard
from tests.support.operators import audit_entries, unique


@pytest.fixture
async def acme(database: Database, scim: Scim) -> TenantInfo:
    """A tenant with three applications, one deactivated, and a token over all that has walked through a list."""
    tenant = str(scim.owner.tenant_id)
    await scim.group("g", (await scim.user("a"))["id"], (await scim.user("b"))["id"])
    await tokens.create(database, app="second", tenant=tenant)
    await tokens.create(database, app="third", tenant=tenant)
    await applications.set_active(database, "second", tenant=tenant, active=False)
    wide = await tokens.create_tenant_wide(database, name="wide", tenant=tenant)
    reader = Scim(scim.client, Account(scim.owner.tenant_id, scim.owner.app_id, wide.token))
    assert (await reader.get("/Users", startIndex=1, count=1)).status_code == 200
    assert await rows_of(database, scim.owner.tenant_id) == {"page_positions": 1}
    return await tenants.info(database, tenant)


async def tenant_rows(database: Database, tenant_id: UUID) -> int:
    async with database.session() as session:
        rows: int = await session.fetchval(
            "SELECT (SELECT count(*) FROM scim.tenants WHERE id = $1)"
            " + (SELECT count(*) FROM scim.applications WHERE tenant_id = $1)"
            " + (SELECT count(*) FROM scim.api_tokens WHERE tenant_id = $1)",
            tenant_id,
        )
    return rows


async def test_a_look_says_how_much_would_go(database: Database, acme: TenantInfo) -> None:
    found = await tenant_removal.look(database, acme.name)
    assert (found.id, found.tenant, found.app) == (acme.id, acme.name, None)
    content = found.content
    assert (content.applications, content.memberships, content.tokens) == (3, 2, 4)
    assert content.resources == {"Group": 1, "User": 2}


async def test_everything_goes_but_the_audit_records(database: Database, acme: TenantInfo, scim: Scim) -> None:
    told: list[int] = []
    async with heard(database) as messages:
        done = await tenant_removal.delete(database, acme.name, tell=told.append)
        assert await asyncio.wait_for(messages.get(), 5) == f"tenant:{acme.id}"
    assert sum(told) == done.content.rows == 5
    assert await rows_of(database, scim.owner.app_id) == {}
    assert await rows_of(database, acme.id) == {}
    assert await tenant_rows(database, acme.id) == 0
    begun, gone = await audit_entries(database, acme.id)
    assert (begun.action, gone.action) == ("tenant.delete.begin", "tenant.delete")
    assert {"path": "name", "old": acme.name, "new": None} in gone.changes
    assert "app.delete" in {entry.action for entry in await audit_entries(database, scim.owner.app_id)}
    await scim.until("/Users", 401)


async def test_it_is_gone_on_with_after_an_interruption(database: Database, acme: TenantInfo) -> None:
    def interrupt(_rows: int) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await tenant_removal.delete(database, acme.name, tell=interrupt)
    assert not (await tenants.info(database, acme.name)).active
    await tenant_removal.delete(database, acme.name)
    assert await tenant_rows(database, acme.id) == 0


async def test_two_at_once_do_no_harm(database: Database, acme: TenantInfo) -> None:
    await asyncio.gather(tenant_removal.delete(database, acme.name), tenant_removal.delete(database, acme.name))
    assert await tenant_rows(database, acme.id) == 0
    actions = [entry.action for entry in await audit_entries(database, acme.id)]
    assert actions.count("tenant.delete") == 1


async def test_it_stops_where_somebody_activates_the_tenant(
    database: Database, acme: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def activated(*arguments: object, **options: object) -> None:
        await tenants.update(database, acme.name, active=True)

    monkeypatch.setattr(tenant_removal, "delete_chosen", activated)
    with pytest.raises(OperatorError, match="was activated while it was being deleted"):
        await tenant_removal.delete(database, acme.name)
    assert (await tenants.info(database, acme.name)).applications == 3


async def test_the_default_tenant_is_refused(database: Database) -> None:
    await setup.ensure_defaults(database)
    default = await tenants.info(database, "default")
    for name in ("default", str(default.id)):
        with pytest.raises(OperatorError, match="the default tenant cannot be deleted"):
            await tenant_removal.look(database, name)
        with pytest.raises(OperatorError, match="the default tenant cannot be deleted"):
            await tenant_removal.delete(database, name)
    assert (await tenants.info(database, "default")).active


async def test_an_unknown_tenant_is_an_error(database: Database) -> None:
    with pytest.raises(OperatorError, match="no tenant"):
        await tenant_removal.delete(database, unique("nosuch"))
