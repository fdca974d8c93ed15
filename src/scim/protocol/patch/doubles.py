"""Entries that a PATCH would leave twice in one list: the same (type, value) pair (row B-32, quirk COMMON-38)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scim.protocol.attributes.definition import Attribute
from scim.protocol.equality import same_entry
from scim.protocol.lists import pair_of
from scim.protocol.values import Json


@dataclass(slots=True)
class Merged:
    """A list after its doubles were merged; `promoted` are the entries that became primary by it."""

    entries: list[Json] = field(default_factory=list)
    promoted: list[Json] = field(default_factory=list)
    dropped_any: bool = False


def merged(attribute: Attribute, entries: list[Json], *, drop: bool = False) -> Merged:
    """Each later entry that says no more than an earlier one with its pair goes; if it was primary, the other becomes so.

    With `drop` a later entry goes even where its other parts differ; else such a one stays: a value set in several
    entries at once takes none of them away (quirk ENTRA-52).
    """
    result = Merged()
    first: dict[Any, dict[str, Any]] = {}
    for entry in entries:
        pair = pair_of(attribute, entry)
        earlier = first.setdefault(pair, entry) if pair is not None else entry
        if earlier is entry or not (drop or _same_but_primary(attribute, earlier, entry)):
            result.entries.append(entry)
            continue
        result.dropped_any = True
        if entry.get("primary") is True and earlier.get("primary") is not True:
            earlier["primary"] = True
            result.promoted.append(earlier)
    return result


def _same_but_primary(attribute: Attribute, left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    return same_entry(attribute, _without_primary(left), _without_primary(right))


def _without_primary(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "primary"}
