"""Tokens as texts: their form, their checksum, their hash."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.utils.tokens import TOKEN_PATTERN, is_well_formed, make_token, token_hash

FORM = re.compile(r"pyscim_[a-z0-9]{1,20}_[A-Za-z0-9]{43}_[A-Za-z0-9]{6}")


@given(st.text())
def test_any_hint_gives_a_token_of_the_one_form(hint: str) -> None:
    token = make_token(hint)
    assert FORM.fullmatch(token)
    assert TOKEN_PATTERN.fullmatch(token)
    assert is_well_formed(token)


@pytest.mark.parametrize(
    ("hint", "slug"),
    [
        ("okta", "okta"),
        ("Okta (Prod) #2", "oktaprod2"),
        ("Zürich", "zurich"),
        ("a_b-c", "abc"),
        ("x" * 50, "x" * 20),
        ("", "token"),
        ("日本", "token"),
    ],
)
def test_the_hint_is_made_of_letters_and_digits(hint: str, slug: str) -> None:
    assert make_token(hint).split("_")[1] == slug


def test_no_two_tokens_are_the_same() -> None:
    assert len({make_token("x") for _ in range(1000)}) == 1000


def test_the_checksum_stays_what_it_is() -> None:
    """Tokens that were given out must be accepted by every later version."""
    assert is_well_formed(f"pyscim_okta_{'A' * 43}_07yFYZ")
    assert not is_well_formed(f"pyscim_okta_{'A' * 43}_000000")


def is_well_formed_by_hand(token: str) -> bool:
    """CRC-32 over all before the last underscore, in base62 with digits, capitals, small letters, most significant first."""
    body, _, checksum = token.rpartition("_")
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    number = 0
    for char in checksum:
        number = number * 62 + alphabet.index(char)
    return number == crc32(body.encode())


def crc32(data: bytes) -> int:
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def test_the_checksum_is_a_crc_of_what_stands_before_it() -> None:
    for _ in range(50):
        assert is_well_formed_by_hand(make_token("x"))


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_changed_character_is_found_out(place: int, char: str) -> None:
    token = make_token("okta")
    place %= len(token)
    changed = token[:place] + char + token[place + 1 :]
    assert is_well_formed(changed) == (changed == token)


@pytest.mark.parametrize("text", ["", "pyscim", "pyscim_a_b_c", "Bearer x", "\x00", "é" * 80])
def test_other_texts_are_no_tokens(text: str) -> None:
    assert not is_well_formed(text)


def test_a_token_with_something_around_it_is_none() -> None:
    token = make_token("x")
    for changed in (
        token + "\n",
        " " + token,
        token[:-1],
        token + "0",
        token.upper(),
        token.replace("pyscim", "PySCIM"),
    ):
        assert not is_well_formed(changed)


def test_the_hash_is_sha_256() -> None:
    token = make_token("x")
    assert token_hash(token) == hashlib.sha256(token.encode()).digest()
