"""What a schema of an application's own may say (RFC 7643 §7)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.exceptions import OperatorError
from scim.protocol.attributes.registry import builtin_registry
from scim.protocol.attributes.schema_check import check_urn_beside, checked_schema, extended_type
from scim.protocol.grammar.parser import parse_attribute_path
from tests.vectors import read_vectors

USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User"
URN = "urn:example:params:scim:schemas:extension:lab:2.0:User"


def schema(*attributes: Any, **members: Any) -> dict[str, Any]:
    return {"id": URN, "name": "Lab", "attributes": list(attributes)} | members


def faults(body: Any) -> str:
    with pytest.raises(OperatorError) as refusal:
        checked_schema(body)
    return str(refusal.value)


@pytest.mark.parametrize("name", ["lab_user", "thing"])
def test_the_schemas_of_the_vectors_are_taken_as_they_are(name: str) -> None:
    body = read_vectors(f"schemas/{name}")
    checked = checked_schema(body)
    assert (checked["id"], checked["name"]) == (body["id"], body["name"])
    for before, after in zip(body["attributes"], checked["attributes"], strict=True):
        for key, value in before.items():
            if key != "subAttributes" and value != []:
                assert after[key] == value, (before["name"], key)


def test_b19_characteristics_that_are_left_out_are_filled_in() -> None:
    parts = {"name": "c", "type": "complex", "subAttributes": [{"name": "value"}]}
    plain, hidden, exact, whole = checked_schema(
        schema({"name": "a"}, {"name": "p", "mutability": "writeOnly"}, {"name": "r", "type": "reference"}, parts)
    )["attributes"]
    assert plain == {
        "name": "a",
        "type": "string",
        "multiValued": False,
        "description": "",
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    }
    assert hidden["returned"] == "never"
    assert exact["caseExact"] is True
    assert "uniqueness" not in whole
    assert whole["subAttributes"][0]["name"] == "value"


def test_a_reference_that_is_said_to_ignore_case_is_case_exact_all_the_same() -> None:
    [found] = checked_schema(schema({"name": "r", "type": "reference", "caseExact": False}))["attributes"]
    assert found["caseExact"] is True


def test_without_a_name_the_last_part_of_the_urn_is_the_name() -> None:
    assert checked_schema({"id": "urn:example:Badge", "attributes": [{"name": "a"}]})["name"] == "Badge"


@pytest.mark.parametrize("body", [None, [], "x", 7])
def test_a_schema_is_an_object(body: Any) -> None:
    assert "JSON object" in faults(body)


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"id": None}, "'id' must be a URN"),
        ({"id": "https://example.com/Lab"}, "'id' must be a URN"),
        ({"id": "urn:ietf:params:scim:api:messages:2.0:Lab"}, "those of messages"),
        ({"id": "URN:IETF:params:scim:schemas:core:2.0:User"}, "cannot be redefined"),
        ({"id": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"}, "cannot be redefined"),
        ({"id": "urn:example:la b"}, "no URN that an attribute path and a URL can hold"),
        ({"id": "urn:example:läb"}, "no URN that an attribute path and a URL can hold"),
        ({"id": "urn:example:l'ab"}, "no URN that an attribute path and a URL can hold"),
        ({"id": "urn:example:a/b"}, "no URN that an attribute path and a URL can hold"),
        ({"id": "urn:example:a(b)c"}, "no URN that an attribute path and a URL can hold"),
        ({"id": "urn:example:a,b"}, "no URN that an attribute path and a URL can hold"),
        ({"id": "urn:ex{a}:x"}, "no URN that an attribute path and a URL can hold"),
        ({"id": "urn:example:a|b"}, "no URN that an attribute path and a URL can hold"),
        ({"id": "urn:"}, "no URN that an attribute path and a URL can hold"),
        ({"id": "urn:x:"}, "no URN that an attribute path and a URL can hold"),
        ({"id": "urn:example:" + "x" * 250}, "has 262 characters; at most 255"),
        ({"id": "urn:pyscim:params:scim:schemas:extension:origin:1.0"}, "the server's own"),
        ({"name": {"a": 1}}, "'name' must be a text"),
        ({"description": 7}, "'description' must be a text"),
        ({"schemas": ["urn:other"]}, "'schemas' must be"),
        ({"schemas": "urn:other"}, "'schemas' must be"),
        ({"colour": "red"}, "'colour' is no member of a schema"),
        ({"attributes": None}, "must be a list"),
        ({"attributes": []}, "must be a list"),
        ({"attributes": "abc"}, "must be a list"),
        ({"attributes": [7]}, "attributes[0] must be an object"),
        ({"attributes": [{"name": f"a{number}"} for number in range(501)]}, "must be a list of 1 to 500"),
    ],
)
def test_the_schema_itself_is_checked(members: dict[str, Any], fault: str) -> None:
    assert fault in faults(schema({"name": "a"}) | members)


@given(st.text("aZ7-.:=@;$_!*&~+()',/[]{}|% é\"", min_size=1, max_size=12))
def test_each_urn_that_is_taken_can_stand_before_a_name_in_a_path(rest: str) -> None:
    urn = f"urn:example:{rest}"
    try:
        taken = checked_schema(schema({"name": "a"}, id=urn))["id"]
    except OperatorError:
        return
    path = parse_attribute_path(f"{taken}:name.part")
    assert (path.uri, path.name, path.sub) == (urn, "name", "part")


PARTS = [{"name": "value"}]


@pytest.mark.parametrize(
    ("attribute", "fault"),
    [
        ({}, "'name' must be a letter"),
        ({"name": 7}, "'name' must be a letter"),
        ({"name": "1a"}, "'name' must be a letter"),
        ({"name": "a.b"}, "'name' must be a letter"),
        ({"name": "a:b"}, "'name' must be a letter"),
        ({"name": "$ref"}, "'name' must be a letter"),
        ({"name": "ä"}, "'name' must be a letter"),
        ({"name": "not"}, "no word of the filter language"),
        ({"name": "a", "type": "text"}, "'type' is 'text'; there are string,"),
        ({"name": "a", "type": None}, "'type' is None"),
        ({"name": "a", "multiValued": "true"}, "'multiValued' must be true or false"),
        ({"name": "a", "required": 1}, "'required' must be true or false"),
        ({"name": "a", "caseExact": "no"}, "'caseExact' must be true or false"),
        ({"name": "a", "mutability": "readonly"}, "'mutability' is 'readonly'"),
        ({"name": "a", "returned": "sometimes"}, "'returned' is 'sometimes'"),
        ({"name": "a", "uniqueness": "tenant"}, "'uniqueness' is 'tenant'"),
        ({"name": "a", "canonicalValues": [1]}, "'canonicalValues' must be a list of texts"),
        ({"name": "a", "referenceTypes": "User"}, "'referenceTypes' must be a list of texts"),
        ({"name": "a", "colour": "red"}, "'colour' is no characteristic"),
        ({"name": "a", "mutability": "writeOnly", "returned": "default"}, "never returned"),
        ({"name": "a", "type": "binary", "caseExact": False}, "case-exact"),
        ({"name": "a", "type": "binary", "uniqueness": "server"}, "have no uniqueness"),
        ({"name": "a", "type": "complex", "uniqueness": "server", "subAttributes": PARTS}, "have no uniqueness"),
        ({"name": "a", "type": "complex"}, "must be a list"),
        ({"name": "a", "subAttributes": PARTS}, "only complex attributes"),
        ({"name": "Password"}, "passwords are kept for users only"),
        ({"name": "id", "type": "integer"}, "its type is string"),
        ({"name": "ID", "caseExact": True, "mutability": "readWrite"}, "its mutability is readOnly"),
        ({"name": "externalId", "caseExact": False}, "its caseExact is true"),
        ({"name": "externalId", "caseExact": True, "multiValued": True}, "its multiValued is false"),
        ({"name": "externalId", "caseExact": True, "required": True}, "it is not required"),
        ({"name": "a", "description": ["x"]}, "'a': 'description' must be a text"),
        ({"name": "meta", "type": "complex", "mutability": "readOnly", "subAttributes": PARTS}, "it has no 'value'"),
    ],
)
def test_an_attribute_is_checked(attribute: dict[str, Any], fault: str) -> None:
    assert fault in faults(schema(attribute))


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ({"name": "sub", "type": "complex", "subAttributes": PARTS}, "never complex"),
        ({"name": "type", "type": "integer"}, "one value of string"),
        ({"name": "primary", "type": "string"}, "one value of boolean"),
        ({"name": "Primary", "type": "boolean"}, "the RFC spells it 'primary'"),
        ({"name": "VALUE"}, "the RFC spells it 'value'"),
        ({"name": "value", "multiValued": True}, "one value of simple type"),
        ({"name": "$ref", "type": "string"}, "one value of reference"),
        ({"name": "1"}, "'name' must be a letter"),
    ],
)
def test_a_part_of_a_complex_attribute_is_checked(part: dict[str, Any], fault: str) -> None:
    found = faults(schema({"name": "a", "type": "complex", "subAttributes": [part]}))
    assert fault in found
    assert "'a'" in found


def test_names_differ_in_more_than_their_case() -> None:
    assert "defines 'tag' twice" in faults(schema({"name": "tag"}, {"name": "TAG"}))


def test_parts_count_among_the_attributes_that_a_schema_may_have() -> None:
    parts = [{"name": f"p{number}"} for number in range(250)]
    whole = [{"name": name, "type": "complex", "subAttributes": parts} for name in "ab"]
    assert checked_schema(schema(whole[0], {"name": "c"}))
    assert "has 502 attributes, parts counted; at most 500" in faults(schema(*whole))


def test_all_faults_are_told_at_once() -> None:
    found = faults(schema({"name": "1"}, {"name": "a", "type": "x"}, {"name": "b", "required": 7}))
    assert len(found.splitlines()) == 4
    assert found.startswith(f"the schema {URN} cannot be taken:")


def test_b52_common_attributes_may_be_listed_as_they_are() -> None:
    common = [
        {"name": "id", "caseExact": True, "mutability": "readOnly", "returned": "always", "uniqueness": "server"},
        {"name": "externalId", "caseExact": True},
        {
            "name": "meta",
            "type": "complex",
            "mutability": "readOnly",
            "subAttributes": [{"name": "created", "type": "dateTime", "mutability": "readOnly"}],
        },
    ]
    assert len(checked_schema(schema(*common, {"name": "a"}))["attributes"]) == 4


def test_every_builtin_schema_but_for_its_urn_would_be_taken_or_says_why_not() -> None:
    user = builtin_registry().schema("urn:ietf:params:scim:schemas:core:2.0:User")
    assert user is not None
    assert "passwords are kept" in faults(dict(user.body) | {"id": "urn:example:Person"})


@pytest.mark.parametrize(
    ("urn", "other"),
    [
        ("urn:example:lab:tag", "urn:example:lab"),
        ("urn:example:Lab", "URN:EXAMPLE:lab:tag"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:name", USER_URN),
    ],
)
def test_a_path_has_one_reading(urn: str, other: str) -> None:
    check_urn_beside(urn, ["urn:example:other", "urn:example:lab:other:tag", urn])
    with pytest.raises(OperatorError, match="would be read as the attribute"):
        check_urn_beside(urn, ["urn:example:other", other])


@pytest.mark.parametrize(
    ("urn", "name"),
    [
        (URN, "User"),
        ("urn:acme:extension:x:1.0:Thing", "Thing"),
        ("URN:ACME:EXTENSION:x:1.0:Thing", "Thing"),
        ("urn:acme:extension:User", None),
        ("urn:acme:User", None),
        ("urn:acme:extension:x:1.0:2", None),
    ],
)
def test_the_urn_of_an_extension_names_its_type(urn: str, name: str | None) -> None:
    assert extended_type(urn) == name
