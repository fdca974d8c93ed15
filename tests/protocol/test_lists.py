"""Entries of one list taken together (RFC 7643 §2.4)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import InvalidValue
from scim.protocol.attributes.definition import Attribute
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.lists import check_list, keep_one_primary
from tests.support.gadgets import gadget
from tests.support.registry import kind


def attribute(name: str, of: ResourceType | None = None) -> Attribute:
    found = (of or kind("User")).attribute(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([{"value": "a", "type": "work"}, {"value": "A", "type": "WORK"}], id="by caseExact"),
        pytest.param([{"value": "a"}, {"value": "a"}], id="both without type"),
        pytest.param([{"value": "a", "display": "x"}, {"value": "a", "display": "y"}], id="other parts do not count"),
    ],
)
def test_b32_the_same_type_and_value_twice_is_refused(entries: list[Any]) -> None:
    with pytest.raises(InvalidValue, match="'emails' has the same type and value twice"):
        check_list(attribute("emails"), entries, where="emails")


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        pytest.param("emails", [{"value": "a", "type": "work"}, {"value": "a", "type": "home"}], id="other type"),
        pytest.param("emails", [{"value": "a", "type": "work"}, {"value": "a"}], id="with and without type"),
        pytest.param("emails", [{"type": "work"}, {"type": "work"}], id="entries without value"),
        pytest.param("addresses", [{"type": "work"}, {"type": "work"}], id="attribute without value"),
        pytest.param("photos", [{"value": "a"}, {"value": "A"}], id="case-exact values"),
    ],
)
def test_b32_other_pairs_are_not(name: str, entries: list[Any]) -> None:
    check_list(attribute(name), entries, where=name)


def test_lists_of_simple_values_have_no_such_rules() -> None:
    check_list(attribute("aliases", gadget()), ["a", "a"], where="aliases")


def test_b30_two_primary_entries_are_refused() -> None:
    entries = [{"value": "a", "primary": True}, {"value": "b", "primary": True}]
    with pytest.raises(InvalidValue, match="more than one entry with primary true"):
        check_list(attribute("emails"), entries, where="emails")


def test_h13_the_entry_that_becomes_primary_takes_the_flag_from_the_others() -> None:
    old, other, new = {"value": "a", "primary": True}, {"value": "b"}, {"value": "c", "primary": True}
    keep_one_primary([old, other, new], [new], where="emails")
    assert [old, other, new] == [{"value": "a", "primary": False}, {"value": "b"}, {"value": "c", "primary": True}]


def test_without_a_primary_among_the_chosen_nothing_changes() -> None:
    old, new = {"value": "a", "primary": True}, {"value": "c", "primary": False}
    keep_one_primary([old, new], [new], where="emails")
    assert old["primary"] is True
    keep_one_primary(["a"], ["a"], where="aliases")


def test_h63_two_of_the_chosen_cannot_both_be_primary() -> None:
    chosen = [{"primary": True}, {"primary": True}]
    with pytest.raises(InvalidValue, match="would have more than one entry with primary true"):
        keep_one_primary(chosen, chosen, where="emails")
