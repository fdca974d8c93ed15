"""`remove` (RFC 7644 §3.5.2.2) on every kind of target; what is not there is removed with success (row H-39)."""

from __future__ import annotations

from typing import Any

from scim.exceptions import Mutability
from scim.protocol.attributes.definition import Attribute
from scim.protocol.filters.values import search_value
from scim.protocol.patch.members import named_values
from scim.protocol.patch.slot import Slot, refuse_change
from scim.protocol.values import Json, is_unassigned


def remove(slot: Slot) -> None:
    """Unassign an attribute, a part of it, the entries a filter selects, or a part of those.

    Raises:
        Mutability: it is required, or immutable and set (rows H-38, H-09).
    """
    operation = slot.operation
    sub = operation.sub or (operation.target.sub if operation.target else None)
    if sub is not None:
        _remove_part(slot, sub)
    elif operation.selection is not None:
        _remove_entries(slot)
    else:
        _unassign(slot)


def _unassign(slot: Slot) -> None:
    _refuse_required(slot.attribute, slot.where)
    slot.write(None)


def _refuse_required(attribute: Attribute, where: str) -> None:
    if attribute.required:
        raise Mutability(f"'{where}' is required and cannot be removed.")


def _remove_entries(slot: Slot) -> None:
    dropped = {id(entry) for entry in _selected(slot)}
    if dropped:
        _leave(slot, [entry for entry in slot.value if id(entry) not in dropped])


def _selected(slot: Slot) -> list[Json]:
    """The entries that the filter selects; where it names them by `value`, by look-up: they may be thousands."""
    condition = slot.operation.condition
    names = named_values(condition) if condition is not None else None
    compared = slot.attribute.sub("value") if slot.attribute.is_complex else slot.attribute
    if names is None or compared is None:
        return slot.selected()
    keys = {search_value(compared, name) for name in names}
    values = ((entry.get("value") if slot.attribute.is_complex else entry, entry) for entry in slot.value or [])
    return [entry for value, entry in values if isinstance(value, str) and search_value(compared, value) in keys]


def _remove_part(slot: Slot, sub: Attribute) -> None:
    where = f"{slot.where}.{sub.name}"
    _refuse_required(sub, where)
    if is_unassigned(slot.value):
        return
    if not slot.attribute.multi_valued:
        _leave(slot, _without(slot.value, sub, where))
        return
    chosen = {id(entry) for entry in slot.selected()}
    entries = [_without(entry, sub, where) if id(entry) in chosen else entry for entry in slot.value]
    _leave(slot, [entry for entry in entries if entry])


def _leave(slot: Slot, rest: Json) -> None:
    """Keep what is left; nothing is left of what was emptied, and a required attribute may not be (row H-38)."""
    if is_unassigned(rest):
        _unassign(slot)
    else:
        slot.write(rest)


def _without(entry: dict[str, Any], sub: Attribute, where: str) -> dict[str, Any]:
    refuse_change(sub, entry.get(sub.name), None, where)
    return {name: value for name, value in entry.items() if name != sub.name}
