"""Cursors: sealed, opaque, good for one query and for a while (rows O-05, O-06, O-08, O-19, O-22)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.exceptions import ExpiredCursor, InvalidCursor
from scim.protocol.paging import Beyond, Cursor, Place, SortKey, fingerprint, seal, unseal

NOW = datetime(2025, 1, 31, 8, tzinfo=UTC)
KEYS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 2**63),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.datetimes(timezones=st.just(UTC)),
)


def sealed(
    key: SortKey = "k", *, backward: bool = False, inclusive: bool = False, at: datetime = NOW, seconds: int = 60
) -> str:
    cursor = Cursor(query="q", start=Beyond(Place(key, "id"), backward, inclusive), count=3)
    return seal(cursor, secret=b"secret", now=at, seconds=seconds)


def read(text: str, *, query: str = "q", secret: bytes = b"secret", after: float = 0) -> Cursor:
    return unseal(text, query=query, secret=secret, now=NOW + timedelta(seconds=after))


@given(KEYS, st.booleans(), st.booleans())
def test_a_cursor_says_what_was_put_into_it_in_characters_that_a_url_leaves_alone(
    key: SortKey, backward: bool, inclusive: bool
) -> None:
    text = sealed(key, backward=backward, inclusive=inclusive)
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", text)
    found = read(text)
    assert found == Cursor(query="q", start=Beyond(Place(key, "id"), backward, inclusive), count=3)
    assert type(found.start.place.key) is type(key)


def test_it_is_good_for_its_time() -> None:
    assert read(sealed(), after=60)
    with pytest.raises(ExpiredCursor):
        read(sealed(), after=61)


def test_parts_of_a_second_do_not_shorten_its_time() -> None:
    text = sealed(at=NOW + timedelta(milliseconds=900), seconds=1)
    assert read(text, after=1.9)
    with pytest.raises(ExpiredCursor):
        read(text, after=3)


@pytest.mark.parametrize("text", ["", "x", "é", "AAAA", "====", sealed()[:-4], "A" + sealed(), sealed() + "AAAA"])
def test_anything_else_is_invalid(text: str) -> None:
    with pytest.raises(InvalidCursor):
        read(text)


def test_one_of_another_query_or_secret_is_invalid_in_the_same_words() -> None:
    details = set()
    for query, secret in (("other", b"secret"), ("q", b"other")):
        with pytest.raises(InvalidCursor) as refusal:
            read(sealed(), query=query, secret=secret)
        details.add(refusal.value.detail)
    assert len(details) == 1


def test_every_character_of_it_is_sealed() -> None:
    text = sealed(Decimal("1.5"))
    for position, character in enumerate(text[:-1]):
        other = "A" if character != "A" else "B"
        with pytest.raises(InvalidCursor):
            read(text[:position] + other + text[position + 1 :])


def test_a_fingerprint_tells_queries_apart() -> None:
    assert fingerprint("a", None) == fingerprint("a", None)
    assert len({fingerprint("a", "b"), fingerprint("ab"), fingerprint("a", None), fingerprint(["a", "b"])}) == 4
