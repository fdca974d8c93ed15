"""The parameters of a query (RFC 7644 §3.4.2, §3.9)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import InvalidSyntax, InvalidValue
from scim.protocol.query import SEARCH_REQUEST, Query, read_query, read_search, split_names


@pytest.mark.parametrize(
    ("pairs", "query"),
    [
        pytest.param([], Query(), id="E-06 E-11 defaults"),
        pytest.param([("foo", "1"), ("foo", "2")], Query(), id="D-17 unknown parameters"),
        pytest.param([("STARTINDEX", "3"), ("Count", "2")], Query(start_index=3, count=2), id="names in any case"),
        pytest.param([("startIndex", "0")], Query(start_index=1), id="E-06 zero"),
        pytest.param([("startIndex", "-5")], Query(start_index=1), id="E-06 negative"),
        pytest.param([("count", "0")], Query(count=0), id="E-08 zero"),
        pytest.param([("count", "-1")], Query(count=0), id="E-09 negative"),
        pytest.param([("count", " 5")], Query(count=5), id="E-37 a plus that was decoded"),
        pytest.param([("filter", "")], Query(filter=""), id="an empty filter is a filter"),
        pytest.param([("filter", 'a eq "b,c"')], Query(filter='a eq "b,c"'), id="filter"),
        pytest.param([("sortBy", "userName")], Query(sort_by="userName"), id="sortBy"),
        pytest.param([("sortBy", "")], Query(), id="empty sortBy"),
        pytest.param([("sortOrder", "Descending")], Query(descending=True), id="E-18 descending"),
        pytest.param([("sortOrder", "ascending")], Query(), id="E-18 ascending"),
        pytest.param([("sortOrder", "")], Query(), id="E-18 empty"),
        pytest.param([("attributes", " a , b.c,,")], Query(attributes=("a", "b.c")), id="D-12 blanks and commas"),
        pytest.param([("attributes", "")], Query(), id="D-12 empty"),
        pytest.param([("excludedAttributes", "a")], Query(excluded_attributes=("a",)), id="excludedAttributes"),
        pytest.param([("count", "5"), ("COUNT", "5")], Query(count=5), id="E-38 twice the same"),
        pytest.param([("cursor", "")], Query(cursor=""), id="O-02 the first page by cursor"),
        pytest.param([("Cursor", "abc")], Query(cursor="abc"), id="O-06 a following page"),
    ],
)
def test_a_query_is_read_from_its_parameters(pairs: list[tuple[str, str]], query: Query) -> None:
    assert read_query(pairs) == query


@pytest.mark.parametrize(
    ("pairs", "detail"),
    [
        pytest.param([("count", "ten")], "'count' must be a whole number, not 'ten'.", id="E-10 text"),
        pytest.param([("count", "")], "'count' must be a whole number, not ''.", id="E-10 empty"),
        pytest.param([("startIndex", "1.5")], "'startIndex' must be a whole number, not '1.5'.", id="E-10 fraction"),
        pytest.param(
            [("startIndex", "9" * 50)], f"'startIndex' must be a whole number, not '{'9' * 40}'.", id="too long"
        ),
        pytest.param(
            [("count", "\u0663")], "'count' must be a whole number, not '\u0663'.", id="digits of other scripts"
        ),
        pytest.param([("sortOrder", "up")], "'sortOrder' must be ascending or descending, not 'up'.", id="E-18"),
        pytest.param(
            [("count", "1"), ("Count", "2")], "The parameter 'Count' is given twice, with different values.", id="E-38"
        ),
        pytest.param(
            [("cursor", ""), ("startIndex", "1")],
            "'cursor' and 'startIndex' exclude each other; send one of them.",
            id="O-13",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(pairs: list[tuple[str, str]], detail: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        read_query(pairs)
    assert refusal.value.detail == detail


def test_d12_names_are_split_at_commas() -> None:
    assert split_names(" a,b ,, c") == ("a", "b", "c")
    assert split_names("") == ()


def search(**members: Any) -> Query:
    return read_search({"schemas": [SEARCH_REQUEST]} | members, beside=Query())


def test_e32_a_search_says_what_a_query_string_says() -> None:
    assert search() == Query()
    assert search(
        attributes=["a", " b.c ", ""],
        FILTER="a pr",
        sortBy="a",
        sortOrder="descending",
        startIndex=-3,
        count=5,
        excludedAttributes=None,
    ) == Query(attributes=("a", "b.c"), filter="a pr", sort_by="a", descending=True, start_index=1, count=5)
    assert search(cursor="", excludedAttributes=["x"]) == Query(cursor="", excluded_attributes=("x",))


@pytest.mark.parametrize(
    "members",
    [
        {"schemas": ["urn:other"]},
        {"schemas": None},
        {"attributes": "userName"},
        {"attributes": [1]},
        {"count": "5"},
        {"count": 1.5},
        {"count": True},
        {"startIndex": 10**18},
        {"filter": 7},
        {"sortBy": ["a"]},
        {"cursor": 1},
        {"other": 1},
        {"Count": 1, "count": 1},
    ],
)
def test_e33_a_search_of_another_form_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(InvalidSyntax):
        search(**members)


def test_a_search_is_an_object_and_the_url_asks_for_nothing_besides() -> None:
    with pytest.raises(InvalidSyntax, match="SearchRequest object"):
        read_search([], beside=Query())
    with pytest.raises(InvalidSyntax, match="takes no parameters"):
        read_search({"schemas": [SEARCH_REQUEST]}, beside=Query(count=1))
    with pytest.raises(InvalidValue):
        search(sortOrder="up")
