"""Resource types, and what a path names in them (RFC 7643 §6, RFC 7644 §3.10)."""

from __future__ import annotations

import pytest

from scim.protocol.attributes.registry import (
    Registry,
    ResourceType,
    Target,
    application_registry,
    build_registry,
    builtin_registry,
    common_attributes,
)
from scim.protocol.grammar.ast import AttributePath
from scim.protocol.grammar.parser import parse_attribute_path
from tests.support.registry import kind

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


def found(text: str, *, bare: bool = False) -> str | None:
    target = kind("User").find(parse_attribute_path(text), bare_extension_names=bare)
    return None if target is None else str(target)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        pytest.param("userName", "userName", id="core"),
        pytest.param("USERNAME", "userName", id="B-06 any case"),
        pytest.param("name.GIVENNAME", "name.givenName", id="sub-attribute"),
        pytest.param("meta.version", "meta.version", id="B-52 common"),
        pytest.param(f"{CORE}:userName", "userName", id="D-07 with the base URN"),
        pytest.param(f"{CORE.upper()}:id", "id", id="common with the base URN in capitals"),
        pytest.param(f"{ENTERPRISE.lower()}:MANAGER.VALUE", f"{ENTERPRISE}:manager.value", id="D-07 extension"),
        pytest.param("nope", None, id="unknown"),
        pytest.param("userName.nope", None, id="unknown part"),
        pytest.param("urn:example:none:2.0:User:userName", None, id="unknown URN"),
        pytest.param(f"{ENTERPRISE}:userName", None, id="core attribute under an extension"),
        pytest.param("department", None, id="extension attribute without its URN"),
    ],
)
def test_a_path_names_an_attribute_of_the_type(text: str, target: str | None) -> None:
    assert found(text) == target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("department", f"{ENTERPRISE}:department"),
        ("manager.value", f"{ENTERPRISE}:manager.value"),
        ("userName", "userName"),
        ("nope", None),
        ("urn:example:none:2.0:User:department", None),
    ],
)
def test_f45_bare_names_of_extensions_are_found_where_asked_for(text: str, target: str | None) -> None:
    assert found(text, bare=True) == target


def two_extensions() -> ResourceType:
    schemas = [{"id": urn, "attributes": [{"name": "colour"}]} for urn in ("urn:b", "urn:c")]
    base = {"id": "urn:a", "attributes": [{"name": "id", "description": "not ours"}]}
    body = {
        "name": "Car",
        "endpoint": "Cars",
        "schema": "urn:a",
        "schemaExtensions": [{"schema": "urn:b"}, {"schema": "urn:c", "required": True}],
    }
    return build_registry([base, *schemas], [body], version=3).resource_types[0]


def test_f45_a_bare_name_that_two_extensions_have_is_unknown() -> None:
    assert two_extensions().find(AttributePath("colour"), bare_extension_names=True) is None


def test_b52_common_attributes_win_over_a_schema_that_lists_them() -> None:
    identifier = two_extensions().attribute("id")
    assert identifier in common_attributes()


def test_a_resource_type_is_read_from_its_document() -> None:
    car = two_extensions()
    assert (car.name, car.endpoint, car.description) == ("Car", "/Cars", "")
    assert [extension.required for extension in car.extensions] == [False, True]
    assert car.is_base("URN:A")
    assert not car.is_base("urn:b")
    assert car.extension("URN:B") == car.extensions[0]
    assert car.extension("urn:a") is None


def test_targets_are_all_attributes_those_of_extensions_included() -> None:
    assert sorted(map(str, two_extensions().targets())) == [
        "externalId", "id", "meta", "schemas", "urn:b:colour", "urn:c:colour",
    ]  # fmt: skip


def test_the_leaf_is_the_part_where_one_is_named() -> None:
    user = kind("User")
    name = user.attribute("name")
    assert name is not None
    assert Target(name).leaf is name
    assert Target(name, name.sub("givenName")).leaf is name.sub("givenName")


REGISTRY: Registry = builtin_registry()


def test_a12_schemas_are_found_without_regard_to_case() -> None:
    schema = REGISTRY.schema(ENTERPRISE.upper())
    assert schema is not None
    assert schema.id == ENTERPRISE
    assert REGISTRY.schema("urn:none") is None


def test_p09_types_and_endpoints_are_found_with_case() -> None:
    user = REGISTRY.resource_type("User")
    assert user is not None
    assert REGISTRY.at_endpoint("/Users") is user
    assert REGISTRY.resource_type("user") is None
    assert REGISTRY.at_endpoint("/users") is None


def test_an_application_has_the_builtin_types_and_its_own_which_may_take_their_place() -> None:
    schemas = [
        {"id": "urn:note", "attributes": [{"name": "text"}]},
        {"id": "urn:car", "attributes": [{"name": "plate"}]},
    ]
    user = {"name": "User", "endpoint": "/Users", "schema": CORE, "schemaExtensions": [{"schema": "urn:note"}]}
    car = {"name": "Car", "endpoint": "/Cars", "schema": "urn:car"}
    registry = application_registry(schemas, [user, car], version=4)
    assert (registry.version, [kind.name for kind in registry.resource_types]) == (4, ["User", "Group", "Car"])
    found = registry.resource_type("User")
    assert found is not None
    assert [one.schema.id for one in found.extensions] == ["urn:note"]
    assert found.has_schema("URN:NOTE")
    assert found.has_schema(CORE)
    assert not found.has_schema(ENTERPRISE)


@pytest.mark.parametrize(("name", "derived"), [("User", "groups"), ("Group", "members"), ("Thing", None)])
def test_membership_is_part_of_no_document(name: str, derived: str | None) -> None:
    assert kind(name).derived == derived
    assert (kind(name).is_user, kind(name).is_group) == (name == "User", name == "Group")


def test_what_is_unique_is_known_but_for_what_has_an_index() -> None:
    assert [*map(str, kind("User").unique)] == []
    assert [*map(str, kind("Thing").unique)] == ["name"]
