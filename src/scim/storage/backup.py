"""Whole tables, as COPY gives and takes them: what a backup and a restore ask of the database.

They are the operator's, and leave nobody's rows out, so nothing here takes a caller (`UNSCOPED`). Which tables there are is
asked of the database, so that a new one is part of the next backup by itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, Final

from scim.db.session import Session

UNSCOPED: Final = (
    # They move all rows of all tenants, or only look at tables and connections.
    "whole",
    "settle",
    "tables",
    "hold",
    "copy_out",
    "copy_in",
    "empty",
    "drop_all",
    "contents",
    "count_others",
    "analyze",
)

NO_LIMIT_S: Final = 14 * 86_400.0
"""Longer than any COPY takes; without a number the driver's limit for one statement of a request would hold."""

READING: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITING: Final = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"

_SETTINGS: Final = {
    "row_security": "off",  # an error instead of rows that are left out
    "statement_timeout": "0",
    "transaction_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "lock_timeout": "10s",
    # How values are printed and read, whatever the server's own habit is.
    "datestyle": "ISO, YMD",
    "timezone": "UTC",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "3",
}

_DERIVED: Final = frozenset({"resource_counts", "page_positions", "secrets"})
_MADE_BY_ITSELF: Final = {"tenants": 1, "applications": 1}
_LEFT_BY_ITSELF: Final = {"audit_log": "action NOT IN ('tenant.create', 'app.create')"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of schema `scim` with the columns that are stored; `rows` is what the server believes it has."""

    name: str
    columns: tuple[str, ...]
    rows: int = 0

    @property
    def sql(self) -> str:
        """Its name in a statement."""
        return f"scim.{_quoted(self.name)}"


@asynccontextmanager
async def whole(session: Session, begin: str) -> AsyncIterator[None]:
    """A transaction that `begin` begins. One that fails takes its connection along, and the server rolls it back.

    With a ROLLBACK the driver waits for a long time where it was the other side of a COPY, a file, that failed.
    """
    try:
        await session.script(begin)
        yield
        await session.script("COMMIT")
    except BaseException:
        session.raw.terminate()
        raise


async def settle(session: Session) -> None:
    """Take off the limits of one transaction that are meant for requests, and fix how values are printed."""
    await session.fetch(
        "SELECT set_config(s.name, given.value, true) FROM pg_settings AS s"
        " JOIN unnest($1::text[], $2::text[]) AS given (name, value) ON given.name = lower(s.name)",
        list(_SETTINGS),
        list(_SETTINGS.values()),
    )


async def tables(session: Session) -> list[Table]:
    """All tables, each after those that it refers to; none where the database was not migrated."""
    rows = await session.fetch(
        "SELECT c.relname, greatest(c.reltuples, 0)::bigint AS rows,"
        " array_agg(a.attname::text ORDER BY a.attnum) AS columns"
        " FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = to_regnamespace('scim') AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' GROUP BY c.oid ORDER BY c.relname"
    )
    found = {row["relname"]: Table(row["relname"], tuple(row["columns"]), row["rows"]) for row in rows}
    references = await session.fetch(
        "SELECT DISTINCT child.relname AS child, parent.relname AS parent FROM pg_constraint AS k"
        " JOIN pg_class AS child ON child.oid = k.conrelid JOIN pg_class AS parent ON parent.oid = k.confrelid"
        " WHERE k.contype = 'f' AND child.relnamespace = to_regnamespace('scim') AND child.oid <> parent.oid"
        " ORDER BY 1, 2"
    )
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(found, ()))
    for row in references:
        order.add(row["child"], row["parent"])
    return [found[name] for name in order.static_order() if name in found]


async def hold(session: Session, held: Sequence[Table]) -> None:
    """Keep tables as they are until the transaction ends; others may go on reading and writing rows."""
    await session.script(f"LOCK TABLE {_list(held)} IN ACCESS SHARE MODE")


async def copy_out(session: Session, table: Table, write: Callable[[bytes], Coroutine[Any, Any, None]]) -> int:
    """Hand all rows to `write`, one a line; how many there were."""
    columns = ", ".join(map(_quoted, table.columns))
    status = await session.raw.copy_from_query(f"SELECT {columns} FROM {table.sql}", output=write, timeout=NO_LIMIT_S)
    return _count(status)


async def copy_in(session: Session, table: Table, lines: AsyncIterator[bytes]) -> int:
    """Add the rows that `copy_out` gave; how many they were."""
    status = await session.raw.copy_to_table(
        table.name, schema_name="scim", columns=list(table.columns), source=lines, timeout=NO_LIMIT_S
    )
    return _count(status)


async def empty(session: Session, emptied: Sequence[Table]) -> None:
    """Remove all rows; nobody else can even read until the transaction ends."""
    await session.script(f"TRUNCATE {_list(emptied)}")


async def drop_all(session: Session) -> None:
    """Remove the schema with all that is in it, and all that others built on it."""
    await session.script("DROP SCHEMA IF EXISTS scim CASCADE")


async def contents(session: Session, counted: Sequence[Table]) -> Mapping[str, int]:
    """Rows by table, where there are more than a server makes by itself on an empty database."""
    selects = [
        f"SELECT '{table.name}' AS name, count(*) AS n FROM {table.sql} WHERE {_LEFT_BY_ITSELF.get(table.name, 'true')}"
        for table in counted
        if table.name not in _DERIVED
    ]
    rows = await session.fetch(" UNION ALL ".join(selects)) if selects else ()
    return {row["name"]: row["n"] for row in rows if row["n"] > _MADE_BY_ITSELF.get(row["name"], 0)}


async def count_others(session: Session) -> int:
    """How many other connections of PySCIM's there are to this database: servers, and commands that run now."""
    await session.fetchval("SELECT pg_stat_clear_snapshot()")  # in a transaction the first answer is kept
    number: int = await session.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND application_name = current_setting('application_name')"
    )
    return number


async def analyze(session: Session, filled: Sequence[Table]) -> None:
    """Let the server look at what is in the tables now, so that it plans well from the first query on."""
    await session.raw.execute(f"ANALYZE {_list(filled)}", timeout=NO_LIMIT_S)


def _list(listed: Sequence[Table]) -> str:
    return ", ".join(table.sql for table in listed)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _count(status: str) -> int:
    """`COPY 12` → 12."""
    return int(status.rpartition(" ")[2])
