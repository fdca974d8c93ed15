"""PATCH of a group's members as set operations, without the list itself (DESIGN §1.6).

What edits entries runs in the document engine, on those that it selects, and the difference is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from scim.exceptions import InvalidValue, ScimError
from scim.protocol.attributes.definition import Attribute
from scim.protocol.filters.checked import Checked
from scim.protocol.grammar.ast import Comparison, Filter, Operator, Or
from scim.protocol.lists import check_list
from scim.protocol.patch.message import Op, Operation
from scim.protocol.unknown import Unknowns
from scim.protocol.values import is_unassigned, read_entries

Entry: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AddMembers:
    """Insert those that are absent."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ReplaceMembers:
    """Exactly these, and no others."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RemoveMembers:
    """Drop those named by `value`; absent ones are no error (row H-39)."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveWhere:
    """Drop those that a filter selects."""

    condition: Checked


@dataclass(frozen=True, slots=True)
class RemoveAll:
    """Drop all."""


@dataclass(frozen=True, slots=True)
class EditMembers:
    """Run the document engine on the entries that an operation selects, on all of them where it has no filter."""

    operation: Operation


MemberChange: TypeAlias = AddMembers | ReplaceMembers | RemoveMembers | RemoveWhere | RemoveAll | EditMembers


def is_member_operation(operation: Operation) -> bool:
    """Whether an operation works on `members`."""
    return (
        operation.target is not None
        and operation.target.extension is None
        and operation.target.attribute.name == "members"
    )


def member_changes(operations: Sequence[Operation], *, unknowns: Unknowns) -> list[MemberChange]:
    """The operations as set operations, in order.

    Raises:
        InvalidValue: a member's value does not fit.
    """
    changes: list[MemberChange] = []
    for operation in operations:
        try:
            changes.extend(_change(operation, unknowns))
        except ScimError as error:
            raise operation.fault(type(error), error.detail) from error
    return changes


def read_members(attribute: Attribute, values: Any, *, where: str, unknowns: Unknowns) -> tuple[Entry, ...]:
    """Entries of `members`, each with a `value`.

    Raises:
        InvalidValue: an entry has none, or does not fit.
    """
    entries = read_entries(attribute, values if isinstance(values, list) else [values], where=where, unknowns=unknowns)
    check_list(attribute, entries, where=where)
    check_members_named(entries)
    return tuple(entries)


def check_members_named(entries: Sequence[Entry]) -> None:
    """Every member is named by its `value`.

    Raises:
        InvalidValue: one is not.
    """
    for position, entry in enumerate(entries, 1):
        if not entry.get("value"):
            raise InvalidValue(f"'members': entry {position} has no 'value' with the id of the member.")


def names_in(change: MemberChange) -> list[str]:
    """Whom a change names by `value`."""
    match change:
        case AddMembers(entries=entries) | ReplaceMembers(entries=entries):
            return [entry["value"] for entry in entries]
        case RemoveMembers(values=values):
            return list(values)
        case EditMembers(operation=operation):
            return _named_by(operation) + ((named_values(operation.condition) or []) if operation.condition else [])
    return []


def _named_by(operation: Operation) -> list[str]:
    """The `value` that an operation gives to entries: as a part of its own value, or as that value itself."""
    sent: Any = {operation.sub.name: operation.value} if operation.sub is not None else operation.value
    if not isinstance(sent, Mapping):
        return []
    return [value for key, value in sent.items() if key.lower() == "value" and isinstance(value, str)]


def _change(operation: Operation, unknowns: Unknowns) -> list[MemberChange]:
    target = operation.target
    if target is None or target.sub is not None or operation.sub is not None:
        return [EditMembers(operation)]
    if operation.op is Op.REMOVE:
        return [_removal(operation)]
    if operation.selection is not None:
        return [EditMembers(operation)]
    if is_unassigned(operation.value):
        return [] if operation.op is Op.ADD else [RemoveAll()]
    entries = read_members(target.attribute, operation.value, where="members", unknowns=unknowns)
    return [AddMembers(entries) if operation.op is Op.ADD else ReplaceMembers(entries)]


def _removal(operation: Operation) -> MemberChange:
    if operation.condition is None or operation.selection is None:
        return RemoveAll()
    values = named_values(operation.condition)
    return RemoveMembers(tuple(values)) if values is not None else RemoveWhere(operation.selection)


def named_values(condition: Filter) -> list[str] | None:
    """The ids in `value eq "a" or value eq "b"`; None for any other filter."""
    parts = condition.operands if isinstance(condition, Or) else (condition,)
    values = []
    for part in parts:
        if not isinstance(part, Comparison) or part.path.name.lower() != "value" or part.operator is not Operator.EQ:
            return None
        if not isinstance(part.value, str) or part.path.uri or part.path.sub:
            return None
        values.append(part.value)
    return values
