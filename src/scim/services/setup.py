"""What is there from the beginning: the default tenant with an application."""

from __future__ import annotations

from scim.db.database import Database
from scim.services import applications, tenants
from scim.services.applications import DEFAULT_APPLICATION
from scim.services.tenants import DEFAULT_TENANT
from scim.storage import applications as stored_applications
from scim.storage import tenants as stored_tenants


async def ensure_defaults(database: Database) -> None:
    """Make the default tenant, and the default application where that tenant has none; several may do so at once.

    An application that was renamed or deleted is not made again as long as there is another.

    Raises:
        Unavailable: the database cannot be reached, or has not been migrated.
    """
    if await _is_complete(database):
        return
    async with database.transaction() as session:
        await stored_tenants.lock_defaults(session)
        tenant = await stored_tenants.by_name(session, DEFAULT_TENANT) or await tenants.add(
            session, name=DEFAULT_TENANT
        )
        if not await stored_applications.list_applications(session, tenant_id=tenant.id, include_inactive=True):
            await applications.add(session, tenant, name=DEFAULT_APPLICATION)


async def _is_complete(database: Database) -> bool:
    """The look before the lock: after the first start this is all there is to do."""
    async with database.session() as session:
        tenant = await stored_tenants.by_name(session, DEFAULT_TENANT)
        if tenant is None:
            return False
        return bool(await stored_applications.list_applications(session, tenant_id=tenant.id, include_inactive=True))
