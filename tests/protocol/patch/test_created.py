"""Entries made for a filter that selects nothing (quirk COMMON-21)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import InvalidSyntax, InvalidValue, NoTarget, ScimError
from scim.protocol.attributes.registry import ResourceType
from tests.support.gadgets import document, gadget
from tests.support.patching import LAB, operation, patched, user
from tests.support.registry import kind

HOME = {"value": "b", "type": "home", "primary": True}
BEFORE = user(emails=[HOME])


def made(path: str, value: Any, *, op: str = "add", before: dict[str, Any] | None = None) -> list[Any]:
    found = patched(before or BEFORE, kind("User"), operation(op, path, value), create_entries=True)
    assert found.created_entry
    entries: list[Any] = found.document["emails"][1:]
    return entries


@pytest.mark.parametrize("op", ["add", "replace"])
@pytest.mark.parametrize(
    ("path", "value", "entry"),
    [
        pytest.param('emails[type eq "work"].value', "c", {"type": "work", "value": "c"}, id="a part"),
        pytest.param('emails[TYPE eq "work"]', {"VALUE": "c"}, {"type": "work", "value": "c"}, id="an entry"),
        pytest.param(
            'emails[type eq "work"]', {"Type": "other", "value": "c"}, {"type": "other", "value": "c"}, id="own type"
        ),
        pytest.param(
            'emails[type eq "work" and primary eq false].value',
            "c",
            {"type": "work", "primary": False, "value": "c"},
            id="several conditions",
        ),
        pytest.param(
            'emails[type eq "x" and type eq "x"].value', "c", {"type": "x", "value": "c"}, id="one condition twice"
        ),
        pytest.param('emails[value eq "c"].value', "d", {"value": "d"}, id="the value wins"),
    ],
)
def test_an_entry_is_made_of_the_conditions_and_the_value(
    op: str, path: str, value: Any, entry: dict[str, Any]
) -> None:
    assert made(path, value, op=op) == [entry]


def test_h13_a_new_primary_takes_the_flag_over() -> None:
    sent = operation("add", 'emails[type eq "work"]', {"value": "c", "primary": True})
    found = patched(BEFORE, kind("User"), sent, create_entries=True).document["emails"]
    assert found == [HOME | {"primary": False}, {"type": "work", "value": "c", "primary": True}]


@pytest.mark.parametrize(
    ("of", "path", "value"),
    [
        pytest.param(kind("User"), 'emails[type eq "work" or type eq "x"].value', "c", id="or"),
        pytest.param(kind("User"), 'emails[not (type eq "home")].value', "c", id="not"),
        pytest.param(kind("User"), 'emails[type ne "home"].value', "c", id="another operator"),
        pytest.param(kind("User"), 'emails[type eq "work" and display pr].value', "c", id="pr"),
        pytest.param(kind("User"), "emails[type eq null].value", "c", id="null"),
        pytest.param(kind("User"), 'emails[type eq "x" and type eq "y"].value', "c", id="conditions that cannot be"),
        pytest.param(kind("User"), 'emails[type eq "a\\u0000"].value', "c", id="NUL, which cannot be stored"),
        pytest.param(kind("User"), f'{LAB}:tags[value eq "a"]', "b", id="simple values"),
        pytest.param(kind("User"), f"{LAB}:contracts[hours eq 1.5].value", "c", id="a value that does not fit"),
        pytest.param(kind("User"), f'{LAB}:contracts[seal eq "x"]', {"seal": "y"}, id="nothing but readOnly parts"),
        pytest.param(kind("User"), 'emails[type eq "work"].value', None, id="no value"),
        pytest.param(kind("User"), 'emails[type eq "work"]', {}, id="an empty value"),
        pytest.param(kind("User"), 'emails[type eq "work"]', {"value": None}, id="a value without parts"),
        pytest.param(kind("Group"), 'members[value eq "9"].display', "x", id="a member by its id"),
        pytest.param(gadget(), 'parts[colours eq "red"].value', "x", id="a list in the entry"),
    ],
)  # fmt: skip
def test_otherwise_the_path_has_no_target(of: ResourceType, path: str, value: Any) -> None:
    before = {"User": BEFORE, "Group": {"displayName": "g"}, "Gadget": document()}[of.name]
    with pytest.raises(NoTarget):
        patched(before, of, operation("add", path, value), create_entries=True)


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        ('emails[type eq "work"]', "c", InvalidValue),
        ('emails[type eq "work"]', [{"value": "c"}], InvalidValue),
        ('emails[type eq "work"].value', 1, InvalidValue),
        ('emails[type eq "work"]', {"value": "c", "nope": 1}, InvalidValue),
        ('emails[type eq "work"]', {"value": "c", "Value": "d"}, InvalidSyntax),
        (f'{LAB}:contracts[type eq "open"].hours', 1, InvalidValue),
    ],
)
def test_an_entry_that_would_not_fit_is_refused(path: str, value: Any, error: type[ScimError]) -> None:
    with pytest.raises(error):
        patched(BEFORE, kind("User"), operation("add", path, value), create_entries=True)


def test_b32_it_does_not_double_a_pair_that_is_there() -> None:
    with pytest.raises(InvalidValue, match="same type and value twice"):
        made('emails[type eq "work"]', {"value": "b", "type": "home"})


def test_lists_in_entries_take_one_value_too() -> None:
    sent = operation("add", 'parts[type eq "x"].colours', "red")
    found = patched(document(), gadget(), sent, create_entries=True).document["parts"]
    assert found == [{"type": "x", "colours": ["red"]}]


def test_what_selects_an_entry_makes_none() -> None:
    sent = operation("add", 'emails[type eq "home"].value', "c")
    found = patched(BEFORE, kind("User"), sent, create_entries=True)
    assert not found.created_entry
    assert found.document["emails"] == [HOME | {"value": "c"}]
