"""Rules on the bodies of POST and PUT: what each changes, what it is counted as, and what happens without it."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import pytest

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.normalise import normalise
from scim.protocol.compat.request import Raw
from tests.protocol.compat.quirks import QUIRKS
from tests.protocol.compat.tools import (
    AUTO,
    CORE_GROUP,
    CORE_USER,
    ENT,
    ENTRA,
    GROUP,
    LAB,
    OKTA,
    STRICT,
    USER,
    outcome_of_post,
    post,
    without,
)

OLD_1 = "urn:scim:schemas:extension:enterprise:1.0"
OLD_2 = "urn:scim:schemas:extension:enterprise:2.0"
NO_COLON = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"
MICROSOFT = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
OUTCOMES = {quirk.id: quirk.strict for quirk in QUIRKS}


class Case(NamedTuple):
    """A body as it is sent and as the rule makes it; how `strict` takes it."""

    rule: str
    before: dict[str, Any]
    after: dict[str, Any]
    strict: str
    kind: ResourceType = USER


def user(*schemas: str, **members: Any) -> dict[str, Any]:
    """A user's body."""
    return {"schemas": list(schemas or (CORE_USER,)), "userName": "kim", **members}


def with_object(urn: str, value: Any, *schemas: str) -> dict[str, Any]:
    """A user's body with an object under a URN."""
    return {**user(*schemas), urn: value}


def group(**members: Any) -> dict[str, Any]:
    """A group's body."""
    return {"schemas": [CORE_GROUP], "displayName": "Team", **members}


TWO_PRIMARIES = [{"value": "a", "primary": True}, {"value": "b", "Primary": True}, {"value": "c", "primary": False}]

