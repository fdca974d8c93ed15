"""`add` and `replace` (RFC 7644 §3.5.2.1, §3.5.2.3) on every kind of target."""

from __future__ import annotations

from typing import Any

from scim.exceptions import InvalidValue, NoTarget
from scim.protocol.attributes.definition import Attribute
from scim.protocol.attributes.definition import Mutability as Mutable
from scim.protocol.equality import entry_key
from scim.protocol.lists import check_list, keep_one_primary
from scim.protocol.patch.created import entry_of_conditions
from scim.protocol.patch.doubles import merged
from scim.protocol.patch.message import Op
from scim.protocol.patch.slot import Slot, is_fixed, refuse_change
from scim.protocol.values import (
    Json,
    canonical_keys,
    is_unassigned,
    read_entries,
    read_entry,
    read_value,
    unlike,
)


def write(slot: Slot) -> None:
    """Carry out an add or a replace.

    Raises:
        InvalidValue, Mutability, NoTarget: as RFC 7644 §3.5.2 has it.
    """
    operation = slot.operation
    if operation.selection is not None:
        _write_selected(slot)
        return
    sub = operation.target.sub if operation.target else None
    if sub is not None:
        _write_part(slot, sub)
    elif slot.attribute.multi_valued:
        _write_list(slot)
    elif slot.attribute.is_complex:
        _write_complex(slot)
    else:
        _write_single(slot)


def _skips_null(slot: Slot) -> bool:
    """Adding nothing changes nothing (row H-49)."""
    return slot.operation.op is Op.ADD and is_unassigned(slot.operation.value)


def _write_single(slot: Slot) -> None:
    if _skips_null(slot):
        return
    attribute = slot.attribute
    new = read_value(attribute, slot.operation.value, where=slot.where, unknowns=slot.unknowns)
    if is_unassigned(new) and attribute.required:
        raise InvalidValue(f"'{slot.where}' is required and cannot be unassigned.")
    slot.write(new)


def _write_complex(slot: Slot) -> None:
    """Parts that are not named stay (rows H-23, H-45); a part that is null goes."""
    if _skips_null(slot):
        return
    value = slot.operation.value
    if is_unassigned(value):
        _write_single(slot)
        return
    read_value(slot.attribute, value, where=slot.where, unknowns=slot.unknowns)
    whole = dict(slot.value or {})
    _merge(slot, whole, slot.attribute, value, slot.where)
    slot.write(whole)


def _merge(slot: Slot, entry: dict[str, Any], attribute: Attribute, value: Json, where: str) -> None:
    for key, part in canonical_keys(value, f"'{where}'").items():
        sub = attribute.sub(key)
        if sub is not None and sub.mutability is not Mutable.READ_ONLY:
            _set_part(slot, entry, sub, part, f"{where}.{sub.name}")


def _write_list(slot: Slot) -> None:
    attribute, operation = slot.attribute, slot.operation
    if _skips_null(slot):
        return
    values = operation.value if isinstance(operation.value, list) else [operation.value]
    if is_unassigned(operation.value):
        values = []
    new = read_entries(attribute, values, where=slot.where, unknowns=slot.unknowns)
    check_list(attribute, new, where=slot.where)
    entries = _added(attribute, slot.value or [], new) if operation.op is Op.ADD else new
    written = {id(entry) for entry in new}
    _write_checked(slot, entries, [entry for entry in entries if id(entry) in written])


def _write_checked(slot: Slot, entries: list[Json], chosen: list[Json]) -> None:
    """Write a list of which the `chosen` entries are new: one of them that is primary wins, no pair is there twice."""
    if slot.courtesies.drop_doubles and slot.attribute.is_complex:
        result = merged(slot.attribute, entries, drop=True)
        slot.courtesies.dropped_double = slot.courtesies.dropped_double or result.dropped_any
        left = {id(entry) for entry in result.entries}
        chosen = [*(entry for entry in chosen if id(entry) in left), *result.promoted]
        entries = result.entries
    keep_one_primary(entries, chosen, where=slot.where)
    check_list(slot.attribute, entries, where=slot.where)
    slot.write(entries)


def _added(attribute: Attribute, old: list[Json], new: list[Json]) -> list[Json]:
    """The list with what it lacks appended (rows H-24, H-26)."""
    entries = list(old)
    seen = {entry_key(attribute, entry) for entry in old}
    for entry in new:
        key = entry_key(attribute, entry)
        if key not in seen:
            seen.add(key)
            entries.append(entry)
    return entries


