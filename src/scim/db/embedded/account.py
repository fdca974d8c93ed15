"""Who runs the server: PostgreSQL refuses to be root, so root lends it an unprivileged account."""

from __future__ import annotations

import errno
import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scim.exceptions import OperatorError

# Nothing else of our environment is PostgreSQL's business: it holds secrets, and PG* variables would change its ways.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TZ")


@dataclass(frozen=True, slots=True)
class Account:
    """An entry of the user database (initdb looks its own user up by name, so a bare number does not do)."""

    uid: int
    gid: int
    name: str


def account_for(path: Path) -> Account | None:
    """The account that runs a server with its data at `path`; None is the one this process has already.

    For root it is the owner of the directory, or of the first directory above that exists, so that `sudo` in a user's
    clone leaves data which the user can go on with; where that is root too, it is `nobody`.
    """
    if os.geteuid() != 0:
        return None
    owner = nearest_existing(path).stat().st_uid
    try:
        entry = pwd.getpwuid(owner) if owner != 0 else pwd.getpwnam("nobody")
    except KeyError:
        entry = _nobody()
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        message = (
            "PostgreSQL does not run as root, and this system has no user `nobody`: "
            "start pyscim as an ordinary user, or set DATABASE_URL."
        )
        raise OperatorError(message) from None


def nearest_existing(path: Path) -> Path:
    """The path itself, or the first directory above it that exists."""
    return next(place for place in (path, *path.parents) if place.exists())


def spawn(
    command: Sequence[str | Path],
    account: Account | None,
    *,
    stdin: int = subprocess.DEVNULL,
    output: int = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program as the account, in a session of its own (Ctrl-C at the terminal does not reach it).

    Raises `OperatorError` where root may not become another user, and `OSError` where the program cannot be run.
    """
    try:
        return subprocess.Popen(  # noqa: S603 -- programs of the wheel and of the system, none from input
            [os.fspath(part) for part in command],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"LC_ALL": "C"} | {name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,
            pass_fds=pass_fds,
        )
    except OSError as error:
        if account is None or error.errno not in {errno.EPERM, errno.EINVAL}:
            raise
        message = (
            f"PostgreSQL does not run as root, and this process may not become the user {account.name}: "
            "start pyscim as an ordinary user, or set DATABASE_URL."
        )
        raise OperatorError(message) from error


def open_owned(path: Path, flags: int, account: Account | None) -> int:
    """Open or create a private file (mode 0600) that belongs to the account; symbolic links are not followed."""
    descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if account is not None and os.fstat(descriptor).st_uid != account.uid:
        os.fchown(descriptor, account.uid, account.gid)
    return descriptor
