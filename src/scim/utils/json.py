"""Reading and writing JSON: what a fast parser would silently change is refused (DESIGN §3, "Numbers")."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

import orjson

from scim.exceptions import InvalidSyntax

MAX_DEPTH = 64
"""Deeper than any resource; well below the parser's own stack."""

_INT64 = 2**63


def loads(data: bytes) -> Any:
    """The value of a JSON text in UTF-8; a byte order mark is tolerated (row P-13).

    Raises:
        InvalidSyntax: malformed JSON, a doubled key, a number beyond 64 bits or not finite, a NUL character, half of a
            surrogate pair, or too much nesting; the detail says which and where.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidSyntax(f"The body is not UTF-8: byte {error.start} is malformed.") from error
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise InvalidSyntax(f"The body is not JSON: {error.msg}, line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise InvalidSyntax(f"The body is nested more than {MAX_DEPTH} levels deep.") from error
    _check_text(text, value)
    _check_depth(text, value)
    return value


def dumps(value: Any) -> bytes:
    """JSON in UTF-8."""
    return orjson.dumps(value)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InvalidSyntax(f"The body has the key '{key[:80]}' twice in one object.")
            seen.add(key)
    return members


def _integer(text: str) -> int:
    value = int(text) if len(text) <= 20 else _INT64
    if not -_INT64 <= value < _INT64:
        raise InvalidSyntax(f"The number {text[:40]} does not fit into 64 bits.")
    return value


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise InvalidSyntax(f"The number {text[:40]} is too large.")
    return value


def _constant(text: str) -> NoReturn:
    raise InvalidSyntax(f"The body is not JSON: {text} is no JSON number.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_number, parse_constant=_constant
)


def _check_text(text: str, value: Any) -> None:
    """Only an escape can bring in NUL or half a surrogate pair: look closer only where there is one."""
    if "\\u0000" in text:
        for part in _texts(value):
            if "\x00" in part:
                raise InvalidSyntax("A text in the body holds the character \\u0000, which cannot be stored.")
    if "\\ud" in text or "\\uD" in text:
        for part in _texts(value):
            if any("\ud800" <= character <= "\udfff" for character in part):
                raise InvalidSyntax("A text in the body holds half of a surrogate pair, which is no character.")


def _texts(value: Any) -> list[str]:
    found: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return found


def _check_depth(text: str, value: Any) -> None:
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise InvalidSyntax(f"The body is nested more than {MAX_DEPTH} levels deep.")
        inner: list[Any] = []
        for one in level:
            inner += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        level = [one for one in inner if isinstance(one, dict | list)]
