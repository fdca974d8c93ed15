"""What `doctor` and the metrics ask of the database: over many applications at once, and about the database itself.

Both serve the operator, who sees all tenants, so nothing here takes a caller (`UNSCOPED`); applications are an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from scim.db.session import Session
from scim.utils.uuid7 import first_id

UNSCOPED: Final = (
    # They serve the operator, who sees all tenants; the applications are an argument.
    "pending_references",
    "hidden_users",
    "refused_requests",
    "rule_use",
    # They ask the server, not the data.
    "version_number",
    "clock",
    "connection_limits",
    "indexes",
    "tables_without_row_security",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """References of an application to what is not there yet: how many, and since when the oldest waits."""

    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """Requests of an application that were answered with one status and scimType."""

    status: int
    scim_type: str | None
    number: int


@dataclass(slots=True)
class RuleUse:
    """Writes of an application by user agent; to how many each quirk rule was applied, and what refusals say would help."""

    user_agents: dict[str, int] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Connections:
    """How many connections this role may have here, and how many other programs have now."""

    allowed: int
    others: int


@dataclass(frozen=True, slots=True)
class Index:
    """An index, and whether it is used."""

    name: str
    valid: bool


async def pending_references(session: Session, app_ids: Sequence[UUID]) -> dict[UUID, Waiting]:
    """Those of applications that have any; no caller, the operator's."""
    rows = await session.fetch(
        "SELECT app_id, count(*) AS n, min(at) AS since FROM scim.pending_references WHERE app_id = ANY($1)"
        " GROUP BY app_id",
        list(app_ids),
    )
    return {row["app_id"]: Waiting(row["n"], row["since"]) for row in rows}


async def hidden_users(session: Session, app_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many users are hidden, of applications that have any; no caller, the operator's."""
    rows = await session.fetch(
        "SELECT app_id, count(*) AS n FROM scim.resources WHERE app_id = ANY($1) AND deleted_at IS NOT NULL"
        " GROUP BY app_id",
        list(app_ids),
    )
    return {row["app_id"]: row["n"] for row in rows}


async def refused_requests(session: Session, app_ids: Sequence[UUID], *, since: datetime) -> dict[UUID, list[Refused]]:
    """Requests that were refused or failed since then, the most frequent kind first; no caller, the operator's."""
    rows = await session.fetch(
        "SELECT app_id, status, scim_type, count(*) AS n FROM scim.audit_log WHERE app_id = ANY($1) AND id >= $2"
        " AND status >= 400 GROUP BY app_id, status, scim_type ORDER BY app_id, n DESC, status, scim_type",
        list(app_ids),
        first_id(since),
    )
    found: dict[UUID, list[Refused]] = {}
    for row in rows:
        found.setdefault(row["app_id"], []).append(Refused(row["status"], row["scim_type"], row["n"]))
    return found


async def rule_use(session: Session, app_ids: Sequence[UUID], *, since: datetime) -> dict[UUID, RuleUse]:
    """What was written since then, and by which rules it was read; no caller, the operator's.

    A refusal names the rules that would have read the request; what else looks like a rule's id is in `missed` too.
    """
    where = "app_id = ANY($1) AND id >= $2"
    values = (list(app_ids), first_id(since))
    writes = await session.fetch(
        f"SELECT app_id, coalesce(user_agent, '') AS agent, count(*) AS n FROM scim.audit_log WHERE {where}"
        " AND method IN ('POST', 'PUT', 'PATCH', 'DELETE') GROUP BY 1, 2",
        *values,
    )
    rules = await session.fetch(
        f"SELECT app_id, rule, count(*) AS n FROM scim.audit_log, unnest(rules) AS rule WHERE {where}"
        " AND rules <> '{}' GROUP BY app_id, rule",
        *values,
    )
    missed = await session.fetch(
        "SELECT DISTINCT app_id, (regexp_matches(detail, '[A-Z]+-[0-9]+', 'g'))[1] AS rule FROM scim.audit_log"
        f" WHERE {where} AND status = 400 AND detail LIKE '%would read it%'",
        *values,
    )
    found: dict[UUID, RuleUse] = {app_id: RuleUse() for app_id in app_ids}
    for row in writes:
        found[row["app_id"]].user_agents[row["agent"]] = row["n"]
    for row in rules:
        found[row["app_id"]].rules[row["rule"]] = row["n"]
    for row in missed:
        found[row["app_id"]].missed.add(row["rule"])
    return found


async def version_number(session: Session) -> int:
    """The server's version, as 150004 for 15.4; no caller, it is nobody's."""
    return int(await session.fetchval("SHOW server_version_num"))


async def clock(session: Session) -> datetime:
    """The time at the database; no caller, it is nobody's."""
    at: datetime = await session.fetchval("SELECT clock_timestamp()")
    return at


async def connection_limits(session: Session) -> Connections:
    """What limits the connections here; no caller, it is nobody's.

    PostgreSQL 16 keeps some back besides those of superusers. A limit of -1 is none. Programs are told apart by the
    name that they give.
    """
    row = await session.fetchrow(
        "SELECT (SELECT sum(CASE name WHEN 'max_connections' THEN setting::int ELSE -setting::int END) FROM pg_settings"
        " WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')) AS server,"
        " (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database,"
        " (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS role,"
        " greatest(0, (SELECT sum(numbackends) FROM pg_stat_database) - (SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = current_setting('application_name'))) AS others"
    )
    assert row is not None
    limits = [row[name] for name in ("server", "database", "role") if row[name] >= 0]
    return Connections(min(limits), int(row["others"]))


async def indexes(session: Session) -> list[Index]:
    """All indexes of our schema; no caller, they are everybody's."""
    rows = await session.fetch(
        "SELECT c.relname AS name, i.indisvalid AND i.indisready AS valid FROM pg_index AS i"
        " JOIN pg_class AS c ON c.oid = i.indexrelid WHERE c.relnamespace = 'scim'::regnamespace ORDER BY c.relname"
    )
    return [Index(row["name"], row["valid"]) for row in rows]


async def tables_without_row_security(session: Session) -> list[str]:
    """Tables of our schema that any role with a grant could read; no caller, they are everybody's."""
    rows = await session.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'scim'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relrowsecurity ORDER BY relname"
    )
    return [row["relname"] for row in rows]
