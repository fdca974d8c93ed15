"""Applications, as the operator sees them.

The operator works across tenants, and chooses an application before there is a caller; `UNSCOPED` names what therefore
takes none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from scim.db.session import Session
from scim.models import Application

UNSCOPED: Final = (
    # They serve the operator, who sees all tenants; the tenant is an argument.
    "insert",
    "by_id",
    "by_name",
    "lock",
    "list_applications",
    "update",
    "resource_counts",
    "last_activity",
)


async def insert(session: Session, application: Application) -> bool:
    """Store a new application; False where its tenant has one of that name. No caller: the operator makes them."""
    done = await session.execute(
        "INSERT INTO scim.applications (id, tenant_id, name, display_name, description, profile, created_at, modified_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        application.id,
        application.tenant_id,
        application.name,
        application.display_name,
        application.description,
        application.profile,
        application.created_at,
        application.modified_at,
    )
    return bool(done)


async def by_id(session: Session, app_id: UUID) -> Application | None:
    """An application by its id; no caller, for it is being chosen."""
    return await Application.filter(id=app_id).using_db(session.orm).first()


async def by_name(session: Session, tenant_id: UUID, name: str) -> Application | None:
    """An application of a tenant by its name; no caller, for it is being chosen."""
    return await Application.filter(tenant_id=tenant_id, name=name).using_db(session.orm).first()


async def lock(session: Session, app_id: UUID) -> Application | None:
    """An application that nobody else changes until the transaction ends; no caller, for it is being chosen."""
    return await Application.filter(id=app_id).using_db(session.orm).select_for_update().first()


async def list_applications(
    session: Session, *, tenant_id: UUID | None = None, include_inactive: bool = False
) -> list[Application]:
    """Applications of a tenant, or of all tenants, by name; no caller, for the operator sees all of them."""
    query = Application.all() if tenant_id is None else Application.filter(tenant_id=tenant_id)
    if not include_inactive:
        query = query.filter(active=True)
    return await query.using_db(session.orm).order_by("name", "id")


async def update(session: Session, app_id: UUID, values: Mapping[str, Any], *, at: datetime) -> bool:
    """Change columns of an application; False where its tenant has another of the new name. No caller: the operator's.

    The check comes first and the unique key second, so a name that is taken meanwhile fails the transaction.
    """
    if "name" in values and await _is_taken(session, app_id, values["name"]):
        return False
    await Application.filter(id=app_id).using_db(session.orm).update(**values, modified_at=at)
    return True


async def _is_taken(session: Session, app_id: UUID, name: str) -> bool:
    taken = await session.fetchval(
        "SELECT EXISTS (SELECT 1 FROM scim.applications AS o JOIN scim.applications AS a USING (tenant_id)"
        " WHERE a.id = $1 AND o.id <> $1 AND o.name = $2)",
        app_id,
        name,
    )
    return bool(taken)


async def resource_counts(session: Session, app_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many resources of each type applications hold; no caller, for the operator sees all of them."""
    rows = await session.fetch(
        "SELECT app_id, resource_type, sum(n)::bigint AS n FROM scim.resource_counts WHERE app_id = ANY($1)"
        " GROUP BY app_id, resource_type ORDER BY app_id, resource_type",
        list(app_ids),
    )
    counts: dict[UUID, dict[str, int]] = {app_id: {} for app_id in app_ids}
    for row in rows:
        counts[row["app_id"]][row["resource_type"]] = row["n"]
    return counts


async def last_activity(session: Session, app_id: UUID) -> datetime | None:
    """When an identity provider last used an application; no caller, for the operator sees all of them.

    Reading leaves its trace in the tokens' last use, writing in the audit log too.
    """
    at: datetime | None = await session.fetchval(
        "SELECT greatest((SELECT max(last_used_at) FROM scim.api_tokens WHERE app_id = $1),"
        " (SELECT at FROM scim.audit_log WHERE app_id = $1 AND method IS NOT NULL ORDER BY id DESC LIMIT 1))",
        app_id,
    )
    return at
