"""The parameters of a query (RFC 7644 §3.4.2, §3.9), from the query string of a GET."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scim.exceptions import InvalidValue

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NAMES = ("attributes", "excludedattributes", "filter", "sortby", "sortorder", "startindex", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a client asks to see, in which order, and which part of it."""

    attributes: tuple[str, ...] = ()
    excluded_attributes: tuple[str, ...] = ()
    filter: str | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int = 1
    count: int | None = None


def read_query(pairs: Iterable[tuple[str, str]]) -> Query:
    """A query from decoded (name, value) pairs; names ignore case, unknown ones are ignored (row D-17).

    Raises:
        InvalidValue: a number is none, `sortOrder` is unknown, or a parameter is given twice (rows E-10, E-18, E-38).
    """
    given: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        if key in _NAMES and given.setdefault(key, value) != value:
            raise InvalidValue(f"The parameter '{name}' is given twice, with different values.")
    return Query(
        attributes=split_names(given.get("attributes", "")),
        excluded_attributes=split_names(given.get("excludedattributes", "")),
        filter=given.get("filter"),
        sort_by=given.get("sortby") or None,
        descending=_descending(given.get("sortorder")),
        start_index=max(1, _whole("startIndex", given.get("startindex"), 1)),
        count=max(0, _whole("count", given["count"], 0)) if "count" in given else None,
    )


def split_names(text: str) -> tuple[str, ...]:
    """Names between commas, blanks trimmed, empty ones left out (row D-12)."""
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _descending(order: str | None) -> bool:
    if order is None or order.lower() in ("", "ascending"):
        return False
    if order.lower() == "descending":
        return True
    raise InvalidValue(f"'sortOrder' must be ascending or descending, not '{order[:40]}'.")


def _whole(name: str, text: str | None, default: int) -> int:
    if text is None:
        return default
    if not _WHOLE.fullmatch(text.strip()):
        raise InvalidValue(f"'{name}' must be a whole number, not '{text[:40]}'.")
    return int(text)
