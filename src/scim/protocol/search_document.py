"""The normalised copy of a document that filters are answered from (DESIGN §1.5).

Texts that ignore case are text keys, dateTimes have a fixed width, secrets are left out. What has a column or a table of
its own (`id`, `meta`, `members`, `groups`) is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scim.protocol.attributes.definition import Attribute, Returned
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.filters.values import search_value
from scim.protocol.values import Json

_ELSEWHERE = frozenset({"id", "meta"})


def search_document(document: Mapping[str, Any], resource_type: ResourceType) -> dict[str, Any]:
    """What the `search` column holds for a stored document."""
    search: dict[str, Any] = {}
    for attribute in resource_type.attributes:
        if attribute.name not in _ELSEWHERE and attribute.name != resource_type.derived:
            _copy(search, document, attribute)
    for extension in resource_type.extensions:
        inner = document.get(extension.schema.id)
        if inner:
            part: dict[str, Any] = {}
            for attribute in extension.schema.attributes:
                _copy(part, inner, attribute)
            if part:
                search[extension.schema.id] = part
    return search


def _copy(search: dict[str, Any], holder: Mapping[str, Any], attribute: Attribute) -> None:
    value = holder.get(attribute.name)
    if value is None or attribute.returned is Returned.NEVER:
        return
    search[attribute.name] = _normalised(attribute, value)


def _normalised(attribute: Attribute, value: Json) -> Json:
    if attribute.multi_valued:
        return [_entry(attribute, entry) for entry in value]
    return _entry(attribute, value)


def _entry(attribute: Attribute, entry: Json) -> Json:
    if not attribute.is_complex:
        return search_value(attribute, entry)
    return {
        sub.name: _normalised(sub, entry[sub.name])
        for sub in attribute.sub_attributes
        if sub.name in entry and sub.returned is not Returned.NEVER
    }
