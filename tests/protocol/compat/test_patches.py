"""Rules on the operations of a PATCH: what each changes, what it is counted as, and what happens without it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scim.exceptions import InvalidPath, InvalidValue, Mutability
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.request import Message
from tests.protocol.compat.patches_table import CASES, MANAGER, UNTOUCHED, Case, op
from tests.protocol.compat.quirks import QUIRKS
from tests.protocol.compat.tools import (
    AUTO,
    CORE_GROUP,
    ENT,
    ENTRA,
    GROUP,
    LAB,
    STRICT,
    operations_of,
    outcome_of_patch,
    patch,
    patch_body,
    patched,
    without,
)

OUTCOMES = {quirk.id: quirk.strict for quirk in QUIRKS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
class TestRule:
    def test_rewrites_the_operation_and_is_counted(self, case: Case) -> None:
        sent = copy.deepcopy(case.before)
        result = patch(AUTO, [sent], case.kind)
        assert _shown(result) == case.after
        assert result.rules == (case.rule,)
        assert sent == case.before

    def test_makes_operations_that_the_core_accepts(self, case: Case) -> None:
        if "shoe.size" not in str(case.before.get("value")):
            assert _outcome(AUTO, case) == "accepted"

    def test_is_not_in_strict(self, case: Case) -> None:
        sent = [case.before]
        result = patch(STRICT, sent, case.kind)
        assert result.body["Operations"] is sent
        assert result.rules == ()
        assert _outcome(STRICT, case) == case.strict
        assert case.strict in OUTCOMES[case.rule] or case.rule in ("COMMON-02", "OKTA-26", "COMMON-29")

    def test_can_be_switched_off_alone(self, case: Case) -> None:
        result = patch(without(AUTO, case.rule), [case.before], case.kind)
        assert case.rule not in result.rules


def _shown(result: Any) -> list[dict[str, Any]]:
    return operations_of(result)


def _outcome(profile: Profile, case: Case) -> str:
    return outcome_of_patch(profile, {"schemas": [str(Message.PATCH)], "Operations": [case.before]}, case.kind)


class TestUntouched:
    @pytest.mark.parametrize("operation", UNTOUCHED.values(), ids=UNTOUCHED)
    def test_is_what_no_rule_explains(self, operation: Any) -> None:
        sent = [operation]
        result = patch(AUTO, sent)
        assert result.rules == ()
        assert result.body["Operations"] is sent

    @pytest.mark.parametrize("operations", [None, {}, "add", {"op": "Add"}], ids=str)
    def test_are_operations_that_are_no_list(self, operations: Any) -> None:
        assert patch(AUTO, operations).rules == ()

    def test_is_an_empty_reference_to_another_part_of_the_manager(self) -> None:
        assert patch(AUTO, [op("replace", f"{MANAGER}.$ref", "")]).rules == ()

    def test_is_a_groups_attribute_that_is_not_the_servers(self) -> None:
        result = patch(AUTO, [op("replace", None, {"groups": []})], GROUP)
        assert result.rules == ()


class TestRemovalByValue:
    def test_never_empties_the_list(self) -> None:
        after = _patched(op("remove", "members", [{"value": "a"}]))
        assert after["members"] == [{"value": "b"}]

    def test_of_nobody_changes_nothing(self) -> None:
        assert len(_patched(op("remove", "members", []))["members"]) == 2
        assert len(_patched(op("remove", "members", [{"value": "nobody"}, {"value": ""}]))["members"]) == 2

    def test_with_null_is_the_removal_of_the_rfc(self) -> None:
        assert "members" not in _patched(op("remove", "members", None))

    def test_counts_the_rules_that_its_path_took(self) -> None:
        text = f"{LAB}.tags"
        result = patch(AUTO, [op("remove", text, ["red"])])
        assert result.rules == ("COMMON-13", "COMMON-18")

    def test_ignores_the_case_of_the_op_even_where_that_is_not_counted(self) -> None:
        result = patch(without(AUTO, "COMMON-09"), [op("Remove", "members", "a")], GROUP)
        assert result.rules == ("COMMON-18",)

    def test_takes_ten_thousand_members(self) -> None:
        values = [{"value": f"id-{number}"} for number in range(10_000)]
        assert _patched(op("remove", "members", [*values, {"value": "b"}]))["members"] == [{"value": "a"}]

    def test_compares_by_the_rules_of_the_attribute(self) -> None:
        after = patched(AUTO, _message([op("remove", "emails", [{"value": "KIM@home.example.com"}])]))
        assert "emails" not in after

    def test_compares_simple_values(self) -> None:
        operations = [op("add", f"{LAB}:tags", ["red", "blue"]), op("remove", f"{LAB}:tags", ["Red", "green"])]
        assert patched(AUTO, _message(operations))[LAB] == {"tags": ["blue"]}

    def test_keeps_a_tree_out_of_error_messages(self) -> None:
        with pytest.raises(Mutability, match=r"^Operation 1 \(remove groups\): 'groups' is readOnly"):
            patched(AUTO, _message([op("remove", "groups", [{"value": "x"}])]))

    def test_is_refused_by_the_core_where_no_rule_takes_it(self) -> None:
        with pytest.raises(InvalidValue, match="a remove takes no 'value'"):
            patched(STRICT, _message([op("remove", "members", ["a"])]), GROUP)
        with pytest.raises(InvalidPath, match="'path' must be a text"):
            patched(STRICT, _message([{"op": "remove", "path": {}}]), GROUP)


def _patched(operation: dict[str, Any]) -> dict[str, Any]:
    return patched(AUTO, _message([operation]), GROUP)


def _message(operations: list[Any]) -> dict[str, Any]:
    return {"schemas": [str(Message.PATCH)], "Operations": operations}


class TestSeveralRules:
    def test_expand_keys_before_they_remove(self) -> None:
        result = patch(AUTO, [op("Replace", None, {MANAGER: "", "active": "true"})])
        assert operations_of(result) == [op("remove", MANAGER), op("replace", None, {"active": True})]
        assert result.rules == ("COMMON-12", "COMMON-09", "ENTRA-11", "COMMON-10")

    def test_read_an_array_on_the_short_path(self) -> None:
        result = patch(AUTO, [op("add", "manager", [{"$ref": "x", "value": "4f1c"}])])
        assert result.rules == ("COMMON-17",)
        assert patched(AUTO, result.body)[ENT] == {"manager": {"$ref": "x", "value": "4f1c"}}

    def test_count_the_short_path_that_they_replace(self) -> None:
        result = patch(AUTO, [op("replace", "manager", "")])
        assert operations_of(result) == [op("remove", MANAGER)]
        assert result.rules == ("COMMON-14", "ENTRA-11")

    def test_keep_the_spelling_of_members(self) -> None:
        body = {
            "schemas": [str(Message.PATCH)],
            "operations": [{"OP": "Add", "Path": None, "Value": {"name.givenName": ["G"]}}],
        }
        result = patch_body(AUTO, body)
        assert result.body["operations"] == [{"OP": "add", "Path": "name.givenName", "Value": "G"}]

    def test_leave_the_operations_that_they_do_not_concern(self) -> None:
        clean = op("replace", "title", "T")
        result = patch(AUTO, [clean, op("Replace", "title", "T")])
        assert result.body["Operations"][0] is clean


class TestEntra:
    def test_calls_shared_rules_by_its_own_names(self) -> None:
        operations = [
            op("Replace", "active", "False"),
            op("replace", None, {"name.givenName": "G", "department": None}),
            op("remove", "roles", [{"value": "x"}]),
        ]
        result = patch(ENTRA, operations)
        assert result.rules == ("ENTRA-39", "ENTRA-04", "ENTRA-31", "ENTRA-05", "ENTRA-14")

    def test_makes_a_missing_entry_and_finds_it_again(self) -> None:
        operations = [
            op("Add", 'addresses[type eq "work"].locality', "Milan"),
            op("Add", 'addresses[type eq "work"].country', "IT"),
            op("Add", 'roles[primary eq "True"].value', "owner"),
            op("Add", 'roles[primary eq "True"].display', "Owner"),
        ]
        after = patched(ENTRA, _message(operations))
        assert after["addresses"] == [{"type": "work", "locality": "Milan", "country": "IT"}]
        assert after["roles"] == [{"primary": True, "value": "owner", "display": "Owner"}]
        assert outcome_of_patch(STRICT, _message(operations[:1])) == "400 noTarget"

    def test_expands_roles_that_are_json_text(self) -> None:
        result = patch(ENTRA, [op("add", "roles", [{"value": '{"value":"viewer"}'}, {"value": "owner"}])])
        assert result.body["Operations"] == [op("add", "roles", [{"value": "viewer"}, {"value": "owner"}])]
        assert result.rules == ("ENTRA-41",)


class TestNoOperation:
    def test_is_no_change_and_is_counted(self) -> None:
        result = patch(AUTO, [])
        assert (result.no_operation, result.rules) == (True, ("ENTRA-49",))

    def test_is_an_error_in_strict(self) -> None:
        result = patch(STRICT, [])
        assert (result.no_operation, result.rules) == (False, ())
        assert outcome_of_patch(STRICT, _message([])) == "400 invalidSyntax"

    def test_is_not_what_has_an_operation_or_no_list(self) -> None:
        assert not patch(AUTO, [op("add", "title", "x")]).no_operation
        assert not patch(AUTO, None).no_operation
        assert not patch_body(AUTO, {"schemas": [str(Message.PATCH)]}).no_operation


class TestGroupSchemas:
    def test_of_a_path_less_value_are_dropped(self) -> None:
        value = {"schemas": [CORE_GROUP], "id": "7", "displayName": "g", "externalId": "e"}
        result = patch(AUTO, [op("replace", None, value)], GROUP)
        assert result.body["Operations"] == [op("replace", None, {"displayName": "g", "externalId": "e"})]
        assert result.rules == ("COMMON-30",)
