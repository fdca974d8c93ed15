"""Printing a filter and reading it again gives the same filter."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given

from scim.protocol.grammar.ast import Filter
from scim.protocol.grammar.parser import parse_filter
from scim.protocol.grammar.printer import to_text
from tests.protocol.grammar.syntax import filters


@given(filters)
def test_the_text_of_any_filter_parses_to_the_same_filter(tree: Filter) -> None:
    assert parse_filter(to_text(tree)) == tree


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "kim"',
        'displayName co "Åse \\"x\\""',
        "title pr and (active eq true or level ge 4.5)",
        "title pr or active eq false and level lt 3",
        "not (not (title pr))",
        'emails[type eq "work" and not (primary eq true)] or nickName eq null',
    ],
)
def test_canonical_text_is_printed_as_it_was(text: str) -> None:
    assert to_text(parse_filter(text)) == text


def test_superfluous_brackets_are_not_printed() -> None:
    assert to_text(parse_filter("((title pr) AND (active EQ true))")) == "title pr and active eq true"


def test_what_is_no_filter_is_not_printed() -> None:
    with pytest.raises(AssertionError):
        to_text(cast(Filter, None))
