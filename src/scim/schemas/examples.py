"""Example bodies of a resource type: written ones where there are any, else made from its attributes."""

from __future__ import annotations

from typing import Any

from scim.protocol.attributes.definition import Attribute, AttributeType, Mutability, Returned
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.discovery import LIST_RESPONSE
from scim.protocol.patch.message import PATCH_OP
from scim.schemas.example_table import A_GROUP_ID, A_USER_ID, DERIVED, PATCH, WRITE, Examples
from scim.schemas.names import component

_SAMPLES: dict[AttributeType, Any] = {
    AttributeType.STRING: "text",
    AttributeType.BOOLEAN: True,
    AttributeType.DECIMAL: 1.5,
    AttributeType.INTEGER: 1,
    AttributeType.DATE_TIME: "2025-01-31T08:00:00Z",
    AttributeType.BINARY: "AAECAw==",
    AttributeType.REFERENCE: "https://example.com/",
}


def write_examples(kind: ResourceType) -> Examples:
    """Bodies for POST and PUT."""
    return WRITE.get(kind.schema.id) or {"minimal": (f"{kind.name} with some attributes", _sample_resource(kind))}


def patch_examples(kind: ResourceType) -> Examples:
    """Bodies for PATCH."""
    written = PATCH.get(kind.schema.id)
    if written:
        return written
    value = _sample_resource(kind)
    del value["schemas"]
    body = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": value}]}
    return {"without_path": ("Several attributes at once, without a path", body)}


def resource_example(kind: ResourceType, base_url: str) -> dict[str, Any]:
    """A resource as it is answered: the first body for POST, with what the server adds."""
    _, body = next(iter(write_examples(kind).values()))
    identifier = A_GROUP_ID if kind.attribute("members") else A_USER_ID
    hidden = {attribute.name for attribute in kind.attributes if attribute.returned is Returned.NEVER}
    return {
        "schemas": body["schemas"],
        "id": identifier,
        **{name: value for name, value in body.items() if name not in hidden},
        **DERIVED.get(kind.schema.id, {}),
        "meta": {
            "resourceType": kind.name,
            "created": "2025-01-31T08:00:00.000Z",
            "lastModified": "2025-01-31T08:00:00.000Z",
            "location": f"{base_url}{kind.endpoint}/{identifier}",
            "version": 'W/"1"',
        },
    }


def list_example(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """A ListResponse with these entries."""
    return {
        "schemas": [LIST_RESPONSE],
        "totalResults": len(entries),
        "startIndex": 1,
        "itemsPerPage": len(entries),
        "Resources": entries,
    }


def example_components(kind: ResourceType, base_url: str) -> dict[str, Any]:
    """All examples of a type, as components of the document."""
    shown = resource_example(kind, base_url)
    examples = {
        component(kind.name, "example", group, key): {"summary": summary, "value": body}
        for group, bodies in (("write", write_examples(kind)), ("patch", patch_examples(kind)))
        for key, (summary, body) in bodies.items()
    }
    return examples | {
        component(kind.name, "example", "shown"): {"summary": kind.name, "value": shown},
        component(kind.name, "example", "list"): {"summary": "A page", "value": list_example([shown])},
    }


def _sample_resource(kind: ResourceType) -> dict[str, Any]:
    """The required attributes of the type, and its first one that a client may set."""
    writable = [a for a in kind.schema.attributes if a.mutability is not Mutability.READ_ONLY]
    body: dict[str, Any] = {"schemas": [kind.schema.id]}
    body |= {a.name: _sample(a) for a in writable if a.required or a is writable[0]}
    for extension in kind.extensions:
        if extension.required:
            body["schemas"].append(extension.schema.id)
            settable = [a for a in extension.schema.attributes if a.mutability is not Mutability.READ_ONLY]
            body[extension.schema.id] = {a.name: _sample(a) for a in settable if a.required or a is settable[0]}
    return body


def _sample(attribute: Attribute) -> Any:
    suggested = attribute.canonical_values if attribute.type is AttributeType.STRING else ()
    value = suggested[0] if suggested else _SAMPLES.get(attribute.type)
    if attribute.is_complex:
        value = {s.name: _sample(s) for s in attribute.sub_attributes if s.mutability is not Mutability.READ_ONLY}
    return [value] if attribute.multi_valued else value
