"""What a write changed, attribute by attribute, for the audit record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scim.protocol.attributes.definition import Attribute, Returned
from scim.protocol.attributes.registry import ResourceType, Target

MASK = "***"


def changes(old: Mapping[str, Any], new: Mapping[str, Any], resource_type: ResourceType) -> list[dict[str, Any]]:
    """`{"path", "old", "new"}` for each attribute that differs; values that are never returned are masked."""
    return [
        {"path": str(target), "old": _shown(target.attribute, before), "new": _shown(target.attribute, after)}
        for target, before, after in _pairs(old, new, resource_type)
        if before != after
    ]


def _pairs(
    old: Mapping[str, Any], new: Mapping[str, Any], resource_type: ResourceType
) -> Iterator[tuple[Target, Any, Any]]:
    for target in resource_type.targets():
        holders = (old, new) if target.extension is None else (old.get(target.extension), new.get(target.extension))
        before, after = ((holder or {}).get(target.attribute.name) for holder in holders)
        if target.attribute.name != "schemas":
            yield target, before, after


def _shown(attribute: Attribute, value: Any) -> Any:
    if value is None:
        return None
    if attribute.returned is Returned.NEVER:
        return MASK
    if isinstance(value, list):
        return [_entry(attribute, entry) for entry in value]
    return _entry(attribute, value)


def _entry(attribute: Attribute, entry: Any) -> Any:
    if not attribute.is_complex:
        return entry
    return {sub.name: _shown(sub, entry[sub.name]) for sub in attribute.sub_attributes if sub.name in entry}
