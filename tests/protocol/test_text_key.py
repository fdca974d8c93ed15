"""Which texts have the same key."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.protocol.text_key import COLUMN_KEY_LIMIT, bounded_key, bounded_text, opaque_string, text_key

texts = st.text(st.characters())
long_texts = st.text(st.sampled_from("aÅ😀"), min_size=COLUMN_KEY_LIMIT - 3, max_size=COLUMN_KEY_LIMIT + 3)
operands = st.text(st.sampled_from("aå😀"), max_size=COLUMN_KEY_LIMIT)
BTREE_ROW_BYTES = 2704


class TestTextKey:
    def test_the_key_of_a_key_is_itself_for_every_code_point(self) -> None:
        for code in range(sys.maxunicode + 1):
            key = text_key(chr(code))
            assert text_key(key) == key, hex(code)

    @given(texts)
    def test_the_key_of_a_key_is_itself(self, text: str) -> None:
        assert text_key(text_key(text)) == text_key(text)

    @given(texts)
    def test_composition_does_not_matter(self, text: str) -> None:
        composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
        assert text_key(composed) == text_key(decomposed)

    @given(st.text(st.characters(max_codepoint=127)))
    def test_ascii_is_lower_case(self, text: str) -> None:
        assert text_key(text) == text.lower()
        assert text_key(text + "é") == text.lower() + "é"

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ("Kim@Example.COM", "kim@example.com"),
            ("ÅSE", "Åse"),
            ("STRASSE", "straße"),
            ("\u00e9", "e\u0301"),
            ("\u1e9b\u0323", "\u017f\u0323\u0307"),
            ("\uff2b\uff49m\uff20x", "kim@x"),
            ("\u3000", " "),
            ("ｶﾞ", "ガ"),
            ("ΟΔΟΣ", "οδος"),
            ("\u212b", "\u00e5"),
        ],
    )
    def test_case_composition_and_width_are_ignored(self, left: str, right: str) -> None:
        assert text_key(left) == text_key(right)

    @pytest.mark.parametrize(("left", "right"), [("x²", "x2"), ("e", "é"), ("ﬁ\u0301x", "ﬁx"), ("①", "1"), ("a ", "a")])
    def test_other_differences_are_kept(self, left: str, right: str) -> None:
        assert text_key(left) != text_key(right)

    def test_the_dotted_capital_i_is_stable(self) -> None:
        assert text_key("İ") == "i\u0307"

    def test_every_character_with_a_width_mapping_is_mapped(self) -> None:
        for code in range(sys.maxunicode + 1):
            kind, *parts = unicodedata.decomposition(chr(code)).split() or [""]
            if kind in ("<wide>", "<narrow>"):
                usual = "".join(chr(int(part, 16)) for part in parts)
                assert text_key(chr(code)) == text_key(usual), hex(code)


class TestBoundedKey:
    @given(st.integers(0, 3))
    def test_a_key_up_to_the_limit_stays_whole(self, short_by: int) -> None:
        text = "Ä" * (COLUMN_KEY_LIMIT - short_by)
        assert bounded_key(text) == text_key(text)

    def test_the_longest_key_fits_a_row_of_a_btree_with_room_for_other_columns(self) -> None:
        assert len(bounded_key("\U0001f600" * 10_000).encode()) <= 2000 < BTREE_ROW_BYTES

    @given(long_texts, long_texts)
    def test_bounded_keys_are_equal_where_whole_keys_are(self, left: str, right: str) -> None:
        assert (bounded_key(left) == bounded_key(right)) == (text_key(left) == text_key(right))

    def test_texts_that_differ_at_the_end_only_have_different_keys(self) -> None:
        assert bounded_key("a" * 5000 + "b") != bounded_key("a" * 5000 + "c")

    @given(long_texts, operands)
    def test_an_operand_within_the_limit_compares_as_with_the_whole_key(self, text: str, operand: str) -> None:
        whole, cut = text_key(text), bounded_key(text)
        for other in (operand, whole[: len(operand)], whole[:COLUMN_KEY_LIMIT]):
            assert (cut < other, cut == other, cut > other) == (whole < other, whole == other, whole > other)
            assert cut.startswith(other) == whole.startswith(other)

    def test_text_compared_with_case_is_cut_by_the_same_rule(self) -> None:
        assert bounded_text("A" * COLUMN_KEY_LIMIT) == "A" * COLUMN_KEY_LIMIT
        assert bounded_text("A" * 1000) != bounded_text("a" * 1000)

    def test_a_lone_surrogate_is_cut_too(self) -> None:
        assert len(bounded_key("\ud800" * 1000)) == COLUMN_KEY_LIMIT + 64


@pytest.mark.parametrize(
    ("password", "prepared"),
    [
        ("Kim 1", "Kim 1"),
        ("e\u0301", "é"),
        ("a\u00a0b\u3000c", "a b c"),
        ("\uff2bim", "\uff2bim"),
        ("Straße", "Straße"),
    ],
)
def test_b59_a_password_keeps_its_case_and_has_one_spelling(password: str, prepared: str) -> None:
    assert opaque_string(password) == prepared
