"""`remove` on every kind of target (RFC 7644 §3.5.2.2)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import InvalidValue, Mutability
from scim.protocol.attributes.registry import ResourceType
from tests.support.gadgets import document, gadget
from tests.support.patching import ENTERPRISE, LAB, operation, patched, user
from tests.support.registry import kind

A = {"value": "a", "type": "work", "display": "x"}
B = {"value": "b", "type": "home"}
THING = {"schemas": ["urn:example:params:scim:schemas:core:2.0:Thing"], "name": "x"}


def removed(before: dict[str, Any], path: str, of: ResourceType | None = None) -> dict[str, Any]:
    return patched(before, of or kind("User"), operation("remove", path)).document


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        pytest.param({"title": "x"}, "title", {}, id="H-32 a single value"),
        pytest.param({"name": {"givenName": "K"}}, "name", {}, id="H-33 a complex value"),
        pytest.param(
            {"name": {"givenName": "K", "familyName": "L"}},
            "name.givenName",
            {"name": {"familyName": "L"}},
            id="H-33 part",
        ),
        pytest.param({"name": {"givenName": "K"}}, "name.givenName", {}, id="H-33 the last part"),
        pytest.param({"emails": [A, B]}, "emails", {}, id="H-34 a list"),
        pytest.param({"emails": [A, B]}, 'emails[type eq "work"]', {"emails": [B]}, id="H-35 selected entries"),
        pytest.param({"emails": [A, B]}, "emails[value pr]", {}, id="H-36 all entries"),
        pytest.param({"emails": [A, B]}, 'emails[value eq "A" or value eq "b"]', {}, id="H-35 by value, without case"),
        pytest.param(
            {"emails": [A, {"type": "home"}]},
            'emails[value eq "a"]',
            {"emails": [{"type": "home"}]},
            id="H-35 no value",
        ),
        pytest.param(
            {"emails": [A, B]},
            'emails[type eq "work"].display',
            {"emails": [{"value": "a", "type": "work"}, B]},
            id="H-37 a part of selected entries",
        ),
        pytest.param(
            {"emails": [A, B]},
            "emails.type",
            {"emails": [{"value": "a", "display": "x"}, {"value": "b"}]},
            id="H-30 part",
        ),
        pytest.param(
            {"emails": [{"type": "x"}, B]}, "emails.type", {"emails": [{"value": "b"}]}, id="an emptied entry"
        ),
        pytest.param({"emails": [{"type": "x"}]}, "emails.type", {}, id="H-36 all entries emptied"),
        pytest.param({LAB: {"tags": ["Day", "x"]}}, f'{LAB}:tags[value eq "day"]', {LAB: {"tags": ["x"]}}, id="H-54"),
        pytest.param({LAB: {"tags": ["Day"]}}, f'{LAB}:tags[value sw "d"]', {}, id="H-54 by another filter"),
        pytest.param(
            {LAB: {"codes": ["Q", "q"]}}, f'{LAB}:codes[value eq "q"]', {LAB: {"codes": ["Q"]}}, id="caseExact"
        ),
        pytest.param(
            {ENTERPRISE: {"manager": {"value": "1"}}}, f"{ENTERPRISE}:manager.value", {}, id="the extension too"
        ),
        pytest.param(
            {LAB: {"contracts": [{"value": "a", "hours": 1}]}},
            f"{LAB}:contracts.hours",
            {LAB: {"contracts": [{"value": "a"}]}},
            id="part of a list in an extension",
        ),
        pytest.param({"emails": [A]}, 'emails[type eq "home"]', {"emails": [A]}, id="H-39 no entry selected"),
        pytest.param({"emails": [A]}, 'emails[type eq "home"].value', {"emails": [A]}, id="H-39 no entry for the part"),
        pytest.param({}, "title", {}, id="H-39 no value"),
        pytest.param({}, "name.givenName", {}, id="H-39 no parent"),
        pytest.param({}, "emails", {}, id="H-39 no list"),
        pytest.param({}, "emails.type", {}, id="H-39 no list for the part"),
        pytest.param({}, 'emails[type eq "work"]', {}, id="H-39 no list to select from"),
        pytest.param({}, 'emails[value eq "a"]', {}, id="H-39 no list to look values up in"),
        pytest.param({}, f'{LAB}:contracts[value eq "a"]', {}, id="H-39 no extension"),
        pytest.param({LAB: {"desk": {"code": "W", "room": "1"}}}, f"{LAB}:desk", {}, id="with its immutable parts"),
        pytest.param(
            {LAB: {"contracts": [{"value": "a", "serial": "S"}]}}, f'{LAB}:contracts[value eq "a"]', {}, id="Q-03"
        ),
    ],
)
def test_what_is_named_is_gone_and_what_is_not_there_is_no_error(
    before: dict[str, Any], path: str, after: dict[str, Any]
) -> None:
    assert removed(user(**before), path) == user(**after)


@pytest.mark.parametrize(
    ("of", "before", "path"),
    [
        pytest.param(kind("User"), user(), "userName", id="H-38 required"),
        pytest.param(kind("Thing"), THING | {"owner": {"value": "1"}}, "owner.value", id="H-38 required part"),
        pytest.param(kind("Thing"), THING, "owner.value", id="H-38 required part of nothing"),
        pytest.param(
            kind("User"), user(**{LAB: {"contracts": [{"value": "a"}]}}), f"{LAB}:contracts.value", id="in entries"
        ),
        pytest.param(gadget(), document(), "aliases", id="H-38 required list"),
        pytest.param(gadget(), document(), 'aliases[value eq "s1"]', id="H-38 by emptying a list"),
        pytest.param(gadget(), document(), "home.text", id="H-38 by emptying a complex value"),
    ],
)
def test_h38_what_is_required_cannot_be_removed(of: ResourceType, before: dict[str, Any], path: str) -> None:
    with pytest.raises(Mutability, match="is required and cannot be removed"):
        removed(before, path, of)


@pytest.mark.parametrize(
    ("of", "before", "path"),
    [
        pytest.param(kind("User"), user(**{LAB: {"badge": "T"}}), f"{LAB}:badge", id="single"),
        pytest.param(kind("User"), user(**{LAB: {"desk": {"code": "W"}}}), f"{LAB}:desk.code", id="part"),
        pytest.param(
            kind("User"),
            user(**{LAB: {"contracts": [{"value": "a", "serial": "S"}]}}),
            f"{LAB}:contracts.serial",
            id="entry",
        ),
        pytest.param(gadget(), document(marks=["a"]), "marks", id="list"),
        pytest.param(gadget(), document(marks=["a", "b"]), 'marks[value eq "a"]', id="entry of a list"),
        pytest.param(gadget(), document(seals=[{"value": "1", "text": "t"}]), "seals.text", id="part of its entries"),
    ],
)
def test_h09_what_is_immutable_and_set_cannot_be_removed(of: ResourceType, before: dict[str, Any], path: str) -> None:
    with pytest.raises(Mutability, match="is immutable and has a value already"):
        removed(before, path, of)


def test_h09_an_immutable_value_that_is_not_set_is_removed_with_success() -> None:
    assert removed(user(), f"{LAB}:badge") == user()
    assert removed(document(marks=["a"]), 'marks[value eq "b"]', gadget()) == document(marks=["a"])


def test_a_later_operation_may_give_back_what_a_removal_took() -> None:
    sent = [operation("remove", "emails"), operation("add", "emails", B)]
    assert patched(user(emails=[A]), kind("User"), *sent).document == user(emails=[B])
    with pytest.raises(InvalidValue):
        patched(user(), kind("User"), operation("replace", "userName", ""))
