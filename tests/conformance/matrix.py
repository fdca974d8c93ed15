"""The requirements matrix (tests/vectors/requirements.md), and the tests that are named by its rows."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_MATRIX = HERE.parent / "vectors" / "requirements.md"
_GROUP = re.compile(r"## (?P<letter>[A-Z]) (?P<title>.+)")
_ROW = re.compile(
    r"\| (?P<id>[A-Z]-\d\d) \| (?P<section>[^|]+) \| (?P<level>MUST|SHOULD|MAY) \| (?P<text>(?:[^|`]|`[^`]*`)+) \|"
)
_TEST = re.compile(r"test_(?P<letter>[A-Z])_(?P<number>\d\d)_\w+")


@dataclass(frozen=True, slots=True)
class Row:
    """One testable sentence of the RFCs."""

    id: str
    section: str
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one letter."""

    letter: str
    title: str
    rows: tuple[Row, ...]


@functools.cache
def groups() -> tuple[Group, ...]:
    """The matrix, group by group."""
    found: list[Group] = []
    for line in _MATRIX.read_text(encoding="utf-8").splitlines():
        if match := _GROUP.fullmatch(line):
            found.append(Group(match["letter"], match["title"], ()))
        elif match := _ROW.match(line):
            last = found.pop()
            row = Row(match["id"], match["section"].strip(), match["level"], match["text"].strip())
            found.append(Group(last.letter, last.title, (*last.rows, row)))
    return tuple(group for group in found if group.rows)


def rows() -> dict[str, Row]:
    """Every row by its id."""
    return {row.id: row for group in groups() for row in group.rows}


@functools.cache
def evidence() -> Mapping[str, tuple[str, ...]]:
    """Row id → `file::test` of the tests that bear its name, in the order of the files."""
    found: dict[str, list[str]] = {}
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (match := _TEST.fullmatch(node.name)):
                found.setdefault(f"{match['letter']}-{match['number']}", []).append(f"{path.name}::{node.name}")
    return {row: tuple(names) for row, names in found.items()}
