"""Whether a document matches."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.exceptions import InvalidFilter
from scim.protocol.filters.check import check, check_entry
from scim.protocol.filters.checked import Checked
from scim.protocol.filters.evaluate import evaluate, evaluate_entry, is_assigned
from scim.protocol.grammar.ast import Filter
from scim.protocol.grammar.parser import parse_filter
from tests.protocol.grammar.syntax import filters
from tests.vectors import lab_registry

LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"
USER = lab_registry().resource_type("User")

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "type", "x"]), inner),
    max_leaves=8,
)


def matches(text: str, document: dict[str, Any]) -> bool:
    assert USER
    return evaluate(check(parse_filter(text), USER), document)


class TestPresence:
    @pytest.mark.parametrize("value", [None, "", [], {}, [None, ""], {"a": None}, [{"a": ""}]])
    def test_empty_values_are_not_assigned(self, value: Any) -> None:
        assert not is_assigned(value)

    @pytest.mark.parametrize("value", [False, 0, 0.0, " ", [0], {"a": False}, [{}, {"a": 0}]])
    def test_false_and_zero_are_values(self, value: Any) -> None:
        assert is_assigned(value)

    @pytest.mark.parametrize(
        ("text", "document", "expected"),
        [
            ("title pr", {"title": "x"}, True),
            ("title pr", {"title": ""}, False),
            ("title pr", {}, False),
            ("active pr", {"active": False}, True),
            ("name pr", {"name": {"givenName": ""}}, False),
            ("emails pr", {"emails": [{"value": ""}, {"type": "work"}]}, True),
            ("emails.value pr", {"emails": [{"value": ""}, {"type": "work"}]}, False),
            ("level pr", {LAB: {"level": 0}}, True),
            ("title eq null", {}, True),
            ("title eq null", {"title": ""}, True),
            ("title ne null", {"title": "x"}, True),
        ],
    )
    def test_presence(self, text: str, document: dict[str, Any], expected: bool) -> None:
        assert matches(text, document) is expected


class TestComparisons:
    @pytest.mark.parametrize(
        ("text", "document", "expected"),
        [
            ('displayName eq "STRASSE"', {"displayName": "straße"}, True),
            ('displayName gt "Ä"', {"displayName": "ä"}, False),
            ('displayName gt "z"', {"displayName": "ä"}, True),
            ('displayName ge "z"', {"displayName": "z"}, True),
            ('displayName lt "z"', {"displayName": "z"}, False),
            ('displayName eq ""', {"displayName": ""}, True),
            ('id eq "A"', {"id": "a"}, False),
            ("score eq 0.1", {LAB: {"score": 0.1}}, True),
            ("score eq 1e23", {LAB: {"score": 10**23}}, True),
            ("score gt 9007199254740992", {LAB: {"score": 9007199254740993}}, True),
            ("level eq 4.0", {LAB: {"level": 4}}, True),
            ("level eq -0.0", {LAB: {"level": 0}}, True),
            ('joined eq "2025-01-01T01:00:00+01:00"', {LAB: {"joined": "2025-01-01T00:00:00"}}, True),
            ('joined gt "2024-12-31T24:00:00Z"', {LAB: {"joined": "2025-01-01T00:00:00.1Z"}}, True),
            ('userName eq "\\u0000"', {"userName": "kim"}, False),
        ],
    )
    def test_values_are_compared_by_their_type(self, text: str, document: dict[str, Any], expected: bool) -> None:
        assert matches(text, document) is expected

    @pytest.mark.parametrize(
        ("document", "expected"),
        [
            ({}, True),
            ({"emails": []}, True),
            ({"emails": [{"type": "home"}, {"type": "other"}]}, True),
            ({"emails": [{"type": "home"}, {"type": "WORK"}]}, False),
        ],
    )
    def test_ne_holds_where_no_value_is_equal(self, document: dict[str, Any], expected: bool) -> None:
        assert matches('emails.type ne "work"', document) is expected

    def test_one_entry_fulfils_a_value_path(self) -> None:
        split = {"emails": [{"type": "work"}, {"primary": True}]}
        assert not matches('emails[type eq "work" and primary eq true]', split)
        assert matches('emails[type ne "work" and primary eq true]', split)
        assert matches('emails.type eq "work" and emails.primary eq true', split)

    def test_a_single_complex_value_is_one_entry(self) -> None:
        assert matches(
            'name[familyName eq "lind" and givenName pr]', {"name": {"familyName": "Lind", "givenName": "A"}}
        )
        assert not matches("name[not (familyName pr)]", {})


class TestStoredValuesThatDoNotFit:
    @pytest.mark.parametrize(
        ("text", "document"),
        [
            ('title eq "x"', {"title": 5}),
            ('title eq "x"', {"title": ["x"]}),
            ('title lt "x"', {"title": True}),
            ("active eq true", {"active": "true"}),
            ("active eq true", {"active": 1}),
            ("score lt 5", {LAB: {"score": float("nan")}}),
            ("score lt 5", {LAB: {"score": "4"}}),
            ("score lt 5", {LAB: ["x"]}),
            ('joined gt "2020-01-01T00:00:00Z"', {LAB: {"joined": "yesterday"}}),
            ('emails.type eq "work"', {"emails": {"type": "work"}}),
            ('emails.type eq "work"', {"emails": ["work", None]}),
            ('emails[type eq "work"]', {"emails": ["work", None]}),
            ('name.givenName eq "x"', {"name": "x"}),
        ],
    )
    def test_they_match_nothing(self, text: str, document: dict[str, Any]) -> None:
        assert not matches(text, document)

    @given(json_values, filters)
    def test_they_are_never_a_failure(self, value: Any, tree: Filter) -> None:
        assert USER
        names = [target.attribute.name for target in USER.targets() if target.extension is None]
        document = {**dict.fromkeys(names, value), LAB: {"level": value, "tags": value, "joined": value}}
        for text in (
            'userName lt "x"',
            "emails.primary eq true",
            "level gt 1",
            "tags pr",
            'joined le "2025-01-01T00:00:00Z"',
        ):
            assert matches(text, document) in (True, False)
        try:
            checked = check(tree, USER)
        except InvalidFilter:
            return
        assert evaluate(checked, document) in (True, False)


class TestEvaluateEntry:
    def checked(self, text: str, attribute: str) -> Checked:
        assert USER
        found = next(target for target in USER.targets() if target.attribute.name == attribute)
        return check_entry(parse_filter(text), found.attribute)

    @pytest.mark.parametrize(
        ("attribute", "text", "entry", "expected"),
        [
            ("emails", 'type eq "work"', {"type": "Work"}, True),
            ("emails", 'type ne "work"', {"value": "x"}, True),
            ("emails", 'type eq "work" and primary eq true', {"type": "work"}, False),
            ("contracts", "hours ge 20", {"hours": 20}, True),
            ("contracts", 'value eq "A"', {"value": "a"}, False),
            ("tags", 'value eq "RED"', "red", True),
            ("tags", 'value eq "RED"', "blue", False),
            ("tags", "value pr", "", False),
            ("codes", 'value eq "xa"', "Xa", False),
        ],
    )
    def test_entries(self, attribute: str, text: str, entry: Any, expected: bool) -> None:
        assert evaluate_entry(self.checked(text, attribute), entry) is expected


def test_what_is_no_checked_filter_is_not_evaluated() -> None:
    with pytest.raises(AssertionError):
        evaluate(cast(Checked, None), {})
