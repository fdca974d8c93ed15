"""Taking away all that an application holds: a bounded number of rows at a time, in the order of their keys.

Nothing is deleted by a cascade: one group can have more members than one transaction should remove.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.storage.columns import RAW_TABLES

UNSCOPED: Final = (
    # Off the request path: whose rows they are is what it finds out.
    "leftovers",
)

BATCH: Final = 1000
"""Rows of one transaction: their locks are held for well under a second."""

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "group_members": ("group_id", "member_id"),
    "pending_references": ("holder_id", "attribute", "sent_key"),
    "unique_values": ("resource_type", "attribute", "value_key"),
    "resources": ("id",),
    "deprovisioned": ("resource_id",),
    "page_positions": ("token_id", "query", "start_index"),
}
"""The tables that can be large, in the order in which they are emptied, with what follows `app_id` in their keys."""

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """How many rows went, and the key of the last one: the next batch goes on behind it."""

    rows: int
    last: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """How much an application holds besides what is shown by type; `rows` are those that go in batches."""

    hidden_users: int
    memberships: int
    tokens: int
    rows: int


async def content(caller: Caller, session: Session) -> Content:
    """Count all that the caller's application holds."""
    counts = ", ".join(f"(SELECT count(*) FROM scim.{table} WHERE app_id = $1) AS {table}" for table in KEYS)
    row = await session.fetchrow(
        f"SELECT {counts}, (SELECT count(*) FROM scim.api_tokens WHERE app_id = $1) AS tokens,"
        " (SELECT count(*) FROM scim.resources WHERE app_id = $1 AND deleted_at IS NOT NULL) AS hidden",
        caller.app_id,
    )
    assert row is not None
    return Content(
        hidden_users=row["hidden"],
        memberships=row["group_members"],
        tokens=row["tokens"],
        rows=sum(row[table] for table in KEYS),
    )


async def remove_some(caller: Caller, session: Session, table: str, *, after: Key | None = None) -> Batch | None:
    """Remove the first rows of one of `KEYS` behind a key; None where there is none any more."""
    await session.execute(_BY_KEY_ALONE)
    row = await session.fetchrow(_statement(table, goes_on=after is not None), caller.app_id, *(after or ()))
    return None if row is None else Batch(row["removed"], tuple(row[column] for column in KEYS[table]))


async def is_empty(caller: Caller, session: Session) -> bool:
    """Whether nothing is left in any of `KEYS`."""
    exists = " OR ".join(f"EXISTS (SELECT 1 FROM scim.{table} WHERE app_id = $1)" for table in KEYS)
    left: bool = await session.fetchval(f"SELECT {exists}", caller.app_id)
    return not left


async def finish(caller: Caller, session: Session) -> None:
    """Remove the application itself, with the few rows that are left of it: counts, guard, definitions, tokens."""
    for table in ("resource_counts", "guards", "schemas", "resource_types", "api_tokens"):
        await session.execute(f"DELETE FROM scim.{table} WHERE app_id = $1", caller.app_id)
    await session.execute("DELETE FROM scim.applications WHERE id = $1", caller.app_id)


async def leftovers(session: Session) -> list[tuple[UUID, UUID]]:
    """(tenant, application) of what was written after an application was deleted; no caller, it is looked for.

    A request that was on its way may commit after the last look. Only what the audit log calls deleted counts, so that
    an application that is missing for another reason loses nothing.
    """
    rows = await session.fetch(
        "SELECT DISTINCT l.tenant_id, l.app_id"
        " FROM (SELECT app_id FROM scim.resource_counts UNION SELECT app_id FROM scim.guards) AS o"
        " JOIN scim.audit_log AS l ON l.app_id = o.app_id AND l.resource_id = o.app_id AND l.action = 'app.delete'"
        " WHERE NOT EXISTS (SELECT 1 FROM scim.applications AS a WHERE a.id = o.app_id) ORDER BY l.app_id"
    )
    return [(row["tenant_id"], row["app_id"]) for row in rows]


_BY_KEY_ALONE: Final = "SELECT " + ", ".join(
    f"set_config('{setting}', 'off', true)" for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort", "jit")
)
"""For this transaction: walk along the key. A planner that believes the table to be small would read all of it each time."""


def _statement(table: str, *, goes_on: bool) -> str:
    """The rows are locked in the order of their keys, then removed by their place; resources are counted out, unless hidden.

    The place alone tells the planner nothing that it could be wrong about. A row that was changed while its lock was waited
    for is at another place, and stays for the next round.
    """
    columns = KEYS[table]
    names = ", ".join(columns)
    types = {"id": "uuid"} if table == "resources" else RAW_TABLES[table]
    key = ", ".join(f"${number}::{types[column]}" for number, column in enumerate(columns, start=2))
    behind = f" AND ({names}) > ({key})" if goes_on else ""
    returned = "resource_type, deleted_at" if table == "resources" else "1"
    return (
        f"WITH chosen AS MATERIALIZED (SELECT ctid AS place, {names} FROM scim.{table} WHERE app_id = $1{behind}"
        f" ORDER BY {names} LIMIT {BATCH} FOR UPDATE),"
        f" gone AS (DELETE FROM scim.{table} WHERE ctid = ANY(ARRAY(SELECT place FROM chosen)) RETURNING {returned})"
        f"{_COUNTED if table == 'resources' else ''}"
        f" SELECT {names}, (SELECT count(*) FROM gone) AS removed FROM chosen ORDER BY {names} DESC LIMIT 1"
    )


_COUNTED: Final = (
    ", counted AS (INSERT INTO scim.resource_counts AS c (app_id, resource_type, slot, n)"
    " SELECT $1, resource_type, 0, -count(*) FROM gone WHERE deleted_at IS NULL GROUP BY resource_type"
    " ORDER BY resource_type ON CONFLICT (app_id, resource_type, slot) DO UPDATE SET n = c.n + excluded.n)"
)
