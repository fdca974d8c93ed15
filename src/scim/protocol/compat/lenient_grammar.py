"""The lenient grammar: the same tree as the strict one, from texts that IdPs write in other ways.

No text is edited: what is meant is read off the tokens and put into the tree. Which quirks a text made use of is told
beside the tree, so that a profile without one of them can refuse it.
"""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lark import Lark, Token, UnexpectedCharacters, UnexpectedToken, v_args
from lark.visitors import merge_transformers

from scim.protocol.compat.names import split
from scim.protocol.compat.rule import Mark, Phase
from scim.protocol.grammar.ast import And, AttributePath, Comparison, Filter, Present, Value, ValuePath
from scim.protocol.grammar.parser import TreeBuilder, read_string

UNQUOTED_VALUE = Mark(phase=Phase.PATHS, meaning="a value may be a bare word, or in single quotes")
COMPARED_ENTRY = Mark(phase=Phase.PATHS, meaning="in a filter a comparison may follow the bracket of a value path")
SPACES = Mark(phase=Phase.PATHS, meaning="there may be more or fewer spaces than the grammar has")

_GRAMMAR = Path(__file__).with_name("lenient.lark")
_STRICT_FOLDER = Path(__file__).parents[1] / "grammar"
_MARKS = {"WORD": UNQUOTED_VALUE, "QUOTED": UNQUOTED_VALUE}
_SPACE_BEFORE = frozenset({"OPERATOR", "_PR", "_AND", "_OR"})
_SPACE_AFTER = frozenset({"OPERATOR", "_AND", "_OR"})
_ESCAPE_OR_QUOTE = re.compile(r"""\\.|\"""", re.DOTALL)
_REQUOTED = {"\\'": "'", '"': '\\"'}
_AFTER_ENTRY = frozenset({"_DOT", "OPERATOR"})
_VALUE = AttributePath("value")


@v_args(inline=True)
class _LenientBuilder(TreeBuilder):
    """The nodes of the rules that the strict grammar lacks."""

    def plain_path(self, name: str, sub: str | None) -> AttributePath:
        """`name.sub` without URN."""
        return AttributePath(name, sub)

    def qualified_path(self, text: str) -> AttributePath:
        """A name with what may be a URN before it."""
        return split(text)

    def compared_entry(self, entry: ValuePath, *rest: Any) -> ValuePath:
        """`emails[type eq "work"].value eq "x"`: the comparison holds for the same entry, so it moves inside."""
        sub, operator, value = rest
        return _with_condition(entry, Comparison(AttributePath(sub) if sub else _VALUE, operator, value))

    def present_in_entry(self, entry: ValuePath, sub: str) -> ValuePath:
        """`emails[type eq "work"].display pr`, likewise."""
        return _with_condition(entry, Present(AttributePath(sub)))

    def QUALIFIED(self, token: Token) -> str:  # noqa: N802 - lark finds the method by the terminal's name
        """A path as written."""
        return str(token)

    def WORD(self, token: Token) -> Value:  # noqa: N802
        """The text that a word without quotes stands for."""
        return read_string(json.dumps(token), at=token.start_pos or 0)

    def QUOTED(self, token: Token) -> Value:  # noqa: N802
        r"""The text in single quotes; `\'` is a quote in it, and otherwise the escapes are those of JSON."""
        plain = _ESCAPE_OR_QUOTE.sub(lambda found: _REQUOTED.get(found[0], found[0]), token[1:-1])
        return read_string(f'"{plain}"', at=token.start_pos or 0)


def read_leniently(text: str, *, start: str) -> tuple[Any, frozenset[Mark]]:
    """The tree of a text by the lenient grammar (`start` is `filter` or `patch_path`), and what it made use of.

    Raises:
        UnexpectedCharacters, UnexpectedToken: the text is none of this grammar either.
        InvalidFilter: a value in it is none.
    """
    parser = _parser().parse_interactive(text, start)
    tokens = list(parser.iter_parse())
    tree = parser.feed_eof(tokens[-1] if tokens else None)  # type: ignore[no-untyped-call]  # lark gives no types for it
    return tree, frozenset(_used(text, tokens, start))


Unreadable = (UnexpectedCharacters, UnexpectedToken)


@functools.cache
def _parser() -> Lark:
    """Made when it is first needed: most requests never are."""
    builder = merge_transformers(_LenientBuilder(), scim=TreeBuilder())  # type: ignore[no-untyped-call]  # nor for this
    return Lark(
        _GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        start=["filter", "patch_path"],
        import_paths=[str(_STRICT_FOLDER)],
        transformer=builder,
    )


def _with_condition(entry: ValuePath, condition: Filter) -> ValuePath:
    inner = entry.filter.operands if isinstance(entry.filter, And) else (entry.filter,)
    return ValuePath(entry.path, And((*inner, condition)))


def _used(text: str, tokens: Sequence[Token], start: str) -> set[Mark]:
    kinds = [token.type for token in tokens]
    used = {_MARKS[kind] for kind in kinds if kind in _MARKS}
    if start == "filter" and any(a == "_END" and b in _AFTER_ENTRY for a, b in itertools.pairwise(kinds)):
        used.add(COMPARED_ENTRY)
    if not _is_spaced_strictly(text, tokens):
        used.add(SPACES)
    return used


def _is_spaced_strictly(text: str, tokens: Sequence[Token]) -> bool:
    """Whether between all tokens there is just what the strict grammar has there."""
    at, last = 0, ""
    for token in tokens:
        gap = text[at : token.start_pos]
        due = " " if last in _SPACE_AFTER or token.type in _SPACE_BEFORE else ""
        if gap != due and not (last == "_NOT" and gap == " "):
            return False
        at, last = token.end_pos or 0, token.type
    return at == len(text)
