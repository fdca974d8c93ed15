"""What a client asks for (RFC 7644 §3.4.2, §3.4.3, §3.9; RFC 9865), from a query string or from a SearchRequest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scim.exceptions import InvalidSyntax, InvalidValue

SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_MOST = 10**18
"""Numbers up to this are read, from either place."""

_NAMES = {
    name.lower(): name
    for name in (
        "attributes",
        "excludedAttributes",
        "filter",
        "sortBy",
        "sortOrder",
        "startIndex",
        "count",
        "cursor",
    )
}
_LISTS = ("attributes", "excludedattributes")
_NUMBERS = ("startindex", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a client asks to see, in which order, and which part of it.

    `start_index` and `count` are None where they were not sent; `cursor` is empty for the first page of a walk by cursor
    (row O-02), and None for pages by index.
    """

    attributes: tuple[str, ...] = ()
    excluded_attributes: tuple[str, ...] = ()
    filter: str | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int | None = None
    count: int | None = None
    cursor: str | None = None


def read_query(pairs: Iterable[tuple[str, str]]) -> Query:
    """A query from decoded (name, value) pairs; names ignore case, unknown ones are ignored (row D-17).

    Raises:
        InvalidValue: a number is none, `sortOrder` is unknown, a parameter is given twice, or there are both a cursor
            and an index (rows E-10, E-18, E-38, O-13).
    """
    given: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        if key in _NAMES and given.setdefault(key, value) != value:
            raise InvalidValue(f"The parameter '{name}' is given twice, with different values.")
    return _query(
        {name: split_names(value) if name in _LISTS else value for name, value in given.items()}
        | {name: _whole(_NAMES[name], given[name]) for name in _NUMBERS if name in given}
    )


def read_search(body: Any, *, beside: Query) -> Query:
    """A query from the body of a POST to `.search` (rows E-31 to E-33); `beside` is what the URL asks for besides.

    Raises:
        InvalidSyntax: not a SearchRequest, a member that it does not have, or one of another JSON type.
        InvalidValue: as for `read_query`.
    """
    if not isinstance(body, Mapping):
        raise InvalidSyntax("The body must be a SearchRequest object.")
    if beside != Query():
        raise InvalidSyntax("A search by POST is asked for in its body; the URL takes no parameters.")
    given: dict[str, Any] = {}
    for name, value in body.items():
        key = name.lower()
        if key in given or (key not in _NAMES and key != "schemas"):
            fault = "twice" if key in given else "which it does not have"
            raise InvalidSyntax(
                f"The SearchRequest names '{name}', {fault}; it has schemas, {', '.join(_NAMES.values())}."
            )
        given[key] = value
    if given.pop("schemas", None) != [SEARCH_REQUEST]:
        raise InvalidSyntax(f"'schemas' of a search must be ['{SEARCH_REQUEST}'].")
    return _query({key: _typed(key, value) for key, value in given.items() if value is not None})


def split_names(text: str) -> tuple[str, ...]:
    """Names between commas, blanks trimmed, empty ones left out (row D-12)."""
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _query(given: Mapping[str, Any]) -> Query:
    if "cursor" in given and "startindex" in given:
        raise InvalidValue("'cursor' and 'startIndex' exclude each other; send one of them.")
    return Query(
        attributes=given.get("attributes", ()),
        excluded_attributes=given.get("excludedattributes", ()),
        filter=given.get("filter"),
        sort_by=given.get("sortby") or None,
        descending=_descending(given.get("sortorder")),
        start_index=max(1, given["startindex"]) if "startindex" in given else None,
        count=max(0, given["count"]) if "count" in given else None,
        cursor=given.get("cursor"),
    )


def _typed(key: str, value: Any) -> Any:
    """One member of a SearchRequest, of the JSON type that it must have."""
    name = _NAMES[key]
    if key in _LISTS:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise InvalidSyntax(f"'{name}' must be a list of texts.")
        return tuple(one.strip() for one in value if one.strip())
    if key in _NUMBERS:
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= _MOST:
            raise InvalidSyntax(f"'{name}' must be a whole number.")
        return value
    if not isinstance(value, str):
        raise InvalidSyntax(f"'{name}' must be a text.")
    return value


def _descending(order: str | None) -> bool:
    if order is None or order.lower() in ("", "ascending"):
        return False
    if order.lower() == "descending":
        return True
    raise InvalidValue(f"'sortOrder' must be ascending or descending, not '{order[:40]}'.")


def _whole(name: str, text: str) -> int:
    if not _WHOLE.fullmatch(text.strip()):
        raise InvalidValue(f"'{name}' must be a whole number, not '{text[:40]}'.")
    return int(text)
