"""The indexes that the migrations make are there, and PostgreSQL uses them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from scim.db.migrate import migrations
from scim.services.doctor.finding import Examined, Finding, Level
from scim.storage import diagnosis

NAME = "indexes"

_COMMENT: Final = re.compile(r"--.*")
_STATEMENT: Final = re.compile(
    r"create\s+(?:unlogged\s+)?table\s+scim\.(?P<table>\w+)\s*\((?P<body>.*?)\n\)"
    r"|create\s+(?:unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?(?P<made>\w+)\s+on\b"
    r"|drop\s+index\s+(?:concurrently\s+)?(?:if\s+exists\s+)?(?:scim\.)?(?P<dropped>\w+)",
    re.IGNORECASE | re.DOTALL,
)
_UNIQUE_COLUMNS: Final = re.compile(r"unique\s*\(([^)]*)\)", re.IGNORECASE)
_UNIQUE_COLUMN: Final = re.compile(r"(\w+)\s.*\bunique\b(?!\s*\()", re.IGNORECASE)


async def check(examined: Examined) -> list[Finding]:
    """Compare what the migrations make with what there is."""
    async with examined.database.session() as session:
        found = {index.name: index.valid for index in await diagnosis.indexes(session)}
    made = made_indexes(migration.path.read_text(encoding="utf-8") for migration in migrations())
    missing = [_missing(name) for name in sorted(made - found.keys())]
    invalid = [_invalid(name) for name, valid in found.items() if not valid]
    sound = Finding(name=NAME, level=Level.OK, message=f"All {len(made)} are there and in use.")
    return [*missing, *invalid] or [sound]


def made_indexes(texts: Iterable[str]) -> set[str]:
    """The names of all indexes that migrations leave, those of keys among them, which PostgreSQL names itself."""
    names: set[str] = set()
    for text in texts:
        for statement in _STATEMENT.finditer(_COMMENT.sub("", text)):
            if statement["table"]:
                names.update(_keys(statement["table"], statement["body"]))
            elif statement["made"]:
                names.add(statement["made"])
            else:
                names.discard(statement["dropped"])
    return names


def _keys(table: str, body: str) -> Iterator[str]:
    for line in body.splitlines():
        if "primary key" in line.lower():
            yield f"{table}_pkey"
        elif columns := _UNIQUE_COLUMNS.search(line):
            yield "_".join([table, *re.findall(r"\w+", columns[1]), "key"])
        elif column := _UNIQUE_COLUMN.search(line):
            yield f"{table}_{column[1]}_key"


def _missing(name: str) -> Finding:
    remedy = f"Somebody removed it: make it again as the file in supabase/migrations that names {name} does."
    return Finding(name=NAME, level=Level.FAIL, message=f"The index scim.{name} is missing.", remedy=remedy)


def _invalid(name: str) -> Finding:
    return Finding(
        name=NAME,
        level=Level.FAIL,
        message=f"The index scim.{name} is invalid, so nothing is looked up in it.",
        remedy=f"Make it again with psql: REINDEX INDEX CONCURRENTLY scim.{name};",
    )
