"""From text to syntax tree: filters, PATCH paths and attribute paths (RFC 7644 §3.4.2.2, §3.5.2, §3.10).

`parse_filter`, `parse_path` and `parse_attribute_path` follow the strict grammar. A `Parser` made from another grammar
file, with a `TreeBuilder` of its own where it has further rules, reads a wider language into the same tree.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args
from lark.visitors import merge_transformers

from scim.exceptions import InvalidFilter, InvalidPath, ScimError
from scim.protocol.grammar.ast import (
    And,
    AttributePath,
    Comparison,
    Filter,
    Not,
    Operator,
    Or,
    PatchPath,
    Present,
    Value,
    ValuePath,
)
from scim.protocol.grammar.faults import bracket_depth, describe, fault_position, is_inside_brackets

MAX_LENGTH = 8192
"""Characters in a filter or path; a URL of common length holds no more (row F-47)."""

MAX_DEPTH = 50
"""Brackets in brackets; every reader of the tree recurses, so this bounds their stack (row F-47)."""

MAX_DIGITS = 400
"""Digits of an integer; a double has at most 309 before its point, and printing longer ones takes quadratic time."""

_STRICT_GRAMMAR = Path(__file__).parent / "scim.lark"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@v_args(inline=True)
class TreeBuilder(Transformer[Token, Any]):
    """Makes the nodes of `ast.py`, one method for each rule and each terminal that carries a value."""

    def disjunction(self, *operands: Filter) -> Or:
        """Alternatives, those of brackets among them merged in."""
        return Or(_flat(Or, operands))

    def conjunction(self, *operands: Filter) -> And:
        """Conditions, those of brackets among them merged in."""
        return And(_flat(And, operands))

    negation = Not
    present = Present
    comparison = Comparison
    value_path = ValuePath
    patch_path = PatchPath

    def attribute_path(self, uri: Token | None, name: Token, sub: Token | None) -> AttributePath:
        """`uri:name.sub`, as plain text."""
        return AttributePath(str(name), sub and str(sub), uri and uri[:-1])

    def OPERATOR(self, token: Token) -> Operator:  # noqa: N802 - lark finds the method by the terminal's name
        """An operator in any letter case (row F-05)."""
        return Operator(token.strip().lower())

    def NAME(self, token: Token) -> str:  # noqa: N802
        """A name as written."""
        return str(token)

    def STRING(self, token: Token) -> str:  # noqa: N802
        """The text that a JSON string stands for (row F-18)."""
        return read_string(token, at=token.start_pos or 0)

    def NUMBER(self, token: Token) -> int | float:  # noqa: N802
        """A JSON number: an int without fraction and exponent, else a float (row F-19)."""
        return read_number(token, at=token.start_pos or 0)

    def LITERAL(self, token: Token) -> Value:  # noqa: N802
        """true, false or null."""
        return cast(Value, json.loads(token))


def read_string(text: str, *, at: int) -> str:
    """The value of a JSON string; `at` is its offset, for the message.

    Raises:
        InvalidFilter: an escape or control character JSON does not allow, or half a surrogate pair.
    """
    try:
        value = str(json.loads(text))
    except json.JSONDecodeError as error:
        raise InvalidFilter(
            f"At character {at + error.pos + 1}: no JSON string: {error.msg.removesuffix(' at')}."
        ) from error
    if _LONE_SURROGATE.search(value):
        raise InvalidFilter(f"At character {at + 1}: the text holds half a surrogate pair, which is no character.")
    return value


def read_number(text: str, *, at: int) -> int | float:
    """The value of a JSON number; `at` is its offset, for the message.

    Raises:
        InvalidFilter: more digits, or a larger exponent, than any stored number can have.
    """
    if text.removeprefix("-").isdigit() and len(text) > MAX_DIGITS:
        raise InvalidFilter(f"At character {at + 1}: the number has more than {MAX_DIGITS} digits.")
    number = cast(int | float, json.loads(text))
    if isinstance(number, float) and math.isinf(number):
        raise InvalidFilter(f"At character {at + 1}: the number is too large.")
    return number


class Parser:
    """The three readers of one grammar; the tables of the grammar are made once, here."""

    def __init__(self, grammar: Path = _STRICT_GRAMMAR, *, builder: type[TreeBuilder] = TreeBuilder) -> None:
        self._lark = Lark(
            grammar.read_text(encoding="utf-8"),
            parser="lalr",
            start=["filter", "patch_path", "attribute_path"],
            import_paths=[str(_STRICT_GRAMMAR.parent)],
            # What another grammar imports from scim.lark carries the name of that file as a prefix.
            transformer=merge_transformers(builder(), scim=TreeBuilder()),  # type: ignore[no-untyped-call]
        )

    def parse_filter(self, text: str, *, max_length: int = MAX_LENGTH, max_depth: int = MAX_DEPTH) -> Filter:
        """The tree of a filter.

        Raises:
            InvalidFilter: not a filter, too long or nested too deeply; the detail says where and what was expected.
        """
        _limit_length(text, max_length, "filter", InvalidFilter)
        _limit_depth(text, max_depth)
        try:
            return cast(Filter, self._lark.parse(text, start="filter"))
        except (UnexpectedCharacters, UnexpectedToken) as error:
            raise InvalidFilter(describe(text, error)) from error

    def parse_path(self, text: str, *, max_length: int = MAX_LENGTH, max_depth: int = MAX_DEPTH) -> PatchPath:
        """The tree of a PATCH path (row H-05).

        The URN of a schema alone is read as any other path: what follows the last colon is the name.

        Raises:
            InvalidPath: not a path, or too long.
            InvalidFilter: the fault lies inside the brackets (row H-53).
        """
        _limit_length(text, max_length, "path", InvalidPath)
        _limit_depth(text, max_depth)
        try:
            return cast(PatchPath, self._lark.parse(text, start="patch_path"))
        except (UnexpectedCharacters, UnexpectedToken) as error:
            if is_inside_brackets(text, fault_position(text, error)):
                raise InvalidFilter(describe(text, error)) from error
            raise InvalidPath(describe(text, error, in_filter=False)) from error

    def parse_attribute_path(self, text: str) -> AttributePath:
        """The tree of an attribute's name as in `attributes` and `sortBy` (RFC 7644 §3.10).

        Raises:
            InvalidPath: not `name`, `name.sub`, `urn:name` or `urn:name.sub`.
        """
        _limit_length(text, MAX_LENGTH, "path", InvalidPath)
        try:
            return cast(AttributePath, self._lark.parse(text, start="attribute_path"))
        except (UnexpectedCharacters, UnexpectedToken) as error:
            raise InvalidPath(describe(text, error, in_filter=False)) from error


def _flat(kind: type[And | Or], operands: tuple[Filter, ...]) -> tuple[Filter, ...]:
    return tuple(itertools.chain.from_iterable(one.operands if isinstance(one, kind) else (one,) for one in operands))


def _limit_length(text: str, limit: int, what: str, refusal: type[ScimError]) -> None:
    if len(text) > limit:
        raise refusal(f"The {what} has {len(text)} characters; at most {limit} are read.")


def _limit_depth(text: str, limit: int) -> None:
    if bracket_depth(text) > limit:
        raise InvalidFilter(f"Brackets are nested more than {limit} deep.")


_strict = Parser()
parse_filter = _strict.parse_filter
parse_path = _strict.parse_path
parse_attribute_path = _strict.parse_attribute_path
