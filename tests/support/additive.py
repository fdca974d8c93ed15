"""Whether a migration only adds, so that workers who know nothing of it go on reading and writing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_PIECE = re.compile(
    r"--[^\n]*|/\*.*?\*/|\$(?P<tag>\w*)\$(?P<body>.*?)\$(?P=tag)\$|'(?P<text>(?:[^']|'')*)'|\"(?:[^\"]|\"\")*\"|;|.",
    re.DOTALL,
)
_CREATED = re.compile(r"create (?:unlogged )?table (?:if not exists )?(\S+)")
_INDEX = re.compile(r"create (unique )?index (?:concurrently )?(?:if not exists )?(\S+) on (?:only )?(\S+)")
_ALTERED = re.compile(r"alter table (?:if exists )?(?:only )?(\S+) (.*)")
_NEW_COLUMN = re.compile(
    r"add (?:column )?(?:if not exists )?(?!constraint |check\b|unique\b|primary |foreign |exclude )(\S+) (.*)"
)

LATER = "; or do it in the first migration of the next minor version, and name that file in STARTS_A_MINOR_VERSION"

REMOVED = f"Old workers still use it. Leave it, unused, until the next minor version{LATER}."
RENAMED = f"Old workers know the old name. Add the new one beside it, write both, and read the new one{LATER}."
TYPE = f"Old workers send and expect the old type. Add a column of the new type beside it, and write both{LATER}."
NULLS = f"Old workers leave it out. Give it a default, or let it be null{LATER}."
CONSTRAINT = f"What old workers write may break it. Check it in the code, or put it on new columns only{LATER}."

_ACTIONS = (
    (re.compile(r"drop |alter (?:column )?\S+ drop "), REMOVED),
    (re.compile(r"rename |set schema "), RENAMED),
    (re.compile(r"alter (?:column )?\S+ (?:set data )?type "), TYPE),
    (re.compile(r"alter (?:column )?\S+ set not null"), NULLS),
)
"""What begins an action of ALTER TABLE on a table that old workers know."""

_STATEMENTS = (
    (re.compile(r"drop "), REMOVED),
    (re.compile(r"alter (?!table )\w+ .*\b(?:rename|set schema) "), RENAMED),
)


@dataclass(slots=True)
class Known:
    """What the migrations so far have made, as far as it matters."""

    plain_indexes: set[str] = field(default_factory=set)

    def learn(self, sql: str) -> None:
        """Take note of a migration."""
        for statement in statements(sql):
            made = _INDEX.match(statement)
            if made and not made[1]:
                self.plain_indexes.add(made[2].removeprefix("scim."))


def complaints(sql: str, known: Known) -> list[str]:
    """The statements of a migration that old workers would not survive, each with what to do instead."""
    found = list(statements(sql))
    tables = {made[1] for statement in found if (made := _CREATED.match(statement))}
    columns = {new[1] for statement in found for action in _actions(statement)[1] if (new := _NEW_COLUMN.match(action))}
    return [f"{statement}: {remedy}" for statement in found for remedy in _remedies(statement, tables, columns, known)]


def statements(sql: str) -> Iterator[str]:
    """The statements in lower case, without comments; those in the bodies of DO, and in texts there, as well."""
    yield from _split(sql, inside=False)


def _split(sql: str, *, inside: bool) -> Iterator[str]:
    current = ""
    nested: list[str] = []
    for piece in _PIECE.finditer(sql):
        if piece["body"] is not None:
            nested += _split(piece["body"], inside=True)
        elif piece["text"] is not None:
            current += "''"
            nested += _split(piece["text"], inside=True) if inside else []
        elif piece[0] == ";":
            yield _normal(current, inside=inside)
            current = ""
        elif not piece[0].startswith(("--", "/*")):
            current += piece[0]
    yield from (one for one in (_normal(current, inside=inside), *nested) if one)


def _normal(statement: str, *, inside: bool) -> str:
    plain = " ".join(statement.lower().split())
    # In a body a statement may follow BEGIN, THEN or LOOP without a semicolon.
    return re.sub(r"^.*\b(?:begin|then|else|loop) ", "", plain) if inside else plain


def _actions(statement: str) -> tuple[str, Sequence[str]]:
    """The table and the actions of an ALTER TABLE."""
    altered = _ALTERED.match(statement)
    if altered is None:
        return "", ()
    depth, actions = 0, [""]
    for character in altered[2]:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            actions.append("")
        else:
            actions[-1] += character
    return altered[1], [action.strip() for action in actions]


def _remedies(statement: str, tables: set[str], columns: set[str], known: Known) -> Iterator[str]:
    table, actions = _actions(statement)
    if table not in tables:
        for action in actions:
            yield from _action_remedies(action, columns)
    index = _INDEX.match(statement)
    if index and index[1] and index[3].partition("(")[0] not in tables and not _mentions(statement, columns):
        yield CONSTRAINT
    dropped = re.match(r"drop index (?:concurrently )?(?:if exists )?(\S+)$", statement)
    if dropped and dropped[1].removeprefix("scim.") in known.plain_indexes:
        return
    yield from (remedy for pattern, remedy in _STATEMENTS if pattern.match(statement))


def _action_remedies(action: str, columns: set[str]) -> Iterator[str]:
    yield from (remedy for pattern, remedy in _ACTIONS if pattern.match(action))
    new = _NEW_COLUMN.match(action)
    if new:
        filled = re.search(r"\b(?:default|generated)\b", new[2])
        if re.search(r"\b(?:not null|primary key)\b", new[2]) and not filled:
            yield NULLS
    elif action.startswith("add ") and not _mentions(action, columns):
        yield CONSTRAINT


def _mentions(text: str, columns: set[str]) -> bool:
    return bool(columns & set(re.findall(r"\w+", text)))
