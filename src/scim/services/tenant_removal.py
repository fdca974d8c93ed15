"""Deleting tenants with their applications: one after the other, as `services.removal` does it, the tenant last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.models import Tenant
from scim.services import tenants as tenant_services
from scim.services.applications import Chosen
from scim.services.operator import operator_caller, record
from scim.services.removal import Content, Removal, Tell, counted, delete_chosen, look_at, lost, quiet
from scim.services.tenants import DEFAULT_TENANT
from scim.storage import applications, tenants, tokens
from scim.storage.tokens import Change
from scim.utils.clock import now


async def look(database: Database, name_or_id: str) -> Removal:
    """What would go with a tenant.

    Raises:
        OperatorError: no such tenant, or it is the default one.
    """
    async with database.session() as session:
        return await _look_at(session, await _deletable(session, name_or_id))


async def delete(database: Database, name_or_id: str, *, tell: Tell = quiet) -> Removal:
    """Delete a tenant with its applications.

    Raises:
        OperatorError: no such tenant, it is the default one, or it was activated meanwhile.
    """
    async with database.session() as session:
        owner = await _deletable(session, name_or_id)
        found = await _look_at(session, owner)
    await _begin(database, owner, found.content)
    while not await _finish(database, owner):
        async with database.session() as session:
            apps = await applications.list_applications(session, tenant_id=owner.id, include_inactive=True)
        for app in apps:
            await delete_chosen(database, Chosen(owner, app), tell)
    return found


async def _begin(database: Database, owner: Tenant, content: Content) -> None:
    """Deactivate the tenant, and write down that it is being deleted."""
    async with database.transaction() as session:
        tenant = await tenants.lock(session, owner.id)
        if tenant is None:
            return
        if tenant.active:
            await tenants.update(session, tenant.id, {"active": False}, at=now())
        changes = {"active": (tenant.active, False)} | counted(content)
        await record(operator_caller(owner), session, "tenant.delete.begin", tenant.id, changes)
        await tokens.notify(session, Change.TENANT, tenant.id)


async def _finish(database: Database, owner: Tenant) -> bool:
    """Remove the tenant itself, if it has no applications."""
    async with database.transaction() as session:
        tenant = await tenants.lock(session, owner.id)
        if tenant is None:
            return True
        if tenant.active:
            raise OperatorError(
                f"tenant '{tenant.name}' was activated while it was being deleted; what is left of it stays"
            )
        if await applications.list_applications(session, tenant_id=tenant.id, include_inactive=True):
            return False
        await tenants.delete(session, tenant.id)
        await record(operator_caller(owner), session, "tenant.delete", tenant.id, lost(tenant))
        await tokens.notify(session, Change.TENANT, tenant.id)
    return True


async def _look_at(session: Session, owner: Tenant) -> Removal:
    apps = await applications.list_applications(session, tenant_id=owner.id, include_inactive=True)
    held = [(await look_at(session, Chosen(owner, app))).content for app in apps]
    content = Content(
        applications=len(apps),
        resources=_summed(one.resources for one in held),
        hidden_users=sum(one.hidden_users for one in held),
        memberships=sum(one.memberships for one in held),
        tokens=sum(one.tokens for one in held) + await tenants.wide_tokens(session, owner.id),
        rows=sum(one.rows for one in held),
    )
    return Removal(id=owner.id, tenant=owner.name, app=None, content=content)


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:
        for kind, number in one.items():
            total[kind] = total.get(kind, 0) + number
    return dict(sorted(total.items()))


async def _deletable(session: Session, name_or_id: str) -> Tenant:
    tenant = await tenant_services.resolve(session, name_or_id)
    if tenant.name == DEFAULT_TENANT:
        raise OperatorError(
            "the default tenant cannot be deleted; `pyscim app delete` removes its applications,"
            " `pyscim tenant update default --deactivate` locks everybody out"
        )
    return tenant
