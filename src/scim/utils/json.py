"""JSON in and out (DESIGN §3, Numbers; row P-13).

What comes in is refused where storing it, or writing it again, would quietly change it: duplicate keys, numbers that
do not fit, characters that PostgreSQL or UTF-8 cannot hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain, pairwise
from math import isinf
from typing import Any, Final, NoReturn

import orjson

from scim.exceptions import InvalidSyntax

# Deeper than any SCIM message (a PATCH in a bulk request needs 8), and far from Python's own recursion limit.
MAX_DEPTH: Final = 64

_INT64: Final = range(-(2**63), 2**63)
# Text longer than this cannot be a 64-bit number; `int` itself refuses very long text with a ValueError.
_INT64_DIGITS: Final = 20
_BOM: Final = b"\xef\xbb\xbf"

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s"\[\]{}:,]+')
_ESCAPE: Final = re.compile(
    r"\\(?:(?P<nul>u0000)"
    r"|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|.)"
)
_BAD_ESCAPES: Final = {
    "nul": "the character \\u0000 cannot be stored",
    "lone": "half of a surrogate pair is no character",
}


class _Refused(Exception):
    """The parser met something to refuse; `_complaint` finds out what and where."""


def loads(data: bytes) -> Any:
    """Parse a request body.

    Raises:
        InvalidSyntax: the body is no JSON in UTF-8, or has duplicate keys, integers beyond 64 bits, numbers that are not
            finite, NUL characters, lone surrogates, or more than 64 levels; the detail names line and column.
    """
    text = _decoded(data.removeprefix(_BOM))
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        _refuse(error.msg[:1].lower() + error.msg[1:], text, error.pos)
    except (_Refused, RecursionError):
        _refuse(*_complaint(text))
    if "\\u" in text:
        _check_escapes(text)
    # Few brackets cannot nest deeply, and most bodies have few: counting them is all that those pay.
    if text.count("{") + text.count("[") > MAX_DEPTH and _is_too_deep(value):
        _refuse(*_complaint(text))
    return value


def dumps(value: Any) -> bytes:
    """Write compact JSON in UTF-8; TypeError for what JSON has no form for."""
    return orjson.dumps(value)


def _decoded(data: bytes) -> str:
    if not data.strip():
        raise InvalidSyntax("The body is empty; a JSON document was expected.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidSyntax(f"The body is not UTF-8: byte {error.start} cannot be decoded.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Refused
    return made


def _integer(text: str) -> int:
    if len(text) > _INT64_DIGITS or (number := int(text)) not in _INT64:
        raise _Refused
    return number


def _decimal(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise _Refused
    return number


def _constant(_text: str) -> NoReturn:
    raise _Refused


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)


def _check_escapes(text: str) -> None:
    """Look at each escape in turn; in JSON that parsed, backslashes stand in strings only."""
    for escape in _ESCAPE.finditer(text):
        if escape.lastgroup is not None:
            _refuse(_BAD_ESCAPES[escape.lastgroup], text, escape.start())


def _is_too_deep(value: Any) -> bool:
    """Take off one level at a time; what is left after the last allowed one is too deep."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _complaint(text: str) -> tuple[str, str, int]:
    """What is to be refused first, and where. Slow, and only run for bodies that are refused."""
    message, position = next(_complaints(text), ("it is nested too deeply", 0))
    return message, text, position


def _complaints(text: str) -> Iterator[tuple[str, int]]:
    open_containers: list[set[str]] = []
    tokens = ((match[0], match.start()) for match in _TOKEN.finditer(text))
    for (token, position), (following, _) in pairwise(chain(tokens, [("", len(text))])):
        if token in {"{", "["}:
            open_containers.append(set())
            if len(open_containers) > MAX_DEPTH:
                yield f"it has more than {MAX_DEPTH} levels", position
        elif token in {"}", "]"}:
            open_containers.pop()
        elif following == ":":
            key = json.loads(token)
            if key in open_containers[-1]:
                yield f"the key {_shown(key)} stands twice in one object", position
            open_containers[-1].add(key)
        elif problem := _number_problem(token):
            yield problem, position


def _number_problem(token: str) -> str | None:
    if token.lstrip("-") in {"NaN", "Infinity"}:
        return f"{token} is no JSON number"
    if not token.lstrip("-")[:1].isdigit():
        return None
    try:
        _decimal(token) if set(token) & set(".eE") else _integer(token)
    except _Refused:
        return f"the number {token[:40]} does not fit into 64 bits"
    return None


def _shown(key: str) -> str:
    return json.dumps(key[:80], ensure_ascii=not key.isprintable())


def _refuse(message: str, text: str, position: int) -> NoReturn:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    raise InvalidSyntax(f"The body is not acceptable JSON: {message} (line {line}, column {column}).") from None
