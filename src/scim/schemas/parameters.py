"""Parameters of the endpoints (RFC 7644 §3.4.2, §3.9, §3.14)."""

from __future__ import annotations

from typing import Any

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.prefer import Return
from scim.schemas.example_table import FILTERS
from scim.schemas.names import reference

SHAPE = ("attributes", "excludedAttributes")
WITHIN = ("startIndex", "count", "cursor")
PAGE = ("sortOrder", *WITHIN)
WRITE = ("Prefer", "If-Match", "If-None-Match")
_NOTHING = ("nothing", {"summary": "Everything", "value": ""})
"""The choice that comes first in Swagger UI, so that a first try is not narrowed."""

_FILTER = (
    'Which resources to answer, such as `userName eq "kim"`. Operators: `eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, '
    '`le` and `pr`, joined by `and`, `or`, `not` and parentheses; `emails[type eq "work" and value co "@"]` holds '
    "where one entry fits all of it."
)
_QUERY: dict[str, tuple[str, dict[str, Any]]] = {
    "attributes": (
        "Names of attributes to answer, separated by commas, in place of the default set.",
        {"type": "string"},
    ),
    "excludedAttributes": ("Names of attributes to leave out; not together with `attributes`.", {"type": "string"}),
    "sortOrder": ("Order of `sortBy`.", {"type": "string", "enum": ["ascending", "descending"]}),
    "startIndex": ("Place of the first resource to answer, counted from 1; less means 1.", {"type": "integer"}),
    "cursor": (
        "A page by cursor (RFC 9865): empty for the first one, then `nextCursor` of the last; never with `startIndex`.",
        {"type": "string"},
    ),
    "count": ("Most resources to answer; less than 0 means 0. The server has a maximum.", {"type": "integer"}),
}
_CONDITIONS = {
    "If-Match": 'Go on only if this is the current version, such as `W/"1"`; else 412.',
    "If-None-Match": 'Go on only if this is not the current version, such as `W/"1"`; else 304 for GET, 412 for writes.',
}

_PREFER = "Whether the answer shall hold the resource (RFC 7240); `Preference-Applied` tells what was done."
_RETURNS = [f"return={one}" for one in Return]


def parameter_components() -> dict[str, Any]:
    """The parameters that mean the same for every type, as components of the document."""
    query = {name: _parameter(name, "query", text, schema) for name, (text, schema) in _QUERY.items()}
    headers = {name: _parameter(name, "header", text, {"type": "string"}) for name, text in _CONDITIONS.items()}
    headers["Prefer"] = _parameter("Prefer", "header", _PREFER, {"type": "string", "enum": _RETURNS})
    return query | headers | {"id": identifier("The resource's `id`.")}


def identifier(description: str, example: str | None = None) -> dict[str, Any]:
    """`id`, the last part of a path.

    Operations name it themselves: Swagger UI does not resolve references to it that stand beside the operations.
    """
    parameter = _parameter("id", "path", description, {"type": "string", "minLength": 1}) | {"required": True}
    return parameter | ({"example": example} if example else {})


def shared(*names: str) -> list[dict[str, str]]:
    """References to parameters that are components."""
    return [reference("parameters", name) for name in names]


def filter_parameter(kind: ResourceType | None = None) -> dict[str, Any]:
    """`filter`, with examples for the type."""
    parameter = _parameter("filter", "query", _FILTER, {"type": "string"})
    examples = FILTERS.get(kind.schema.id, {}) if kind else {}
    if not examples:
        return parameter
    given = {
        f"filter{number}": {"summary": text, "value": value} for number, (text, value) in enumerate(examples.items(), 1)
    }
    return parameter | {"examples": dict([_NOTHING]) | given}


def sort_parameter(kind: ResourceType | None = None) -> dict[str, Any]:
    """`sortBy`; any attribute of the type will do."""
    attributes = kind.schema.attributes if kind else ()
    name = next((attribute.name for attribute in attributes if attribute.required), "id")
    return _parameter("sortBy", "query", f"The attribute to sort by, such as `{name}`.", {"type": "string"})


def _parameter(name: str, place: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "description": description, "schema": schema}
