"""The order of a list (RFC 7644 §3.4.2.3), made of names of the registry only, and what lies beyond a place in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scim.exceptions import InvalidPath, InvalidValue, ScimError
from scim.protocol.attributes.definition import AttributeType, Returned
from scim.protocol.attributes.registry import ORIGIN, ResourceType, Target
from scim.protocol.grammar.ast import AttributePath
from scim.protocol.grammar.parser import parse_attribute_path
from scim.protocol.paging import Beyond
from scim.storage.fields import Binder, TextField, as_id
from scim.storage.paths import json_path, quoted, search_path
from scim.storage.reference_field import ReferenceField
from scim.storage.scopes import ResourceScope, Rows, Surroundings, part_of


class KeyType(StrEnum):
    """The SQL type of a sort key; texts are compared by code point."""

    TEXT = "text"
    NUMBER = "numeric"
    BOOLEAN = "boolean"
    TIME = "timestamptz"
    WHOLE = "bigint"


_TYPES = {
    AttributeType.INTEGER: KeyType.NUMBER,
    AttributeType.DECIMAL: KeyType.NUMBER,
    AttributeType.BOOLEAN: KeyType.BOOLEAN,
}
_KEY_LENGTH = 400
"""Of texts, so many characters decide the order: places in a list must fit into a URL."""

_BY_CODE_POINT = ' COLLATE "C"'
_COLUMNS = {
    "id": ("r.id::text", KeyType.TEXT),
    "meta.created": ("r.created_at", KeyType.TIME),
    "meta.lastModified": ("r.modified_at", KeyType.TIME),
    "meta.resourceType": ("r.resource_type", KeyType.TEXT),
    "meta.version": ("r.version", KeyType.WHOLE),
}


@dataclass(frozen=True, slots=True)
class Order:
    """How the resources of one or several types are sorted; `keys` has an expression for each type, in their order.

    Ties are in the order of ids, which is the order of creation (rows E-16, E-24). Resources without a value come last
    when ascending and first when descending (row E-22), as Postgres has it by itself. Without a `type` there is no key:
    the order is that of creation, stable and served by an index.
    """

    keys: tuple[str, ...] = ()
    type: KeyType | None = None
    descending: bool = False

    def clause(self, alias: str, *, backward: bool = False) -> str:
        """ORDER BY for rows `alias` with a `sort_key` and an `id`; backward from the last to the first."""
        by_id = f"{alias}.id {'DESC' if backward else 'ASC'}"
        if self.type is None:
            return f"ORDER BY {by_id}"
        return f"ORDER BY {alias}.sort_key {'DESC' if self.descending != backward else 'ASC'}, {by_id}"

    def beyond(self, alias: str, start: Beyond, bind: Binder) -> str:
        """The condition on rows `alias`, with a `sort_key` and an `id`, that they come after a place, or before it."""
        sign = f"{'<' if start.backward else '>'}{'=' if start.inclusive else ''}"
        same = f"{alias}.id {sign} {bind(as_id(start.place.id))}"
        if self.type is None:
            return same
        key, rises = f"{alias}.sort_key", self.descending == start.backward
        if start.place.key is None:
            return f"({key} IS NULL AND {same})" if rises else f"({key} IS NOT NULL OR {same})"
        value = f"{bind(start.place.key)}::{self.type}"
        further = f"{key} {'>' if rises else '<'} {value} OR ({key} = {value} AND {same})"
        return f"({further} OR {key} IS NULL)" if rises else f"({further})"


CREATION = Order()


def order_by(
    kinds: Sequence[ResourceType], sort_by: str | None, *, descending: bool, surroundings: Surroundings
) -> Order:
    """The order that `sortBy` and `sortOrder` ask for; a type that lacks the attribute has no value of it.

    Raises:
        InvalidPath: no type has such an attribute.
        InvalidValue: the attribute has no order, or another kind of order in each type.
    """
    if sort_by is None:
        return CREATION
    targets = [_target(kind, sort_by) for kind in kinds]
    if not any(targets):
        names = " or ".join(kind.name for kind in kinds)
        raise InvalidPath(f"'sortBy' names '{sort_by[:80]}', which is no attribute of {names}.")
    found = [_key(kind, target, surroundings) if target else None for kind, target in zip(kinds, targets, strict=True)]
    types = {key[1] for key in found if key}
    if len(types) > 1:
        raise InvalidValue(f"'sortBy' names '{sort_by[:80]}', whose values are of different types; ask one endpoint.")
    [kind] = types
    keys = tuple(f"({key[0] if key else f'NULL::{kind}'})" for key in found)
    if kind is KeyType.TEXT:
        keys = tuple(f"left({key}, {_KEY_LENGTH}){_BY_CODE_POINT}" for key in keys)
    return Order(keys, kind, descending)


def _target(kind: ResourceType, sort_by: str) -> Target | None:
    target = kind.find(_path(sort_by), bare_extension_names=True)
    if target is None:
        return None
    if target.attribute.is_complex and target.sub is None:
        value = target.attribute.sub("value")
        if value is None or not target.attribute.multi_valued:
            raise InvalidValue(f"'sortBy' names '{target}', which has parts; name one of them.")
        target = Target(target.attribute, value, target.extension)
    hidden = Returned.NEVER in (target.leaf.returned, target.attribute.returned)
    if hidden or (target.extension is None and target.attribute.name == kind.derived):
        raise InvalidValue(f"'{target}' cannot be sorted by.")
    return target


def _path(sort_by: str) -> AttributePath:
    try:
        return parse_attribute_path(sort_by)
    except ScimError as error:
        raise InvalidPath(f"'sortBy' is '{sort_by[:80]}': {error.detail}") from error


def _key(kind: ResourceType, target: Target, surroundings: Surroundings) -> tuple[str, KeyType]:
    if target.extension is None and str(target) in _COLUMNS:
        return _COLUMNS[str(target)]
    if target.extension is None and str(target) == "meta.location":
        return f"'{quoted(kind.endpoint[1:])[1:-1]}/' || r.id", KeyType.TEXT
    scope = ResourceScope(kind, surroundings)
    if target.extension == ORIGIN and isinstance(field := scope.field(target), TextField):
        return field.expression, KeyType.TEXT
    if target.extension is not None and isinstance(field := scope.field(target), ReferenceField):
        return field.ordered(), KeyType.TEXT
    relation = scope.relation(target)
    if isinstance(relation, Rows):
        return _related(relation, target), KeyType.TEXT
    key = _TYPES.get(target.leaf.type, KeyType.TEXT)
    text = f"{_first_value(target)} #>> '{{}}'"
    return (text if key is KeyType.TEXT else f"({text})::{key}"), key


def _related(relation: Rows, target: Target) -> str:
    """A text that stands in the row of another resource, such as the displayName of a manager."""
    field = part_of(relation.fields, target)
    if not isinstance(field, TextField):
        raise InvalidValue(f"'{target}' cannot be sorted by.")
    return f"SELECT {field.expression} FROM {relation.rows} LIMIT 1"


def _first_value(target: Target) -> str:
    """The value of a single attribute; of a list its primary entry's, else the first entry's (row E-20).

    Of a part that is a list itself it is the first value.
    """
    first_part = target.sub is not None and target.sub.multi_valued
    if not target.attribute.multi_valued:
        return search_path("r.search", target) + (" -> 0" if first_part else "")
    entries = json_path(target, sub=False)
    leaf = f".{quoted(target.sub.name)}" + ("[0]" if first_part else "") if target.sub else ""
    first = f"jsonb_path_query_first(r.search, '{entries}[0]{leaf}')"
    if target.attribute.sub("primary") is None:
        return first
    primary = f"jsonb_path_query_first(r.search, '{entries}[*] ? (@.\"primary\" == true){leaf}')"
    return (
        f"(CASE WHEN jsonb_path_exists(r.search, '{entries}[*] ? (@.\"primary\" == true)')"
        f" THEN {primary} ELSE {first} END)"
    )
