"""How much of a resource a client wants back from a write: `Prefer: return=…` (RFC 7240 §4.2)."""

from __future__ import annotations

import re
from enum import StrEnum

_PREFERENCE = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*"?)+')
_RETURN = re.compile(r'\s*return\s*=\s*"?(?P<value>[A-Za-z]+)"?\s*(?:;.*)?', re.IGNORECASE)


class Return(StrEnum):
    """The two preferences of RFC 7240 §4.2."""

    MINIMAL = "minimal"
    REPRESENTATION = "representation"


def preferred_return(prefer: str | None) -> Return | None:
    """What `Prefer` asks for; the first `return` counts, and values that nobody knows are as if not sent (RFC 7240 §2)."""
    matches = (_RETURN.fullmatch(one) for one in _PREFERENCE.findall(prefer or ""))
    value = next((match["value"].lower() for match in matches if match), "")
    return Return(value) if value in set(Return) else None
