"""Reading and writing resources; every statement carries the caller's application (DESIGN §1.9, §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from tortoise.queryset import QuerySet

from scim.caller import Caller
from scim.db.session import Row as Record
from scim.db.session import Session
from scim.models import Resource
from scim.storage.columns import ROW_COLUMNS, Row, slot_of

STORED = (
    "r.app_id, r.id, r.resource_type, r.document, r.version, r.created_at, r.modified_at,"
    " r.secret IS NOT NULL AS has_secret, r.manager_id"
)
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Stored:
    """A resource as it was read; `manager_id` is a user's manager, once it is known here."""

    app_id: UUID
    id: UUID
    resource_type: str
    document: dict[str, Any]
    version: int
    created_at: datetime
    modified_at: datetime
    has_secret: bool
    manager_id: UUID | None = None

    @classmethod
    def of(cls, record: Record) -> Stored:
        """From a row of `STORED`."""
        return cls(
            record["app_id"],
            record["id"],
            record["resource_type"],
            orjson.loads(record["document"]),
            record["version"],
            record["created_at"],
            record["modified_at"],
            record["has_secret"],
            record["manager_id"],
        )

    def next_time(self, now: datetime) -> datetime:
        """When a change made now happened: times move forward by a millisecond at least (DESIGN §3)."""
        return max(now, self.modified_at + _TICK)


def owned(caller: Caller) -> QuerySet[Resource]:
    """Resources of the caller's applications, for the operator's side."""
    return Resource.filter(app_id__in=list(caller.app_ids), deleted_at__isnull=True)


async def load(caller: Caller, session: Session, resource_type: str, resource_id: UUID) -> Stored | None:
    """One resource, or None where the caller's applications have none of that type and id."""
    record = await session.fetchrow(
        f"SELECT {STORED} FROM scim.resources AS r"
        " WHERE r.app_id = ANY($1) AND r.id = $2 AND r.resource_type = $3 AND r.deleted_at IS NULL",
        list(caller.app_ids),
        resource_id,
        resource_type,
    )
    return Stored.of(record) if record else None


async def type_of(caller: Caller, session: Session, resource_id: UUID) -> str | None:
    """The type of a resource, or None where the caller's applications have none of that id."""
    name: str | None = await session.fetchval(
        "SELECT resource_type FROM scim.resources WHERE app_id = ANY($1) AND id = $2 AND deleted_at IS NULL",
        list(caller.app_ids),
        resource_id,
    )
    return name


@dataclass(frozen=True, slots=True)
class New:
    """A resource to add, with its password's hash, and the manager of a user, once known."""

    id: UUID
    resource_type: str
    row: Row
    secret: str | None
    at: datetime
    manager_id: UUID | None = None


async def insert(caller: Caller, session: Session, new: New, *, locks: Sequence[int] = ()) -> None:
    """Add a resource, and count it in the same statement; the count is touched last, as in `insert_many`.

    `locks` stand for the names under which others may wait for it (`storage.pending.locks_of`): they are taken first.

    Raises:
        UniqueViolationError: its userName is taken.
    """
    await session.execute(
        "WITH held AS MATERIALIZED"
        " (SELECT count(pg_advisory_xact_lock_shared(id)::text) FROM unnest($14::bigint[]) AS l (id)),"
        f" made AS (INSERT INTO scim.resources (app_id, resource_type, id, {ROW_COLUMNS},"
        " secret, manager_id, version, created_at, modified_at)"
        " SELECT $1::uuid, $2::text, $3::uuid, $4::json, $5::jsonb, $6::text, $7::text, $8::text, $9::boolean,"
        " $10::text, $11::uuid, 1, $12::timestamptz, $12 FROM held RETURNING app_id, resource_type)"
        " INSERT INTO scim.resource_counts AS c (app_id, resource_type, slot, n)"
        " SELECT app_id, resource_type, $13, 1 FROM made"
        " ON CONFLICT (app_id, resource_type, slot) DO UPDATE SET n = c.n + 1",
        caller.app_id,
        new.resource_type,
        new.id,
        *new.row.values(),
        new.secret,
        new.manager_id,
        new.at,
        slot_of(new.id),
        list(locks),
    )


