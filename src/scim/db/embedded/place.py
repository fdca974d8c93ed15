"""Where the data is, and who owns it.

The data directory is the one that was asked for, but for one case: root lends the server an unprivileged account
(`account.py`), and where that cannot reach the directory, the data goes to a directory below `FALLBACK_ROOT`.
Permissions change only inside the data directory, never above it.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scim.db.embedded.account import Account, account_for, nearest_existing, spawn
from scim.exceptions import OperatorError

FALLBACK_ROOT = Path("/var/lib/pyscim")

_MARKER = "start.lock"
# What may be there before the marker is: a directory that another process is preparing, or a fresh file system.
_EARLY = frozenset({".gitignore", "lost+found"})


@dataclass(frozen=True, slots=True)
class Place:
    """A data directory that is ready for use, and the account that owns it (None: ours)."""

    home: Path
    account: Account | None
    notice: str | None = None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory; it is there as a whole or not at all."""
        return self.home / "postgres"

    @property
    def password(self) -> Path:
        """The file with the password of the role `pyscim`."""
        return self.home / "password"

    @property
    def log(self) -> Path:
        """What the server and `initdb` print."""
        return self.home / "postgres.log"


def find_place(data_dir: Path, *, fallback_root: Path = FALLBACK_ROOT) -> Place:
    """The place for the data of `data_dir`, made ready: present, private, ignored by git, reachable for the server.

    Raises `OperatorError` when the directory holds other things, or data that the server cannot reach.
    """
    wanted = data_dir.expanduser().resolve()
    try:
        account = account_for(wanted)
        if account is None:
            _prepare(wanted, None)
            return Place(wanted, None)
        elsewhere = _elsewhere(wanted, fallback_root)
        moved = _is_used(elsewhere) and not _is_used(wanted)
        if not moved and _is_usable(wanted, account):
            return Place(wanted, account)
        return _fall_back(wanted, elsewhere, account)
    except OSError as error:
        message = (
            f"The data directory {wanted} cannot be used: {error}. Set PYSCIM_DATA_DIR to another, or DATABASE_URL."
        )
        raise OperatorError(message) from error


def places(data_dir: Path, *, fallback_root: Path = FALLBACK_ROOT) -> tuple[Place, Place]:
    """Where the data of `data_dir` may be, for a look: nothing is made, and nobody's rights are asked for."""
    wanted = data_dir.expanduser().resolve()
    return Place(_elsewhere(wanted, fallback_root), None), Place(wanted, None)


def _elsewhere(wanted: Path, fallback_root: Path) -> Path:
    return fallback_root.resolve() / _name(wanted)


def find_data(data_dir: Path, *, fallback_root: Path = FALLBACK_ROOT) -> Path | None:
    """Where the data of `data_dir` is by now; None before the first start. Nothing is made ready for use."""
    elsewhere, wanted = places(data_dir, fallback_root=fallback_root)
    return next((place.home for place in (wanted, elsewhere) if _is_used(place.home)), None)


def _fall_back(wanted: Path, elsewhere: Path, refused: Account) -> Place:
    if _is_used(wanted):
        message = (
            f"The data directory {wanted} holds data, but PostgreSQL does not run as root, and the user {refused.name} "
            "cannot reach it: move it to where that user can, and set PYSCIM_DATA_DIR."
        )
        raise OperatorError(message)
    if not elsewhere.parent.exists():
        elsewhere.parent.mkdir(parents=True)
        elsewhere.parent.chmod(0o755)
    account = account_for(elsewhere)
    _prepare(elsewhere, account)
    notice = (
        f"The data is kept in {elsewhere}: PostgreSQL does not run as root, and the user {refused.name} "
        f"cannot reach {wanted}."
    )
    return Place(elsewhere, account, notice)


def _name(wanted: Path) -> str:
    """A directory name that is readable, and different for each path."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", str(wanted)).strip("-")[-40:].strip("-")
    return f"{readable}-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:8]}"


def _is_used(home: Path) -> bool:
    return (home / "postgres").is_dir()


def _is_usable(home: Path, account: Account) -> bool:
    """Whether the account can work there. A directory whose parent it cannot reach is not even created."""
    if not _may(account, "x", nearest_existing(home.parent)):
        return False
    try:
        _prepare(home, account)
    except PermissionError:  # a file system that gives no files away, such as NFS with root squashed
        return False
    return _may(account, "w", home)


def _may(account: Account, right: str, directory: Path) -> bool:
    """Ask the kernel, not the mode bits: access lists and mount options count as well."""
    return spawn(("/bin/sh", "-c", f'cd "$0" && test -{right} .', directory), account).wait() == 0


def _prepare(home: Path, account: Account | None) -> None:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = {entry.name for entry in home.iterdir()}
    if _MARKER not in names and names - _EARLY:
        message = f"The data directory {home} holds other files: set PYSCIM_DATA_DIR to an empty or a new directory."
        raise OperatorError(message)
    if _MARKER not in names:
        home.chmod(0o700)
        with suppress(FileExistsError), (home / ".gitignore").open("x") as ignore:
            ignore.write("*\n")
    if account is not None and home.stat().st_uid != account.uid:
        _hand_over(home, account)
    if _MARKER not in names:
        (home / _MARKER).touch(mode=0o600)


def _hand_over(home: Path, account: Account) -> None:
    """Give everything to the account: a new directory, or one that root has copied back from a backup."""
    for folder, folders, files in os.walk(home, topdown=False):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):
                os.chown(Path(folder, name), account.uid, account.gid, follow_symlinks=False)
    os.chown(home, account.uid, account.gid)
