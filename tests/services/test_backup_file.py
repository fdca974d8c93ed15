"""The file of a backup: what was written is what is read, or it is refused."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scim.exceptions import OperatorError
from scim.services.backup_file import BackupFile, Manifest, new_backup

TABLES = {"one": b"a\tb\n" * 9, "two": b"", "three": os.urandom(80).hex().encode() + b"\n"}


@pytest.fixture
async def backup(tmp_path: Path) -> Path:
    path = tmp_path / "a.backup"
    with new_backup(path, replace=False) as writer:
        entries = []
        for name, lines in TABLES.items():
            with writer.table(name, ("x", "y")) as table:
                await table.write(lines)
            entries.append(table.entry())
        writer.finish(
            Manifest(
                pyscim="1.0",
                created_at=datetime(2026, 1, 2, tzinfo=UTC),
                server_version="18",
                migrations=("m",),
                tables=tuple(entries),
            )
        )
    return path


def read(path: Path) -> tuple[Manifest, dict[str, bytes]]:
    with BackupFile.opened(path) as file:
        return file.manifest, {entry.name: b"".join(file.chunks(entry)) for entry in file.manifest.tables}


def test_what_was_written_is_read(backup: Path) -> None:
    manifest, tables = read(backup)
    assert tables == TABLES
    assert [(entry.name, entry.rows) for entry in manifest.tables] == [("one", 9), ("two", 0), ("three", 1)]
    assert (manifest.rows, manifest.size) == (10, sum(map(len, TABLES.values())))


def test_other_programs_can_look_at_it(backup: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("manifest.json"))["format"] == 1


def test_a_changed_byte_is_found_wherever_it_is(backup: Path, tmp_path: Path) -> None:
    """Or it was one that tells nothing, such as the time of an entry: then all is read as it was written."""
    whole, before = backup.read_bytes(), read(backup)
    damaged = tmp_path / "damaged"
    refused = 0
    for at in range(0, len(whole), 2):
        changed = bytearray(whole)
        changed[at] ^= 0x15
        damaged.write_bytes(changed)
        try:
            assert read(damaged) == before, f"byte {at}"
        except OperatorError as error:
            assert str(damaged) in str(error)
            refused += 1
    assert refused > len(whole) * 0.3


def test_a_file_that_was_cut_off_is_refused(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    for length in range(0, len(whole), 5):
        (tmp_path / "short").write_bytes(whole[:length])
        with pytest.raises(OperatorError, match="is no backup of PySCIM, or was cut off"):
            read(tmp_path / "short")


def without_its_manifest(parts: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    del parts["manifest.json"]


def of_another_form(_parts: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest.clear()
    manifest["format"] = 2


def with_a_manifest_of_something_else(_parts: dict[str, bytes], manifest: dict[str, Any]) -> None:
    del manifest["tables"]


def with_another_row(parts: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    parts["tables/one.copy"] += b"a\tb\n"


def with_another_value(parts: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    parts["tables/one.copy"] = parts["tables/one.copy"].replace(b"a", b"b")


def without_a_table(parts: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    del parts["tables/one.copy"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without_its_manifest, "it has no manifest"),
        (of_another_form, "has the form 2, which this version of PySCIM does not know; use a newer one"),
        (with_a_manifest_of_something_else, "its manifest cannot be read"),
        (with_another_row, "the rows of one are not those that were written"),
        (with_another_value, "the rows of one are not those that were written"),
        (without_a_table, "the rows of one are not those that were written"),
    ],
)
def test_an_archive_that_is_whole_is_not_trusted_for_that(
    backup: Path, tmp_path: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None], message: str
) -> None:
    with zipfile.ZipFile(backup) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    change(parts, manifest)
    with zipfile.ZipFile(tmp_path / "changed", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, json.dumps(manifest) if name == "manifest.json" else content)
    with pytest.raises(OperatorError, match=message):
        read(tmp_path / "changed")


@pytest.mark.parametrize(("name", "message"), [("nothing", "No such file"), ("", "Is a directory")])
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(OperatorError, match=f"cannot be read: {message}"):
        read(tmp_path / name)
