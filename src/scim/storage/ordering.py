"""ORDER BY for `sortBy` (RFC 7644 §3.4.2.3), made of names of the registry only."""

from __future__ import annotations

from dataclasses import dataclass

from scim.exceptions import InvalidPath, InvalidValue, ScimError
from scim.protocol.attributes.definition import AttributeType, Returned
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.grammar.parser import parse_attribute_path
from scim.storage.paths import json_path, quoted, search_path

_COLUMNS = {
    "id": "r.id",
    "meta.created": "r.created_at",
    "meta.lastModified": "r.modified_at",
    "meta.resourceType": "r.resource_type",
    "meta.version": "r.version",
    "meta.location": "r.id",
    "active": "r.active",
}
_ELSEWHERE = ("members", "groups")


@dataclass(frozen=True, slots=True)
class Order:
    """A sort key, and the two ORDER BY clauses of a page: where it is cut, and where its rows are read again.

    Ties are in the order of ids, which is the order of creation (rows E-16, E-24). Resources without a value come last
    when ascending and first when descending (row E-22), as Postgres has it by itself.
    """

    key: str
    by: str
    again: str


CREATION = Order("NULL", "r.id", "k.id")
"""The order without `sortBy`: stable, and served by an index."""


def order_by(kind: ResourceType, sort_by: str | None, *, descending: bool) -> Order:
    """The order that `sortBy` and `sortOrder` ask for.

    Raises:
        InvalidPath: the type has no such attribute.
        InvalidValue: the attribute has no order.
    """
    if sort_by is None:
        return CREATION
    key = _key(_target(kind, sort_by))
    direction = "DESC" if descending else "ASC"
    return Order(key, f"{key} {direction}, r.id", f"k.sort_key {direction}, k.id")


def _target(kind: ResourceType, sort_by: str) -> Target:
    try:
        path = parse_attribute_path(sort_by)
    except ScimError as error:
        raise InvalidPath(f"'sortBy' is '{sort_by[:80]}': {error.detail}") from error
    target = kind.find(path, bare_extension_names=True)
    if target is None:
        raise InvalidPath(f"'sortBy' names '{sort_by[:80]}', which is no attribute of {kind.name}.")
    if target.attribute.is_complex and target.sub is None:
        value = target.attribute.sub("value")
        if value is None or not target.attribute.multi_valued:
            raise InvalidValue(f"'sortBy' names '{target}', which has parts; name one of them.")
        target = Target(target.attribute, value, target.extension)
    if Returned.NEVER in (target.leaf.returned, target.attribute.returned) or target.attribute.name in _ELSEWHERE:
        raise InvalidValue(f"'{target}' cannot be sorted by.")
    return target


def _key(target: Target) -> str:
    if target.extension is None and str(target) in _COLUMNS:
        return _COLUMNS[str(target)]
    text = f"({_first_value(target)} #>> '{{}}')"
    if target.leaf.type in (AttributeType.INTEGER, AttributeType.DECIMAL):
        return f"{text}::numeric"
    if target.leaf.type is AttributeType.BOOLEAN:
        return f"{text}::boolean"
    return f'{text} COLLATE "C"'


def _first_value(target: Target) -> str:
    """The value of a single attribute; of a list its primary entry's, else the first entry's (row E-20)."""
    if not target.attribute.multi_valued:
        return search_path("r.search", target)
    entries = json_path(target, sub=False)
    leaf = f".{quoted(target.sub.name)}" if target.sub else ""
    first = f"jsonb_path_query_first(r.search, '{entries}[0]{leaf}')"
    if target.attribute.sub("primary") is None:
        return first
    primary = f"jsonb_path_query_first(r.search, '{entries}[*] ? (@.\"primary\" == true){leaf}')"
    return f"CASE WHEN jsonb_path_exists(r.search, '{entries}[*] ? (@.\"primary\" == true)') THEN {primary} ELSE {first} END"
