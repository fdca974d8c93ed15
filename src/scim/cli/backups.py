"""`pyscim db backup` and `pyscim db restore`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scim.cli.options import Json
from scim.cli.output import confirm, moment, note, print_details, print_json
from scim.cli.runner import on_database, refusals

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.db.database import Database
    from scim.services.backup import Progress, Restored, Saved
    from scim.services.backup_file import BackupFile

_UNITS = (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024))

Target = Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.", show_default=False)]
Source = Annotated[Path, typer.Argument(metavar="FILE", help="What db backup wrote.", show_default=False)]


def backup(
    file: Target,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
    as_json: Json = False,
) -> None:
    """Write the whole database into one file, as of one moment; servers may go on meanwhile.

    The file holds the hashes of passwords and tokens, and everybody's data: its
    mode is 0600, and it is to be kept as safe as the database. This works on the
    embedded database and on any other, and needs no pg_dump.
    """
    from scim.services.backup import back_up

    with _interrupted_by_sigterm(), _progress("Saving") as progress:
        saved = on_database(lambda database: back_up(database, file, replace=force, progress=progress), raw=True)
    if as_json:
        print_json(saved)
        return
    _show(saved)
    note("It holds the hashes of passwords and tokens: keep it as safe as the database.")


def restore(
    file: Source,
    force: Annotated[bool, typer.Option("--force", help="Replace what the database holds, and do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the file, and show what is in it.")] = False,
    as_json: Json = False,
) -> None:
    """Put a backup in the place of everything in the database, all or nothing.

    FILE is checked first. Servers must be stopped. The backup of an older PySCIM
    is migrated afterwards; that of a newer one is refused. A new, empty database
    needs no preparation.
    """
    from scim.services.backup import check
    from scim.services.backup_file import BackupFile

    with _interrupted_by_sigterm(), refusals(), BackupFile.opened(file) as opened:
        with _progress("Checking") as progress:
            saved = check(opened, progress)
        if not dry_run:
            _restored(on_database(lambda database: _replace(database, opened, force=force), raw=True), as_json)
        elif as_json:
            print_json(saved)
        else:
            _show(saved)


async def _replace(database: Database, file: BackupFile, *, force: bool) -> Restored:
    from scim.services.backup import counted, present
    from scim.services.backup import restore as restored

    held = {} if force else await present(database)
    if held:
        confirm(f"The database holds data ({counted(held)}). Replace all of it?", force=False)
    with _progress("Restoring") as progress:
        return await restored(database, file, replace=force or bool(held), progress=progress)


def _restored(done: Restored, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    _show(done.backup)
    for migration in done.applied:
        typer.echo(f"Applied {migration}.")
    typer.echo("The database is restored.")


def _show(saved: Saved) -> None:
    print_details(
        {
            "File": saved.file,
            "Size": _size(saved.size),
            "Made": f"{moment(saved.created_at)}, by PySCIM {saved.pyscim}, from PostgreSQL {saved.server_version}",
            "Migrated to": saved.migrations[-1] if saved.migrations else "-",
            "Rows": f"{saved.rows:,} in {len(saved.tables)} tables",
        }
    )


def _size(number: int) -> str:
    unit, one = next(((unit, one) for unit, one in _UNITS if number >= one), ("bytes", 1))
    return f"{number / one:.1f} {unit}" if one > 1 else f"{number} {unit}"


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """What a time limit of cron's sends ends the work as Ctrl-C does: nothing half done is left, and no database runs on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(doing: str) -> Iterator[Progress]:
    """A bar on a terminal; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(None), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)

        def step(table: str, done: int, total: int) -> None:
            bar.update(task, description=f"{doing} {table}", advance=done, total=total or None)

        yield step
