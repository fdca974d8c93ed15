"""The file of a backup: a zip archive with the rows of each table as COPY prints them, and a manifest that vouches for them.

`unzip -t` can look at one. The manifest comes last, so a file that was cut off has none; it says which migrations the tables
have, and of each table its columns, how many rows there are, and their SHA-256.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from scim.exceptions import OperatorError

FORMAT: Final = 1
"""The only form of these files there is so far."""

_MANIFEST: Final = "manifest.json"
_MANIFEST_BYTES: Final = 16 * 1024 * 1024
_CHUNK_BYTES: Final = 1024 * 1024
_LEVEL: Final = 3
"""Deflate's: twice as fast as the usual 6, for files that are a tenth larger."""

_DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, KeyError, NotImplementedError, OSError, OverflowError, RuntimeError, ValueError),
)
"""What the zip module raises for archives that are not whole, or that the disk cannot read."""

_CANNOT_WRITE: Final = "The backup cannot be written"


class TableEntry(BaseModel):
    """The rows of one table."""

    model_config = ConfigDict(frozen=True)

    name: str
    columns: tuple[str, ...]
    rows: NonNegativeInt
    size: NonNegativeInt
    sha256: str

    @property
    def member(self) -> str:
        """Its name in the archive."""
        return f"tables/{self.name}.copy"


class Manifest(BaseModel):
    """What is in the file; the tables in the order in which they are filled."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = FORMAT
    pyscim: str
    created_at: datetime
    server_version: str
    migrations: tuple[str, ...]
    tables: tuple[TableEntry, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def size(self) -> int:
        """Bytes of all tables, unpacked."""
        return sum(table.size for table in self.tables)


class TableWriter:
    """Takes the lines of one table, and counts and hashes them."""

    def __init__(self, stream: IO[bytes], name: str, columns: tuple[str, ...]) -> None:
        self._stream = stream
        self._name = name
        self._columns = columns
        self._hash = hashlib.sha256()
        self._size = 0
        self.rows = 0

    async def write(self, lines: bytes) -> int:
        """Add what COPY gave; how many rows that are. Within a value a line's end is two characters, so each one ends a row.

        Raises:
            OperatorError: the disk is full, say.
        """
        with _told(_CANNOT_WRITE):
            self._stream.write(lines)
        self._hash.update(lines)
        self._size += len(lines)
        rows = lines.count(b"\n")
        self.rows += rows
        return rows

    def entry(self) -> TableEntry:
        """What the manifest says of the table."""
        return TableEntry(
            name=self._name,
            columns=self._columns,
            rows=self.rows,
            size=self._size,
            sha256=self._hash.hexdigest(),
        )


class BackupWriter:
    """A backup that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def table(self, name: str, columns: tuple[str, ...]) -> Iterator[TableWriter]:
        """A place for the lines of one table."""
        stream = self._archive.open(f"tables/{name}.copy", "w", force_zip64=True)
        try:
            yield TableWriter(stream, name, columns)
        finally:
            with _told(_CANNOT_WRITE):
                stream.close()

    def finish(self, manifest: Manifest) -> None:
        """Vouch for what was written; without it the file is none."""
        with _told(_CANNOT_WRITE):
            self._archive.writestr(_MANIFEST, manifest.model_dump_json(indent=2))


@contextmanager
def new_backup(target: Path, *, replace: bool) -> Iterator[BackupWriter]:
    """Write a backup, which appears under its name when it is whole and on the disk; before that, and when anything fails, it does not.

    Only its owner can read it: it holds the hashes of passwords and tokens.

    Raises:
        OperatorError: there is a file of that name and `replace` does not say to replace it; or it cannot be written.
    """
    _check_target(target, replace=replace)
    with _told(f"{target} cannot be written"):
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with _archive(file) as archive:
                yield BackupWriter(archive)
            with _told(_CANNOT_WRITE):
                file.flush()
                os.fsync(file.fileno())
        with _told(f"{target} cannot be written"):
            temporary.replace(target)
            _sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _check_target(target: Path, *, replace: bool) -> None:
    exists = target.exists() or target.is_symlink()
    if exists and (target.is_symlink() or not target.is_file()):
        raise OperatorError(f"{target} is no ordinary file, so no backup is written there.")
    if exists and not replace:
        raise OperatorError(f"{target} exists; add --force to replace it.")


@contextmanager
def _archive(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """An archive that is closed before its file is, whatever happens: left to itself it would write to a closed one."""
    archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
    try:
        yield archive
    except BaseException:
        with suppress(OSError, ValueError):
            archive.close()
        raise
    with _told(_CANNOT_WRITE):
        archive.close()


class BackupFile:
    """A backup that is read; `opened` makes one."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._archive = archive

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[Self]:
        """Open a backup and read its manifest.

        Raises:
            OperatorError: it is none, is damaged, or has a form that only a newer PySCIM knows.
        """
        with _told(f"{path} cannot be read"):
            file = path.open("rb")
        with file:
            try:
                archive = zipfile.ZipFile(file)
            except _DAMAGE:
                raise OperatorError(f"{path} is no backup of PySCIM, or was cut off.") from None
            yield cls(path, archive, _manifest(path, archive))

    def chunks(self, entry: TableEntry) -> Iterator[bytes]:
        """The lines of a table.

        Raises:
            OperatorError: at the end, at the latest, when they are not what was written.
        """
        digest, read = hashlib.sha256(), 0
        try:
            with self._archive.open(entry.member) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    read += len(chunk)
                    yield chunk
        except _DAMAGE as error:
            raise self._damaged(entry) from error
        if digest.hexdigest() != entry.sha256 or read != entry.size:
            raise self._damaged(entry)

    def _damaged(self, entry: TableEntry) -> OperatorError:
        return OperatorError(f"{self.path} is damaged: the rows of {entry.name} are not those that were written.")


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        if archive.getinfo(_MANIFEST).file_size > _MANIFEST_BYTES:
            raise ValueError
        raw = archive.read(_MANIFEST)
    except _DAMAGE:
        raise OperatorError(f"{path} is no backup of PySCIM, or is damaged: it has no manifest.") from None
    try:
        return Manifest.model_validate_json(raw)
    except ValidationError as error:
        wrong = error.errors()[0]
        if wrong["loc"] == ("format",):
            raise OperatorError(
                f"{path} has the form {wrong['input']!r}, which this version of PySCIM does not know; use a newer one."
            ) from None
        raise OperatorError(f"{path} is damaged: its manifest cannot be read.") from None


@contextmanager
def _told(what: str) -> Iterator[None]:
    """A failure of the file system, told as such: the database's own code would take it for a lost connection."""
    try:
        yield
    except OSError as error:
        raise OperatorError(f"{what}: {error.strerror or error}.") from error


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
