"""Entries that would be in a list twice: nothing is lost where they are equal, refused or dropped where they are not."""

from __future__ import annotations

import pytest

from scim.exceptions import InvalidValue
from tests.support.patching import operation, patched, user
from tests.support.registry import kind

USER = kind("User")
WORK = {"type": "work", "value": "a@b"}


def test_common_38_adding_an_entry_as_primary_makes_the_one_that_is_there_primary() -> None:
    before = user(emails=[WORK, {"type": "home", "value": "c@d", "primary": True}])
    sent = operation("add", "emails", [{"type": "WORK", "value": "A@B", "primary": True}])
    assert patched(before, USER, sent, drop_doubles=True).document["emails"] == [
        {"type": "work", "value": "a@b", "primary": True},
        {"type": "home", "value": "c@d", "primary": False},
    ]


def test_b32_an_entry_with_other_parts_is_refused() -> None:
    with pytest.raises(InvalidValue, match="same type and value twice"):
        patched(user(emails=[WORK]), USER, operation("add", "emails", [WORK | {"display": "x"}]))


def test_common_38_drops_it_and_the_first_becomes_primary() -> None:
    sent = operation("add", "emails", [WORK | {"display": "x", "primary": True}])
    result = patched(user(emails=[WORK | {"display": "y"}]), USER, sent, drop_doubles=True)
    assert result.document["emails"] == [WORK | {"display": "y", "primary": True}]
    assert result.dropped_double


def test_common_38_is_not_counted_where_nothing_is_lost() -> None:
    assert not patched(user(emails=[WORK]), USER, operation("add", "emails", [WORK]), drop_doubles=True).dropped_double


def test_entra_52_a_value_set_in_every_selected_entry_leaves_equal_entries_once() -> None:
    before = user(emails=[WORK, {"type": "work", "value": "c@d", "primary": True}])
    sent = operation("replace", 'emails[type eq "work"].value', "e@f")
    found = patched(before, USER, sent, drop_doubles=True).document["emails"]
    assert found == [{"type": "work", "value": "e@f", "primary": True}]


def test_entra_52_entries_that_differ_otherwise_all_stay() -> None:
    before = user(emails=[WORK, {"type": "work", "value": "c@d", "display": "x"}])
    sent = operation("replace", 'emails[type eq "work"].value', "e@f")
    assert patched(before, USER, sent, drop_doubles=True).document["emails"] == [
        {"type": "work", "value": "e@f"},
        {"type": "work", "value": "e@f", "display": "x"},
    ]


def test_common_38_drops_what_an_entry_would_say_besides() -> None:
    sent = operation("add", "emails", [WORK | {"display": "x"}, {"value": "new"}])
    result = patched(user(emails=[WORK]), USER, sent, drop_doubles=True)
    assert result.document["emails"] == [WORK, {"value": "new"}]
    assert result.dropped_double
