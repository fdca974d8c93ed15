"""Reading audit records, and dropping old ones: for the operator, who sees those of all tenants (`UNSCOPED`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from scim.db.session import Row, Session
from scim.utils.clock import now
from scim.utils.uuid7 import first_id

UNSCOPED: Final = (
    # They serve the operator, who sees all tenants; tenant and application are arguments.
    "find",
    "by_id",
    "by_ending",
    "written_here",
    # It serves the server itself, for all tenants at once.
    "drop_before",
    "try_lock_pruning",
    "count_before",
)

_PRUNING_LOCK: Final = 0x7079_5343_5052  # the letters "pySCPR": one worker at a time prunes

_LONGEST_TRANSACTION: Final = timedelta(minutes=5)

_COLUMNS: Final = (
    "l.id, l.at, l.tenant_id, l.app_id, t.name AS tenant, a.name AS app, l.action, l.actor, l.resource_type,"
    " l.resource_id, l.request_id, host(l.ip) AS ip, l.user_agent, l.method, l.path, l.status, l.scim_type, l.detail,"
    " l.rules, l.changes::text AS changes, l.duration_ms"
)
_FROM: Final = (
    " FROM scim.audit_log AS l LEFT JOIN scim.tenants AS t ON t.id = l.tenant_id"
    " LEFT JOIN scim.applications AS a ON a.id = l.app_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which records: what is None does not matter. `statuses` are the least and the greatest."""

    tenant_id: UUID | None = None
    app_id: UUID | None = None
    resource_id: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    statuses: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record; `tenant` and `app` are names, and None where there is no such tenant or application any more."""

    id: UUID
    at: datetime
    tenant: str | None
    app: str | None
    action: str
    actor: str
    status: int | None
    scim_type: str | None
    resource_type: str | None
    resource_id: UUID | None
    detail: str | None
    rules: Sequence[str]
    changes: Any
    method: str | None
    path: str | None
    request_id: str | None
    ip: str | None
    user_agent: str | None
    duration_ms: float | None
    app_id: UUID | None
    tenant_id: UUID | None
    request: Any = field(default=None)
    response: Any = field(default=None)

    @classmethod
    def of(cls, row: Row) -> Record:
        """From a row."""
        values = dict(row) | {"rules": tuple(row["rules"])}
        for name in ("changes", "request", "response"):
            if values.get(name) is not None:
                values[name] = orjson.loads(values[name])
        return cls(**values)


async def find(session: Session, wanted: Wanted, *, limit: int, after: UUID | None = None) -> list[Record]:
    """Records without their bodies, the oldest first: the last `limit` of them, or the first after an id.

    No caller: the operator sees those of all tenants.
    """
    conditions, values = _conditions(wanted, after)
    order = "DESC" if after is None else "ASC"
    rows = await session.fetch(
        f"SELECT {_COLUMNS}{_FROM} WHERE {' AND '.join(conditions) or 'TRUE'} ORDER BY l.id {order} LIMIT {limit}",
        *values,
    )
    found = [Record.of(row) for row in rows]
    return found if after is not None else found[::-1]


def _conditions(wanted: Wanted, after: UUID | None) -> tuple[list[str], list[Any]]:
    least, greatest = wanted.statuses or (None, None)
    tests: list[tuple[str, Any]] = [
        ("l.tenant_id = {}", wanted.tenant_id),
        ("l.app_id = {}", wanted.app_id),
        ("l.resource_id = {}", wanted.resource_id),
        ("l.action = {}", wanted.action),
        ("l.id >= {}", first_id(wanted.since) if wanted.since else None),
        ("l.status >= {}", least),
        ("l.status <= {}", greatest),
        ("l.id > {}", after),
    ]
    given = [(test, value) for test, value in tests if value is not None]
    return [test.format(f"${number}") for number, (test, _) in enumerate(given, 1)], [value for _, value in given]


async def by_id(session: Session, record_id: UUID) -> Record | None:
    """One record whole; no caller, for the operator sees all."""
    row = await session.fetchrow(
        f"SELECT {_COLUMNS}, l.request::text AS request, l.response::text AS response{_FROM} WHERE l.id = $1", record_id
    )
    return Record.of(row) if row else None


async def by_ending(session: Session, ending: str) -> list[Record]:
    """The last records whose ids end so, at most two; no caller, for the operator sees all."""
    rows = await session.fetch(
        f"SELECT {_COLUMNS}, l.request::text AS request, l.response::text AS response{_FROM}"
        " WHERE right(l.id::text, length($1)) = $1 ORDER BY l.id DESC LIMIT 2",
        ending,
    )
    return [Record.of(row) for row in rows]


async def written_here(session: Session) -> list[Record]:
    """The records that this transaction has written; no caller, for it knows whose they are."""
    rows = await session.fetch(
        f"SELECT {_COLUMNS}{_FROM} WHERE l.xmin::text = (pg_current_xact_id()::xid)::text AND l.id >= $1 ORDER BY l.id",
        first_id(now() - _LONGEST_TRANSACTION),
    )
    return [Record.of(row) for row in rows]


async def try_lock_pruning(session: Session) -> bool:
    """Whether this transaction may prune; no other does until it ends. No caller: it is done for all."""
    locked: bool = await session.fetchval("SELECT pg_try_advisory_xact_lock($1)", _PRUNING_LOCK)
    return locked


async def count_before(session: Session, before: datetime) -> int:
    """How many records are older; no caller, for it is done for all."""
    number: int = await session.fetchval("SELECT count(*) FROM scim.audit_log WHERE id < $1", first_id(before))
    return number


async def drop_before(session: Session, before: datetime, *, limit: int) -> int:
    """Drop the oldest records of those that are older; how many went. No caller: it is done for all."""
    return await session.execute(
        "DELETE FROM scim.audit_log WHERE id IN (SELECT id FROM scim.audit_log WHERE id < $1 ORDER BY id LIMIT $2)",
        first_id(before),
        limit,
    )
