"""The parameters of a query (RFC 7644 §3.4.2, §3.9)."""

from __future__ import annotations

import pytest

from scim.exceptions import InvalidValue
from scim.protocol.query import Query, read_query, split_names


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
    ],
)
def test_what_cannot_be_read_is_refused(pairs: list[tuple[str, str]], detail: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        read_query(pairs)
    assert refusal.value.detail == detail


def test_d12_names_are_split_at_commas() -> None:
    assert split_names(" a,b ,, c") == ("a", "b", "c")
    assert split_names("") == ()
