"""Backup and restore of the whole database: every row of every table, as of one moment (docs/decisions/0011)."""

from __future__ import annotations

import asyncio
import importlib.metadata
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

import asyncpg

from scim.db.database import Database
from scim.db.migrate import Migration, applied_versions, apply, forget, lock, migrate, migrations
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.services.backup_file import BackupFile, BackupWriter, Manifest, TableEntry, new_backup
from scim.storage import backup as stored
from scim.storage import statistics
from scim.storage.backup import Table
from scim.utils.clock import now

_LOOKS: Final = 20
_LOOK_SECONDS: Final = 0.1
"""A connection that was just closed is seen for a moment."""


class Progress(Protocol):
    """Is told of each step: the table at hand, and units done of all (rows in a backup, bytes in a restore)."""

    def __call__(self, table: str, step: int, total: int, /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A backup, as it is in its file; `tables` counts rows."""

    file: str
    size: int
    rows: int
    tables: Mapping[str, int]
    migrations: Sequence[str]
    server_version: str
    pyscim: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did; `applied` are the migrations that the backup did not have yet."""

    backup: Saved
    applied: Sequence[str]


async def back_up(database: Database, target: Path, *, replace: bool, progress: Progress) -> Saved:
    """Write everything into one file, as of one moment; servers may go on meanwhile.

    Raises:
        OperatorError: there is nothing to back up, or the file exists (without `replace`) or cannot be written.
        Unavailable: the database cannot be reached.
    """
    with new_backup(target, replace=replace) as writer:
        async with database.session() as session, stored.whole(session, stored.READING):
            manifest = await _write_tables(session, writer, progress)
        writer.finish(manifest)
    return _saved(target, manifest)


async def _write_tables(session: Session, writer: BackupWriter, progress: Progress) -> Manifest:
    await stored.settle(session)
    done = await applied_versions(session)
    tables = await stored.tables(session)
    if not tables:
        raise OperatorError("There is nothing to back up: the database has no tables of PySCIM.")
    await stored.hold(session, tables)
    at, expected = now(), sum(table.rows for table in tables)
    entries = [await _write_table(session, writer, table, progress, expected) for table in tables]
    return Manifest(
        pyscim=importlib.metadata.version("pyscim"),
        created_at=at,
        server_version=await statistics.server_version(session),
        migrations=tuple(str(one) for one in migrations() if one.version in done),
        tables=tuple(entries),
    )


async def _write_table(
    session: Session, writer: BackupWriter, table: Table, progress: Progress, expected: int
) -> TableEntry:
    with writer.table(table.name, table.columns) as lines:

        async def write(chunk: bytes) -> None:
            progress(table.name, await lines.write(chunk), expected)

        progress(table.name, 0, expected)
        copied = await stored.copy_out(session, table, write)
    assert copied == lines.rows, f"{table.name}: {copied} rows in {lines.rows} lines"
    return lines.entry()


def check(file: BackupFile, progress: Progress) -> Saved:
    """Read a backup to its end, and see whether this version of PySCIM can restore it.

    Raises:
        OperatorError: it is damaged, or from a newer PySCIM.
    """
    _wanted(file)
    for entry in file.manifest.tables:
        for chunk in file.chunks(entry):
            progress(entry.name, len(chunk), file.manifest.size)
    return _saved(file.path, file.manifest)


async def present(database: Database) -> Mapping[str, int]:
    """Rows by table that a restore would replace; nothing where only the defaults are there, or not even tables.

    Raises:
        Unavailable: the database cannot be reached.
    """
    async with database.session() as session, stored.whole(session, stored.READING):
        await stored.settle(session)
        return await stored.contents(session, await stored.tables(session))


async def restore(database: Database, file: BackupFile, *, replace: bool, progress: Progress) -> Restored:
    """Put a backup in the place of everything in the database, all or nothing; then migrate what it lacks.

    Raises:
        OperatorError: servers or commands use the database; it holds data (without `replace`); the file is damaged, or from a
            newer PySCIM.
        Unavailable: the database cannot be reached.
    """
    wanted = _wanted(file)
    try:
        async with database.session() as session, stored.whole(session, stored.WRITING):
            await stored.settle(session)
            await lock(session)
            await _check_alone(session)
            held = await stored.contents(session, await stored.tables(session))
            if held and not replace:
                raise OperatorError(f"The database holds data ({counted(held)}); add --force to replace it.")
            tables = await _laid_out(session, wanted)
            _check_columns(file, tables)
            await stored.empty(session, tables)
            await _fill(session, file, progress)
    except asyncpg.LockNotAvailableError as error:
        raise OperatorError("Others use the database's tables; stop them first.") from error
    applied = await migrate(database)
    async with database.session() as session:
        await stored.analyze(session, await stored.tables(session))
    return Restored(backup=_saved(file.path, file.manifest), applied=[str(one) for one in applied])


def counted(rows: Mapping[str, int]) -> str:
    """`api_tokens: 3, resources: 1,200`: rows by table."""
    return ", ".join(f"{table}: {number:,}" for table, number in rows.items())


async def _check_alone(session: Session) -> None:
    """A server that runs would go on with what it remembers of the old data."""
    for _ in range(_LOOKS):
        others = await stored.count_others(session)
        if not others:
            return
        await asyncio.sleep(_LOOK_SECONDS)
    raise OperatorError(
        f"The database is in use: PySCIM has {others} other connection{'' if others == 1 else 's'} to it. "
        "Stop every server and command first."
    )


async def _laid_out(session: Session, wanted: Sequence[Migration]) -> list[Table]:
    """The tables as the migrations of the backup make them; later ones are undone with all that they hold."""
    done = await applied_versions(session)
    ours = [one for one in migrations() if one.version in done]
    if set(ours) - set(wanted):
        await stored.drop_all(session)
        await forget(session, ours)
        ours = []
    for migration in wanted:
        if migration not in ours:
            await apply(session, migration)
    return await stored.tables(session)


def _check_columns(file: BackupFile, tables: Iterable[Table]) -> None:
    in_file = {(entry.name, *entry.columns) for entry in file.manifest.tables}
    here = {(table.name, *table.columns) for table in tables}
    different = sorted({name for name, *_ in in_file ^ here})
    if different:
        raise OperatorError(
            f"{file.path} does not fit: what it has of {', '.join(different)} is not what the migrations make that it names. "
            "A newer PySCIM may have migrated the database that it is of, or this one; restore it with that version."
        )


async def _fill(session: Session, file: BackupFile, progress: Progress) -> None:
    for entry in file.manifest.tables:
        rows = await stored.copy_in(session, Table(entry.name, entry.columns), _lines(file, entry, progress))
        if rows != entry.rows:
            raise OperatorError(f"{file.path} is damaged: {entry.name} has {rows} rows instead of {entry.rows}.")


async def _lines(file: BackupFile, entry: TableEntry, progress: Progress) -> AsyncIterator[bytes]:
    for chunk in file.chunks(entry):
        yield chunk
        progress(entry.name, len(chunk), file.manifest.size)


def _wanted(file: BackupFile) -> list[Migration]:
    """The migrations that the backup has."""
    known = {str(one): one for one in migrations()}
    unknown = [name for name in file.manifest.migrations if name not in known]
    if unknown:
        raise OperatorError(
            f"{file.path} is from PySCIM {file.manifest.pyscim}, and has migrations that this version does not know "
            f"({', '.join(unknown)}); restore it with PySCIM {file.manifest.pyscim} or newer."
        )
    return [known[name] for name in file.manifest.migrations]


def _saved(path: Path, manifest: Manifest) -> Saved:
    return Saved(
        file=str(path),
        size=path.stat().st_size,
        rows=manifest.rows,
        tables={entry.name: entry.rows for entry in manifest.tables},
        migrations=manifest.migrations,
        server_version=manifest.server_version,
        pyscim=manifest.pyscim,
        created_at=manifest.created_at,
    )
