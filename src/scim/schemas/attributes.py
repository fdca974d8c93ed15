"""From attribute definitions to JSON Schema (2020-12): one schema for what a client sends, one for what it gets.

The registry is the only source (DESIGN §1.1). Names are those of RFC 7643; a client may write them in any letter case,
which JSON Schema cannot say.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum, auto
from typing import Any

from scim.protocol.attributes.definition import Attribute, AttributeType, Mutability, Returned, Schema, Uniqueness
from scim.protocol.attributes.registry import ResourceType, common_attributes

JsonSchema = dict[str, Any]


class Use(StrEnum):
    """Where a JSON Schema stands: the same attributes have another form in each place."""

    REQUEST = auto()
    """What a client sends: null is allowed (row B-35), nothing readOnly is asked for, other names may come along."""
    RESPONSE = auto()
    """A resource, perhaps cut by `attributes`: only what is always returned, and required, must be there (row B-41)."""
    DISCOVERY = auto()
    """A discovery document, never cut (row A-23): what the definition requires is there."""


_MAY_BE_EMPTY = frozenset({"members"})
"""Lists that are answered although they are empty, in one profile (quirk AUTHENTIK-04); others are left out then."""

_DATE_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[-+]\d{2}:\d{2})?$"
_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2,3})?={0,2}$"
_TYPES: dict[AttributeType, JsonSchema] = {
    AttributeType.STRING: {"type": "string"},
    AttributeType.BOOLEAN: {"type": "boolean"},
    AttributeType.DECIMAL: {"type": "number"},
    AttributeType.INTEGER: {"type": "integer"},
    AttributeType.DATE_TIME: {"type": "string", "pattern": _DATE_TIME},
    AttributeType.BINARY: {"type": "string", "contentEncoding": "base64", "pattern": _BASE64},
    AttributeType.REFERENCE: {"type": "string"},
}
_MADE_HERE: dict[AttributeType, JsonSchema] = {
    AttributeType.DATE_TIME: {"type": "string", "format": "date-time"},
    AttributeType.REFERENCE: {"type": "string", "format": "uri-reference"},
}
"""Values that the server makes itself; what clients send is taken more widely (rows B-24, B-26)."""

_FIRST_AND_LAST = {"schemas": -3, "id": -2, "externalId": -1, "meta": 1}


def resource_schema(kind: ResourceType, use: Use) -> JsonSchema:
    """The JSON Schema of a resource type, each extension under its URN."""
    attributes = sorted(kind.attributes, key=lambda attribute: _FIRST_AND_LAST.get(attribute.name, 0))
    body = _object(attributes, use)
    properties = body["properties"]
    urns = [kind.schema.id, *(extension.schema.id for extension in kind.extensions)]
    properties["schemas"] = _schemas(urns) | {"description": properties["schemas"]["description"]}
    meta = properties.pop("meta", None)
    for extension in kind.extensions:
        properties[extension.schema.id] = _extension(extension.schema, use, required=extension.required)
        if extension.required and use is Use.REQUEST:
            body["required"].append(extension.schema.id)
    if meta:
        properties["meta"] = _meta_of(meta, kind.name)
    return {"title": kind.name, "description": kind.description, **body}


def discovery_schema(schema: Schema) -> JsonSchema:
    """The JSON Schema of a discovery document (RFC 7643 §5 to §7), from the schema that describes it."""
    body = _object(schema.attributes, Use.DISCOVERY)
    meta = next(attribute for attribute in common_attributes() if attribute.name == "meta")
    properties = {
        "schemas": _schemas([schema.id]),
        **body["properties"],
        "meta": _meta_of(json_schema(meta, Use.DISCOVERY), schema.name),
    }
    body |= {"required": ["schemas", *body.get("required", ()), "meta"], "properties": properties}
    return {"title": schema.name, "description": schema.description, **body}


def json_schema(attribute: Attribute, use: Use) -> JsonSchema:
    """The JSON Schema of an attribute's whole value: a list of entries, or one value."""
    schema = entry_schema(attribute, use)
    if attribute.multi_valued:
        schema = {"type": "array", "items": schema} | (
            {} if use is Use.REQUEST or attribute.name in _MAY_BE_EMPTY else {"minItems": 1}
        )
    if use is Use.REQUEST and not attribute.required:
        schema["type"] = [schema["type"], "null"]
    description = _description(attribute)
    return schema | ({"description": description} if description else {})


