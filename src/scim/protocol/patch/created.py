"""The entry that a value path describes, for clients that expect it to be made (quirk COMMON-21)."""

from __future__ import annotations

from typing import Any

from scim.protocol.attributes.definition import Attribute
from scim.protocol.grammar.ast import And, AttributePath, Comparison, Filter, Operator
from scim.protocol.patch.slot import Slot
from scim.protocol.values import Json, fits, is_reference, is_unassigned, read_entry


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
    given = _given_parts(slot)
    if given is None:
        return None
    return read_entry(slot.attribute, entry | given, where=slot.where, unknowns=slot.unknowns)


def _given_parts(slot: Slot) -> dict[str, Any] | None:
    """The parts in the operation's value, in canonical spelling; None where it has none.

    Raises:
        InvalidValue: the value does not fit the entry.
    """
    value, sub = slot.operation.value, slot.operation.sub
    if is_unassigned(value):
        return None
    if sub is not None:
        return {sub.name: [value] if sub.multi_valued and not isinstance(value, list) else value}
    parts: dict[str, Any] | None = read_entry(slot.attribute, value, where=slot.where, unknowns=slot.unknowns)
    return parts


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
        if (
            sub is None
            or sub.multi_valued
            or not fits(sub, value)
            or _holds_nul(value)
            or entry.get(sub.name, value) != value
        ):
            return None
        entry[sub.name] = value
    return entry


def _holds_nul(value: Json) -> bool:
    """A path may spell the one character that bodies may not hold, since PostgreSQL cannot store it."""
    return isinstance(value, str) and "\x00" in value