def _write_part(slot: Slot, sub: Attribute) -> None:
    """A sub-attribute named without a filter: of the one value, or of every entry (row H-30)."""
    where = f"{slot.where}.{sub.name}"
    if not slot.attribute.multi_valued:
        entry = dict(slot.value or {})
        _set_part(slot, entry, sub, slot.operation.value, where)
        slot.write(entry)
        return
    entries = slot.selected()
    if not entries:
        raise NoTarget(f"'{slot.where}' has no entry whose '{sub.name}' could be set.")
    _set_in_entries(slot, entries, sub)


def _set_in_entries(slot: Slot, entries: list[Json], sub: Attribute) -> None:
    for entry in entries:
        _set_part(slot, entry, sub, slot.operation.value, f"{slot.where}.{sub.name}")
    if sub.name == "primary":
        keep_one_primary(slot.value, entries, where=slot.where)
    left = [entry for entry in slot.value if not is_unassigned(entry)]
    if slot.courtesies.drop_doubles:
        result = merged(slot.attribute, left)
        slot.courtesies.dropped_double = slot.courtesies.dropped_double or result.dropped_any
        left = result.entries
    else:
        check_list(slot.attribute, left, where=slot.where)
    slot.write(left)


def _set_part(slot: Slot, entry: dict[str, Any], sub: Attribute, value: Json, where: str) -> None:
    if slot.operation.op is Op.ADD and is_unassigned(value):
        return
    old = entry.get(sub.name)
    new = _read_part(slot, sub, value, where)
    if sub.multi_valued and slot.operation.op is Op.ADD:
        new = _added(sub, old or [], new)
    refuse_change(sub, old, new, where)
    if is_fixed(sub, old):
        return
    if is_unassigned(new):
        if sub.required:
            raise InvalidValue(f"'{where}' is required and cannot be unassigned.")
        entry.pop(sub.name, None)
        return
    _refuse_empty_id(slot, sub, new, where)
    entry[sub.name] = new


def _read_part(slot: Slot, sub: Attribute, value: Json, where: str) -> Json:
    whole = [value] if sub.multi_valued and not isinstance(value, list) and value is not None else value
    return read_value(sub, whole, where=where, unknowns=slot.unknowns)


def _refuse_empty_id(slot: Slot, sub: Attribute, new: Json, where: str) -> None:
    if sub.name == "value" and new == "":
        read_entry(slot.attribute, {sub.name: new}, where=where.rpartition(".")[0], unknowns=slot.unknowns)


def _write_selected(slot: Slot) -> None:
    chosen = slot.selected()
    sub = slot.operation.sub
    if not chosen:
        _create(slot)
    elif sub is not None:
        _set_in_entries(slot, chosen, sub)
    else:
        _write_entries(slot, chosen)


def _create(slot: Slot) -> None:
    """A filter that selects nothing: noTarget (rows H-29, H-48), or a new entry by quirk COMMON-21."""
    made = entry_of_conditions(slot) if slot.courtesies.create_entries else None
    if made is None:
        raise NoTarget(f"'{slot.operation.label}' selects no entry.")
    slot.courtesies.created_entry = True
    _write_checked(slot, [*(slot.value or []), made], [made])


def _write_entries(slot: Slot, chosen: list[Json]) -> None:
    """Whole entries: replaced as a whole (row H-46), or, by add, given further parts."""
    attribute, operation = slot.attribute, slot.operation
    if operation.value is None or isinstance(operation.value, list):
        due = "a filter selects entries, so 'value' must be one entry"
        raise InvalidValue(f"'{slot.where}': {due}{unlike(attribute, operation.value)}.")
    new = read_entry(attribute, operation.value, where=slot.where, unknowns=slot.unknowns)
    if is_unassigned(new):
        raise InvalidValue(f"'{slot.where}': the new entry has no value; use remove to drop entries.")
    identities = {id(entry) for entry in chosen}
    written = [_rewritten(slot, entry, new) if id(entry) in identities else entry for entry in slot.value]
    changed = [after for before, after in zip(slot.value, written, strict=True) if id(before) in identities]
    _write_checked(slot, written, changed)


def _rewritten(slot: Slot, entry: Json, new: Json) -> Json:
    if not slot.attribute.is_complex:
        return new
    if slot.operation.op is Op.ADD:
        whole = dict(entry)
        _merge(slot, whole, slot.attribute, slot.operation.value, slot.where)
        return whole
    return _keep_fixed_parts(slot, entry, new)


def _keep_fixed_parts(slot: Slot, entry: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Immutable parts that are set may be left out, but not changed (row G-06); readOnly ones stay."""
    whole = dict(new)
    for sub in slot.attribute.sub_attributes:
        old = entry.get(sub.name)
        if is_fixed(sub, old):
            refuse_change(sub, old, new.get(sub.name, old), f"{slot.where}.{sub.name}")
        if is_fixed(sub, old) or (sub.mutability is Mutable.READ_ONLY and sub.name in entry):
            whole[sub.name] = old
    return whole
