"""`bulkId:x`: the id of a resource that another operation of the same request makes (RFC 7644 §3.7.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scim.protocol.values import Json
from scim.utils.masking import secret_members

PREFIX: Final = "bulkId:"

_WHOLE: Final = re.compile(r"(?P<before>(?:\S*/)?)bulkId:(?P<id>.+)")
"""A value that is a reference, or a URI that ends with one."""

_IN_FILTER: Final = re.compile(
    r""" "bulkId:(?P<id>[^"\\]+)" | 'bulkId:(?P<wrongly_quoted>[^'\\]+)' | "(?:[^"\\]|\\.)*" """
    r""" | (?<=\s)bulkId:(?P<bare>[^\s"')\]]+) """,
    re.VERBOSE,
)
"""References in the filter of a PATCH path, such as `members[value eq "bulkId:x"]`, in any quotes that a profile takes."""

_PATH: Final = "path"


def references(value: Json) -> Iterator[str]:
    """The bulkIds that a value, or anything in it, refers to; a password refers to nothing."""
    if isinstance(value, Mapping):
        secret = secret_members(value)
        for name, part in value.items():
            if name not in secret:
                yield from _in_path(part) if _is_path(name, part) else references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)
    elif isinstance(value, str) and (match := _WHOLE.fullmatch(value)):
        yield match["id"]


def resolved(value: Json, ids: Mapping[str, str]) -> Any:
    """A copy of a value with every reference replaced by the id that it stands for; all of them must be known."""
    if isinstance(value, Mapping):
        secret = secret_members(value)
        return {name: part if name in secret else _member(name, part, ids) for name, part in value.items()}
    if isinstance(value, list):
        return [resolved(part, ids) for part in value]
    if isinstance(value, str) and (match := _WHOLE.fullmatch(value)):
        return match["before"] + ids[match["id"]]
    return value


def _member(name: str, value: Json, ids: Mapping[str, str]) -> Any:
    if not _is_path(name, value):
        return resolved(value, ids)

    def written(match: re.Match[str]) -> str:
        named = _named(match)
        return match[0].replace(PREFIX + named, ids[named]) if named else match[0]

    return _IN_FILTER.sub(written, value)


def _is_path(name: str, value: Json) -> bool:
    """Whether a member is the path of a PATCH operation, which refers to resources in its filter only."""
    return name.lower() == _PATH and isinstance(value, str) and not _WHOLE.fullmatch(value)


def _in_path(path: str) -> Iterator[str]:
    return (name for match in _IN_FILTER.finditer(path) if (name := _named(match)))


def _named(match: re.Match[str]) -> str | None:
    """The bulkId that is in a filter; None for a text that is no reference."""
    return match["id"] or match["wrongly_quoted"] or match["bare"]
