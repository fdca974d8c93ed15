"""Where an operation works, and what it may not change there."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import Mutability
from scim.protocol.attributes.definition import Attribute
from scim.protocol.attributes.definition import Mutability as Mutable
from scim.protocol.patch.message import Op, Operation
from scim.protocol.patch.slot import Courtesies, Slot, is_fixed, refuse_change
from scim.protocol.unknown import Unknowns

FREE = Attribute(name="a")
FIXED = Attribute(name="a", mutability=Mutable.IMMUTABLE)
FIXED_LIST = Attribute(name="a", mutability=Mutable.IMMUTABLE, multi_valued=True)


def slot(holder: dict[str, Any]) -> Slot:
    return Slot(Operation(index=1, op=Op.ADD), FREE, holder, "a", Unknowns(), Courtesies())


def test_a_slot_reads_and_writes_its_attribute() -> None:
    holder = {"b": 1}
    found = slot(holder)
    assert found.value is None
    found.write("x")
    assert holder == {"b": 1, "a": "x"}
    found.write([])
    assert holder == {"b": 1}


def test_without_a_filter_all_entries_are_selected() -> None:
    assert slot({"a": ["x", "y"]}).selected() == ["x", "y"]
    assert slot({}).selected() == []


@pytest.mark.parametrize(
    ("attribute", "old", "new"),
    [
        (FREE, "x", "y"),
        (FREE, "x", None),
        (FIXED, None, "x"),
        (FIXED, "x", "X"),
        (FIXED_LIST, [], ["x"]),
        (FIXED_LIST, ["x", "y"], ["X", "Y"]),
    ],
)
def test_b39_what_is_not_fixed_or_stays_the_same_may_be_written(attribute: Attribute, old: Any, new: Any) -> None:
    refuse_change(attribute, old, new, "a")


@pytest.mark.parametrize(
    ("attribute", "old", "new"),
    [
        (FIXED, "x", "y"),
        (FIXED, "x", None),
        (FIXED_LIST, ["x"], []),
        (FIXED_LIST, ["x"], ["x", "x"]),
        (FIXED_LIST, ["x"], ["y"]),
    ],
)
def test_b39_an_immutable_value_that_is_set_does_not_change(attribute: Attribute, old: Any, new: Any) -> None:
    assert is_fixed(attribute, old)
    with pytest.raises(Mutability, match="'a' is immutable and has a value already"):
        refuse_change(attribute, old, new, "a")
