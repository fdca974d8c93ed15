"""JSON arrays that come printed from the database, put into a document without being parsed (DESIGN §1.6)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

_MARK: Final = f"\x00{secrets.token_hex(16)}"
"""Stands where an array will be; no text of ours has NUL, and nobody can guess the rest."""

_PRINTED_MARK: Final = orjson.dumps(_MARK)
_PIECE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Spliced:
    """A JSON array in pieces: each is UTF-8, and one or several entries with commas between them."""

    pieces: Sequence[bytes]


def dump(value: Any) -> list[bytes]:
    """A value as JSON, in pieces of at least 64 KiB but for the last; any part of it may be `Spliced`."""
    arrays: list[Spliced] = []

    def mark(part: Any) -> str:
        if not isinstance(part, Spliced):
            raise TypeError
        arrays.append(part)
        return _MARK

    printed = orjson.dumps(value, default=mark, option=orjson.OPT_PASSTHROUGH_DATACLASS)
    return [*_gathered(_parts(printed, arrays))] if arrays else [printed]


def _parts(printed: bytes, arrays: Sequence[Spliced]) -> Iterator[bytes]:
    first, *rest = printed.split(_PRINTED_MARK)
    yield first
    for array, after in zip(arrays, rest, strict=True):
        for number, piece in enumerate(array.pieces):
            yield b"," if number else b"["
            yield piece
        yield b"]" if array.pieces else b"[]"
        yield after


def _gathered(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Small parts together, so that a page of small groups goes out at once; large ones are not copied more than once."""
    small: list[bytes] = []
    size = 0
    for part in parts:
        small.append(part)
        size += len(part)
        if size >= _PIECE:
            yield b"".join(small)
            small, size = [], 0
    if small:
        yield b"".join(small)
