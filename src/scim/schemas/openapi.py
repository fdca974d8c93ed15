"""The OpenAPI 3.1 document, made from the registry: what Swagger UI, ReDoc and test generators read."""

from __future__ import annotations

from collections import Counter
from typing import Any

from scim.protocol.attributes.registry import Registry, ResourceType
from scim.schemas.attributes import JsonSchema, Use, entry_schema, resource_schema
from scim.schemas.everything import ALL_TAG, ME_TAG, everything_components, everything_examples, everything_paths
from scim.schemas.examples import example_components
from scim.schemas.messages import list_schema, patch_schema
from scim.schemas.names import component, reference
from scim.schemas.operations import resource_paths, tag_of
from scim.schemas.parameters import parameter_components
from scim.schemas.responses import header_components, response_components
from scim.schemas.service import DISCOVERY_TAG, HEALTH_TAG, discovery_components, discovery_paths, health_paths

_ABOUT = """\
SCIM 2.0 (RFC 7643, RFC 7644): identity providers create, read, change and delete users and groups here.

Each request needs a bearer token, which `pyscim token create` makes; Swagger UI asks for it behind **Authorize**, and
shows the schemas and types of that token's application when the page is loaded again.
Bodies go in and out as `application/scim+json` or `application/json`. Attribute names may be written in any letter case;
null and an empty list mean "no value". HEAD works where GET does.
"""


def openapi_document(
    registry: Registry, *, server_url: str, version: str, base_path: str = "/scim/v2"
) -> dict[str, Any]:
    """The document for a registry.

    `server_url` is the server's root as the client sees it, without a slash at the end; `base_path` is where the
    protocol lives below it; `version` is the server's own.
    """
    kinds = registry.resource_types
    paths: dict[str, Any] = {}
    for kind in kinds:
        paths |= resource_paths(kind, base_path)
    paths |= everything_paths(kinds, base_path) | discovery_paths(base_path) | health_paths()
    _number(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": "PySCIM", "version": version, "description": _ABOUT},
        "servers": [{"url": server_url}],
        "security": [{"bearer": []}],
        "tags": _tags(kinds),
        "paths": paths,
        "components": _components(registry, server_url + base_path),
    }


def _number(paths: dict[str, Any]) -> None:
    """Tell operations apart by a number where a type has the name of something that the protocol has, such as Me."""
    met: Counter[str] = Counter()
    for operation in (one for path in paths.values() for one in path.values()):
        name = operation["operationId"]
        met[name] += 1
        if met[name] > 1:
            operation["operationId"] = f"{name}.{met[name]}"


def _tags(kinds: tuple[ResourceType, ...]) -> list[dict[str, str]]:
    return [
        *({"name": tag_of(kind), "description": kind.description} for kind in kinds),
        {"name": ALL_TAG, "description": "Several types, or several operations, at once."},
        {"name": ME_TAG, "description": "The resource that the token is bound to."},
        {"name": DISCOVERY_TAG, "description": "What this server offers, open to everybody."},
        {"name": HEALTH_TAG, "description": "For load balancers and container platforms."},
    ]


def _components(registry: Registry, base_url: str) -> dict[str, Any]:
    schemas: dict[str, JsonSchema] = {}
    examples: dict[str, Any] = {}
    for kind in registry.resource_types:
        schemas |= _type_schemas(kind)
        examples |= example_components(kind, base_url)
    return {
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "description": "A token made by the operator."}
        },
        "parameters": parameter_components(),
        "headers": header_components(),
        "schemas": schemas
        | {component("message", "PatchOp"): patch_schema()}
        | everything_components(registry.resource_types)
        | discovery_components(registry),
        "responses": response_components(),
        "examples": examples | everything_examples(),
    }


def _type_schemas(kind: ResourceType) -> dict[str, JsonSchema]:
    written = resource_schema(kind, Use.REQUEST)
    found = {
        component(kind.name): resource_schema(kind, Use.RESPONSE),
        component(kind.name, "write"): written | {"title": f"{kind.name} to write"},
        component(kind.name, "list"): list_schema(f"List of {kind.name}", reference("schemas", kind.name)),
    }
    if kind.is_group and (members := kind.attribute("members")):
        found[component(kind.name, "members")] = list_schema(
            f"Members of {kind.name}", entry_schema(members, Use.RESPONSE)
        )
    return found
