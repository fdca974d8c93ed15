"""Where an operation works: the holder of the attribute (the resource, or an extension's object) and its entries."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from scim.exceptions import Mutability
from scim.protocol.attributes.definition import Attribute
from scim.protocol.attributes.definition import Mutability as Mutable
from scim.protocol.equality import same_entry
from scim.protocol.filters.evaluate import evaluate_entry
from scim.protocol.patch.message import Operation
from scim.protocol.unknown import Unknowns
from scim.protocol.values import Json, is_unassigned

Holder = MutableMapping[str, Any]


@dataclass(slots=True)
class Courtesies:
    """What quirk rules allow that depends on the values there are, and whether it was made use of.

    `create_entries`: a value path that selects nothing makes its entry (COMMON-21); `drop_doubles`: of two entries with
    the same type and value the first stays (COMMON-38). `several`: paths whose filter selected more than one entry
    (ENTRA-52).
    """

    create_entries: bool = False
    drop_doubles: bool = False
    created_entry: bool = False
    dropped_double: bool = False
    several: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    """One attribute of the working copy, and the operation that works on it."""

    operation: Operation
    attribute: Attribute
    holder: Holder
    where: str
    unknowns: Unknowns
    courtesies: Courtesies

    @property
    def value(self) -> Json:
        """What the attribute has now; None when unassigned."""
        return self.holder.get(self.attribute.name)

    def write(self, value: Json) -> None:
        """Set the attribute, or unassign it."""
        if is_unassigned(value):
            self.holder.pop(self.attribute.name, None)
        else:
            self.holder[self.attribute.name] = value

    def selected(self) -> list[Json]:
        """The entries that the operation's filter selects; all of them without a filter."""
        entries: list[Json] = self.value or []
        selection = self.operation.selection
        if selection is None:
            return entries
        found = [entry for entry in entries if evaluate_entry(selection, entry)]
        if len(found) > 1:
            self.courtesies.several[self.operation.label] = None
        return found


def refuse_change(attribute: Attribute, old: Json, new: Json, where: str) -> None:
    """An immutable value that is set may be set again to the same, not changed or removed (rows B-39, H-09).

    Raises:
        Mutability: it would change.
    """
    if is_fixed(attribute, old) and (is_unassigned(new) or not _same(attribute, old, new)):
        raise Mutability(f"'{where}' is immutable and has a value already.")


def is_fixed(attribute: Attribute, old: Json) -> bool:
    """Whether the attribute is immutable and has a value: then it stays as it is, letter by letter."""
    return attribute.mutability is Mutable.IMMUTABLE and not is_unassigned(old)


def _same(attribute: Attribute, old: Json, new: Json) -> bool:
    if not attribute.multi_valued:
        return same_entry(attribute, old, new)
    return len(old) == len(new) and all(same_entry(attribute, a, b) for a, b in zip(old, new, strict=True))
