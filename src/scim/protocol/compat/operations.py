"""Rules on the operations of a PATCH (quirks COMMON-09, -18, -21, -37)."""

from __future__ import annotations

from collections.abc import Mapping

from scim.protocol.attributes.definition import Attribute
from scim.protocol.attributes.registry import Target
from scim.protocol.compat.keys import member, op_of
from scim.protocol.compat.rule import FixesOperation, Mark, Members, Phase, Scene
from scim.protocol.grammar.ast import AttributePath, Comparison, Filter, Operator, Or, PatchPath
from scim.protocol.values import Json, fits

CREATED_ENTRY = Mark(phase=Phase.OPERATIONS, meaning="a value path that selects nothing makes the entry it describes")
UNKNOWN_MEMBERS = Mark(phase=Phase.NAMES, meaning="members that a message does not have are left out")

_VALUE = AttributePath("value")


def _lower_case(operation: Members, _scene: Scene) -> Members:
    key, op = member(operation, "op")
    return {**operation, key: op.lower()} if isinstance(op, str) and op != op.lower() else operation


def _selecting(operation: Members, scene: Scene) -> Members:
    """A remove that names the entries in `value` gets a path that selects them: by tree, for there may be thousands."""
    value, path = member(operation, "value")[1], member(operation, "path")[1]
    if value is None or not isinstance(path, str) or op_of(operation) != "remove":
        return operation
    found = scene.find(path)
    if found is None or found.selects or found.sub is not None or not found.target.attribute.multi_valued:
        return operation
    removal = removal_of(found.target, value if isinstance(value, list) else [value])
    return operation if removal is None else removal


def removal_of(target: Target, entries: list[Json]) -> Members | None:
    """The operation that removes just these entries of a list, null entries left out; None if one has no `value`."""
    values = _values(target.attribute, entries)
    if values is None:
        return None
    return {
        "op": "remove",
        "path": PatchPath(AttributePath(target.attribute.name, uri=target.extension), _any_of(values)),
    }


def _values(attribute: Attribute, entries: list[Json]) -> list[Json] | None:
    """The `value` of every entry, null entries left out; None if one has none that fits."""
    compared = attribute.sub("value") if attribute.is_complex else attribute
    if compared is None:
        return None
    sent = [
        member(entry, "value")[1] if isinstance(entry, Mapping) else entry for entry in entries if entry is not None
    ]
    return list(dict.fromkeys(sent)) if all(fits(compared, value) for value in sent) else None


def _any_of(values: list[Json]) -> Filter:
    """An alternative of none selects nothing."""
    return Or(tuple(Comparison(_VALUE, Operator.EQ, value) for value in values))


CAPITAL_OP = FixesOperation(fix=_lower_case)
ENTRIES_TO_REMOVE = FixesOperation(turn=2, fix=_selecting)
