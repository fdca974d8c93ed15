"""Rules on the operations of a PATCH: what each changes, what it is counted as, and what happens without it."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import pytest

from scim.exceptions import InvalidPath, InvalidValue, Mutability
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.request import Message
from tests.protocol.compat.quirks import QUIRKS
from tests.protocol.compat.tools import (
    AUTO,
    CORE_GROUP,
    CORE_USER,
    ENT,
    ENTRA,
    GROUP,
    LAB,
    STRICT,
    USER,
    operations_of,
    outcome_of_patch,
    patch,
    patch_body,
    patched,
    without,
)

MANAGER = f"{ENT}:manager"
OLD = "urn:scim:schemas:extension:enterprise:2.0"
OUTCOMES = {quirk.id: quirk.strict for quirk in QUIRKS}


def op(name: str, path: str | None, *value: Any) -> dict[str, Any]:
    """One operation."""
    members = {"op": name} | ({} if path is None else {"path": path})
    return members | ({"value": value[0]} if value else {})


class Case(NamedTuple):
    """An operation as it is sent and what the rule makes of it; how `strict` takes it."""

    rule: str
    before: dict[str, Any]
    after: list[dict[str, Any]]
    strict: str
    kind: ResourceType = USER


CASES = [
    Case(
        "COMMON-02",
        op("add", None, {OLD: {"division": "N"}}),
        [op("add", None, {ENT: {"division": "N"}})],
        "400 invalidValue",
    ),
    Case("COMMON-09", op("REPLACE", "title", "Lead"), [op("replace", "title", "Lead")], "accepted"),
    Case("COMMON-10", op("replace", "active", "False"), [op("replace", "active", False)], "400 invalidValue"),
    Case("COMMON-10", op("add", None, {"active": "true"}), [op("add", None, {"active": True})], "400 invalidValue"),
    Case(
        "COMMON-10",
        op("replace", 'emails[type eq "home"].primary', "True"),
        [op("replace", 'emails[type eq "home"].primary', True)],
        "400 invalidValue",
    ),
    Case(
        "COMMON-10",
        op("replace", 'emails[type eq "home"]', {"value": "a", "primary": "True"}),
        [op("replace", 'emails[type eq "home"]', {"value": "a", "primary": True})],
        "400 invalidValue",
    ),
    Case("COMMON-11", op("add", f"{LAB}:level", "3"), [op("add", f"{LAB}:level", 3)], "400 invalidValue"),
    Case("COMMON-11", op("add", ENT, {"division": 7}), [op("add", ENT, {"division": "7"})], "400 invalidValue"),
    Case(
        "COMMON-11",
        op("add", None, {ENT: {"division": 7}}),
        [op("add", None, {ENT: {"division": "7"}})],
        "400 invalidValue",
    ),
    Case("COMMON-11", op("add", f"{CORE_USER}:title", 7), [op("add", f"{CORE_USER}:title", "7")], "400 invalidValue"),
    Case(
        "COMMON-12",
        op(
            "replace",
            None,
            {"title": "T", "name.givenName": "G", "nickName": "N", "locale": "de", f"{ENT}:division": None},
        ),
        [
            op("replace", None, {"title": "T"}),
            op("replace", "name.givenName", "G"),
            op("replace", None, {"nickName": "N", "locale": "de"}),
            op("replace", f"{ENT}:division", None),
        ],
        "400 invalidValue",
    ),
    Case(
        "COMMON-12",
        op("add", None, {'emails[type eq "home"].display': "Kim", "shoe.size": None}),
        [op("add", 'emails[type eq "home"].display', "Kim"), op("add", None, {"shoe.size": None})],
        "400 invalidValue",
    ),
    Case(
        "COMMON-12", op("add", None, {f"{OLD}.division": "N"}), [op("add", f"{OLD}.division", "N")], "400 invalidValue"
    ),
    Case("COMMON-16", op("add", "members", "c"), [op("add", "members", {"value": "c"})], "400 invalidValue", GROUP),
    Case("COMMON-16", op("add", "members", ["c"]), [op("add", "members", [{"value": "c"}])], "400 invalidValue", GROUP),
    Case(
        "COMMON-16",
        op("add", None, {"members": "c"}),
        [op("add", None, {"members": {"value": "c"}})],
        "400 invalidValue",
        GROUP,
    ),
    Case(
        "COMMON-17", op("replace", "displayName", ["Rosa"]), [op("replace", "displayName", "Rosa")], "400 invalidValue"
    ),
    Case(
        "COMMON-17", op("replace", "name.givenName", ["R"]), [op("replace", "name.givenName", "R")], "400 invalidValue"
    ),
    Case(
        "COMMON-17",
        op("replace", None, {"displayName": ["Rosa"]}),
        [op("replace", None, {"displayName": "Rosa"})],
        "400 invalidValue",
    ),
    Case(
        "COMMON-17",
        op("replace", 'emails[type eq "home"]', [{"value": "a"}]),
        [op("replace", 'emails[type eq "home"]', {"value": "a"})],
        "400 invalidValue",
    ),
    Case(
        "COMMON-18",
        op("remove", "members", [{"value": "a", "$ref": None}, "b"]),
        [op("remove", 'members[value eq "a" or value eq "b"]')],
        "400 invalidValue",
        GROUP,
    ),
    Case(
        "COMMON-18",
        op("remove", "Members", {"Value": "a"}),
        [op("remove", 'members[value eq "a"]')],
        "400 invalidValue",
        GROUP,
    ),
    Case("COMMON-18", op("remove", "members", "a"), [op("remove", 'members[value eq "a"]')], "400 invalidValue", GROUP),
    Case(
        "COMMON-18",
        op("remove", "members", [None, "a", {"value": "a"}]),
        [op("remove", 'members[value eq "a"]')],
        "400 invalidValue",
        GROUP,
    ),
    Case("COMMON-18", op("remove", "members", []), [op("remove", "members[]")], "400 invalidValue", GROUP),
    Case(
        "COMMON-18",
        op("remove", f"{LAB}:tags", ["red"]),
        [op("remove", f'{LAB}:tags[value eq "red"]')],
        "400 invalidValue",
    ),
    Case(
        "COMMON-29",
        op("replace", "emails", [None, {"value": "a"}]),
        [op("replace", "emails", [{"value": "a"}])],
        "400 invalidValue",
    ),
    Case(
        "COMMON-29",
        op("replace", None, {"department": None, "title": None}),
        [op("replace", None, {"title": None})],
        "accepted",
    ),
    Case(
        "COMMON-30", op("replace", None, {"id": "7", "title": "T"}), [op("replace", None, {"title": "T"})], "accepted"
    ),
    Case(
        "COMMON-30",
        op("replace", None, {"Schemas": [CORE_USER], "meta": {}, "groups": [], "title": "T"}),
        [op("replace", None, {"title": "T"})],
        "400 mutability",
    ),
    Case(
        "COMMON-38",
        op("add", "members", [{"value": "c"}, {"value": "c"}]),
        [op("add", "members", [{"value": "c"}])],
        "400 invalidValue",
        GROUP,
    ),
    Case("ENTRA-10", op("add", MANAGER, "4f1c"), [op("add", MANAGER, {"value": "4f1c"})], "400 invalidValue"),
    Case(
        "ENTRA-10",
        op("add", None, {ENT: {"manager": "x"}}),
        [op("add", None, {ENT: {"manager": {"value": "x"}}})],
        "400 invalidValue",
    ),
    Case("ENTRA-11", op("replace", MANAGER, {"value": ""}), [op("remove", MANAGER)], "400 invalidValue"),
    Case("ENTRA-11", op("add", MANAGER, ""), [op("remove", MANAGER)], "400 invalidValue"),
    Case("ENTRA-11", op("replace", MANAGER, [{"value": ""}]), [op("remove", MANAGER)], "400 invalidValue"),
    Case("ENTRA-11", op("replace", f"{MANAGER}.value", ""), [op("remove", MANAGER)], "400 invalidValue"),
    Case(
        "ENTRA-11",
        op("replace", None, {ENT: {"manager": {"value": ""}}}),
        [op("replace", None, {ENT: {"manager": None}})],
        "400 invalidValue",
    ),
    Case(
        "OKTA-26", op("add", None, {CORE_USER: {"title": "T"}}), [op("add", None, {"title": "T"})], "400 invalidValue"
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
class TestRule:
    def test_rewrites_the_operation_and_is_counted(self, case: Case) -> None:
        sent = copy.deepcopy(case.before)
        result = patch(AUTO, [sent], case.kind)
        assert _shown(result) == case.after
        assert result.rules == (case.rule,)
        assert sent == case.before

    def test_makes_operations_that_the_core_accepts(self, case: Case) -> None:
        if case.before.get("value") != {"shoe.size": None}:
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


UNTOUCHED: dict[str, Any] = {
    "no object": "replace",
    "no op": {"path": "title", "value": "x"},
    "an op that is no text": {"op": 7, "path": "title", "value": "x"},
    "a path that is no text": {"op": "add", "path": 7, "value": "x"},
    "a path to nothing": op("add", "shoeSize", "x"),
    "a path to a part of a part": op("add", "emails.value.x", "true"),
    "a path to an unknown part": op("add", 'emails[type eq "work"].shoe', "true"),
    "a part after a part": op("add", 'name.givenName[type eq "work"].x', ["true"]),
    "a malformed path": op("add", "active]", "true"),
    "a path to a readOnly attribute": op("add", "meta", ["true"]),
    "a path to a readOnly part": op("add", f"{MANAGER}.displayName", ["x"]),
    "a path to schemas": op("add", "schemas", "urn:scim:schemas:core:1.0"),
    "an extension that is no object": op("add", ENT, "x"),
    "a key that is no path": op("replace", None, {"shoe.size": 7, "urn:okta:x:1.0": {"a.b": 1}, "x[0]": 1}),
    "an extension under its URN": op("replace", None, {ENT: {"division": "N"}}),
    "another id": op("replace", None, {"id": "8", "title": "T"}),
    "an id that is no text": op("replace", None, {"id": 7}),
    "no object without a path": op("replace", None, ["x"]),
    "a remove without a path": op("remove", None, {"name.givenName": "x"}),
    "a remove of one value with a value": op("remove", "title", "Lead"),
    "a remove by filter with a value": op("remove", 'emails[type eq "work"]', [{"value": "x"}]),
    "a remove of a part with a value": op("remove", "emails.type", ["work"]),
    "a remove of entries without value": op("remove", "emails", [{"type": "work"}]),
    "a remove of entries of another type": op("remove", "emails", [{"value": 7}]),
    "a remove from a list without value": op("remove", "addresses", ["x"]),
    "a remove with null": op("remove", "emails", None),
    "a remove with null for a path": {"op": "remove", "path": None, "value": [{"value": "x"}]},
    "one entry for a list": op("replace", "emails", {"value": "solo@example.com"}),
    "one simple value for a list": op("add", f"{LAB}:tags", "red"),
    "two primaries": op("add", "emails", [{"value": "a", "primary": True}, {"value": "b", "primary": True}]),
    "null": op("replace", "title", None),
    "a filter that selects with a list": op("replace", 'emails[type eq "home"]', [{"value": "a"}, {"value": "b"}]),
    "an empty text": op("replace", "title", ""),
    "an empty id in a list": op("add", "emails", [{"value": ""}]),
    "an empty name of a manager": op("add", f"{ENT}:division", ""),
    "an empty reference at no path": op("add", "shoe", {"value": ""}),
}


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