async def insert_many(caller: Caller, session: Session, new: Sequence[New]) -> set[UUID]:
    """Add resources in one statement, and count them in it; the ids of those whose userName was free.

    Of several with one userName the first is added. Rows go in by their keys, so that two requests that add the same
    names do not wait for each other. All are counted in one slot: the sum is what matters.
    """
    rows = await session.fetch(
        "WITH made AS (INSERT INTO scim.resources (app_id, resource_type, id, secret, manager_id, version, created_at,"
        f" modified_at, {ROW_COLUMNS}) SELECT $1, n.resource_type, n.id, n.secret, n.manager_id, 1, n.at, n.at,"
        " n.document, n.search, n.user_name_key, n.display_name_key, n.external_id, n.active"
        " FROM unnest($3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::json[], $8::jsonb[], $9::text[],"
        " $10::text[], $11::text[], $12::boolean[], $13::uuid[]) WITH ORDINALITY AS n (resource_type, id, secret, at,"
        " document, search, user_name_key, display_name_key, external_id, active, manager_id, number)"
        ' ORDER BY n.user_name_key COLLATE "C", n.number ON CONFLICT DO NOTHING RETURNING id, resource_type),'
        " counted AS (INSERT INTO scim.resource_counts AS c (app_id, resource_type, slot, n)"
        " SELECT $1, resource_type, $2, count(*) FROM made GROUP BY resource_type ORDER BY resource_type"
        " ON CONFLICT (app_id, resource_type, slot) DO UPDATE SET n = c.n + excluded.n)"
        " SELECT id FROM made",
        caller.app_id,
        slot_of(new[0].id),
        [one.resource_type for one in new],
        [one.id for one in new],
        [one.secret for one in new],
        [one.at for one in new],
        *map(list, zip(*(one.row.values() for one in new), strict=True)),
        [one.manager_id for one in new],
    )
    return {row["id"] for row in rows}


async def update(
    caller: Caller,
    session: Session,
    stored: Stored,
    row: Row,
    *,
    secret: str | None,
    keep_secret: bool,
    at: datetime,
    hidden: bool = False,
) -> bool:
    """Write a new document if the version is still the one that was read (compare-and-swap), of a `hidden` user too.

    Raises:
        UniqueViolationError: its userName is taken.
    """
    touched = await session.execute(
        "UPDATE scim.resources SET document = $4, search = $5, user_name_key = $6, display_name_key = $7,"
        " external_id = $8, active = $9, secret = CASE WHEN $10 THEN secret ELSE $11 END,"
        " version = version + 1, modified_at = $12"
        f" WHERE app_id = $1 AND id = $2 AND version = $3{'' if hidden else ' AND deleted_at IS NULL'}",
        caller.app_id,
        stored.id,
        stored.version,
        *row.values(),
        keep_secret,
        secret,
        at,
    )
    return touched == 1


async def lock_all(caller: Caller, session: Session, ids: Iterable[UUID]) -> set[UUID]:
    """Lock resources against other changes, in the order of their ids; those that are there."""
    rows = await session.fetch(
        "SELECT id FROM scim.resources WHERE app_id = $1 AND id = ANY($2) AND deleted_at IS NULL"
        " ORDER BY id FOR NO KEY UPDATE",
        caller.app_id,
        sorted(ids),
    )
    return {row["id"] for row in rows}


async def lock(caller: Caller, session: Session, resource_id: UUID) -> int | None:
    """Lock one resource against other changes; its version, or None if it is gone."""
    version: int | None = await session.fetchval(
        "SELECT version FROM scim.resources WHERE app_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE",
        caller.app_id,
        resource_id,
    )
    return version


async def touch(caller: Caller, session: Session, ids: Sequence[UUID], *, at: datetime) -> list[Record]:
    """A new version for resources whose membership changed; several must be locked already, in one order (DESIGN §3).

    Returns:
        `id`, `version` and `modified_at` of each.
    """
    rows = await session.fetch(
        "UPDATE scim.resources SET version = version + 1,"
        " modified_at = greatest($3, modified_at + interval '1 millisecond')"
        " WHERE app_id = $1 AND id = ANY($2) RETURNING id, version, modified_at",
        caller.app_id,
        list(ids),
        at,
    )
    return list(rows)


async def lock_for_delete(caller: Caller, session: Session, resource_type: str, resource_id: UUID) -> Stored | None:
    """Lock a resource that will be deleted; None if there is none."""
    record = await session.fetchrow(
        f"SELECT {STORED} FROM scim.resources AS r WHERE r.app_id = $1 AND r.id = $2 AND r.resource_type = $3"
        " AND r.deleted_at IS NULL FOR UPDATE",
        caller.app_id,
        resource_id,
        resource_type,
    )
    return Stored.of(record) if record else None


async def delete(caller: Caller, session: Session, stored: Stored) -> None:
    """Remove a resource that is locked, and count it out in the same statement; what refers to it goes with it."""
    await session.execute(
        "WITH gone AS (DELETE FROM scim.resources WHERE app_id = $1 AND id = $2 RETURNING app_id, resource_type)"
        " INSERT INTO scim.resource_counts AS c (app_id, resource_type, slot, n)"
        " SELECT app_id, resource_type, $3, -1 FROM gone"
        " ON CONFLICT (app_id, resource_type, slot) DO UPDATE SET n = c.n - 1",
        caller.app_id,
        stored.id,
        slot_of(stored.id),
    )


async def display_names(
    caller: Caller, session: Session, resource_type: str, ids: Sequence[UUID]
) -> dict[str, str | None]:
    """`displayName` of resources by id, for references to them."""
    rows = await session.fetch(
        "SELECT id, document ->> 'displayName' AS display FROM scim.resources"
        " WHERE app_id = ANY($1) AND id = ANY($2) AND resource_type = $3 AND deleted_at IS NULL",
        list(caller.app_ids),
        list(ids),
        resource_type,
    )
    return {str(row["id"]): row["display"] for row in rows}
