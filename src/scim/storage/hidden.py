"""Users who were deleted but are kept, hidden from SCIM: with their ids, their documents and nothing that must be unique."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.protocol.text_key import bounded_key, bounded_text
from scim.storage.columns import Row, slot_of
from scim.storage.resources import STORED, Stored


@dataclass(frozen=True, slots=True)
class Hidden:
    """A hidden user, and since when it is that."""

    stored: Stored
    since: datetime


async def hide(caller: Caller, session: Session, stored: Stored, *, at: datetime) -> None:
    """Hide a resource that is locked, and count it out in the same statement."""
    await session.execute(
        "WITH gone AS (UPDATE scim.resources SET deleted_at = $4, manager_id = NULL WHERE app_id = $1 AND id = $2"
        " RETURNING app_id, resource_type)"
        " INSERT INTO scim.resource_counts AS c (app_id, resource_type, slot, n)"
        " SELECT app_id, resource_type, $3, -1 FROM gone"
        " ON CONFLICT (app_id, resource_type, slot) DO UPDATE SET n = c.n - 1",
        caller.app_id,
        stored.id,
        slot_of(stored.id),
        at,
    )


async def unhide(
    caller: Caller,
    session: Session,
    hidden: Stored,
    row: Row,
    *,
    secret: str | None,
    keep_secret: bool,
    manager_id: UUID | None,
    at: datetime,
) -> bool:
    """Show a resource again with a document, and count it in; False where it is not hidden any more.

    Raises:
        UniqueViolationError: its userName is taken.
    """
    shown = await session.execute(
        "WITH shown AS (UPDATE scim.resources SET document = $4, search = $5, user_name_key = $6,"
        " display_name_key = $7, external_id = $8, active = $9, secret = CASE WHEN $10 THEN secret ELSE $11 END,"
        " manager_id = $12, deleted_at = NULL, version = version + 1, modified_at = $13"
        " WHERE app_id = $1 AND id = $2 AND version = $3 AND deleted_at IS NOT NULL RETURNING app_id, resource_type)"
        " INSERT INTO scim.resource_counts AS c (app_id, resource_type, slot, n)"
        " SELECT app_id, resource_type, $14, 1 FROM shown"
        " ON CONFLICT (app_id, resource_type, slot) DO UPDATE SET n = c.n + 1",
        caller.app_id,
        hidden.id,
        hidden.version,
        *row.values(),
        keep_secret,
        secret,
        manager_id,
        at,
        slot_of(hidden.id),
    )
    return shown == 1


async def by_external_id(caller: Caller, session: Session, external_id: str) -> list[Hidden]:
    """Hidden users with an externalId."""
    return await _fetch(caller, session, "external_id = $2", bounded_text(external_id))


async def by_user_name(caller: Caller, session: Session, user_name: str) -> list[Hidden]:
    """Hidden users with a userName, letter case ignored: as many as had it one after the other."""
    return await _fetch(caller, session, "user_name_key = $2", bounded_key(user_name))


async def by_id(caller: Caller, session: Session, resource_id: UUID) -> list[Hidden]:
    """The hidden user of an id, or none."""
    return await _fetch(caller, session, "id = $2", resource_id)


async def latest(caller: Caller, session: Session, limit: int) -> list[Hidden]:
    """Hidden users, those hidden last first."""
    return await _fetch(caller, session, "id IS NOT NULL ORDER BY r.deleted_at DESC, r.id LIMIT $2", limit)


async def count(caller: Caller, session: Session) -> int:
    """How many users are hidden."""
    number: int = await session.fetchval(
        "SELECT count(*) FROM scim.resources WHERE app_id = $1 AND deleted_at IS NOT NULL", caller.app_id
    )
    return number


async def _fetch(caller: Caller, session: Session, condition: str, value: object) -> list[Hidden]:
    rows = await session.fetch(
        f"SELECT {STORED}, r.deleted_at FROM scim.resources AS r WHERE r.app_id = $1 AND r.resource_type = 'User'"
        f" AND r.deleted_at IS NOT NULL AND r.{condition}",
        caller.app_id,
        value,
    )
    return [Hidden(Stored.of(row), row["deleted_at"]) for row in rows]
