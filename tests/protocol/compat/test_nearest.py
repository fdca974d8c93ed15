"""What a refusal is told besides: the rules that would help, else the section; never more work than it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from scim.exceptions import (
    BadRequest,
    ExpiredCursor,
    InvalidFilter,
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    InvalidVersion,
    Mutability,
    NoTarget,
    ScimError,
    TooMany,
)
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat import nearest
from scim.protocol.compat.judgement import Limits, judge
from scim.protocol.compat.nearest import MAX_CANDIDATES, MAX_WEIGHT, Asked, explanation, section_note
from scim.protocol.compat.profile import PROFILES, Profile
from scim.protocol.compat.request import Message, Raw
from scim.protocol.unknown import UnknownPolicy
from tests.protocol.compat import bodies_table, patches_table, test_lenient
from tests.protocol.compat.bodies_table import user
from tests.protocol.compat.patches_table import op
from tests.protocol.compat.test_judgement import listing, patching, posted, searching
from tests.protocol.compat.tools import AUTO, CORE_USER, ENT, ENTRA, GROUP, STRICT, USER, only, without

SENTENCES = {rule.id: rule.sentence.removesuffix(".") for rule in AUTO.rules}


def default_policy(profile: str) -> UnknownPolicy:
    """The setting for unknown attributes where the application leaves it open."""
    return UnknownPolicy.REJECT if profile == "strict" else UnknownPolicy.IGNORE


def told(
    raw: Raw,
    profile: Profile = STRICT,
    *,
    error: ScimError | None = None,
    profiles: Mapping[str, Profile] = PROFILES,
    **more: Any,
) -> str:
    """What is added to the error that a request meets."""
    raw = replace(raw, unknown=default_policy(profile.name))
    error = error or judge(profile, raw, kinds=more.get("kinds", ())).error
    error = error or judge(profile, raw, nothing_stored=True).error
    assert error is not None
    return explanation(error, Asked(profile=profile, raw=raw, policy=default_policy, **more), profiles=profiles)


def by_rule(rule: str) -> str:
    return f" Profile 'auto' would read it by rule {rule} ({SENTENCES[rule]})."


class TestARuleThatWouldHelp:
    @pytest.mark.parametrize(
        "case",
        [one for one in bodies_table.CASES if one.profile is AUTO and "nobody" not in str(one.before)],
        ids=lambda case: case.rule,
    )
    def test_is_named_for_a_body(self, case: bodies_table.Case) -> None:
        said = told(posted(case.before, case.kind))
        assert (
            said == by_rule(case.rule) if not case.besides else all(one in said for one in (*case.besides, case.rule))
        )

    @pytest.mark.parametrize(
        "case",
        [case for case in patches_table.CASES if case.strict != "accepted" and case.profile is AUTO],
        ids=lambda case: case.rule,
    )
    def test_is_named_for_an_operation(self, case: patches_table.Case) -> None:
        assert f"{case.rule}" in told(patching(case.before, kind=case.kind))

    @pytest.mark.parametrize(("rule", "sent"), [case[:2] for case in test_lenient.FILTERS])
    def test_is_named_for_a_filter(self, rule: str, sent: str) -> None:
        assert told(listing(filter=sent)) == by_rule(rule)
        assert told(searching(filter=sent)) == by_rule(rule)

    @pytest.mark.parametrize(("rule", "sent"), [case[:2] for case in test_lenient.PATHS])
    def test_is_named_for_a_path(self, rule: str, sent: str) -> None:
        assert told(patching(op("remove", sent))) == by_rule(rule)

    def test_is_named_for_an_entry_that_was_not_found(self) -> None:
        assert told(patching(op("replace", 'emails[type eq "work"].value', "a@b"))) == by_rule("COMMON-21")

    def test_is_named_for_a_message(self) -> None:
        assert told(Raw(method="POST", message=Message.BULK, body={"Operations": []})) == by_rule("COMMON-04")
        assert told(patching(op("add", "title", "T") | {"name": "x"})) == by_rule("COMMON-37")

    def test_is_named_for_unknown_attributes_where_another_profile_ignores_them(self) -> None:
        for raw in (
            posted(user(shoeSize=44)),
            patching(op("add", "shoeSize", 44)),
            patching(op("add", None, {"x": 1})),
        ):
            assert told(raw) == by_rule("COMMON-33")

    def test_is_named_for_a_query_over_several_types(self) -> None:
        raw = Raw(method="GET", query=(("filter", "userName eq kim"),))
        assert told(raw, kinds=(USER, GROUP)) == by_rule("COMMON-19")

    def test_is_named_in_an_idps_profile_only_where_auto_would_refuse_too(self) -> None:
        rule = "COMMON-10"
        picky = without(AUTO, rule)
        mine = Profile("vendor", only(AUTO.rules, rule).rules)
        profiles = {"auto": picky, "strict": STRICT, "vendor": mine}
        assert (
            told(posted(user(active="True")), profiles=profiles) == f" Rule {rule} of profile 'vendor' would read it."
        )
        two = Profile("vendor", only(AUTO.rules, rule, "COMMON-17").rules)
        said = told(posted(user(active=["True"])), profiles=profiles | {"vendor": two})
        assert said == " Rules COMMON-17 and COMMON-10 of profile 'vendor' would read it."

    def test_is_not_named_where_the_application_wants_it_so_in_every_profile(self) -> None:
        raw = posted(user(shoeSize=44))
        error = judge(AUTO, raw).error
        assert error is not None
        asked = Asked(profile=AUTO, raw=raw, policy=lambda _profile: UnknownPolicy.REJECT)
        assert explanation(error, asked) == " (RFC 7644 §3.1)"

    def test_is_not_looked_for_among_functions_that_have_refused_it(self) -> None:
        with mock.patch.object(nearest, "judge", wraps=judge) as judged:
            told(
                posted(user(active="yes")), AUTO, profiles={name: PROFILES[name] for name in ("auto", "strict", "okta")}
            )
        assert judged.call_count == 1


class TestSeveralRules:
    def test_are_named_where_all_of_them_are_needed(self) -> None:
        said = told(posted({"userName": "kim", "active": "True"}))
        assert said == " Profile 'auto' would read it by the rules COMMON-04 and COMMON-10."

    def test_are_named_but_for_those_that_change_nothing_that_matters(self) -> None:
        assert told(patching(op("Replace", "active", "False"))) == by_rule("COMMON-10")

    def test_are_two_at_most_those_first_that_the_error_is_about(self) -> None:
        body = user(CORE_USER, "urn:example:x", active="True", emails={"value": "a"}, title=["T"])
        assert told(posted(body)) == " Profile 'auto' would read it by the rules COMMON-05, COMMON-10 and others."
        body = user(nickName=7, active="True", emails={"value": "a"})
        assert told(posted(body)) == " Profile 'auto' would read it by the rules COMMON-11, COMMON-10 and others."

    def test_are_tried_a_bounded_number_of_times(self) -> None:
        body = user(
            CORE_USER, "urn:example:x", active="True", nickName=7, emails={"value": "a"}, title=["T"], roles=[None]
        ) | {ENT: {"manager": "4f1c"}}
        with mock.patch.object(nearest, "judge", wraps=judge) as judged:
            assert "and others." in told(posted(body))
        assert judged.call_count == 2 + MAX_CANDIDATES

    def test_of_the_own_profile_are_not_named(self) -> None:
        raw = posted({"userName": "kim", "active": "True"})
        assert told(raw, only(AUTO.rules, "COMMON-04")) == by_rule("COMMON-10")
        assert told(raw, only(ENTRA.rules, "ENTRA-04")) == by_rule("COMMON-04")


class TestTheSection:
    @pytest.mark.parametrize(
        ("raw", "section"),
        [
            (posted([]), "RFC 7644 §3.8"),
            (posted({"schemas": [CORE_USER, CORE_USER], "userName": "kim"}), "RFC 7643 §3"),
            (posted(user(Title="a", title="b")), "RFC 7643 §2.1"),
            (posted({"schemas": [CORE_USER]}), "RFC 7643 §7"),
            (posted(user(active="yes")), "RFC 7643 §2.3.2"),
            (posted(user(title={"value": "T"})), "RFC 7643 §2.3.1"),
            (posted(user(x509Certificates=[{"value": "%"}])), "RFC 7643 §2.3.6"),
            (posted(user(profileUrl=7.5)), "RFC 7643 §2.3.7"),
            (posted(user(name="Kim")), "RFC 7643 §2.3.8"),
            (posted(user(emails=["a", 7])), "RFC 7643 §2.3.8"),
            (posted(user(**{ENT: "x"})), "RFC 7643 §3.3"),
            (patching(op("add", ENT, "x")), "RFC 7643 §2.3.8"),
            (patching(op("replace", "emails[type", "x")), "RFC 7644 §3.4.2.2"),
            (patching(op("replace", "emails[0]", "x")), "RFC 7644 §3.4.2.2"),
            (patching(op("replace", "/emails", "x")), "RFC 7644 §3.5.2.3"),
            (patching(op("remove", "/emails")), "RFC 7644 §3.5.2.2"),
            (patching(op("replace", "id", "x")), "RFC 7643 §7"),
            (patching(op("remove", "userName")), "RFC 7644 §3.5.2.2"),
            (patching(op("remove", None)), "RFC 7644 §3.5.2.2"),
            (patching(op("add", "title")), "RFC 7644 §3.5.2.1"),
            (patching(op("add", None, 7)), "RFC 7644 §3.5.2.1"),
            (patching(op("move", "title", "T")), "RFC 7644 §3.5.2"),
            (patching(7), "RFC 7644 §3.5.2"),
            (patching(op("replace", "active", "yes")), "RFC 7643 §2.3.2"),
            (listing(filter="userName"), "RFC 7644 §3.4.2.2"),
            (listing(count="x"), "RFC 7644 §3.4.2.4"),
            (listing(sortOrder="x"), "RFC 7644 §3.4.2.3"),
            (listing(cursor="", startIndex="1"), "RFC 9865 §2.4"),
            (listing(attributes="a", excludedAttributes="b"), "RFC 7644 §3.9"),
            (posted(user(), query=(("attributes", "a"), ("excludedAttributes", "b"))), "RFC 7644 §3.9"),
            (Raw(method="GET", kind=USER, query=(("count", "1"), ("count", "2"))), "RFC 7644 §3.4.2"),
            (searching(count="x"), "RFC 7644 §3.4.3"),
            (Raw(method="POST", message=Message.BULK, body={"schemas": []}), "RFC 7644 §3.7"),
        ],
    )
    def test_is_named_where_no_rule_helps(self, raw: Raw, section: str) -> None:
        assert told(raw, AUTO) == f" ({section})"

    @pytest.mark.parametrize(
        ("raw", "error", "section"),
        [
            (listing(sortBy="nothing"), InvalidPath("'sortBy' names 'nothing', which is no attribute of User."), "RFC 7644 §3.4.2.3"),
            (listing(), InvalidValue("'groups' cannot be sorted by."), "RFC 7644 §3.4.2.3"),
            (listing(), ExpiredCursor(), "RFC 9865 §2.1"),
            (listing(), InvalidVersion(), "RFC 7644 §3.13"),
            (listing(), TooMany(), "RFC 7644 §3.4.2"),
            (posted(user()), BadRequest(), "RFC 7644 §3.12"),
            (posted({"members": []}, GROUP), InvalidValue("'members': there is no user or group 'x' in this application."), "RFC 7643 §4.2"),
            (posted(user()), InvalidValue("The extension 'urn:x' is required: the resource needs a value of it."), "RFC 7643 §6"),
            (posted(user()), InvalidValue("'emails' has more than one entry with primary true; only one may be."), "RFC 7643 §2.4"),
            (posted(user()), InvalidValue("'manager.value' is empty; no resource has an empty id."), "RFC 7643 §3.1"),
            (posted(user()), InvalidValue("'level' must be a whole number, not the text 'x'."), "RFC 7643 §2.3.4"),
            (posted(user()), InvalidValue("'score' must be a number, not the text 'x'."), "RFC 7643 §2.3.3"),
            (posted(user()), InvalidValue("'joined' must be a dateTime such as …, not the text 'x'."), "RFC 7643 §2.3.5"),
            (posted(user()), InvalidValue("Something else."), "RFC 7643 §2.3"),
            (posted(user()), InvalidSyntax("User has no attribute 'x'."), "RFC 7644 §3.1"),
            (posted(user()), Mutability("'badge' is immutable and has a value already."), "RFC 7643 §7"),
            (patching(), InvalidPath("Operation 1 (add emails.x): 'emails' has no sub-attribute 'x'."), "RFC 7644 §3.10"),
            (patching(), NoTarget("Operation 1 (replace emails[type ne 1]): 'x' selects no entry."), "RFC 7644 §3.5.2.3"),
        ],
    )  # fmt: skip
    def test_is_named_where_the_store_decided(self, raw: Raw, error: ScimError, section: str) -> None:
        for profile in (AUTO, STRICT):
            assert told(raw, profile, error=error) == f" ({section})"

    def test_is_named_where_the_request_was_not_read(self) -> None:
        assert (
            section_note(InvalidSyntax("The body is empty; a JSON document was expected."), None) == " (RFC 7644 §3.8)"
        )
        fault = InvalidSyntax("The query string is not percent-encoded UTF-8.")
        assert section_note(fault, None) == " (RFC 7644 §3.4.2)"

    def test_is_not_named_twice(self) -> None:
        error = InvalidFilter("Malformed (RFC 7644 §3.4.2.2).")
        assert told(listing(), error=error) == ""

    def test_is_all_that_a_large_request_is_told(self) -> None:
        for body in (
            user(active="True", nickName="x" * MAX_WEIGHT),
            user(active="True", roles=[{"value": "x"}] * MAX_WEIGHT),
            user(active="True", roles=[{f"x{number}": 0 for number in range(MAX_WEIGHT)}]),
        ):
            assert told(posted(body)).startswith(" (RFC 764")
        long = listing(filter=f'userName eq "{"x" * MAX_WEIGHT}"  ')
        assert told(long) == " (RFC 7644 §3.4.2.2)"

    def test_is_what_a_limit_of_the_server_is_told(self) -> None:
        raw = listing(filter="title  pr")
        error = judge(STRICT, raw, limits=Limits(filter_length=3)).error
        assert told(raw, error=error, limits=Limits(filter_length=3)) == " (RFC 7644 §3.4.2.2)"


class TestNoSecret:
    @pytest.mark.parametrize("kind", [USER], ids=lambda kind: kind.name)
    def test_gets_into_it(self, kind: ResourceType) -> None:
        for body in (user(password=["s3cret"]), user(password={"value": "s3cret"}), {"password": "s3cret"}):
            assert "s3cret" not in told(posted(body, kind))
