"""Profiles hold the rules that the document on quirks gives them, and every row of the tables tells the truth."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scim.exceptions import OperatorError
from scim.protocol.compat.authentik_table import AUTHENTIK
from scim.protocol.compat.common_table import COMMON
from scim.protocol.compat.entra_table import ENTRA
from scim.protocol.compat.google_table import GOOGLE
from scim.protocol.compat.jumpcloud_table import JUMPCLOUD
from scim.protocol.compat.keycloak_table import KEYCLOAK
from scim.protocol.compat.lenient import read_filter, read_path
from scim.protocol.compat.normalise import bare_token
from scim.protocol.compat.okta_table import OKTA
from scim.protocol.compat.onelogin_table import ONELOGIN
from scim.protocol.compat.other_table import OTHER
from scim.protocol.compat.ping_table import PING
from scim.protocol.compat.profile import PROFILES, profile
from scim.protocol.compat.rule import Phase, Rule
from scim.protocol.grammar.parser import parse_filter, parse_path
from scim.protocol.grammar.printer import to_text
from tests.protocol.compat.quirks import QUIRKS, Quirk
from tests.protocol.compat.tools import USER, only, operations_of, patch, path_text, post

SECTIONS = (COMMON, ENTRA, OKTA, ONELOGIN, JUMPCLOUD, PING, GOOGLE, KEYCLOAK, AUTHENTIK, OTHER)
RULES = {rule.id: rule for section in SECTIONS for rule in section}
OWN = {
    "entra": "ENTRA",
    "entra-legacy": "ENTRA",
    "okta": "OKTA",
    "onelogin": "ONELOGIN",
    "jumpcloud": "JUMPCLOUD",
    "ping": "PING",
    "google": "GOOGLE",
    "keycloak": "KEYCLOAK",
    "authentik": "AUTHENTIK",
}
"""The section of every profile of an IdP."""

REWRITTEN_ELSEWHERE = {"COMMON-15"}
"""A rewrite that no profile does."""


class TestTables:
    def test_have_a_row_for_every_quirk_and_no_other(self) -> None:
        assert list(RULES) == [quirk.id for quirk in QUIRKS]
        assert len(RULES) == sum(map(len, SECTIONS))

    @pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.id)
    def test_agree_with_the_document(self, quirk: Quirk) -> None:
        rule = RULES[quirk.id]
        assert (rule.kind, rule.in_auto, rule.same_as) == (quirk.kind, quirk.in_auto, quirk.same_as)

    @pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.id)
    def test_give_every_rewrite_a_function(self, quirk: Quirk) -> None:
        rule = RULES[quirk.id]
        if quirk.kind == "rewrite" and quirk.id not in REWRITTEN_ELSEWHERE:
            assert rule.phase is not None
        if not rule.works:
            assert rule.phase is None

    @pytest.mark.parametrize(
        "rule", [rule for rule in RULES.values() if rule.same_as and rule.works], ids=lambda r: r.id
    )
    def test_share_the_functions_of_common_with_its_uses(self, rule: Rule) -> None:
        shared = {work for same in rule.same_as for work in RULES[same].works}
        assert shared.issuperset(rule.works)

    @pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
    def test_have_sentences_for_people(self, rule: Rule) -> None:
        assert rule.sentence.endswith(".")
        assert "\n" not in rule.sentence
        assert rule.concerns
        json.dumps([rule.example.before, rule.example.after])

    @pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
    def test_have_examples_that_are_true(self, rule: Rule) -> None:
        alone = only([rule], rule.id)
        before, after = rule.example.before, rule.example.after
        match before:
            case dict():
                result: Any = post(alone, before)
                assert (result.body, result.rules) == (after, _counted(rule, changes=before != after))
            case list():
                result = patch(alone, before)
                assert (operations_of(result), result.rules) == (after, _counted(rule, changes=before != after))
            case str() if before.startswith("filter="):
                tree, rules = read_filter(alone, before.removeprefix("filter="), USER)
                assert to_text(tree) == to_text(parse_filter(after.removeprefix("filter=")))
                assert rules == _counted(rule, changes=before != after)
            case str() if before.startswith("path="):
                path, rules = read_path(alone, before.removeprefix("path="), USER)
                assert path_text(path) == path_text(parse_path(after.removeprefix("path=")))
                assert rules == _counted(rule, changes=before != after)


def _counted(rule: Rule, *, changes: bool) -> tuple[str, ...]:
    return (rule.id,) if changes else ()


class TestProfile:
    @pytest.mark.parametrize("name", ["auto", "strict", *OWN])
    def test_is_found_by_name(self, name: str) -> None:
        assert profile(name) is PROFILES[name]
        assert profile(name).name == name

    def test_of_another_name_is_an_error_that_lists_the_names(self) -> None:
        names = "auto, strict, entra, entra-legacy, okta, onelogin, jumpcloud, ping, google, keycloak, authentik"
        with pytest.raises(OperatorError, match=f"'azure'; choose one of {names}\\.$"):
            profile("azure")

    def test_auto_holds_all_rules_that_cannot_change_a_meaning(self) -> None:
        assert [rule.id for rule in profile("auto").rules] == [quirk.id for quirk in QUIRKS if quirk.in_auto]

    def test_strict_holds_none(self) -> None:
        assert profile("strict").rules == ()

    @pytest.mark.parametrize(("name", "section"), OWN.items())
    def test_of_an_idp_holds_its_own_section_and_what_is_common_and_in_auto(self, name: str, section: str) -> None:
        own = [quirk.id for quirk in QUIRKS if quirk.id.startswith(f"{section}-")]
        common = [quirk.id for quirk in QUIRKS if quirk.id.startswith("COMMON-") and quirk.in_auto]
        assert [rule.id for rule in profile(name).rules] == own + common

    def test_of_onelogin_drops_an_empty_manager_by_entras_function_which_auto_has_by_that_name(self) -> None:
        shared = set(RULES["ENTRA-11"].works)
        assert shared < set(RULES["ONELOGIN-08"].works)
        for name, rule in (("auto", "ENTRA-11"), ("onelogin", "ONELOGIN-08")):
            assert {profile(name).called(work) for work in shared} == {rule}
        others = set(RULES["ONELOGIN-08"].works) - shared
        assert {profile("auto").called(work) for work in others} == {None}

    @pytest.mark.parametrize(
        ("name", "create_entries", "empty", "token"),
        [
            ("auto", "COMMON-21", None, "OKTA-24"),
            ("strict", None, None, None),
            ("entra", "ENTRA-07", "ENTRA-26", None),
            ("entra-legacy", "ENTRA-07", "ENTRA-26", None),
            ("okta", "COMMON-21", None, "OKTA-24"),
            ("onelogin", "COMMON-21", None, None),
            ("jumpcloud", "COMMON-21", None, None),
            ("ping", "COMMON-21", None, None),
            ("google", "COMMON-21", None, None),
            ("keycloak", "COMMON-21", None, None),
            ("authentik", "COMMON-21", None, None),
        ],
    )
    def test_marks_what_other_parts_carry_out(
        self, name: str, create_entries: str | None, empty: str | None, token: str | None
    ) -> None:
        found = profile(name)
        assert found.create_entries == create_entries
        assert found.answers_group_patch_empty == empty
        assert bare_token(found) == token

    def test_names_a_shared_function_by_the_idp_in_its_profile_and_by_common_in_auto(self) -> None:
        operations = [{"op": "Replace", "path": "active", "value": "False"}]
        assert patch(profile("auto"), operations).rules == ("COMMON-09", "COMMON-10")
        assert patch(profile("entra"), operations).rules == ("ENTRA-39", "ENTRA-04")
        assert patch(profile("okta"), operations).rules == ("COMMON-09", "COMMON-10")
        assert patch(profile("keycloak"), operations).rules == ("COMMON-09", "KEYCLOAK-03")

    @pytest.mark.parametrize(
        ("name", "rule"), [("auto", "COMMON-30"), ("okta", "OKTA-10"), ("authentik", "AUTHENTIK-06")]
    )
    def test_names_an_echoed_id_by_the_idp_that_sent_it(self, name: str, rule: str) -> None:
        echoed = [{"op": "replace", "value": {"id": "7", "displayName": "Sales"}}]
        assert patch(profile(name), echoed).rules == (rule,)

    @pytest.mark.parametrize(
        ("name", "rule"), [("auto", "COMMON-01"), ("onelogin", "ONELOGIN-03"), ("jumpcloud", "JUMPCLOUD-10")]
    )
    def test_names_an_old_urn_by_the_idp_that_sent_it(self, name: str, rule: str) -> None:
        assert post(profile(name), {"schemas": ["urn:scim:schemas:core:1.0"], "userName": "kim"}).rules == (rule,)

    def test_runs_rules_in_the_order_of_the_phases(self) -> None:
        assert list(Phase) == sorted(Phase)
        assert [phase.name for phase in Phase] == ["URL", "SCHEMAS", "NAMES", "KEYS", "VALUES", "PATHS", "OPERATIONS"]
