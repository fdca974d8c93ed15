"""Operations in order, all or none; whole extensions; `schemas` (RFC 7644 §3.5.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from scim.exceptions import InvalidPath, InvalidSyntax, InvalidValue, Mutability, ScimError
from scim.protocol.patch.apply import apply_patch, copied
from scim.protocol.patch.message import Operation, read_patch
from scim.protocol.unknown import UnknownPolicy
from tests.support.gadgets import SPEC, document, gadget
from tests.support.growth import is_linear
from tests.support.patches import message
from tests.support.patching import CORE, ENTERPRISE, LAB, operation, patched, user
from tests.support.registry import kind


def after(before: dict[str, Any], *operations: dict[str, Any]) -> dict[str, Any]:
    return patched(before, kind("User"), *operations).document


class TestOrder:
    def test_h11_each_operation_works_on_the_result_of_the_one_before(self) -> None:
        sent = [
            operation("add", "emails", {"value": "a", "type": "work"}),
            operation("remove", 'emails[type eq "work"].type'),
        ]
        assert after(user(), *sent) == user(emails=[{"value": "a"}])

    def test_h12_the_error_of_the_first_that_fails_names_it(self) -> None:
        sent = [operation("add", "title", "x"), operation("replace", "active", "yes"), operation("remove", "userName")]
        with pytest.raises(InvalidValue) as refusal:
            after(user(), *sent)
        assert (
            refusal.value.detail == "Operation 2 (replace active): 'active' must be true or false, not the text 'yes'."
        )

    def test_h19_required_attributes_are_judged_after_the_last_operation(self) -> None:
        entry = f'{LAB}:contracts[type eq "open"]'
        before = user(**{LAB: {"contracts": [{"value": "c1", "type": "open"}]}})
        with pytest.raises(InvalidValue, match=r"contracts.value' is required"):
            after(before, operation("replace", entry, {"hours": 1}))
        sent = [operation("replace", entry, {"hours": 1, "type": "open"}), operation("replace", f"{entry}.value", "c2")]
        contracts = after(before, *sent)[LAB]["contracts"]
        assert contracts == [{"hours": 1, "type": "open", "value": "c2"}]

    def test_a_copy_shares_nothing_that_can_change(self) -> None:
        value = {"a": [{"b": [1]}], "c": "x"}
        copy = copied(value)
        copy["a"][0]["b"].append(2)
        assert value == {"a": [{"b": [1]}], "c": "x"}


class TestSeveral:
    @pytest.mark.parametrize(
        ("sent", "paths"),
        [
            (operation("replace", 'emails[type eq "work"].display', "x"), ('emails[type eq "work"].display',)),
            (operation("add", 'Emails[type eq "WORK"]', {"display": "x"}), ('Emails[type eq "WORK"]',)),
            (operation("remove", 'emails[type eq "work"].value'), ('emails[type eq "work"].value',)),
            (operation("remove", 'emails[type eq "work"]'), ('emails[type eq "work"]',)),
            (operation("replace", 'emails[value eq "a"].display', "x"), ()),
            (operation("remove", 'emails[value eq "a" or value eq "b"]'), ()),
            (operation("replace", "emails.display", "x"), ()),
        ],
    )
    def test_paths_that_select_more_than_one_entry_are_told(self, sent: dict[str, Any], paths: tuple[str, ...]) -> None:
        before = user(emails=[{"value": "a", "type": "work"}, {"value": "b", "type": "work"}])
        assert patched(before, kind("User"), sent).several == paths


class TestUnknown:
    @pytest.mark.parametrize(
        ("sent", "name"),
        [
            (operation("add", "name", {"nickNames": "x", "givenName": "K"}), "name.nickNames"),
            (operation("replace", ENTERPRISE, {"nickNames": "x"}), f"{ENTERPRISE}:nickNames"),
            (operation("add", "emails", [{"value": "a", "nick": "x"}]), "emails.nick"),
        ],
    )
    def test_h52_unknown_parts_are_refused_or_left_out(self, sent: dict[str, Any], name: str) -> None:
        with pytest.raises(InvalidValue, match="has no"):
            after(user(), sent)
        found = patched(user(), kind("User"), sent, unknown=UnknownPolicy.IGNORE)
        assert found.ignored == (name,)
        assert "nick" not in repr(found.document)

    @pytest.mark.parametrize(
        "sent", [operation("add", ENTERPRISE, {"nick": None}), operation("add", None, {"nick": None})]
    )
    def test_null_is_refused_too_but_once_left_out_it_is_nothing_to_tell_of(self, sent: dict[str, Any]) -> None:
        with pytest.raises(InvalidValue, match="has no attribute 'nick'"):
            after(user(), sent)
        assert patched(user(), kind("User"), sent, unknown=UnknownPolicy.IGNORE).ignored == ()


class TestExtension:
    DIVISION = user(**{ENTERPRISE: {"division": "x"}})

    @pytest.mark.parametrize("op", ["add", "replace"])
    @pytest.mark.parametrize("path", [ENTERPRISE, None])
    def test_h55_h59_attributes_in_the_object_are_written_and_others_stay(self, op: str, path: str | None) -> None:
        value: dict[str, Any] = {"DEPARTMENT": "y"}
        sent = operation(op, path, value if path else {ENTERPRISE: value})
        assert after(self.DIVISION, sent) == user(**{ENTERPRISE: {"division": "x", "department": "y"}})

    def test_h17_schemas_name_an_extension_with_the_first_value_and_until_the_last(self) -> None:
        added = after(user(), operation("add", f"{ENTERPRISE}:division", "x"))
        assert added == self.DIVISION
        assert after(added, operation("remove", f"{ENTERPRISE}:division")) == user()

    @pytest.mark.parametrize(
        "sent",
        [
            operation("remove", ENTERPRISE),
            operation("replace", ENTERPRISE, None),
            operation("replace", ENTERPRISE, {}),
            operation("replace", None, {ENTERPRISE: {}}),
            operation("replace", ENTERPRISE, {"division": None}),
        ],
    )
    def test_h59_an_extension_is_cleared(self, sent: dict[str, Any]) -> None:
        assert after(self.DIVISION, sent) == user()
        assert after(user(), sent) == user()

    @pytest.mark.parametrize("value", [None, {}, {"division": None}])
    def test_h49_adding_nothing_changes_nothing(self, value: Any) -> None:
        assert after(self.DIVISION, operation("add", ENTERPRISE, value)) == self.DIVISION

    @pytest.mark.parametrize("value", ["x", [{"division": "x"}], 1, True])
    def test_an_extension_is_an_object(self, value: Any) -> None:
        with pytest.raises(InvalidValue, match="must be an object, not"):
            after(user(), operation("add", ENTERPRISE, value))

    def test_b07_doubled_names_in_it_are_refused(self) -> None:
        with pytest.raises(InvalidSyntax, match="twice"):
            after(user(), operation("add", ENTERPRISE, {"division": "x", "Division": "y"}))

    def test_h62_read_only_attributes_in_it_are_refused(self) -> None:
        with pytest.raises(Mutability, match="audit' is readOnly"):
            after(user(), operation("add", LAB, {"audit": {"by": "me"}}))

    def test_read_only_values_stay_when_it_is_cleared_and_immutable_ones_forbid_it(self) -> None:
        before = user(**{LAB: {"audit": {"by": "server"}, "level": 1}})
        assert after(before, operation("remove", LAB)) == user(**{LAB: {"audit": {"by": "server"}}})
        with pytest.raises(Mutability, match="badge' is immutable"):
            after(user(**{LAB: {"badge": "T"}}), operation("remove", LAB))

    def test_a22_a_required_extension_cannot_be_removed(self) -> None:
        with pytest.raises(Mutability, match="level' is required and cannot be removed"):
            patched(document(), gadget(), operation("remove", SPEC))


class TestSchemas:
    IN_USE = user(**{ENTERPRISE: {"division": "x"}})

    @pytest.mark.parametrize(
        "sent",
        [
            operation("add", "schemas", [ENTERPRISE]),
            operation("add", "schemas", ENTERPRISE.upper()),
            operation("add", "schemas", [CORE.lower(), ENTERPRISE]),
            operation("add", "schemas", None),
            operation("add", "schemas", []),
            operation("replace", "schemas", [ENTERPRISE, CORE]),
            operation("replace", None, {"schemas": [CORE]}),
            operation("replace", "schemas", CORE),
            operation("remove", f'schemas[value eq "{LAB}"]'),
        ],
    )
    def test_h18_schemas_follow_from_the_values_whatever_of_the_type_s_is_named(self, sent: dict[str, Any]) -> None:
        assert after(user(), sent) == user()
        assert after(self.IN_USE, sent) == self.IN_USE

    @pytest.mark.parametrize(
        ("sent", "error"),
        [
            pytest.param(operation("add", "schemas", ["urn:none"]), InvalidValue, id="H-18 unknown URN"),
            pytest.param(operation("replace", "schemas", [ENTERPRISE]), InvalidValue, id="H-18 without the base"),
            pytest.param(operation("replace", "schemas", []), InvalidValue, id="H-49 empty"),
            pytest.param(operation("replace", "schemas", None), InvalidValue, id="H-49 null"),
            pytest.param(operation("add", "schemas", [1]), InvalidValue, id="H-50 number"),
            pytest.param(operation("add", "schemas", [ENTERPRISE, ENTERPRISE]), InvalidValue, id="B-01 double"),
            pytest.param(operation("replace", 'schemas[value eq "a"]', CORE), InvalidPath, id="a filter"),
            pytest.param(operation("remove", "schemas"), Mutability, id="H-38 all"),
            pytest.param(operation("remove", f'schemas[value eq "{CORE}"]'), Mutability, id="H-18 the base"),
            pytest.param(operation("remove", f'schemas[value eq "{ENTERPRISE}"]'), Mutability, id="one in use"),
        ],
    )
    def test_h18_what_does_not_fit_is_refused(self, sent: dict[str, Any], error: type[ScimError]) -> None:
        with pytest.raises(error, match=r"^Operation 1 "):
            after(self.IN_USE, sent)


LARGE = [{"value": f"n{number}", "type": "work"} for number in range(10_000)]


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(operation("add", "emails", LARGE), id="add"),
        pytest.param(operation("replace", "emails", LARGE), id="replace"),
        pytest.param(operation("replace", 'emails[type eq "work"].display', "x"), id="part of selected entries"),
        pytest.param(operation("replace", 'emails[value sw "1"]', {"display": "x"}), id="selected entry"),
        pytest.param(operation("add", "emails[value pr]", {"display": "x"}), id="all entries"),
        pytest.param(operation("remove", 'emails[value co "9"]'), id="remove selected"),
        pytest.param(operation("remove", 'emails[type eq "work"].type'), id="remove parts"),
        pytest.param(operation("add", "emails.display", "x"), id="part of every entry"),
        pytest.param(operation("replace", 'emails[value eq "17"].primary', True), id="primary"),
    ],
)
def test_the_cost_of_large_lists_is_linear(sent: dict[str, Any]) -> None:
    def patching(size: int) -> Callable[[], object]:
        before = user(emails=[{"value": str(number), "type": "work"} for number in range(size)])
        cut = sent | ({"value": LARGE[:size]} if sent.get("value") is LARGE else {})
        operations = read_patch(message(cut), kind("User"), resource_id="me").operations
        return lambda: _outcome(before, operations)

    assert is_linear(patching)


def _outcome(before: dict[str, Any], operations: Sequence[Operation]) -> object:
    try:
        return apply_patch(before, operations, kind("User"))
    except InvalidValue as error:  # many entries without type and value: the second repeats the first
        return error
