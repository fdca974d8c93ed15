"""What the one JSON parser takes, and what it refuses (DESIGN §3, row P-13)."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.exceptions import InvalidSyntax
from scim.utils.json import MAX_DEPTH, dumps, loads

LARGEST, SMALLEST = 2**63 - 1, -(2**63)


def nested(levels: int) -> bytes:
    return b'{"a":[' * (levels // 2) + b"[" * (levels % 2) + b"1" + b"]" * (levels % 2) + b"]}" * (levels // 2)


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidSyntax) as caught:
        loads(data)
    return caught.value.detail


class TestAccepts:
    @pytest.mark.parametrize(
        ("data", "value"),
        [
            (b'{"a": [1, -2.5, true, null, "x"]}', {"a": [1, -2.5, True, None, "x"]}),
            (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
            (b' \r\n\t"x" ', "x"),
            (str(LARGEST).encode(), LARGEST),
            (str(SMALLEST).encode(), SMALLEST),
            (b"1e308", 1e308),
            (b'{"a":1,"A":2}', {"a": 1, "A": 2}),
            (b'[{"a":1},{"a":1}]', [{"a": 1}, {"a": 1}]),
            (b'"\\ud83d\\ude00"', "\U0001f600"),
            (b'"\\\\u0000"', "\\u0000"),
            (b'"\\\\ud83d"', "\\ud83d"),
            ('"Grüße 😀"'.encode(), "Grüße 😀"),
        ],
    )
    def test_what_json_allows(self, data: bytes, value: Any) -> None:
        assert loads(data) == value

    def test_as_many_levels_as_are_allowed(self) -> None:
        assert loads(nested(MAX_DEPTH)) == json.loads(nested(MAX_DEPTH))

    def test_many_brackets_side_by_side(self) -> None:
        assert loads(b"[" + b",".join([b"{}"] * 500) + b"]") == [{}] * 500


class TestRefuses:
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b'{"a":1,\n "b":{"c":1,"c":2}}', 'the key "c" stands twice in one object (line 2, column 13)'),
            (b'{"a":1,"\\u0061":2}', 'the key "a" stands twice'),
            (b'[{"x":{"x":1}},{"b":1,"b":2}]', 'the key "b" stands twice in one object (line 1, column 23)'),
            (str(LARGEST + 1).encode(), "the number 9223372036854775808 does not fit into 64 bits"),
            (str(SMALLEST - 1).encode(), "the number -9223372036854775809 does not fit"),
            (b'{"a":"99999999999999999999",\n"b":99999999999999999999}', "(line 2, column 5)"),
            (b"9" * 10_000, f"the number {'9' * 40} does not fit"),
            (b"[1e999]", "the number 1e999 does not fit into 64 bits (line 1, column 2)"),
            (b"[-1e999]", "the number -1e999 does not fit"),
            (b'["NaN", NaN]', "NaN is no JSON number (line 1, column 9)"),
            (b"[Infinity]", "Infinity is no JSON number"),
            (b"[-Infinity]", "-Infinity is no JSON number"),
            (b'{"a":"x\\u0000"}', "the character \\u0000 cannot be stored (line 1, column 8)"),
            (b'{"x\\u0000":1}', "the character \\u0000 cannot be stored (line 1, column 4)"),
            (b'"\\ud83d"', "half of a surrogate pair is no character (line 1, column 2)"),
            (b'"\\ude00\\ud83d"', "half of a surrogate pair"),
            (b'"\\ud83d\\ud83d\\ude00"', "half of a surrogate pair"),
            (b'"\\\\\\uDEAD"', "half of a surrogate pair is no character (line 1, column 4)"),
            (nested(MAX_DEPTH + 1), "it has more than 64 levels (line 1, column"),
            (b"[" * 1_000_000, "it has more than 64 levels (line 1, column 65)"),
            (b'{"a":' * 100_000, "it has more than 64 levels"),
            (b"", "The body is empty"),
            (b"\xef\xbb\xbf \n", "The body is empty"),
            (b'{"a":"\xff"}', "The body is not UTF-8: byte 6"),
            (b'"\xed\xa0\xbd"', "The body is not UTF-8"),
            (b"\xff\xfe{\x00}\x00", "The body is not UTF-8"),
            (b'{"a":1}\n  x', "extra data (line 2, column 3)"),
            (b"{'a':1}", "(line 1, column 2)"),
            (b'{"a":', "expecting value (line 1, column 6)"),
            (b'"a\nb"', "invalid control character"),
            (b'"a\x00b"', "invalid control character"),
        ],
    )
    def test_saying_what_and_where(self, data: bytes, message: str) -> None:
        assert message in refusal(data)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(SMALLEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_characters="\0", codec="utf-8")), inner)
    ),
)


class TestRoundTrip:
    @given(json_values)
    def test_what_is_written_is_read_the_same(self, value: Any) -> None:
        assert loads(dumps(value)) == value

    @given(json_values)
    def test_escaped_text_is_read_the_same(self, value: Any) -> None:
        assert loads(json.dumps(value).encode()) == value

    @given(st.binary())
    def test_nothing_but_its_own_error_escapes(self, data: bytes) -> None:
        with suppress(InvalidSyntax):
            loads(data)

    @given(st.text('{}[]",:\\u0d8e1NaI-. \n'))
    def test_nor_for_what_nearly_is_json(self, text: str) -> None:
        with suppress(InvalidSyntax):
            dumps(loads(text.encode()))
