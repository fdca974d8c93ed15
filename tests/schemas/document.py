"""The OpenAPI document under test, and how to read it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs

from scim.protocol.attributes.registry import (
    Registry,
    ResourceType,
    application_registry,
    build_registry,
    builtin_registry,
)
from scim.protocol.attributes.schema_check import checked_schema
from scim.schemas.openapi import openapi_document
from tests.vectors import lab_registry

ROOT = "http://scim.test"
_BADGE_TYPE = {
    "name": "Badge",
    "endpoint": "/Badges",
    "schema": "urn:example:Badge",
    "schemaExtensions": [
        {"schema": "urn:example:Access", "required": True},
        {"schema": "urn:example:Note", "required": False},
    ],
}
_BADGE = {
    "id": "urn:example:Badge",
    "attributes": [
        {"name": "serial", "type": "integer", "mutability": "readOnly"},
        {"name": "colour", "type": "string", "canonicalValues": ["red", "blue"]},
        {
            "name": "doors",
            "type": "complex",
            "multiValued": True,
            "required": True,
            "subAttributes": [
                {"name": "value", "type": "reference"},
                {"name": "opened", "type": "dateTime", "mutability": "readOnly"},
            ],
        },
    ],
}
_ACCESS = {"id": "urn:example:Access", "attributes": [{"name": "level", "type": "decimal", "required": True}]}
_NOTE = {"id": "urn:example:Note", "attributes": [{"name": "text", "type": "string", "required": True}]}


def odd_registry() -> Registry:
    """Types with names of the protocol, and what a client need not set or may not choose."""
    attributes = [
        {"name": "size", "type": "integer", "canonicalValues": ["1"]},
        {"name": "seen", "returned": "always"},
        {"name": "made", "mutability": "readOnly", "required": True, "returned": "always"},
    ]
    places = {"Me": "/Mes", "everything": "/Everything", "a-b": "/a-b", "a_b": "/a_b"}
    schemas = [checked_schema({"id": f"urn:example:{name}", "attributes": attributes}) for name in places]
    optional = [{"name": "made", "mutability": "readOnly"}, {"name": "free"}]
    extension = checked_schema({"id": "urn:example:Extra", "attributes": optional})
    listed = [{"schema": extension["id"], "required": True}]
    types = [
        {"name": name, "endpoint": endpoint, "schema": f"urn:example:{name}", "schemaExtensions": listed}
        for name, endpoint in places.items()
    ]
    return application_registry([*schemas, extension], types, version=1)


REGISTRIES: dict[str, Callable[[], Registry]] = {"builtin": builtin_registry, "lab": lab_registry, "odd": odd_registry}
Operation = tuple[str, str, dict[str, Any]]


@functools.cache
def document(name: str = "builtin") -> dict[str, Any]:
    return document_of(REGISTRIES[name]())


def document_of(registry: Registry) -> dict[str, Any]:
    return openapi_document(registry, server_url=ROOT, version="1.2.3")


def badge() -> ResourceType:
    """A type without written examples, with an extension that it requires."""
    return build_registry([_BADGE, _ACCESS, _NOTE], [_BADGE_TYPE]).resource_types[0]


def operations(body: dict[str, Any]) -> Iterator[Operation]:
    """(method, path, operation) of each operation."""
    for path, item in body["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def references(body: Any) -> set[str]:
    return {node["$ref"] for node in nodes(body) if isinstance(node.get("$ref"), str)}


def resolve(body: dict[str, Any], value: Any) -> Any:
    """What a reference names, or the value itself."""
    if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
        return value
    found: Any = body
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def accepts(body: dict[str, Any], schema: dict[str, Any], instance: Any) -> bool:
    """Whether a JSON Schema of the document, its references included, accepts a value."""
    return validator(body, schema).is_valid(instance)


def validator(body: dict[str, Any], schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    whole = {"components": {"schemas": body["components"]["schemas"]}, "allOf": [schema]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
