"""What to tell a person whose filter or path does not parse: where, what was found, what was expected (row F-37)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from lark import UnexpectedCharacters, UnexpectedToken

from scim.protocol.grammar.ast import Operator

Unexpected: TypeAlias = UnexpectedCharacters | UnexpectedToken
"""What an LALR parser raises: no token fits the characters, or no rule the token."""

_BRACKET_OR_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[()\[\]]', re.DOTALL)
_PIECE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[^\s"()\[\]]+|.', re.DOTALL)
_IMPORTED = re.compile("(?<=^_)scim__|^scim__")
"""What lark puts into the names of terminals that another grammar imports from ours."""

_LONGEST_SHOWN = 40

_VALUE = 'a JSON value ("text", a number, true, false or null)'
_EXPECTED = {
    "URI": ("the name of an attribute",),
    "NAME": ("the name of an attribute",),
    "_NOT": ("'not'",),
    "_OPEN": ("'('",),
    "OPERATOR": tuple(Operator),
    "_PR": ("pr",),
    "STRING": (_VALUE,),
    "NUMBER": (_VALUE,),
    "LITERAL": (_VALUE,),
    "_AND": ("'and'",),
    "_OR": ("'or'",),
    "_DOT": ("'.'",),
    "_BEGIN": ("'['",),
    "_CLOSE": ("')'",),
    "_END": ("']'",),
    "$END": ("the end",),
}
_CLOSERS = {"(": "_CLOSE", "[": "_END", "": "$END"}
_AFTER_A_SPACE = frozenset({"OPERATOR", "_PR", "_AND", "_OR"})
_KINDS = {"OPERATOR": "operator", "STRING": "value"}
_BLANKS = {" ": "a space", "\t": "a tab", "\n": "a line break", "\r": "a line break"}


def bracket_depth(text: str) -> int:
    """How deep brackets are nested, those inside strings left out."""
    depth = deepest = 0
    for _, bracket in _brackets(text):
        depth += 1 if bracket in "([" else -1
        deepest = max(deepest, depth)
    return deepest


def is_inside_brackets(text: str, position: int) -> bool:
    """Whether a square bracket is open before `position`."""
    return "[" in _open_brackets(text, position)


def fault_position(text: str, error: Unexpected) -> int:
    """The offset at which reading stopped; the end of the text if something is missing there."""
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return len(text)
    return error.pos_in_stream or 0


def describe(text: str, error: Unexpected, *, in_filter: bool = True) -> str:
    """One sentence, such as: At character 10: 'eqq' is no operator; expected eq, ne, … or pr.

    `in_filter` is false outside the brackets of a path, where no expressions are joined.
    """
    position, expected = fault_position(text, error), _expected(error)
    if expected <= set(_CLOSERS.values()):
        # A bracket or end that does not fit: the parser has left the state in which it could have gone on.
        innermost = "".join(_open_brackets(text, position)[-1:])
        expected = frozenset({_CLOSERS[innermost], *(("_AND", "_OR") if in_filter else ())})
    if text.startswith(" ", position) and len(text) > position + 1 and expected & _AFTER_A_SPACE:
        # The space was right, and is part of these terminals; what is wrong comes after it.
        position, expected = position + 1, expected & _AFTER_A_SPACE
    piece = _PIECE.match(text, position)
    return f"At character {position + 1}: {_fault(piece.group() if piece else '', expected)}"


def _fault(found: str, expected: frozenset[str]) -> str:
    words = list(dict.fromkeys(word for terminal in _EXPECTED if terminal in expected for word in _EXPECTED[terminal]))
    if found.lower() in (word.strip("'") for word in words) and found.isalpha():
        return f"'{found}' must stand alone, with one space before the next word or value."
    if found.startswith('"') and "STRING" in expected:
        return f"the text {found[:_LONGEST_SHOWN]} has no closing quote."
    return f"{_verdict(found, expected)}; expected {_joined(words)}."


def _verdict(found: str, expected: frozenset[str]) -> str:
    if not found:
        return "the text ends"
    shown = _BLANKS.get(found) or f"'{found[:_LONGEST_SHOWN]}'"
    kind = next((kind for terminal, kind in _KINDS.items() if terminal in expected), None)
    return f"{shown} is no {kind}" if kind else f"{shown} is not expected here"


def _expected(error: Unexpected) -> frozenset[str]:
    accepted = error.interactive_parser.accepts()  # type: ignore[no-untyped-call]  # lark leaves it unannotated
    return frozenset(_IMPORTED.sub("", terminal) for terminal in accepted)


def _joined(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def _open_brackets(text: str, position: int) -> list[str]:
    opened: list[str] = []
    for at, bracket in _brackets(text):
        if at >= position:
            break
        if bracket in "([":
            opened.append(bracket)
        else:
            del opened[-1:]
    return opened


def _brackets(text: str) -> Iterator[tuple[int, str]]:
    for match in _BRACKET_OR_STRING.finditer(text):
        if match.group() in "()[]":
            yield match.start(), match.group()
