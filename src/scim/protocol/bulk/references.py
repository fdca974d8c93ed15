"""`bulkId:x`: the id of a resource that another operation of the same request makes (RFC 7644 §3.7.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scim.protocol.values import Json

PREFIX: Final = "bulkId:"

_WHOLE: Final = re.compile(r"(?P<before>(?:\S*/)?)bulkId:(?P<id>.+)")
"""A value that is a reference, or a URI that ends with one."""

_QUOTED: Final = re.compile(r'"bulkId:(?P<id>[^"\\]+)"')
"""References in the filter of a PATCH path, such as `members[value eq "bulkId:x"]`."""

_PATH: Final = "path"


def references(value: Json) -> Iterator[str]:
    """The bulkIds that a value, or anything in it, refers to."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _in_path(part) if _is_path(name, part) else references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)
    elif isinstance(value, str) and (match := _WHOLE.fullmatch(value)):
        yield match["id"]


def resolved(value: Json, ids: Mapping[str, str]) -> Any:
    """A copy of a value with every reference replaced by the id that it stands for; all of them must be known."""
    if isinstance(value, Mapping):
        return {
            name: _QUOTED.sub(lambda match: f'"{ids[match["id"]]}"', part)
            if _is_path(name, part)
            else resolved(part, ids)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [resolved(part, ids) for part in value]
    if isinstance(value, str) and (match := _WHOLE.fullmatch(value)):
        return match["before"] + ids[match["id"]]
    return value


def _is_path(name: str, value: Json) -> bool:
    """Whether a member is the path of a PATCH operation, which refers to resources in its filter only."""
    return name.lower() == _PATH and isinstance(value, str) and not _WHOLE.fullmatch(value)


def _in_path(path: str) -> Iterator[str]:
    return (match["id"] for match in _QUOTED.finditer(path))


def without(value: Mapping[str, Json], unknown: frozenset[str]) -> dict[str, Any]:
    """A copy of a resource without what refers to `unknown` bulkIds: the entry of a list, or the whole attribute."""
    kept: dict[str, Any] = {}
    for name, part in value.items():
        if isinstance(part, list):
            kept[name] = [entry for entry in part if not _refers(entry, unknown)]
        elif isinstance(part, Mapping) and _is_extension(name):
            kept[name] = without(part, unknown)
        elif not _refers(part, unknown):
            kept[name] = part
    return kept


def _refers(value: Json, unknown: frozenset[str]) -> bool:
    return not unknown.isdisjoint(references(value))


def _is_extension(name: str) -> bool:
    """Whether the member of a resource is the object of an extension: attributes have no colon in their names."""
    return ":" in name
