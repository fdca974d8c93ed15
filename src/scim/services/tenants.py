"""What the operator does with tenants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.models import Tenant
from scim.services.names import as_uuid, checked_name, unknown
from scim.services.operator import created, operator_caller, record
from scim.storage import tenants, tokens
from scim.storage.tenants import Contents
from scim.storage.tokens import Change
from scim.utils.clock import now
from scim.utils.uuid7 import new_id

DEFAULT_TENANT: Final = "default"
"""The tenant that is meant where none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantInfo:
    """A tenant and how much it holds; `resources` counts by type."""

    id: UUID
    name: str
    display_name: str | None
    description: str | None
    external_id: str | None
    active: bool
    applications: int
    resources: Mapping[str, int]
    created_at: datetime
    modified_at: datetime


async def create(
    database: Database,
    *,
    name: str,
    display_name: str | None = None,
    description: str | None = None,
    external_id: str | None = None,
) -> TenantInfo:
    """A new tenant.

    Raises:
        UsageError: the name cannot be one.
        OperatorError: the name or the external id is taken.
    """
    async with database.transaction() as session:
        tenant = await add(
            session, name=name, display_name=display_name, description=description, external_id=external_id
        )
        return _info(tenant, Contents())


async def list_tenants(database: Database, *, include_inactive: bool = False) -> list[TenantInfo]:
    """Active tenants, or all of them, by name."""
    async with database.session() as session:
        found = await tenants.list_tenants(session, include_inactive=include_inactive)
        held = await tenants.contents(session)
    return [_info(tenant, held.get(tenant.id, Contents())) for tenant in found]


async def info(database: Database, name_or_id: str) -> TenantInfo:
    """One tenant.

    Raises:
        OperatorError: there is none of that name or id.
    """
    async with database.session() as session:
        tenant = await resolve(session, name_or_id)
        held = await tenants.contents(session)
    return _info(tenant, held.get(tenant.id, Contents()))


async def update(
    database: Database,
    name_or_id: str,
    *,
    name: str | None = None,
    display_name: str | None = None,
    description: str | None = None,
    external_id: str | None = None,
    active: bool | None = None,
) -> TenantInfo:
    """Change what is given, and tell every worker; an empty text takes a display name, description or external id away.

    While a tenant is not active, its tokens are answered 401.

    Raises:
        UsageError: the name cannot be one.
        OperatorError: no such tenant, the name or the external id is taken, or the default tenant would be renamed.
    """
    wanted = {
        "name": None if name is None else checked_name(name, "a tenant"),
        "display_name": display_name,
        "description": description,
        "external_id": external_id,
        "active": active,
    }
    async with database.transaction() as session:
        tenant = await tenants.lock(session, (await resolve(session, name_or_id)).id)
        if tenant is None:
            raise OperatorError(f"tenant '{name_or_id}' was deleted meanwhile")
        values = {key: None if value == "" else value for key, value in wanted.items() if value is not None}
        await _write(session, tenant, {key: value for key, value in values.items() if value != getattr(tenant, key)})
    return await info(database, str(tenant.id))


async def resolve(session: Session, name_or_id: str) -> Tenant:
    """The tenant that a name or an id means.

    Raises:
        OperatorError: there is none.
    """
    wanted = as_uuid(name_or_id)
    found = await (tenants.by_id(session, wanted) if wanted else tenants.by_name(session, name_or_id))
    if found is not None:
        return found
    known = await tenants.list_tenants(session, include_inactive=True)
    raise unknown("tenant", name_or_id, [tenant.name for tenant in known])


async def add(
    session: Session,
    *,
    name: str,
    display_name: str | None = None,
    description: str | None = None,
    external_id: str | None = None,
) -> Tenant:
    """Make a tenant inside a transaction; errors as `create`."""
    at = now()
    values = {
        "name": checked_name(name, "a tenant"),
        "display_name": display_name or None,
        "description": description or None,
        "external_id": external_id or None,
    }
    tenant = Tenant(id=new_id(at), created_at=at, modified_at=at, **values)
    if not await tenants.insert(session, tenant):
        raise await _taken(session, tenant)
    await record(operator_caller(tenant), session, "tenant.create", tenant.id, created(values))
    return tenant


async def _write(session: Session, tenant: Tenant, values: Mapping[str, Any]) -> None:
    if not values:
        return
    if "name" in values and tenant.name == DEFAULT_TENANT:
        raise OperatorError("the default tenant keeps its name: it is what commands mean where no tenant is named")
    await _check_free(session, values)
    await tenants.update(session, tenant.id, values, at=now())
    changes = {key: (getattr(tenant, key), value) for key, value in values.items()}
    await record(operator_caller(tenant), session, "tenant.update", tenant.id, changes)
    await tokens.notify(session, Change.TENANT, tenant.id)


async def _check_free(session: Session, values: Mapping[str, Any]) -> None:
    """The check comes first and the unique key second, so a name that is taken meanwhile fails the transaction."""
    name, external_id = values.get("name"), values.get("external_id")
    if name is not None and await tenants.by_name(session, name):
        raise OperatorError(f"there is a tenant '{name}' already")
    holder = await tenants.by_external_id(session, external_id) if external_id is not None else None
    if holder is not None:
        raise OperatorError(f"the external id '{external_id}' is that of tenant '{holder.name}' already")


async def _taken(session: Session, tenant: Tenant) -> OperatorError:
    if await tenants.by_name(session, tenant.name) is None and tenant.external_id is not None:
        holder = await tenants.by_external_id(session, tenant.external_id)
        owner = f" of tenant '{holder.name}'" if holder else ""
        return OperatorError(f"the external id '{tenant.external_id}' is that{owner} already")
    return OperatorError(f"there is a tenant '{tenant.name}' already")


def _info(tenant: Tenant, held: Contents) -> TenantInfo:
    return TenantInfo(
        id=tenant.id,
        name=tenant.name,
        display_name=tenant.display_name,
        description=tenant.description,
        external_id=tenant.external_id,
        active=tenant.active,
        applications=held.applications,
        resources=held.resources,
        created_at=tenant.created_at,
        modified_at=tenant.modified_at,
    )
