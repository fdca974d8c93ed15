"""The entry that a value path describes, for clients that expect it to be made (quirk COMMON-21)."""

from __future__ import annotations

from typing import Any

from scim.protocol.attributes.definition import Attribute
from scim.protocol.grammar.ast import And, AttributePath, Comparison, Filter, Operator
from scim.protocol.patch.slot import Slot
from scim.protocol.values import Json, fits, is_reference, read_entry


def entry_of_conditions(slot: Slot) -> Json:
    """A new entry from the `eq` conditions of the operation's filter and its value.

    None where the filter says anything but `eq` joined by `and`, or names a member by its id: then the path has no
    target.
    """
    conditions = _conditions(slot.operation.condition)
    if conditions is None or not slot.attribute.is_complex:
        return None
    if is_reference(slot.attribute) and any(path.name.lower() == "value" for path, _ in conditions):
        return None
    entry = _from_conditions(slot.attribute, conditions)
    if entry is None:
        return None
    value = slot.operation.value
    sub = slot.operation.sub
    entry |= {sub.name: value} if sub else value if isinstance(value, dict) else {}
    return read_entry(slot.attribute, entry, where=slot.where, unknowns=slot.unknowns)


def _conditions(condition: Filter | None) -> list[tuple[AttributePath, Json]] | None:
    parts = condition.operands if isinstance(condition, And) else (condition,)
    found = []
    for part in parts:
        if not isinstance(part, Comparison) or part.operator is not Operator.EQ or part.value is None:
            return None
        found.append((part.path, part.value))
    return found


def _from_conditions(attribute: Attribute, conditions: list[tuple[AttributePath, Json]]) -> dict[str, Any] | None:
    entry: dict[str, Any] = {}
    for path, value in conditions:
        sub = attribute.sub(path.name)
        if sub is None or not fits(sub, value) or entry.get(sub.name, value) != value:
            return None
        entry[sub.name] = value
    return entry
