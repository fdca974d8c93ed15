"""Values of requests: type, spelling, and what counts as nothing (RFC 7643 §2.3 to §2.5)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import InvalidSyntax, InvalidValue
from scim.protocol.attributes.definition import Attribute, AttributeType, attribute_from_json
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.unknown import UnknownPolicy, Unknowns
from scim.protocol.values import canonical_keys, fits, is_reference, is_unassigned, read_entries, read_value, shown
from tests.support.gadgets import gadget
from tests.support.registry import kind


def attribute(name: str, of: ResourceType | None = None) -> Attribute:
    found = (of or kind("User")).attribute(name)
    assert found is not None
    return found


def read(name: str, value: Any, of: ResourceType | None = None, unknowns: Unknowns | None = None) -> Any:
    return read_value(attribute(name, of), value, where=name, unknowns=unknowns or Unknowns())


FITTING: dict[AttributeType, list[Any]] = {
    AttributeType.STRING: ["", "x", "True"],
    AttributeType.BOOLEAN: [True, False],
    AttributeType.INTEGER: [0, -7, 2**63 - 1],
    AttributeType.DECIMAL: [4, 4.0, -0.5],
    AttributeType.DATE_TIME: ["2025-02-03T04:05:06.7+01:00", "2025-02-03T04:05:06", "2025-02-03T04:05:06Z"],
    AttributeType.BINARY: ["AAE=", "AAE", "+/8=", "YQ==", ""],
    AttributeType.REFERENCE: ["https://h.example.org/a", "Users/9", "urn:x:y"],
    AttributeType.COMPLEX: [{}, {"value": "x"}],
}
MISFITS: dict[AttributeType, list[Any]] = {
    AttributeType.STRING: [1, True, ["x"], {}],
    AttributeType.BOOLEAN: ["true", "False", 1, 0],
    AttributeType.INTEGER: [3.5, 1e2, "3", True],
    AttributeType.DECIMAL: ["4", True, [4]],
    AttributeType.DATE_TIME: ["2025-02-03", "last week", 1, "2025-13-03T04:05:06Z"],
    AttributeType.BINARY: ["%%%", "A", "AAAAA", "A=AA", 7, "AA E"],
    AttributeType.REFERENCE: [1, {"value": "x"}],
    AttributeType.COMPLEX: ["x", [{}], 1, True],
}


@pytest.mark.parametrize(
    ("type_", "value", "due"),
    [(type_, value, True) for type_, values in FITTING.items() for value in values]
    + [(type_, value, False) for type_, values in MISFITS.items() for value in values],
)
def test_b20_to_b28_a_value_has_the_json_type_of_its_attribute(type_: AttributeType, value: Any, due: bool) -> None:
    assert fits(Attribute(name="a", type=type_), value) is due


@pytest.mark.parametrize(
    ("value", "unassigned"),
    [(None, True), ([], True), ({}, True), ("", False), (False, False), (0, False), ([None], False)],
)
def test_b35_null_and_emptiness_are_the_same_as_absence(value: Any, unassigned: bool) -> None:
    assert is_unassigned(value) is unassigned


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (None, "null"),
        (1, "the number 1"),
        (0, "the number 0"),
        (1.0, "the number 1.0"),
        ("x" * 50, f"the text '{'x' * 40}'"),
        ([1, 2], "a list"),
        ({"a": 1}, "an object"),
    ],
)
def test_messages_show_a_value_shortly(value: Any, text: str) -> None:
    assert shown(value) == text


def test_b07_names_that_differ_in_case_only_are_refused() -> None:
    assert canonical_keys({"Title": 1, "name": 2}, "It") == {"title": 1, "name": 2}
    with pytest.raises(InvalidSyntax, match="It names 'Title' twice"):
        canonical_keys({"title": 1, "Title": 2}, "It")


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("emails", False), ("groups", True), ("userName", False), ("photos", False), ("name", False)],
)
def test_references_are_known_by_their_ref(name: str, is_one: bool) -> None:
    assert is_reference(attribute(name)) is is_one


def test_a_ref_to_the_outside_or_without_a_value_is_no_reference() -> None:
    def having(*subs: Attribute) -> Attribute:
        return Attribute(name="a", type=AttributeType.COMPLEX, sub_attributes=subs)

    value = Attribute(name="value")
    assert not is_reference(having(value, Attribute(name="$ref", reference_types=("external", "uri"))))
    assert not is_reference(having(Attribute(name="$ref", reference_types=("User",))))
    assert is_reference(having(value, Attribute(name="$ref", reference_types=("User",))))


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        pytest.param("title", None, None, id="B-35 null"),
        pytest.param("title", [], None, id="B-35 empty list for a single value"),
        pytest.param("title", "", "", id="empty text is a value"),
        pytest.param(
            "name", {"GIVENNAME": "K", "familyName": None}, {"givenName": "K"}, id="B-06 spelling of the schema"
        ),
        pytest.param("name", {"givenName": None}, None, id="B-37 no assigned part"),
        pytest.param("emails", [], None, id="B-35 empty list"),
        pytest.param("emails", [{}, {"value": None}], None, id="B-37 entries without parts"),
        pytest.param(
            "emails", [{"value": "a", "type": "ferry"}], [{"value": "a", "type": "ferry"}], id="B-34 canonical"
        ),
        pytest.param(
            "emails", [{"value": "a", "primary": False}], [{"value": "a", "primary": False}], id="false stays"
        ),
        pytest.param("groups", [{"value": "1"}], None, id="C-05 readOnly parts"),
    ],
)
def test_values_are_read_into_the_spelling_of_the_schema(name: str, sent: Any, kept: Any) -> None:
    assert read(name, sent) == kept


@pytest.mark.parametrize(
    ("name", "sent", "detail"),
    [
        pytest.param("title", ["x"], "'title' must be a string, not a list.", id="B-29 list for a single value"),
        pytest.param(
            "name", [{"givenName": "K"}], "'name' must be an object, not a list.", id="B-29 list for an object"
        ),
        pytest.param(
            "emails", {"value": "a"}, "'emails' holds several values: it must be a list, not an object.", id="B-29"
        ),
        pytest.param(
            "emails", "a", "'emails' holds several values: it must be a list, not the text 'a'.", id="B-29 text"
        ),
        pytest.param("emails", ["a"], "'emails' must be an object, not the text 'a'.", id="B-28"),
        pytest.param("emails", [[]], "'emails' must be an object, not a list.", id="list in a list"),
        pytest.param("emails", [{"value": "a"}, None], "'emails' has null as entry 2; leave the entry out.", id="null"),
        pytest.param(
            "emails", [{"primary": "true"}], "'emails.primary' must be true or false, not the text 'true'.", id="B-21"
        ),
        pytest.param(
            "emails", [{"value": {"value": "a"}}], "'emails.value' must be a string, not an object.", id="B-28 part"
        ),
        pytest.param("active", 1, "'active' must be true or false, not the number 1.", id="B-21 number"),
    ],
)
def test_misfits_are_named(name: str, sent: Any, detail: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        read(name, sent)
    assert refusal.value.detail == detail


def test_what_is_never_returned_is_in_no_message_nor_are_its_parts() -> None:
    secret = attribute_from_json(
        {
            "name": "key",
            "type": "complex",
            "returned": "never",
            "subAttributes": [{"name": "digits", "type": "integer"}],
        }
    )
    with pytest.raises(InvalidValue) as refusal:
        read_value(secret, {"digits": "s3cret"}, where="key", unknowns=Unknowns())
    assert "s3cret" not in refusal.value.detail
    assert "'key.digits' must be" in refusal.value.detail


def test_b07_doubled_names_inside_an_entry_are_refused() -> None:
    with pytest.raises(InvalidSyntax, match="'emails' names 'Value' twice"):
        read("emails", [{"value": "a", "Value": "b"}])


def test_an_empty_id_names_no_resource() -> None:
    with pytest.raises(InvalidValue, match=r"'members.value' is empty; no resource has an empty id"):
        read("members", [{"value": ""}], kind("Group"))


def test_parts_may_be_lists_of_simple_values() -> None:
    parts = [{"value": "a", "colours": ["red"], "stamps": []}]
    assert read("parts", parts, gadget()) == [{"value": "a", "colours": ["red"]}]
    with pytest.raises(InvalidValue, match=r"'parts.colours' holds several values"):
        read("parts", [{"colours": "red"}], gadget())


def test_unknown_parts_are_met_by_the_policy_and_null_ones_are_nothing() -> None:
    unknowns = Unknowns(UnknownPolicy.IGNORE)
    assert read("name", {"nickNames": "x", "givenName": "K", "other": None}, unknowns=unknowns) == {"givenName": "K"}
    assert unknowns.ignored == ["name.nickNames"]
    with pytest.raises(InvalidSyntax, match="'name' has no sub-attribute 'nick'"):
        read("name", {"nick": "x"})


def test_entries_without_parts_are_left_out() -> None:
    assert read_entries(attribute("emails"), [{}, {"value": "a"}], where="emails", unknowns=Unknowns()) == [
        {"value": "a"}
    ]
