"""Arrays that come printed are put into a document as they are."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.utils.splice import Spliced, dump

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ENTRIES = st.lists(st.dictionaries(TEXT, TEXT, max_size=3), max_size=5)


def spliced(entries: list[Any]) -> Spliced:
    return Spliced([orjson.dumps(entry) for entry in entries])


@given(st.lists(st.tuples(TEXT, ENTRIES, TEXT), max_size=4))
def test_the_whole_is_as_if_it_had_been_printed_at_once(rows: list[tuple[str, list[Any], str]]) -> None:
    body = {"Resources": [{"a": a, "members": entries, "meta": {"b": b}} for a, entries, b in rows]}
    shown = {"Resources": [{"a": a, "members": spliced(entries), "meta": {"b": b}} for a, entries, b in rows]}
    assert orjson.loads(b"".join(dump(shown))) == body


def test_a_piece_may_hold_several_entries() -> None:
    assert b"".join(dump({"m": Spliced([b"1,2", b"3"])})) == b'{"m":[1,2,3]}'


def test_pieces_are_large_but_for_the_last_and_none_holds_all() -> None:
    entry = orjson.dumps({"value": "x" * 1000})
    pieces = dump({"members": Spliced([b",".join([entry] * 50) for _ in range(100)])})
    assert all(65_536 <= len(piece) < 200_000 for piece in pieces[:-1])
    assert len(orjson.loads(b"".join(pieces))["members"]) == 5_000


def test_what_json_has_not_is_an_error_still() -> None:
    with pytest.raises(TypeError):
        dump({"a": object()})
