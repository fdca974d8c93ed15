"""Audit records: written in the transaction of what they record (DESIGN §1.7), or in batches where that is rolled back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import orjson

from scim.caller import Caller
from scim.db.session import Session
from scim.utils.uuid7 import first_id, new_id

UNSCOPED: Final = (
    # Each record carries its own caller, or none: what was refused may be of nobody.
    "record_all",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a change came from: the request, or the terminal. Bodies are masked before they get here.

    `started` is when the request came in, by the clock that durations are measured with.
    """

    request_id: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    method: str | None = None
    path: str | None = None
    request: Any = None
    started: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened, and what it changed."""

    action: str
    at: datetime
    resource_type: str | None = None
    resource_id: UUID | None = None
    status: int | None = None
    scim_type: str | None = None
    detail: str | None = None
    rules: Sequence[str] = field(default_factory=tuple)
    changes: Any = None
    response: Any = None


_COLUMNS = (
    *("tenant_id", "app_id", "id", "at", "action", "actor", "resource_type", "resource_id", "request_id", "ip"),
    *("user_agent", "method", "path", "status", "scim_type", "detail", "rules", "changes", "request", "response"),
    "duration_ms",
)


async def record(caller: Caller, session: Session, origin: Origin, entry: Entry) -> UUID:
    """Write one record of a caller's application; its id."""
    values = _values(caller, origin, entry)
    await session.execute(
        f"INSERT INTO scim.audit_log ({', '.join(_COLUMNS)})"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::inet, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        *values,
    )
    return cast("UUID", values[_COLUMNS.index("id")])


async def add_answer(caller: Caller, session: Session, record_id: UUID, body: bytes) -> None:
    """Add to a record what was answered: JSON text, without secrets as all answers are."""
    await session.execute(
        "UPDATE scim.audit_log SET response = $3 WHERE id = $2 AND tenant_id = $1",
        caller.tenant_id,
        record_id,
        body.decode(),
    )


async def record_many(caller: Caller, session: Session, records: Iterable[tuple[Origin, Entry]]) -> None:
    """Write many records at once."""
    await session.copy("audit_log", _COLUMNS, [_values(caller, origin, entry) for origin, entry in records])


async def record_all(session: Session, records: Iterable[tuple[Caller | None, Origin, Entry]]) -> None:
    """Write records of several callers, or of none; no caller, for each record carries its own."""
    await session.copy("audit_log", _COLUMNS, [_values(*one) for one in records])


async def rule_counts(caller: Caller, session: Session, *, since: datetime) -> dict[str, int]:
    """How many records of the caller's application name each quirk rule since then, the most used first."""
    rows = await session.fetch(
        "SELECT rule, count(*) AS n FROM scim.audit_log, unnest(rules) AS rule WHERE app_id = $1 AND id >= $2"
        " AND rules <> '{}' GROUP BY rule ORDER BY n DESC, rule",
        caller.app_id,
        first_id(since),
    )
    return {row["rule"]: row["n"] for row in rows}


def _values(caller: Caller | None, origin: Origin, entry: Entry) -> tuple[Any, ...]:
    """In the order of `_COLUMNS`."""
    return (
        caller.tenant_id if caller else None,
        caller.app_ids[0] if caller and len(caller.app_ids) == 1 else None,
        new_id(entry.at),
        entry.at,
        entry.action,
        caller.actor if caller else "nobody",
        entry.resource_type,
        entry.resource_id,
        origin.request_id,
        origin.ip,
        origin.user_agent,
        origin.method,
        origin.path,
        entry.status,
        entry.scim_type,
        entry.detail,
        list(entry.rules),
        _json(entry.changes),
        _json(origin.request),
        _json(entry.response),
        None if origin.started is None else round((time.perf_counter() - origin.started) * 1000, 1),
    )


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
