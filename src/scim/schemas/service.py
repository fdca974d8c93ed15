"""Operations that concern no resource type: discovery (RFC 7644 §4) and health."""

from __future__ import annotations

from typing import Any

from scim.protocol.attributes.registry import Registry
from scim.protocol.media_types import JSON
from scim.schemas.attributes import JsonSchema, discovery_schema
from scim.schemas.messages import list_schema
from scim.schemas.names import component, reference
from scim.schemas.operations import Operation, answered, operation
from scim.schemas.parameters import identifier
from scim.schemas.responses import Verb, content

DISCOVERY_TAG = "Discovery"
HEALTH_TAG = "Health"
_CORE = "urn:ietf:params:scim:schemas:core:2.0"
_OPEN = "Needs no token."
_OPTIONAL_TOKEN: list[dict[str, list[str]]] = [{}, {"bearer": []}]


def discovery_components(registry: Registry) -> dict[str, JsonSchema]:
    """The JSON Schemas of the discovery documents, and of their lists."""
    described = {
        name: registry.schema(f"{_CORE}:{name}") for name in ("ServiceProviderConfig", "ResourceType", "Schema")
    }
    schemas = {component("discovery", name): discovery_schema(schema) for name, schema in described.items() if schema}
    for name in ("ResourceType", "Schema"):
        entry = reference("schemas", "discovery", name)
        schemas[component("discovery", name, "list")] = list_schema(f"List of {name}", entry)
    return schemas


def discovery_paths(base_path: str) -> dict[str, Any]:
    """The three discovery endpoints, and single documents of two of them."""
    config = _open(Verb.DISCOVER, "ServiceProviderConfig", "What the server offers", "ServiceProviderConfig")
    types = _open(Verb.DISCOVER, "ResourceTypes", "All resource types", "ResourceType", "list")
    schemas = _open(Verb.DISCOVER, "Schemas", "All schemas", "Schema", "list")
    one_type = _open(Verb.DISCOVER_ONE, "ResourceType", "A resource type", "ResourceType")
    one_schema = _open(Verb.DISCOVER_ONE, "Schema", "A schema", "Schema")
    return {
        f"{base_path}/ServiceProviderConfig": {"get": config},
        f"{base_path}/ResourceTypes": {"get": types},
        f"{base_path}/ResourceTypes/{{id}}": {
            "get": one_type | {"parameters": [identifier("The type's name.", "User")]}
        },
        f"{base_path}/Schemas": {"get": schemas},
        f"{base_path}/Schemas/{{id}}": {"get": one_schema | {"parameters": [identifier("Its URN.", f"{_CORE}:User")]}},
    }


def health_paths() -> dict[str, Any]:
    """Whether the process lives, and whether it can serve."""
    ready = {"200": _status("Requests can be served.", "ready"), "503": _not_ready()}
    return {
        "/healthz": {"get": _health("health", "Is the process alive?", {"200": _status("It answers.", "ok")})},
        "/readyz": {"get": _health("readiness", "Is the database there and migrated?", ready)},
    }


def _open(verb: Verb, subject: str, summary: str, *schema: str) -> Operation:
    base = operation(verb, DISCOVERY_TAG, subject, summary, _OPEN) | {"security": _OPTIONAL_TOKEN}
    return answered(
        base, on_200={"description": summary, "content": content(reference("schemas", "discovery", *schema))}
    )


def _health(name: str, summary: str, responses: dict[str, Any]) -> Operation:
    return {"tags": [HEALTH_TAG], "operationId": name, "summary": summary, "security": [], "responses": responses}


def _status(description: str, word: str, **more: JsonSchema) -> dict[str, Any]:
    properties: JsonSchema = {"status": {"type": "string", "const": word}, **more}
    schema = {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}
    return {"description": description, "content": {JSON: {"schema": schema}}}


def _not_ready() -> dict[str, Any]:
    answer = _status("Requests cannot be served; `reason` tells why.", "not ready", reason={"type": "string"})
    return answer | {"headers": {"Retry-After": reference("headers", "Retry-After")}}