CASES = [
    # a core URN from before the standard
    Case("COMMON-01", user("urn:scim:schemas:core:1.0"), user(), "400 invalidSyntax"),
    Case("COMMON-01", user("urn:scim:schemas:core:2.0"), user(), "400 invalidSyntax"),
    Case("COMMON-01", user("URN:scim:schemas:core:2.0:User"), user(), "400 invalidSyntax"),
    Case("COMMON-01", user("urn:scim:schemas:core:1.0", CORE_USER), user(), "400 invalidValue"),
    Case("COMMON-01", user(CORE_USER, "urn:scim:schemas:core:1.0", ENT), user(CORE_USER, ENT), "400 invalidValue"),
    Case("COMMON-01", group() | {"schemas": ["urn:scim:schemas:core:2.0:Group"]}, group(), "400 invalidSyntax", GROUP),
    # an enterprise URN from before the standard
    Case("COMMON-02", user(CORE_USER, OLD_1), user(CORE_USER, ENT), "400 invalidValue"),
    Case("COMMON-02", user(CORE_USER, f"{OLD_2}:User"), user(CORE_USER, ENT), "400 invalidValue"),
    Case("COMMON-02", user(ENT, CORE_USER, OLD_1), user(ENT, CORE_USER), "400 invalidValue"),
    Case(
        "COMMON-02",
        with_object(OLD_2, {"department": "Ops"}),
        with_object(ENT, {"department": "Ops"}),
        "400 invalidSyntax",
    ),
    Case(
        "COMMON-02",
        with_object(ENT, {"Department": "Ops"}) | {OLD_1: {"department": "Old", "division": "N"}},
        with_object(ENT, {"Department": "Ops", "division": "N"}),
        "400 invalidSyntax",
    ),
    Case(
        "COMMON-02",
        with_object(OLD_1, {"department": "One"}) | {OLD_2: {"department": "Two", "division": "N"}},
        with_object(ENT, {"department": "One", "division": "N"}),
        "400 invalidSyntax",
    ),
    Case(
        "COMMON-02",
        with_object(ENT, {"division": "N"}) | {OLD_1: None},
        with_object(ENT, {"division": "N"}),
        "accepted",
    ),
    Case(
        "COMMON-02",
        with_object(ENT, None) | {OLD_1: {"division": "N"}},
        with_object(ENT, {"division": "N"}),
        "400 invalidSyntax",
    ),
    # missing schemas
    Case("COMMON-04", {"userName": "kim"}, user(), "400 invalidSyntax"),
    Case("COMMON-04", {"userName": "kim", "schemas": []}, user(), "400 invalidSyntax"),
    Case(
        "COMMON-04",
        {"userName": "kim", "Schemas": None},
        {"userName": "kim", "Schemas": [CORE_USER]},
        "400 invalidSyntax",
    ),
    Case("COMMON-04", {"displayName": "Team"}, group(), "400 invalidSyntax", GROUP),
    # schemas of others
    Case("COMMON-05", user(CORE_USER, "urn:example:vendor:1.0:User"), user(), "400 invalidValue"),
    Case("COMMON-05", group() | {"schemas": [CORE_GROUP, MICROSOFT]}, group(), "400 invalidValue", GROUP),
    Case("COMMON-05", user(CORE_USER.lower(), "urn:x:y"), user(CORE_USER.lower()), "400 invalidValue"),
    # booleans as text
    Case("COMMON-10", user(active="False"), user(active=False), "400 invalidValue"),
    Case("COMMON-10", user(Active="TRUE"), user(Active=True), "400 invalidValue"),
    Case(
        "COMMON-10",
        user(roles=[{"primary": "True", "value": "approver"}]),
        user(roles=[{"primary": True, "value": "approver"}]),
        "400 invalidValue",
    ),
    # numbers
    Case("COMMON-11", with_object(LAB, {"level": "3"}), with_object(LAB, {"level": 3}), "400 invalidValue"),
    Case("COMMON-11", with_object(LAB, {"score": "4.5"}), with_object(LAB, {"score": 4.5}), "400 invalidValue"),
    Case("COMMON-11", with_object(LAB, {"score": "-2"}), with_object(LAB, {"score": -2}), "400 invalidValue"),
    Case(
        "COMMON-11",
        with_object(ENT, {"employeeNumber": 20001}),
        with_object(ENT, {"employeeNumber": "20001"}),
        "400 invalidValue",
    ),
    Case(
        "COMMON-11",
        with_object(ENT, {"employeeNumber": -(10**18 - 1)}),
        with_object(ENT, {"employeeNumber": "-999999999999999999"}),
        "400 invalidValue",
    ),
    # one where a list is due
    Case("COMMON-16", user(emails={"value": "a@b"}), user(emails=[{"value": "a@b"}]), "400 invalidValue"),
    Case("COMMON-16", user(emails="a@b"), user(emails=[{"value": "a@b"}]), "400 invalidValue"),
    Case("COMMON-16", user(roles=["staff"]), user(roles=[{"value": "staff"}]), "400 invalidValue"),
    Case(
        "COMMON-16",
        group(members=["id1", "id2"]),
        group(members=[{"value": "id1"}, {"value": "id2"}]),
        "400 invalidValue",
        GROUP,
    ),
    Case("COMMON-16", with_object(LAB, {"tags": "red"}), with_object(LAB, {"tags": ["red"]}), "400 invalidValue"),
    # a list where one is due
    Case("COMMON-17", user(displayName=["Rosa"]), user(displayName="Rosa"), "400 invalidValue"),
    Case("COMMON-17", user(name=[{"givenName": "Rosa"}]), user(name={"givenName": "Rosa"}), "400 invalidValue"),
    Case("COMMON-17", user(title=[None]), user(title=None), "400 invalidValue"),
    Case(
        "COMMON-17",
        user(emails=[{"value": ["a@b"], "type": "work"}]),
        user(emails=[{"value": "a@b", "type": "work"}]),
        "400 invalidValue",
    ),
    # null
    Case("COMMON-29", user(emails=[None, {"value": "a@b"}]), user(emails=[{"value": "a@b"}]), "400 invalidValue"),
    Case("COMMON-29", user(emails=[None]), user(emails=[]), "400 invalidValue"),
    Case("COMMON-29", user(title=None, department=None), user(title=None), "accepted"),
    # two primaries
    Case(
        "COMMON-31",
        user(emails=TWO_PRIMARIES),
        user(emails=[{"value": "a", "primary": True}, {"value": "b"}, {"value": "c", "primary": False}]),
        "400 invalidValue",
    ),
    # one pair twice
    Case(
        "COMMON-38",
        user(
            emails=[
                {"type": "work", "value": "A@b"},
                {"type": "home", "value": "a@b"},
                {"Type": "Work", "value": "a@b"},
            ]
        ),
        user(emails=[{"type": "work", "value": "A@b"}, {"type": "home", "value": "a@b"}]),
        "400 invalidValue",
    ),
    Case(
        "COMMON-38",
        user(
            emails=[
                {"value": "ä@b", "primary": False},
                {"value": "ö@b"},
                {"value": "Ä@b", "type": None, "primary": True},
            ]
        ),
        user(emails=[{"value": "ä@b", "primary": True}, {"value": "ö@b"}]),
        "400 invalidValue",
    ),
    Case(
        "COMMON-38",
        group(members=[{"value": "a"}, {"value": "a", "display": "A"}, {"display": "nobody"}]),
        group(members=[{"value": "a"}, {"display": "nobody"}]),
        "400 invalidValue",
        GROUP,
    ),
    # manager
    Case(
        "ENTRA-10",
        with_object(ENT, {"manager": "4f1c"}),
        with_object(ENT, {"manager": {"value": "4f1c"}}),
        "400 invalidValue",
    ),
    Case(
        "ENTRA-11",
        with_object(ENT, {"manager": {"Value": ""}}),
        with_object(ENT, {"manager": None}),
        "400 invalidValue",
    ),
    Case("ENTRA-11", with_object(ENT, {"manager": ""}), with_object(ENT, {"manager": None}), "400 invalidValue"),
    # the enterprise URN without its last colon
    Case("ENTRA-47", user(CORE_USER, NO_COLON), user(CORE_USER, ENT), "400 invalidValue"),
    Case(
        "ENTRA-47", with_object(NO_COLON, {"division": "N"}), with_object(ENT, {"division": "N"}), "400 invalidSyntax"
    ),
    # core attributes under the core URN
    Case("OKTA-26", with_object(CORE_USER, {"title": "Buyer"}), user(title="Buyer"), "400 invalidSyntax"),
    Case(
        "OKTA-26",
        user(Title="Lead", nickName=None) | {CORE_USER: {"title": "Buyer", "NickName": "K"}},
        user(Title="Lead", NickName="K"),
        "400 invalidSyntax",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
class TestRule:
    def test_rewrites_the_body_and_is_counted(self, case: Case) -> None:
        sent = copy.deepcopy(case.before)
        result = post(AUTO, sent, case.kind)
        assert result.body == case.after
        assert list(result.body) == list(case.after) or case.rule in ("COMMON-04", "OKTA-26")
        assert result.rules == (case.rule,)
        assert sent == case.before

    def test_makes_a_body_that_the_core_accepts(self, case: Case) -> None:
        assert outcome_of_post(AUTO, case.before, case.kind) == "accepted"

    def test_is_not_in_strict(self, case: Case) -> None:
        result = post(STRICT, case.before, case.kind)
        assert result.body is case.before
        assert result.rules == ()
        assert outcome_of_post(STRICT, case.before, case.kind) == case.strict
        assert case.strict in (*OUTCOMES[case.rule], "accepted")

    def test_can_be_switched_off_alone(self, case: Case) -> None:
        result = post(without(AUTO, case.rule), case.before, case.kind)
        assert case.rule not in result.rules
        assert result.body != case.after or result.rules

    def test_works_for_put_as_for_post(self, case: Case) -> None:
        result = normalise(AUTO, Raw(method="PUT", kind=case.kind, resource_id="7", body=case.before))
        assert result.body == case.after


UNTOUCHED = {
    "a Group's body at /Users": user(CORE_GROUP),
    "an old Group URN at /Users": user("urn:scim:schemas:core:2.0:Group"),
    "an extension without the base schema": user(ENT),
    "a foreign schema without the base schema": user("urn:example:vendor:1.0:User"),
    "schemas that are no list": {"schemas": CORE_USER, "userName": "kim"},
    "schemas with what is no text": {"schemas": [CORE_USER, {}, "urn:scim:schemas:core:1.0"], "userName": "kim"},
    "the same schema twice": user(CORE_USER, CORE_USER),
    "text where text is due": user(title="true", nickName="7"),
    "other words than true and false": user(active="yes"),
    "a number where a boolean is due": user(active=1),
    "a fraction where text is due": with_object(ENT, {"employeeNumber": 1.5}),
    "a boolean where text is due": with_object(ENT, {"employeeNumber": True}),
    "an integer of more than 18 digits where text is due": with_object(ENT, {"employeeNumber": 10**18}),
    "a fraction as text where an integer is due": with_object(LAB, {"level": "3.5"}),
    "text with leading zeros where an integer is due": with_object(LAB, {"level": "007"}),
    "text beyond every number": with_object(LAB, {"score": "1e999"}),
    "a boolean where a number is due": with_object(LAB, {"level": True}),
    "an empty object for a list": user(emails={}),
    "an empty list for a single value": user(title=[], name=[]),
    "a list of two for a single value": user(title=["a", "b"]),
    "entries without primary": user(emails=[{"value": "a"}, {"value": "b", "primary": True}]),
    "entries of other forms": user(emails=[True, {"value": True}, {"value": True}, {"type": True, "value": "ä"}]),
    "equal values under two types": user(emails=[{"type": "work", "value": "a"}, {"type": "home", "value": "a"}]),
    "an empty text that is no reference": user(title="", emails=[{"value": ""}]),
    "an empty id in a list": user(CORE_USER, emails=[{"value": ""}]),
    "a manager with an id": with_object(ENT, {"manager": {"value": "4f1c", "displayName": ""}}),
    "a manager without value": with_object(ENT, {"manager": {"displayName": "Lead"}}),
    "an extension that is no object": with_object(ENT, "Ops"),
    "unknown attributes": user(shoeSize=44, department="Ops"),
    "an unknown extension": with_object("urn:okta:custom:user:1.0", {"active": "True"}),
    "an unknown extension that is null": with_object("urn:okta:custom:user:1.0", None),
    "no object under the core URN": with_object(CORE_USER, "kim"),
    "what the server writes itself": user(id="7", meta={"created": 5}, groups="none"),
    "a complex value that is a number": with_object(ENT, {"manager": 17}),
}


class TestUntouched:
    @pytest.mark.parametrize("body", UNTOUCHED.values(), ids=UNTOUCHED)
    def test_is_what_no_rule_explains(self, body: dict[str, Any]) -> None:
        for profile in (AUTO, ENTRA, OKTA):
            result = post(profile, body)
            assert result.body is body
            assert result.rules == ()

    @pytest.mark.parametrize("body", [None, [], "text", 7, [{"schemas": []}]], ids=str)
    def test_is_a_body_that_is_no_object(self, body: Any) -> None:
        assert post(AUTO, body).body is body

    def test_is_a_resource_at_a_url_that_names_no_type(self) -> None:
        body = {"active": "True"}
        assert normalise(AUTO, Raw(method="POST", body=body)).body is body


class TestEntra:
    def test_calls_shared_rules_by_its_own_names(self) -> None:
        body = {
            "schemas": [CORE_USER, MICROSOFT],
            "userName": "kim",
            "active": "True",
            "title": None,
            "department": None,
            "roles": ["staff"],
        }
        result = post(ENTRA, body)
        assert result.rules == ("ENTRA-17", "ENTRA-31", "ENTRA-04", "ENTRA-51")
        assert result.body == user(active=True, title=None, roles=[{"value": "staff"}])

    @pytest.mark.parametrize(
        ("text", "role"),
        [
            ('{"id":"a1","value":"viewer","displayName":"Viewer"}', {"value": "viewer", "display": "Viewer"}),
            (' {"value":"viewer"}', {"value": "viewer"}),
            ('{"value":"viewer","displayName":7}', {"value": "viewer"}),
        ],
    )
    def test_expands_roles_that_are_json_text(self, text: str, role: dict[str, str]) -> None:
        result = post(ENTRA, user(roles=[{"value": text, "primary": True}]))
        assert result.body == user(roles=[{**role, "primary": True}])
        assert result.rules == ("ENTRA-41",)

    @pytest.mark.parametrize(
        "text",
        [
            "{viewer",
            '{"value":7}',
            '{"display":"x"}',
            "[1]",
            "viewer",
            "{" * 200_000,
            '{"a":' * 200_000,
            '{"value":"\\ud800"}',
            '{"value":"\\u0000"}',
        ],
        ids=lambda text: text[:20],
    )
    def test_leaves_other_roles_alone(self, text: str) -> None:
        body = user(roles=[{"value": text}, {"display": text}, 7])
        assert post(ENTRA, body).body is body

    def test_leaves_json_text_elsewhere_alone(self) -> None:
        body = user(entitlements=[{"value": '{"value":"viewer"}'}])
        assert post(ENTRA, body).body is body

    def test_is_not_asked_in_auto(self) -> None:
        body = user(roles=[{"value": '{"value":"viewer"}'}])
        assert post(AUTO, body).body is body


class TestOkta:
    def test_calls_the_dropped_schema_by_its_own_name(self) -> None:
        body = group() | {"schemas": [CORE_GROUP, "urn:okta:custom:group:1.0"]}
        assert post(OKTA, body, GROUP).rules == ("OKTA-25",)


class TestSeveralRules:
    def test_of_one_value_run_in_turn(self) -> None:
        body = with_object(ENT, {"manager": [{"$ref": None, "value": ["4f1c"]}]})
        result = post(AUTO, body)
        assert result.body == with_object(ENT, {"manager": {"$ref": None, "value": "4f1c"}})
        assert result.rules == ("COMMON-17",)

    def test_unwrap_before_they_type(self) -> None:
        result = post(AUTO, user(active=["false"]))
        assert (result.body, result.rules) == (user(active=False), ("COMMON-17", "COMMON-10"))

    def test_drop_pairs_before_they_choose_the_primary(self) -> None:
        emails = [
            {"type": "work", "value": "a"},
            {"type": "home", "value": "b", "primary": True},
            {"type": "work", "value": "a", "primary": "true"},
        ]
        result = post(AUTO, user(emails=emails))
        assert result.rules == ("COMMON-10", "COMMON-38", "COMMON-31")
        assert result.body["emails"] == [
            {"type": "work", "value": "a", "primary": True},
            {"type": "home", "value": "b"},
        ]

    def test_on_an_old_object_reach_its_values(self) -> None:
        result = post(AUTO, with_object(OLD_1, {"employeeNumber": 7, "manager": {"value": ""}}))
        assert result.body == with_object(ENT, {"employeeNumber": "7", "manager": None})
        assert result.rules == ("COMMON-02", "COMMON-11", "ENTRA-11")

    def test_fill_schemas_that_only_named_an_old_core(self) -> None:
        result = post(AUTO, user("urn:scim:schemas:core:1.0", OLD_1))
        assert (result.body, result.rules) == (user(CORE_USER, ENT), ("COMMON-01", "COMMON-02"))
