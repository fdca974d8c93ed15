"""The discovery documents (RFC 7643 §5-§7, RFC 7644 §4), made from the registry and from what the server offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scim.protocol.attributes.definition import Schema
from scim.protocol.attributes.registry import Registry, ResourceType

LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_CORE = "urn:ietf:params:scim:schemas:core:2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The limits of what the server offers, which is all of it; `cursor_timeout` is in seconds (row A-06)."""

    max_results: int
    default_page_size: int
    bulk_max_operations: int
    bulk_max_payload_bytes: int
    cursor_timeout: int
    change_password: bool = True


def service_provider_config(features: Features, *, base_url: str) -> dict[str, Any]:
    """The ServiceProviderConfig (RFC 7643 §5, RFC 9865 §4)."""
    return {
        "schemas": [f"{_CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {
            "supported": True,
            "maxOperations": features.bulk_max_operations,
            "maxPayloadSize": features.bulk_max_payload_bytes,
        },
        "filter": {"supported": True, "maxResults": features.max_results},
        "changePassword": {"supported": features.change_password},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": features.default_page_size,
            "maxPageSize": features.max_results,
            "cursorTimeout": features.cursor_timeout,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token made by the operator, sent as 'Authorization: Bearer TOKEN'.",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": True,
            }
        ],
        "meta": _meta("ServiceProviderConfig", f"{base_url}/ServiceProviderConfig"),
    }


def resource_type_document(kind: ResourceType, *, base_url: str) -> dict[str, Any]:
    """The ResourceType resource of a type (RFC 7643 §6)."""
    document: dict[str, Any] = {
        "schemas": [f"{_CORE}:ResourceType"],
        "id": kind.name,
        "name": kind.name,
        "endpoint": kind.endpoint,
        "description": kind.description,
        "schema": kind.schema.id,
    }
    if kind.extensions:
        document["schemaExtensions"] = [
            {"schema": extension.schema.id, "required": extension.required} for extension in kind.extensions
        ]
    return document | {"meta": _meta("ResourceType", f"{base_url}/ResourceTypes/{kind.name}")}


def schema_document(schema: Schema, *, base_url: str) -> dict[str, Any]:
    """The Schema resource of a schema (RFC 7643 §7)."""
    document: dict[str, Any] = {"schemas": [f"{_CORE}:Schema"], **schema.body}
    return document | {"meta": _meta("Schema", f"{base_url}/Schemas/{schema.id}")}


def discovery_list(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """A ListResponse of discovery documents, never cut into pages (rows A-15, A-17)."""
    return {
        "schemas": [LIST_RESPONSE],
        "totalResults": len(documents),
        "itemsPerPage": len(documents),
        "startIndex": 1,
        "Resources": documents,
    }


def all_documents(registry: Registry, *, base_url: str) -> Mapping[str, dict[str, dict[str, Any]]]:
    """The documents of `/ResourceTypes` and `/Schemas`, each by id."""
    return {
        "ResourceTypes": {t.name: resource_type_document(t, base_url=base_url) for t in registry.resource_types},
        "Schemas": {s.id: schema_document(s, base_url=base_url) for s in registry.schemas},
    }


def _meta(resource_type: str, location: str) -> dict[str, str]:
    return {"resourceType": resource_type, "location": location}
