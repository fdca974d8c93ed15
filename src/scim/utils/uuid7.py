"""UUIDs of version 7 (RFC 9562 §5.7), made here because PostgreSQL 15 has none."""

from __future__ import annotations

import secrets
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_COUNTER_BITS = 12
_RANDOM_BITS = 62


class _Generator:
    """Ids grow within a process: within one millisecond a counter stands where random bits might."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = (0, 0)

    def next(self, milliseconds: int) -> tuple[int, int]:
        """The time and counter of the next id, greater than all before."""
        with self._lock:
            last_time, last_counter = self._last
            if milliseconds > last_time:
                self._last = (milliseconds, secrets.randbits(_COUNTER_BITS - 1))
            elif last_counter + 1 < 1 << _COUNTER_BITS:
                self._last = (last_time, last_counter + 1)
            else:
                self._last = (last_time + 1, 0)
            return self._last


_generator = _Generator()


def uuid7(milliseconds: int) -> UUID:
    """A new id for a time in milliseconds since 1970; greater than every id this process made before."""
    time, counter = _generator.next(milliseconds)
    value = time << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | secrets.randbits(_RANDOM_BITS)
    return UUID(int=value)


def new_id(now: datetime) -> UUID:
    """A new id for a moment."""
    return uuid7((now - _EPOCH) // _MILLISECOND)


def first_id(at: datetime) -> UUID:
    """An id that is less than all made for a moment or later, and greater than those made for earlier ones."""
    return UUID(int=(at - _EPOCH) // _MILLISECOND << 80)
