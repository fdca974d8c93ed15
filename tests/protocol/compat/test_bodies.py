"""Rules on the bodies of POST and PUT: what each changes, what it is counted as, and what happens without it."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from scim.protocol.attributes.definition import Attribute, Schema
from scim.protocol.attributes.registry import Extension
from scim.protocol.compat.normalise import normalise
from scim.protocol.compat.request import Raw
from scim.protocol.unknown import Unknowns
from scim.protocol.validation import read_resource
from tests.protocol.compat.bodies_table import (
    CASES,
    LEFT_TO_THE_CORE,
    MICROSOFT,
    NO_COLON,
    OLD_1,
    UNTOUCHED,
    Case,
    group,
    user,
    with_object,
)
from tests.protocol.compat.quirks import QUIRKS
from tests.protocol.compat.tools import (
    AUTO,
    CAREFUL,
    CORE_GROUP,
    CORE_USER,
    ENT,
    ENTRA,
    GROUP,
    OKTA,
    ONELOGIN,
    STRICT,
    USER,
    outcome_of_post,
    post,
    without,
)

OUTCOMES = {quirk.id: quirk.strict for quirk in QUIRKS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
class TestRule:
    def test_rewrites_the_body_and_is_counted(self, case: Case) -> None:
        sent = copy.deepcopy(case.before)
        result = post(case.profile, sent, case.kind)
        assert result.body == case.after
        assert list(result.body) == list(case.after) or case.rule in ("COMMON-04", "OKTA-26")
        assert result.rules == (*case.besides, case.rule)
        assert sent == case.before

    def test_makes_a_body_that_the_core_accepts(self, case: Case) -> None:
        assert outcome_of_post(case.profile, case.before, case.kind) == "accepted"

    def test_is_not_in_strict(self, case: Case) -> None:
        result = post(STRICT, case.before, case.kind)
        assert result.body is case.before
        assert result.rules == ()
        assert outcome_of_post(STRICT, case.before, case.kind) == case.strict
        misplaced = OUTCOMES["ENTRA-31"] if case.rule == "COMMON-29" else ()
        assert case.strict in (*OUTCOMES[case.rule], *misplaced, "accepted")

    def test_can_be_switched_off_alone(self, case: Case) -> None:
        result = post(without(case.profile, case.rule), case.before, case.kind)
        assert case.rule not in result.rules
        assert result.body != case.after or result.rules

    def test_works_for_put_as_for_post(self, case: Case) -> None:
        result = normalise(case.profile, Raw(method="PUT", kind=case.kind, resource_id="7", body=case.before))
        assert result.body == case.after


class TestUntouched:
    @pytest.mark.parametrize("body", UNTOUCHED.values(), ids=UNTOUCHED)
    def test_is_what_no_rule_explains(self, body: dict[str, Any]) -> None:
        for profile in (ENTRA, *CAREFUL):
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


class TestOneLogin:
    @pytest.mark.parametrize("body", LEFT_TO_THE_CORE.values(), ids=LEFT_TO_THE_CORE)
    def test_leaves_alone_what_is_required_or_says_something(self, body: dict[str, Any]) -> None:
        result = post(ONELOGIN, body)
        assert result.body is body
        assert result.rules == ()

    @pytest.mark.parametrize("name", ["", " ", "\t "])
    def test_lets_the_core_refuse_a_user_name_that_says_nothing(self, name: str) -> None:
        assert outcome_of_post(ONELOGIN, user(userName=name)) == "400 invalidValue"
        assert outcome_of_post(AUTO, user(userName=name)) == ("accepted" if name else "400 invalidValue")

    @pytest.mark.parametrize("members", [[{"value": ""}], [{"value": ""}, {"value": "a"}], [""], ""], ids=str)
    def test_never_takes_an_empty_id_for_nobody(self, members: Any) -> None:
        assert outcome_of_post(ONELOGIN, group(members=members), GROUP) == "400 invalidValue"

    def test_unassigns_the_other_parts_of_a_member(self) -> None:
        result = post(ONELOGIN, group(members=[{"value": "a", "display": "", "type": " "}]), GROUP)
        assert result.body == group(members=[{"value": "a", "display": None, "type": None}])
        assert result.rules == ("ONELOGIN-08", "ONELOGIN-16")

    def test_unassigns_blanks_where_another_type_is_due(self) -> None:
        result = post(ONELOGIN, user(active=" "))
        assert (result.body, result.rules) == (user(active=None), ("ONELOGIN-16",))

    def test_stores_nothing_of_what_held_nothing_else(self) -> None:
        body = user(name={"givenName": "", "formatted": " "}, emails=[{"value": ""}], title="") | {
            ENT: {"department": "", "manager": {"value": ""}}
        }
        read = read_resource(post(ONELOGIN, body).body, USER, unknowns=Unknowns())
        assert read == {"schemas": [CORE_USER], "userName": "kim"}

    def test_is_not_asked_in_auto_but_for_the_manager(self) -> None:
        body = user(title="", nickName=" ") | {ENT: {"department": "", "manager": {"value": ""}}}
        result = post(AUTO, body)
        assert result.body == user(title="", nickName=" ") | {ENT: {"department": "", "manager": None}}
        assert result.rules == ("ENTRA-11",)

    def test_calls_shared_rules_by_its_own_names(self) -> None:
        body = {
            "schemas": ["urn:scim:schemas:core:1.0"],
            "userName": "kim",
            "emails": {"value": "a@b"},
            OLD_1: {"manager": {"managerId": ""}},
        }
        result = post(ONELOGIN, body)
        assert result.rules == ("ONELOGIN-03", "ONELOGIN-04", "ONELOGIN-14", "ONELOGIN-05", "ONELOGIN-08")
        assert result.body == user(emails=[{"value": "a@b"}]) | {ENT: {"manager": None}}


class TestManagerId:
    @pytest.mark.parametrize(
        "extension",
        [
            {"manager": {"managerId": "9", "value": "8"}},
            {"manager": {"managerId": None}},
            {"manager": "9"},
            {"department": "Ops"},
            "Ops",
            None,
        ],
        ids=str,
    )
    def test_is_no_value_where_there_is_one_or_none_is_meant(self, extension: Any) -> None:
        result = post(AUTO, with_object(OLD_1, extension))
        assert result.body[ENT] == extension or result.rules == ("COMMON-02", "ENTRA-10")
        assert "ONELOGIN-14" not in result.rules

    def test_is_not_looked_for_without_the_colon(self) -> None:
        body = with_object(NO_COLON, {"manager": {"managerId": "9"}})
        assert post(AUTO, body).rules == ("ENTRA-47",)

    def test_is_an_attribute_like_others_where_the_application_defines_the_old_urn(self) -> None:
        own = Schema(id=OLD_1, name="Own", description="", attributes=(Attribute(name="manager"),), body={})
        kind = replace(USER, extensions=(Extension(own),))
        body = with_object(OLD_1, {"manager": {"managerId": "9"}})
        assert post(AUTO, body, kind).body is body

    def test_that_is_empty_is_no_manager(self) -> None:
        result = post(AUTO, with_object(OLD_1, {"manager": {"managerId": ""}}))
        assert result.body == with_object(ENT, {"manager": None})
        assert result.rules == ("COMMON-02", "ONELOGIN-14", "ENTRA-11")


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
