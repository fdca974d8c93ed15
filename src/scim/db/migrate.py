"""Applying `supabase/migrations/*.sql`, recorded where the Supabase CLI records them (DESIGN §3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from scim.db.database import Database
from scim.db.failures import is_away
from scim.db.session import Session
from scim.exceptions import OperatorError

OLDEST_SERVER = 15_00_00
"""PostgreSQL 15, as `server_version_num` has it."""

_NAME = re.compile(r"(\d{14})_(\w+)\.sql")
_LOCK = 0x7079_5343_494D  # the letters "pySCIM": one migration at a time, whoever runs it
_NO_LIMIT_S = 14 * 86_400.0  # an index of a large table takes longer than the driver's limit for one statement
_IN_WHEEL = Path(__file__).parent / "migrations"
_IN_CHECKOUT = Path(__file__).parents[3] / "supabase" / "migrations"


@dataclass(frozen=True, slots=True, order=True)
class Migration:
    """One file: a version (the time it was written), a name, and its SQL."""

    version: str
    name: str
    path: Path

    def __str__(self) -> str:
        return f"{self.version}_{self.name}"


def migrations() -> list[Migration]:
    """All migrations in order.

    Raises:
        OperatorError: the installation holds none.
    """
    folder = _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CHECKOUT
    found = [
        Migration(match[1], match[2], path)
        for path in sorted(folder.glob("*.sql"))
        if (match := _NAME.fullmatch(path.name))
    ]
    if not found:
        raise OperatorError("This installation of PySCIM holds no migrations; install it again.")
    return found


async def applied_versions(session: Session) -> set[str]:
    """Versions the database has; none where the record does not exist."""
    if await session.fetchval("SELECT to_regclass('supabase_migrations.schema_migrations')") is None:
        return set()
    rows = await session.fetch("SELECT version FROM supabase_migrations.schema_migrations")
    return {row["version"] for row in rows}


async def pending(database: Database) -> list[Migration]:
    """Migrations that the database lacks.

    Raises:
        Unavailable: the database cannot be reached.
    """
    async with database.session() as session:
        done = await applied_versions(session)
    return [migration for migration in migrations() if migration.version not in done]


async def migrate(database: Database) -> list[Migration]:
    """Apply what is pending, each file in its own transaction; safe to run twice and from several processes at once.

    Returns:
        What this call applied.

    Raises:
        Unavailable: the database cannot be reached.
        OperatorError: the server is too old, or refuses a migration.
    """
    await _check_server(database)
    return [migration for migration in migrations() if await _apply(database, migration)]


async def _check_server(database: Database) -> None:
    async with database.session() as session:
        version = int(await session.fetchval("SHOW server_version_num"))
    if version < OLDEST_SERVER:
        raise OperatorError(f"PostgreSQL 15 or newer is needed; this server is {version // 10000}.")


async def _apply(database: Database, migration: Migration) -> bool:
    async with database.transaction() as session:
        await lock(session)
        if migration.version in await applied_versions(session):
            return False
        await apply(session, migration)
        return True


async def lock(session: Session) -> None:
    """Wait until nobody else migrates, and keep others from it until the transaction ends."""
    await session.fetchval("SELECT pg_advisory_xact_lock($1)", _LOCK)
    await session.script(
        "create schema if not exists supabase_migrations;"
        "create table if not exists supabase_migrations.schema_migrations"
        " (version text primary key, statements text[], name text)"
    )


async def apply(session: Session, migration: Migration) -> None:
    """Apply one file in a transaction that holds the lock, however long it takes, and record it.

    Raises:
        OperatorError: the server refuses it.
    """
    try:
        await session.script("set local statement_timeout = 0")
        await session.raw.execute(migration.path.read_text(encoding="utf-8"), timeout=_NO_LIMIT_S)
    except asyncpg.PostgresError as error:
        if is_away(error):
            raise
        raise OperatorError(f"The migration {migration} could not be applied: {error}") from error
    await session.execute(
        "INSERT INTO supabase_migrations.schema_migrations (version, name) VALUES ($1, $2)",
        migration.version,
        migration.name,
    )


async def forget(session: Session, forgotten: Iterable[Migration]) -> None:
    """Take migrations off the record, in the transaction that removes what they made."""
    versions = [migration.version for migration in forgotten]
    await session.execute("DELETE FROM supabase_migrations.schema_migrations WHERE version = ANY($1)", versions)
