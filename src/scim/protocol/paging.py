"""Where a walk through a list goes on: places between two entries, and cursors that carry them (RFC 9865).

A cursor is opaque to clients and sealed: it tells the key of the entry that a page ended with, so that entries which come
and go elsewhere in the list are neither skipped nor repeated.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from scim.exceptions import ExpiredCursor, InvalidCursor

SortKey: TypeAlias = str | int | Decimal | bool | datetime | None
"""What an entry is sorted by; None where it has no value, or where nothing was asked for but a stable order."""

_SEAL_BYTES: Final = 16
_MARKS: Final[Mapping[str, Callable[[str], Decimal | datetime]]] = {"n": Decimal, "d": datetime.fromisoformat}
"""How a key is read whose type JSON has not."""


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of a sorted list: what it is sorted by, and its id, which decides between equals."""

    key: SortKey
    id: str

    def to_json(self) -> list[Any]:
        """As JSON, the type of the key with it."""
        match self.key:
            case Decimal():
                return [["n", str(self.key)], self.id]
            case datetime():
                return [["d", self.key.isoformat()], self.id]
        return [self.key, self.id]

    @classmethod
    def from_json(cls, value: Any) -> Place:
        """The place that `to_json` wrote; ValueError, TypeError or KeyError for anything else."""
        key, identifier = value
        if isinstance(key, list):
            mark, text = key
            key = _MARKS[mark](text)
        return cls(key, identifier)


@dataclass(frozen=True, slots=True)
class Beyond:
    """A page that begins after a place, or with `backward` one that ends before it.

    With `inclusive` the entry of the place itself belongs to it, where there is one.
    """

    place: Place
    backward: bool = False
    inclusive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """What a cursor says: the query it belongs to, where the page lies, and the page's size."""

    query: str
    start: Beyond
    count: int


def fingerprint(*parts: Any) -> bytes:
    """A digest that tells one query from another; parts are what JSON can hold."""
    return hashlib.sha256(json.dumps(parts).encode()).digest()


def seal(cursor: Cursor, *, secret: bytes, now: datetime, seconds: int) -> str:
    """The text of a cursor that is good for so many seconds from `now`; unreserved URI characters only (row O-05)."""
    until = math.ceil((now + timedelta(seconds=seconds)).timestamp())
    start = cursor.start
    content = [until, cursor.query, cursor.count, start.backward, start.inclusive, start.place.to_json()]
    raw = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(_seal(raw, secret) + raw).decode().rstrip("=")


def unseal(text: str, *, query: str, secret: bytes, now: datetime) -> Cursor:
    """What a cursor of ours says.

    Raises:
        InvalidCursor: it is no cursor, not sealed by us, or of another query; all three look the same (row O-18).
        ExpiredCursor: it was good once.
    """
    raw = _decoded(text)
    if not hmac.compare_digest(raw[:_SEAL_BYTES], _seal(raw[_SEAL_BYTES:], secret)):
        raise InvalidCursor
    until, of, count, backward, inclusive, place = json.loads(raw[_SEAL_BYTES:])
    if of != query:
        raise InvalidCursor
    if now.timestamp() > until:
        raise ExpiredCursor
    return Cursor(query=of, start=Beyond(Place.from_json(place), backward, inclusive), count=count)


def _seal(raw: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, raw, "sha256")[:_SEAL_BYTES]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidCursor from None