def entry_schema(attribute: Attribute, use: Use) -> JsonSchema:
    """The JSON Schema of one value of an attribute."""
    if attribute.is_complex:
        return _open_inside(_object(attribute.sub_attributes, use), attribute)
    made_here = attribute.mutability is Mutability.READ_ONLY
    schema = (_TYPES | _MADE_HERE if made_here else _TYPES)[attribute.type].copy()
    if attribute.mutability is Mutability.WRITE_ONLY:
        schema |= {"writeOnly": True, "format": "password"}
    if attribute.required and attribute.type is AttributeType.STRING:
        schema["minLength"] = 1
    if attribute.canonical_values:  # suggestions, other values are taken (row B-34)
        schema["examples"] = list(attribute.canonical_values)
    return schema


def _object(attributes: Iterable[Attribute], use: Use) -> JsonSchema:
    shown = [attribute for attribute in attributes if _has_place(attribute, use)]
    required = [attribute.name for attribute in shown if _must_be_there(attribute, use)]
    schema: JsonSchema = {"type": "object"} | ({"required": required} if required else {})
    schema["properties"] = {attribute.name: json_schema(attribute, use) for attribute in shown}
    if use is not Use.REQUEST:  # what has no value is left out (row B-36), so that no object is empty
        schema |= {"additionalProperties": False, "minProperties": 1}
    return schema


def _open_inside(schema: JsonSchema, attribute: Attribute) -> JsonSchema:
    """Let complex parts of a complex attribute have other members.

    Only Schema resources have such parts, which the RFC rules out elsewhere (row B-28): they describe themselves, one
    level deeper than their own definition goes.
    """
    for sub in attribute.sub_attributes:
        part = schema["properties"].get(sub.name, {})
        if sub.is_complex:
            part.get("items", part).pop("additionalProperties", None)
    return schema


def _has_place(attribute: Attribute, use: Use) -> bool:
    if use is Use.REQUEST:
        return attribute.mutability is not Mutability.READ_ONLY
    return attribute.returned is not Returned.NEVER


def _must_be_there(attribute: Attribute, use: Use) -> bool:
    if use is not Use.RESPONSE:
        return attribute.required
    given = attribute.mutability is not Mutability.READ_ONLY or attribute.name == "id"
    return attribute.returned is Returned.ALWAYS and attribute.required and given


def _extension(schema: Schema, use: Use, *, required: bool) -> JsonSchema:
    body = _object(schema.attributes, use)
    if use is Use.REQUEST and not required:
        body["type"] = ["object", "null"]
    return {"title": schema.name, "description": schema.description, **body}


def _schemas(urns: list[str]) -> JsonSchema:
    """`schemas`: the first URN is the base schema's and must be there (row B-03)."""
    return {
        "type": "array",
        "items": {"type": "string", "enum": urns},
        "contains": {"const": urns[0]},
        "minItems": 1,
        "uniqueItems": True,
    }


def _meta_of(meta: JsonSchema, type_name: str) -> JsonSchema:
    name = meta["properties"]["resourceType"] | {"const": type_name}
    return meta | {"properties": meta["properties"] | {"resourceType": name}}


def _description(attribute: Attribute) -> str:
    """The attribute's own description, and in words what JSON Schema has no keyword for."""
    sentences = [attribute.description] if attribute.description else []
    if attribute.uniqueness is not Uniqueness.NONE:
        sentences.append("Unique" + ("." if attribute.case_exact else ", letter case ignored."))
    if attribute.mutability is Mutability.IMMUTABLE:
        sentences.append("Cannot be changed once it has a value.")
    if attribute.returned is Returned.NEVER:
        sentences.append("Never returned.")
    if attribute.returned is Returned.REQUEST:
        sentences.append("Returned only when asked for by name.")
    return " ".join(sentences)
