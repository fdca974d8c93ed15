from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from scim.protocol.attributes.definition import Attribute, Mutability, Returned, attribute_from_json
from scim.protocol.attributes.registry import ResourceType
from scim.schemas.attributes import Use, json_schema, resource_schema
from tests.schemas.document import REGISTRIES, accepts, badge, document
from tests.support.registry import kind

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
META = {
    "resourceType": "User",
    "created": "2025-01-31T08:00:00.000Z",
    "lastModified": "2025-01-31T08:00:00.000Z",
    "location": "http://scim.test/scim/v2/Users/1",
    "version": 'W/"1"',
}
ALL_KINDS = [one for registry in REGISTRIES.values() for one in registry().resource_types]


def slots(attributes: Any, schema: dict[str, Any]) -> Iterator[tuple[Attribute, dict[str, Any], Any]]:
    """(attribute, object schema it belongs to, its own schema or None), sub-attributes included."""
    for attribute in attributes:
        own = schema["properties"].get(attribute.name)
        yield attribute, schema, own
        if own is not None and attribute.is_complex:
            yield from slots(attribute.sub_attributes, own.get("items", own))


def all_slots(resource: ResourceType, use: Use) -> Iterator[tuple[Attribute, dict[str, Any], Any]]:
    schema = resource_schema(resource, use)
    yield from slots(resource.attributes, schema)
    for extension in resource.extensions:
        yield from slots(extension.schema.attributes, schema["properties"][extension.schema.id])


def name(resource: ResourceType) -> str:
    return resource.name


@pytest.mark.parametrize("resource", ALL_KINDS, ids=name)
class TestEveryAttribute:
    def test_is_in_the_request_unless_the_client_may_not_set_it(self, resource: ResourceType) -> None:
        for attribute, _, own in all_slots(resource, Use.REQUEST):
            assert (own is None) == (attribute.mutability is Mutability.READ_ONLY), attribute.name

    def test_is_in_the_response_unless_it_is_never_returned(self, resource: ResourceType) -> None:
        for attribute, _, own in all_slots(resource, Use.RESPONSE):
            assert (own is None) == (attribute.returned is Returned.NEVER), attribute.name

    def test_is_required_in_the_request_as_the_schema_says(self, resource: ResourceType) -> None:
        for attribute, holder, own in all_slots(resource, Use.REQUEST):
            required = attribute.name in holder.get("required", ())
            assert required == (attribute.required and own is not None), attribute.name

    def test_is_required_in_the_response_only_if_always_there_and_returned(self, resource: ResourceType) -> None:
        for attribute, holder, _ in all_slots(resource, Use.RESPONSE):
            required = attribute.name in holder.get("required", ())
            due = attribute.name == "id" or (attribute.required and attribute.mutability is not Mutability.READ_ONLY)
            assert required == (due and attribute.returned is Returned.ALWAYS), attribute.name

    def test_may_be_null_in_the_request_unless_required(self, resource: ResourceType) -> None:
        for attribute, _, own in all_slots(resource, Use.REQUEST):
            if own is not None and attribute.name != "schemas":
                assert ("null" in own["type"]) != attribute.required, attribute.name

    def test_has_its_description(self, resource: ResourceType) -> None:
        for attribute, _, own in all_slots(resource, Use.RESPONSE):
            if own is not None:
                assert own.get("description", "").startswith(attribute.description), attribute.name


def user(**attributes: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": "kim"} | attributes


REQUESTS = [
    ("no more than is required", user(), True),
    ("null and an empty list mean no value", user(name=None, emails=[], externalId=None), True),
    ("an extension", user(schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"department": "A"}}), True),
    ("an extension without values", user(**{ENTERPRISE: None}), True),
    ("what is readOnly may come along", user(id="7", meta={"version": "x"}, groups=[]), True),
    ("unknown names may come along", user(shoeSize=42, name={"nick": "K"}), True),
    ("values beside the canonical ones", user(emails=[{"value": "k@h.example", "type": "ferry"}]), True),
    ("no userName", {"schemas": [USER]}, False),
    ("an empty userName", user(userName=""), False),
    ("userName null", user(userName=None), False),
    ("no schemas", {"userName": "kim"}, False),
    ("schemas without the base schema", user(schemas=[ENTERPRISE]), False),
    ("schemas of another type", user(schemas=[USER, GROUP]), False),
    ("a schema twice", user(schemas=[USER, USER]), False),
    ("a text where true or false is due", user(active="True"), False),
    ("a single value where a list is due", user(emails={"value": "k@h.example"}), False),
    ("null as an entry", user(emails=[None]), False),
    ("a list where one value is due", user(title=["a"]), False),
    ("a certificate that is not base64", user(x509Certificates=[{"value": "?"}]), False),
]
RESPONSES = [
    ("no more than is always returned", {"schemas": [USER], "id": "1"}, True),
    ("with meta", user(id="1", meta=META), True),
    ("with a part of a complex attribute", {"schemas": [USER], "id": "1", "meta": {"version": 'W/"1"'}}, True),
    ("without id", user(meta=META), False),
    ("another type's meta", user(id="1", meta=META | {"resourceType": "Group"}), False),
    ("a malformed time", user(id="1", meta=META | {"created": "yesterday"}), False),
    ("a password", user(id="1", password="secret"), False),
    ("an unknown attribute", user(id="1", shoeSize=42), False),
    ("an unknown sub-attribute", user(id="1", name={"nick": "K"}), False),
    ("an unknown attribute of an extension", user(id="1", **{ENTERPRISE: {"floor": 3}}), False),
    ("null", user(id="1", title=None), False),
    ("an empty list", user(id="1", emails=[]), False),
    ("an empty object", user(id="1", name={}), False),
]


