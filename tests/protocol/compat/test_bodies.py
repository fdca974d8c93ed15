"""Rules on the bodies of POST and PUT: what each changes, what it is counted as, and what happens without it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scim.protocol.compat.normalise import normalise
from scim.protocol.compat.request import Raw
from tests.protocol.compat.bodies_table import (
    CASES,
    MICROSOFT,
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
    CORE_GROUP,
    CORE_USER,
    ENT,
    ENTRA,
    GROUP,
    OKTA,
    STRICT,
    outcome_of_post,
    post,
    without,
)

OUTCOMES = {quirk.id: quirk.strict for quirk in QUIRKS}


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
        misplaced = OUTCOMES["ENTRA-31"] if case.rule == "COMMON-29" else ()
        assert case.strict in (*OUTCOMES[case.rule], *misplaced, "accepted")

    def test_can_be_switched_off_alone(self, case: Case) -> None:
        result = post(without(AUTO, case.rule), case.before, case.kind)
        assert case.rule not in result.rules
        assert result.body != case.after or result.rules

    def test_works_for_put_as_for_post(self, case: Case) -> None:
        result = normalise(AUTO, Raw(method="PUT", kind=case.kind, resource_id="7", body=case.before))
        assert result.body == case.after


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
