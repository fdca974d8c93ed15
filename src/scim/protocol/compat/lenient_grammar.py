"""The lenient grammar: the same tree as the strict one, from texts that IdPs write in other ways.

No text is edited: what is meant is read off the tokens and put into the tree. Which quirks a text made use of is told
beside the tree, so that a profile without one of them can refuse it.
"""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lark import Lark, Token, UnexpectedCharacters, UnexpectedToken, v_args
from lark.visitors import merge_transformers

from scim.exceptions import InvalidFilter
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


def read_leniently(text: str, *, start: str) -> tuple[Any, frozenset[Mark]] | None:
    """The tree of a text by the lenient grammar (`start` is `filter` or `patch_path`), and what the text made use of.

    None if it is nothing of this grammar either.
    """
    parser = _parser().parse_interactive(text, start)
    try:
        tokens = list(parser.iter_parse())
        tree = parser.feed_eof(tokens[-1] if tokens else None)  # type: ignore[no-untyped-call]  # lark gives no types
    except (UnexpectedCharacters, UnexpectedToken, InvalidFilter):
        return None
    gaps = list(_gaps(text, tokens))
    if any("_DOT" in (left, right) and gap for left, gap, right in gaps):
        return None  # an attribute's name is one word
    return tree, frozenset(_used([token.type for token in tokens], gaps, start))


@functools.cache
def _parser() -> Lark:
    """Made when it is first needed: most requests never are."""
    builder = merge_transformers(_LenientBuilder(), scim=TreeBuilder())  # type: ignore[no-untyped-call]  # lark gives no types
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


def _gaps(text: str, tokens: Sequence[Token]) -> Iterator[tuple[str, str, str]]:
    """(terminal before, text between, terminal after), from the start of the text to its end."""
    at, last = 0, ""
    for token in tokens:
        yield last, text[at : token.start_pos], token.type
        at, last = token.end_pos or 0, token.type
    yield last, text[at:], ""


def _used(kinds: Sequence[str], gaps: Iterable[tuple[str, str, str]], start: str) -> Iterator[Mark]:
    yield from (_MARKS[kind] for kind in kinds if kind in _MARKS)
    if start == "filter" and any(a == "_END" and b in _AFTER_ENTRY for a, b in itertools.pairwise(kinds)):
        yield COMPARED_ENTRY
    if not all(gap in _due(left, right) for left, gap, right in gaps):
        yield SPACES


def _due(left: str, right: str) -> tuple[str, ...]:
    """What the strict grammar has between two terminals."""
    if left == "_NOT":
        return "", " "
    return (" ",) if left in _SPACE_AFTER or right in _SPACE_BEFORE else ("",)
