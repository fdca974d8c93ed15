"""Tenants, as the operator sees them.

The operator works across tenants, and chooses one before there is a caller; `UNSCOPED` names what therefore takes none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from scim.db.session import Session
from scim.models import Tenant

UNSCOPED: Final = (
    # They serve the operator, who sees all tenants.
    "insert",
    "by_id",
    "by_name",
    "by_external_id",
    "lock",
    "list_tenants",
    "update",
    "delete",
    "wide_tokens",
    "contents",
    # Made before any tenant is.
    "lock_defaults",
)

_DEFAULTS_LOCK: Final = 0x7079_5343_4446  # the letters "pySCDF": one process at a time makes what is there by default


@dataclass(frozen=True, slots=True)
class Contents:
    """How much a tenant holds: its applications, and their resources by type."""

    applications: int = 0
    resources: Mapping[str, int] = field(default_factory=dict)


async def insert(session: Session, tenant: Tenant) -> bool:
    """Store a new tenant; False where its name or external id is taken. No caller: the operator makes tenants."""
    done = await session.execute(
        "INSERT INTO scim.tenants (id, name, display_name, description, external_id, created_at, modified_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        tenant.id,
        tenant.name,
        tenant.display_name,
        tenant.description,
        tenant.external_id,
        tenant.created_at,
        tenant.modified_at,
    )
    return bool(done)


async def by_id(session: Session, tenant_id: UUID) -> Tenant | None:
    """A tenant by its id; no caller, for it is being chosen."""
    return await Tenant.filter(id=tenant_id).using_db(session.orm).first()


async def by_name(session: Session, name: str) -> Tenant | None:
    """A tenant by its name; no caller, for it is being chosen."""
    return await Tenant.filter(name=name).using_db(session.orm).first()


async def by_external_id(session: Session, external_id: str) -> Tenant | None:
    """A tenant by the id it has elsewhere; no caller, for it is being chosen."""
    return await Tenant.filter(external_id=external_id).using_db(session.orm).first()


async def lock(session: Session, tenant_id: UUID) -> Tenant | None:
    """A tenant that nobody else changes until the transaction ends; no caller, for it is being chosen."""
    return await Tenant.filter(id=tenant_id).using_db(session.orm).select_for_update().first()


async def list_tenants(session: Session, *, include_inactive: bool = False) -> list[Tenant]:
    """Tenants by name; no caller, for the operator sees all of them."""
    query = Tenant.all() if include_inactive else Tenant.filter(active=True)
    return await query.using_db(session.orm).order_by("name")


async def update(session: Session, tenant_id: UUID, values: Mapping[str, Any], *, at: datetime) -> None:
    """Change columns of a tenant; no caller, for the operator changes tenants.

    Raises:
        IntegrityError: the name or the external id is another tenant's.
    """
    await Tenant.filter(id=tenant_id).using_db(session.orm).update(**values, modified_at=at)


async def delete(session: Session, tenant_id: UUID) -> None:
    """Remove a tenant that has no applications, with its tokens and walks; no caller, for the operator removes tenants."""
    await session.execute("DELETE FROM scim.page_positions WHERE app_id = $1", tenant_id)
    await session.execute("DELETE FROM scim.api_tokens WHERE tenant_id = $1", tenant_id)
    await session.execute("DELETE FROM scim.tenants WHERE id = $1", tenant_id)


async def wide_tokens(session: Session, tenant_id: UUID) -> int:
    """How many tokens a tenant has that are for all its applications; no caller, for the operator sees all tenants."""
    number: int = await session.fetchval(
        "SELECT count(*) FROM scim.api_tokens WHERE tenant_id = $1 AND app_id IS NULL", tenant_id
    )
    return number


async def contents(session: Session) -> dict[UUID, Contents]:
    """What each tenant holds, in one statement; no caller, for the operator sees all of them."""
    rows = await session.fetch(
        "SELECT a.tenant_id, c.resource_type, coalesce(sum(c.n), 0)::bigint AS n,"
        " (SELECT count(*) FROM scim.applications AS o WHERE o.tenant_id = a.tenant_id) AS applications"
        " FROM scim.applications AS a LEFT JOIN scim.resource_counts AS c ON c.app_id = a.id"
        " GROUP BY a.tenant_id, c.resource_type ORDER BY a.tenant_id, c.resource_type"
    )
    found: dict[UUID, Contents] = {}
    for row in rows:
        known = found.get(row["tenant_id"], Contents(row["applications"]))
        counted = {row["resource_type"]: row["n"]} if row["resource_type"] else {}
        found[row["tenant_id"]] = Contents(known.applications, {**known.resources, **counted})
    return found


async def lock_defaults(session: Session) -> None:
    """Let nobody else make what is there by default until the transaction ends; no caller, there may be no tenant."""
    await session.fetchval("SELECT pg_advisory_xact_lock($1)", _DEFAULTS_LOCK)
