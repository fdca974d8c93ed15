"""What a resource type of an application's own may say (RFC 7643 §6)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import OperatorError
from scim.protocol.attributes.registry import application_registry
from scim.protocol.attributes.resource_type_check import checked_resource_type
from scim.protocol.attributes.schema_check import checked_schema

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
DEVICE, NOTE, CLASH, ROOM = "urn:example:Device", "urn:example:Note", "urn:example:Clash", "urn:example:Room"
SCHEMAS = [
    checked_schema({"id": urn, "attributes": [{"name": name}]})
    for urn, name in ((DEVICE, "serial"), (NOTE, "text"), (CLASH, "SERIAL"), (ROOM, "number"))
]
ROOMS = {"name": "Room", "endpoint": "/Rooms", "schema": ROOM, "description": "A room."}
REGISTRY = application_registry(SCHEMAS, [ROOMS], version=1)
BODY = {"name": "Device", "endpoint": "/Devices", "schema": DEVICE}


def faults(**members: Any) -> str:
    with pytest.raises(OperatorError) as refusal:
        checked_resource_type(BODY | members, REGISTRY)
    return str(refusal.value)


def test_it_is_kept_whole() -> None:
    body = BODY | {"endpoint": "Devices", "schemaExtensions": [{"schema": NOTE.upper()}]}
    assert checked_resource_type(body, REGISTRY) == {
        "id": "Device",
        "name": "Device",
        "description": "",
        "endpoint": "/Devices",
        "schema": DEVICE,
        "schemaExtensions": [{"schema": NOTE, "required": False}],
    }


def test_of_a_name_there_is_already_the_extensions_are_taken() -> None:
    user = {"name": "User", "endpoint": "/Users", "schema": USER, "schemaExtensions": [{"schema": NOTE}]}
    assert checked_resource_type(user, REGISTRY)["schemaExtensions"] == [{"schema": NOTE, "required": False}]
    assert checked_resource_type(ROOMS, REGISTRY)["description"] == "A room."


@pytest.mark.parametrize("body", [None, [], "x"])
def test_it_is_an_object(body: Any) -> None:
    with pytest.raises(OperatorError, match="JSON object"):
        checked_resource_type(body, REGISTRY)


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"colour": "red"}, "'colour' is no member"),
        ({"schemas": ["urn:other"]}, "'schemas' must be"),
        ({"name": None}, "'name' must be a letter"),
        ({"name": "1"}, "'name' must be a letter"),
        ({"id": "Gadget"}, "but the name is 'Device'"),
        ({"schema": None}, "does not have"),
        ({"schema": "urn:example:None"}, "does not have"),
        ({"schema": "urn:example:None", "schemaExtensions": [{"schema": NOTE}]}, "does not have"),
        ({"schema": USER}, "which is built in"),
        ({"schema": ENTERPRISE}, "which is built in"),
        ({"endpoint": None}, "must be one step"),
        ({"endpoint": "/a/b"}, "must be one step"),
        ({"endpoint": "/"}, "must be one step"),
        ({"endpoint": "/bulk"}, "has for itself"),
        ({"endpoint": "/Me"}, "has for itself"),
        ({"endpoint": "/users"}, "where User is"),
        ({"endpoint": "/Rooms"}, "where Room is"),
        ({"schemaExtensions": {}}, "must be a list"),
        ({"schemaExtensions": {"schema": NOTE}}, "must be a list"),
        ({"schemaExtensions": [NOTE]}, "must be a list"),
        ({"schemaExtensions": [{"schema": "urn:example:None"}]}, "is no schema of this application"),
        ({"description": 7}, "'description' must be a text"),
        ({"schemaExtensions": [{"schema": NOTE, "require": True}]}, "not 'require'"),
        ({"schemaExtensions": [{"schema": NOTE, "required": "no"}]}, "'required' must be true or false"),
        ({"schemaExtensions": [{"schema": NOTE}, {"schema": NOTE}]}, "is listed twice"),
        ({"schemaExtensions": [{"schema": DEVICE}]}, "extends none"),
        ({"schemaExtensions": [{"schema": ROOM}]}, "extends none"),
        ({"schemaExtensions": [{"schema": CLASH}]}, "defines 'SERIAL', which Device has already"),
        ({"name": "Room", "endpoint": "/Rooms"}, "but Room is made of"),
        ({"name": "Room", "schema": ROOM}, "but Room is at /Rooms"),
    ],
)
def test_it_is_checked(members: dict[str, Any], fault: str) -> None:
    assert fault in faults(**members)


def test_a_schema_that_extends_a_type_is_the_base_of_none() -> None:
    extended = application_registry(SCHEMAS, [ROOMS | {"schemaExtensions": [{"schema": NOTE}]}], version=1)
    with pytest.raises(OperatorError, match="extends another type"):
        checked_resource_type(BODY | {"schema": NOTE}, extended)