class TestUser:
    @pytest.mark.parametrize(("what", "body", "fits"), REQUESTS, ids=[case[0] for case in REQUESTS])
    def test_requests(self, what: str, body: dict[str, Any], fits: bool) -> None:
        assert accepts(document(), resource_schema(kind("User"), Use.REQUEST), body) == fits, what

    @pytest.mark.parametrize(("what", "body", "fits"), RESPONSES, ids=[case[0] for case in RESPONSES])
    def test_responses(self, what: str, body: dict[str, Any], fits: bool) -> None:
        assert accepts(document(), resource_schema(kind("User"), Use.RESPONSE), body) == fits, what

    def test_the_password_is_write_only(self) -> None:
        password = resource_schema(kind("User"), Use.REQUEST)["properties"]["password"]
        assert password["writeOnly"] is True
        assert password["format"] == "password"

    def test_extensions_and_meta_come_last_and_schemas_first(self) -> None:
        names = list(resource_schema(kind("User"), Use.RESPONSE)["properties"])
        assert names[:4] == ["schemas", "id", "externalId", "userName"]
        assert names[-1] == "meta"
        assert ENTERPRISE in names


def test_an_extension_that_the_type_requires_must_be_sent() -> None:
    schema = resource_schema(badge(), Use.REQUEST)
    assert schema["required"] == ["schemas", "doors", "urn:example:Access"]
    assert schema["properties"]["urn:example:Access"]["type"] == "object"


VALUES = [
    ("string", "a", 1),
    ("boolean", True, "true"),
    ("decimal", 1.5, "1.5"),
    ("integer", 3, 3.5),
    ("dateTime", "2025-02-03T04:05:06", "2025-02-03"),
    ("dateTime", "2025-02-03T04:05:06.7+01:00", 1738555506),
    ("binary", "AAE", "AAAAA"),
    ("binary", "AA+/", "AA AA"),
    ("reference", "../Users/7", 7),
    ("complex", {}, "a"),
]


class TestValues:
    @pytest.mark.parametrize(("type_name", "good", "bad"), VALUES)
    @pytest.mark.parametrize("multi_valued", [False, True])
    def test_each_type_takes_its_json_type_only(self, type_name: str, good: Any, bad: Any, multi_valued: bool) -> None:
        schema = json_schema(
            attribute_from_json({"name": "x", "type": type_name, "multiValued": multi_valued}), Use.REQUEST
        )
        wrap = (lambda value: [value]) if multi_valued else (lambda value: value)
        assert accepts(document(), schema, wrap(good))
        assert not accepts(document(), schema, wrap(bad))

    @pytest.mark.parametrize(
        ("characteristics", "sentence"),
        [
            ({"uniqueness": "server"}, "Unique, letter case ignored."),
            ({"uniqueness": "global", "caseExact": True}, "Unique."),
            ({"mutability": "immutable"}, "Cannot be changed once it has a value."),
            ({"returned": "request"}, "Returned only when asked for by name."),
            ({"returned": "never"}, "Never returned."),
        ],
    )
    def test_what_json_schema_cannot_say_is_said_in_words(self, characteristics: dict[str, Any], sentence: str) -> None:
        made = json_schema(attribute_from_json({"name": "x", **characteristics}), Use.RESPONSE)
        assert made["description"] == sentence

    def test_canonical_values_are_suggestions(self) -> None:
        made = json_schema(attribute_from_json({"name": "x", "canonicalValues": ["a", "b"]}), Use.REQUEST)
        assert made["examples"] == ["a", "b"]
        assert accepts(document(), made, "c")
