"""Rules on the operations of a PATCH: what each changes, what it is counted as, and what happens without it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scim.exceptions import InvalidPath, InvalidValue, Mutability
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.normalise import normalise
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.request import Message, Raw
from tests.protocol.compat.patches_table import CASES, MANAGER, OLD, UNTOUCHED, Case, op
from tests.protocol.compat.quirks import QUIRKS
from tests.protocol.compat.tools import (
    AUTO,
    CAREFUL,
    CORE_GROUP,
    ENT,
    ENTRA,
    GROUP,
    LAB,
    ONELOGIN,
    STORED,
    STRICT,
    USER,
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
        result = patch(case.profile, [sent], case.kind)
        assert _shown(result) == case.after
        assert result.rules == (*case.besides, case.rule)
        assert sent == case.before

    def test_makes_operations_that_the_core_accepts(self, case: Case) -> None:
        if "shoe.size" not in str(case.before.get("value")):
            assert _outcome(case.profile, case) == "accepted"

    def test_is_not_in_strict(self, case: Case) -> None:
        sent = [case.before]
        result = patch(STRICT, sent, case.kind)
        assert result.body["Operations"] is sent
        assert result.rules == ()
        assert _outcome(STRICT, case) == case.strict
        assert case.strict in OUTCOMES[case.rule] or case.rule in (
            "COMMON-02",
            "OKTA-26",
            "COMMON-29",
            "ONELOGIN-14",
            "ENTRA-47",
        )

    def test_can_be_switched_off_alone(self, case: Case) -> None:
        result = patch(without(case.profile, case.rule), [case.before], case.kind)
        assert case.rule not in result.rules


def _shown(result: Any) -> list[dict[str, Any]]:
    return operations_of(result)


def _outcome(profile: Profile, case: Case) -> str:
    return outcome_of_patch(profile, {"schemas": [str(Message.PATCH)], "Operations": [case.before]}, case.kind)


class TestUntouched:
    @pytest.mark.parametrize("operation", UNTOUCHED.values(), ids=UNTOUCHED)
    def test_is_what_no_rule_explains(self, operation: Any) -> None:
        sent = [operation]
        for profile in CAREFUL:
            result = patch(profile, sent)
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


class TestOneLogin:
    def test_takes_a_value_away_by_replacing_it_with_an_empty_text_as_null_does(self) -> None:
        for text in ("", " ", None):
            operations = [op("add", "title", "T"), op("replace", "title", text)]
            assert patched(ONELOGIN, _message(operations)) == STORED["User"]

    def test_changes_nothing_by_adding_an_empty_text_as_null_does(self) -> None:
        for text in ("", " ", None):
            operations = [op("add", "title", "T"), op("add", "title", text), op("add", None, {"title": text})]
            assert patched(ONELOGIN, _message(operations))["title"] == "T"

    def test_finds_no_target_for_nothing_as_null_does(self) -> None:
        for text in ("", " ", None):
            operation = op("replace", 'emails[type eq "work"].value', text)
            assert outcome_of_patch(ONELOGIN, _message([operation])) == "400 noTarget"

    def test_leaves_what_is_required_for_the_core_to_refuse(self) -> None:
        for operation in (op("replace", "userName", ""), op("replace", None, {"userName": ""})):
            assert patch(ONELOGIN, [operation]).rules == ()
            assert outcome_of_patch(ONELOGIN, _message([operation])) == "400 invalidValue"

    def test_never_empties_a_group_by_an_empty_id(self) -> None:
        for value in ("", [""], {"value": ""}, [{"value": ""}]):
            assert outcome_of_patch(ONELOGIN, _message([op("replace", "members", value)]), GROUP) == "400 invalidValue"
        part = op("replace", 'members[value eq "a"].value', "")
        assert patch(ONELOGIN, [part], GROUP).rules == ()


class TestOldForm:
    def test_becomes_operations_on_members_and_the_rest(self) -> None:
        result = patch_body(
            AUTO,
            _old(
                members=[
                    {"value": "a", "operation": "delete"},
                    {"value": "c"},
                    {"Value": "b", "Operation": "DELETE"},
                    "d",
                ],
                displayName="New",
            ),
            GROUP,
        )
        assert operations_of(result) == [
            op("remove", 'members[value eq "a" or value eq "b"]'),
            op("add", "members", [{"value": "c"}, {"value": "d"}]),
            op("replace", None, {"displayName": "New"}),
        ]
        assert result.body["schemas"] == [str(Message.PATCH)]
        assert result.rules == ("ONELOGIN-13", "COMMON-16")
        after = patched(AUTO, result.body, GROUP)
        assert (after["displayName"], after["members"]) == ("New", [{"value": "c"}, {"value": "d"}])

    @pytest.mark.parametrize(
        ("members", "operations"),
        [
            ({"members": {"value": "c"}}, [op("add", "members", [{"value": "c"}])]),
            ({"Members": []}, [op("add", "members", [])]),
            ({"members": None, "displayName": "New"}, [op("replace", None, {"displayName": "New"})]),
            ({"id": "7", "meta": {"version": "x"}, "displayName": "N"}, [op("replace", None, {"displayName": "N"})]),
            (
                {"members": [{"value": "a", "operation": "delete", "display": "A"}]},
                [op("remove", 'members[value eq "a"]')],
            ),
        ],
        ids=str,
    )
    def test_says_what_is_to_be_done(self, members: dict[str, Any], operations: list[dict[str, Any]]) -> None:
        body = _old(**members)
        result = patch_body(AUTO, body, GROUP)
        assert operations_of(result) == operations
        assert result.rules[0] == "ONELOGIN-13"
        assert outcome_of_patch(AUTO, body, GROUP) == "accepted"
        assert outcome_of_patch(STRICT, body, GROUP) == "400 invalidSyntax"
        assert outcome_of_patch(without(AUTO, "ONELOGIN-13"), body, GROUP) == "400 invalidSyntax"

    def test_of_a_user_replaces_single_values(self) -> None:
        body = {"schemas": ["urn:scim:schemas:core:1.0"], "title": "T", OLD: {"manager": {"managerId": "9"}}}
        assert patched(AUTO, body)[ENT] == {"manager": {"value": "9"}}
        assert patched(AUTO, body)["title"] == "T"

    def test_takes_ten_thousand_members(self) -> None:
        entries = [{"value": f"id-{number}", "operation": "delete"} for number in range(10_000)]
        after = patched(AUTO, _old(members=[*entries, {"value": "b", "operation": "delete"}]), GROUP)
        assert after["members"] == [{"value": "a"}]

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            ({"schemas": [CORE_GROUP], "displayName": "N"}, GROUP),
            ({"schemas": ["urn:scim:schemas:core:2.0:User"], "displayName": "N"}, GROUP),
            ({"schemas": "urn:scim:schemas:core:1.0", "displayName": "N"}, GROUP),
            ({"schemas": ["urn:scim:schemas:core:1.0"]}, GROUP),
            ({"schemas": ["urn:scim:schemas:core:1.0"], "operations": None, "displayName": "N"}, GROUP),
            ({"schemas": ["urn:scim:schemas:core:1.0"], "members": [{"value": "a", "operation": "drop"}]}, GROUP),
            ({"schemas": ["urn:scim:schemas:core:1.0"], "members": [{"value": "a", "operation": 1}]}, GROUP),
            ({"schemas": ["urn:scim:schemas:core:1.0"], "members": [{"operation": "delete"}]}, GROUP),
            ({"schemas": ["urn:scim:schemas:core:1.0"], "members": [{"value": 1, "operation": "delete"}]}, GROUP),
            ({"schemas": ["urn:scim:schemas:core:1.0"], "meta": {"attributes": ["title"]}, "nickName": "N"}, USER),
            ({"schemas": ["urn:scim:schemas:core:1.0"], "emails": [{"value": "a@b"}]}, USER),
            ({"schemas": ["urn:scim:schemas:core:1.0"], "members": [{"value": "a"}]}, USER),
        ],
        ids=str,
    )
    def test_is_not_guessed_at_where_it_does_not_say_plainly(self, body: dict[str, Any], kind: ResourceType) -> None:
        assert "ONELOGIN-13" not in patch_body(AUTO, body, kind).rules
        assert outcome_of_patch(AUTO, body, kind) == "400 invalidSyntax"

    def test_is_read_where_the_url_names_a_type_only(self) -> None:
        body = _old(displayName="N")
        assert normalise(AUTO, Raw(method="PATCH", message=Message.PATCH, body=body)).rules != ("ONELOGIN-13",)
        assert normalise(AUTO, Raw(method="PUT", kind=GROUP, resource_id="7", body=body)).rules == ("COMMON-01",)


def _old(**members: Any) -> dict[str, Any]:
    return {"schemas": ["urn:scim:schemas:core:1.0"], **members}


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

    def test_is_not_what_names_operations_twice(self) -> None:
        body = _message([op("add", "title", "x")]) | {"operations": []}
        assert not patch_body(AUTO, body).no_operation
        assert outcome_of_patch(AUTO, body) == "400 invalidSyntax"


class TestGroupSchemas:
    def test_of_a_path_less_value_are_dropped(self) -> None:
        value = {"schemas": [CORE_GROUP], "id": "7", "displayName": "g", "externalId": "e"}
        result = patch(AUTO, [op("replace", None, value)], GROUP)
        assert result.body["Operations"] == [op("replace", None, {"displayName": "g", "externalId": "e"})]
        assert result.rules == ("COMMON-30",)
