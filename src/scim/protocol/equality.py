"""When two values of an attribute are the same (rows H-26, H-66, B-48): by type and by caseExact, not by spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scim.protocol.attributes.definition import Attribute
from scim.protocol.filters.values import search_value
from scim.protocol.values import Json, is_reference, is_unassigned


def same_entry(attribute: Attribute, left: Json, right: Json) -> bool:
    """Whether two single values, or two entries of a list, are equal by the rules of their attribute.

    For references to resources an equal `value` is enough; a missing `primary` counts as false.
    """
    if not attribute.is_complex:
        return bool(_comparable(attribute, left) == _comparable(attribute, right))
    if is_reference(attribute) and left.get("value") is not None:
        return bool(left.get("value") == right.get("value"))
    return _parts(attribute, left) == _parts(attribute, right)


def entry_key(attribute: Attribute, entry: Json) -> Json:
    """A hashable key under which equal entries meet; lists of thousands are compared by it."""
    if not attribute.is_complex:
        return _comparable(attribute, entry)
    if is_reference(attribute) and entry.get("value") is not None:
        return entry["value"]
    parts = _parts(attribute, entry).items()
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in parts)


def _parts(attribute: Attribute, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        sub.name: _comparable(sub, entry[sub.name])
        for sub in attribute.sub_attributes
        if not is_unassigned(entry.get(sub.name)) and not (sub.name == "primary" and entry[sub.name] is False)
    }


def _comparable(attribute: Attribute, value: Json) -> Json:
    if isinstance(value, list):
        return [search_value(attribute, one) for one in value]
    return search_value(attribute, value)
