"""What a request comes to by itself: accepted or refused as the core does it, but for what the store decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.judgement import Judgement, Limits, judge
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.request import Message, Raw
from scim.protocol.unknown import UnknownPolicy
from tests.protocol.compat import bodies_table, patches_table, test_lenient
from tests.protocol.compat.bodies_table import group, user
from tests.protocol.compat.patches_table import op
from tests.protocol.compat.tools import AUTO, CORE_USER, ENT, ENTRA, GROUP, STRICT, THING, USER


def posted(body: Any, kind: ResourceType = USER, **more: Any) -> Raw:
    """A create."""
    return Raw(method="POST", kind=kind, body=body, **more)


def patching(*operations: Any, kind: ResourceType = USER, **more: Any) -> Raw:
    """A PATCH of the resource `7`."""
    body = {"schemas": [str(Message.PATCH)], "Operations": [*operations]}
    return Raw(method="PATCH", kind=kind, resource_id="7", message=Message.PATCH, body=body, **more)


def listing(kind: ResourceType | None = USER, **query: str) -> Raw:
    """A GET of a list."""
    return Raw(method="GET", kind=kind, query=tuple(query.items()))


def searching(kind: ResourceType | None = USER, **members: Any) -> Raw:
    """A SearchRequest."""
    body = {"schemas": [str(Message.SEARCH)]} | members
    return Raw(method="POST", kind=kind, message=Message.SEARCH, body=body)


def said(judgement: Judgement) -> str:
    """The outcome as the tables have it."""
    error = judgement.error
    return f"{error.status} {error.scim_type}" if error else "accepted"


class TestBody:
    @pytest.mark.parametrize("case", bodies_table.CASES, ids=lambda case: case.rule)
    @pytest.mark.parametrize("method", ["POST", "PUT"])
    def test_is_judged_as_rules_and_core_read_it(self, case: bodies_table.Case, method: str) -> None:
        raw = Raw(method=method, kind=case.kind, body=case.before)
        judgement = judge(case.profile, raw)
        nobody = "members" in case.before and any("value" not in one for one in case.after["members"] if one)
        assert said(judgement) == ("400 invalidValue" if nobody else "accepted")
        assert (judgement.body, judgement.rules) == (case.after, (*case.besides, case.rule))
        assert said(judge(STRICT, raw)) == case.strict

    def test_of_a_group_names_its_members(self) -> None:
        judgement = judge(AUTO, posted(group(members=[{"display": "Kim"}]), GROUP))
        assert judgement.error is not None
        assert judgement.error.detail == "'members': entry 1 has no 'value' with the id of the member."

    def test_may_hold_attributes_that_are_ignored_or_refused_as_the_application_has_it(self) -> None:
        raw = posted(user(shoeSize=44, emails=[{"value": "a", "colour": "red"}]), unknown=UnknownPolicy.IGNORE)
        judgement = judge(AUTO, raw)
        assert (said(judgement), judgement.unknown) == ("accepted", ("shoeSize", "emails.colour"))
        assert judgement.ignored == judgement.unknown
        assert said(judge(AUTO, posted(user(shoeSize=44)))) == "400 invalidSyntax"

    @pytest.mark.parametrize("body", [None, [], "text", 7], ids=str)
    def test_that_is_no_object_is_refused_and_stays(self, body: Any) -> None:
        judgement = judge(AUTO, posted(body))
        assert (said(judgement), judgement.body) == ("400 invalidSyntax", body)

    def test_of_a_custom_type_is_read_by_its_schema(self) -> None:
        assert judge(AUTO, posted({"label": "x"}, THING)).rules == ("COMMON-04",)


class TestPatch:
    @pytest.mark.parametrize("case", patches_table.CASES, ids=lambda case: case.rule)
    def test_is_judged_as_rules_and_core_read_it(self, case: patches_table.Case) -> None:
        raw = patching(case.before, kind=case.kind)
        judgement = judge(case.profile, raw)
        assert case.rule in judgement.rules
        assert judge(case.profile, replace(raw, body=judgement.body)).rules == ()
        assert judgement.body["Operations"] == case.after or "COMMON-03" in judgement.rules
        strict = judge(STRICT, raw)
        assert said(strict) == case.strict

    @pytest.mark.parametrize(("rule", "sent", "meant"), test_lenient.PATHS)
    def test_has_its_paths_in_strict_text(self, rule: str, sent: str, meant: str) -> None:
        raw = patching(op("remove", sent), op("add", "title", "T"))
        judgement = judge(AUTO, raw)
        assert (said(judgement), judgement.rules) == ("accepted", (rule,))
        assert judgement.body["Operations"] == [op("remove", meant), op("add", "title", "T")]
        assert raw.body["Operations"][0]["path"] == sent

    @pytest.mark.parametrize(
        "operation",
        [
            op("replace", 'emails[type eq "work"].value', "a@b"),
            op("replace", "emails.display", "Kim"),
            op("add", 'emails[type ne "work"].value', "a@b"),
            op("remove", "emails"),
            op("replace", "userName", "kim"),
        ],
        ids=str,
    )
    def test_is_accepted_where_only_the_store_could_tell_otherwise(self, operation: Any) -> None:
        for profile in (AUTO, STRICT):
            judgement = judge(profile, patching(operation))
            assert (said(judgement), judgement.rules) == ("accepted", ())

    def test_of_an_entry_that_is_not_there_is_told_where_nothing_is_stored(self) -> None:
        raw = patching(op("replace", 'emails[type eq "work"].value', "a@b"))
        assert said(judge(STRICT, raw, nothing_stored=True)) == "400 noTarget"
        for profile, rule in ((AUTO, "COMMON-21"), (ENTRA, "ENTRA-07")):
            judgement = judge(profile, raw, nothing_stored=True)
            assert (said(judgement), judgement.rules) == ("accepted", (rule,))

    @pytest.mark.parametrize(
        ("operation", "outcome"),
        [
            (op("replace", 'emails[type eq "work"].primary', "yes"), "400 invalidValue"),
            (op("remove", "userName"), "400 mutability"),
            (op("remove", None), "400 noTarget"),
            (op("replace", "id", "8"), "400 mutability"),
            (op("add", None, {"name.": 1}), "400 invalidValue"),
            (op("remove", "nothing"), "400 invalidPath"),
            (op("remove", "emails[type"), "400 invalidFilter"),
        ],
        ids=str,
    )
    def test_is_refused_where_the_store_does_not_matter(self, operation: Any, outcome: str) -> None:
        assert said(judge(AUTO, patching(op("add", "title", "T"), operation))) == outcome

    def test_of_members_is_judged_as_set_operations(self) -> None:
        for operation, outcome in (
            (op("add", "members", [{"value": "a"}]), "accepted"),
            (op("add", "members", [{"display": "a"}]), "400 invalidValue"),
            (op("replace", 'members[value eq "a"].display', "x"), "accepted"),
        ):
            assert said(judge(AUTO, patching(operation, kind=GROUP))) == outcome

    def test_names_attributes_that_are_ignored(self) -> None:
        operations = (op("add", "shoeSize", 44), op("add", ENT, {"colour": 1}), op("add", "name", {"first": "K"}))
        judgement = judge(AUTO, patching(*operations, unknown=UnknownPolicy.IGNORE))
        assert judgement.unknown == ("shoeSize", f"{ENT}:colour", "name.first")

    def test_of_members_names_attributes_that_are_ignored_after_those_of_messages(self) -> None:
        operation = op("add", "members", [{"value": "a", "colour": "red"}]) | {"name": "x"}
        judgement = judge(AUTO, patching(operation, kind=GROUP, unknown=UnknownPolicy.IGNORE))
        assert judgement.ignored == ("Operations.name", "members.colour")

    def test_without_operations_is_not_read_where_a_rule_says_so(self) -> None:
        judgement = judge(ENTRA, patching())
        assert (said(judgement), judgement.rules) == ("accepted", ("ENTRA-49",))
        assert said(judge(STRICT, patching())) == "400 invalidSyntax"

    def test_may_be_malformed_anywhere(self) -> None:
        assert said(judge(AUTO, patching(7))) == "400 invalidSyntax"
        assert judge(AUTO, patching(7)).body["Operations"] == [7]


class TestSearch:
    @pytest.mark.parametrize(("rule", "sent", "meant"), test_lenient.FILTERS)
    def test_has_its_filter_in_strict_text(self, rule: str, sent: str, meant: str) -> None:
        judgement = judge(AUTO, searching(filter=sent))
        assert (said(judgement), judgement.rules) == ("accepted", (rule,))
        assert judgement.body["filter"] == meant
        asked = judge(AUTO, listing(filter=sent))
        assert (said(asked), asked.rules, asked.texts[sent]) == ("accepted", (rule,), meant)
        assert said(judge(STRICT, searching(filter=sent))) == "400 invalidFilter"
        assert said(judge(STRICT, listing(filter=sent))) == "400 invalidFilter"

    @pytest.mark.parametrize(
        ("raw", "outcome"),
        [
            (searching(), "accepted"),
            (searching(count="5"), "400 invalidSyntax"),
            (searching(attributes=["a"], excludedAttributes=["b"]), "400 invalidValue"),
            (listing(), "accepted"),
            (listing(count="five"), "400 invalidValue"),
            (listing(filter="shoeSize pr"), "400 invalidFilter"),
            (Raw(method="GET", kind=USER, resource_id="7", query=(("filter", "x"),)), "accepted"),
            (Raw(method="GET", kind=USER, resource_id="7", query=(("count", "x"),)), "400 invalidValue"),
            (Raw(method="DELETE", kind=USER, resource_id="7"), "accepted"),
        ],
        ids=str,
    )
    def test_is_judged_as_the_core_reads_it(self, raw: Raw, outcome: str) -> None:
        assert said(judge(AUTO, raw)) == outcome

    def test_over_several_types_takes_names_that_one_of_them_has(self) -> None:
        kinds = (USER, GROUP)
        for text, outcome in (("userName pr or members pr", "accepted"), ("shoeSize pr", "400 invalidFilter")):
            for raw in (listing(None, filter=text), searching(None, filter=text)):
                assert said(judge(AUTO, raw, kinds=kinds)) == outcome

    def test_knows_the_limits_of_the_server(self) -> None:
        text = "not (not (title pr))"
        for limits in (Limits(filter_length=5), Limits(filter_depth=1)):
            assert said(judge(AUTO, listing(filter=text), limits=limits)) == "400 invalidFilter"
        assert said(judge(AUTO, listing(filter=text))) == "accepted"


class TestBulk:
    @pytest.mark.parametrize("profile", [AUTO, STRICT], ids=lambda profile: profile.name)
    def test_is_judged_by_its_envelope_alone(self, profile: Profile) -> None:
        body = {"schemas": [str(Message.BULK)], "Operations": [{"method": "GET"}, {"path": "emails[ type pr ]"}]}
        raw = Raw(method="POST", message=Message.BULK, body=body)
        assert said(judge(profile, raw)) == "accepted"
        assert judge(profile, raw).body == body
        assert said(judge(profile, raw, limits=Limits(bulk_operations=1))) == "413 None"

    def test_gets_its_schemas_by_a_rule(self) -> None:
        raw = Raw(method="POST", message=Message.BULK, body={"Operations": []})
        assert said(judge(STRICT, raw)) == "400 invalidSyntax"
        assert (said(judge(AUTO, raw)), judge(AUTO, raw).rules) == ("accepted", ("COMMON-04",))


def test_what_was_sent_is_not_touched() -> None:
    body = {"schemas": [CORE_USER], "userName": "kim", "active": "True"}
    judge(AUTO, posted(body))
    assert body == {"schemas": [CORE_USER], "userName": "kim", "active": "True"}
