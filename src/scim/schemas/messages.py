"""JSON Schemas of the protocol's messages: PatchOp, ListResponse and Error (RFC 7644 §3.4.2, §3.5.2, §3.12)."""

from __future__ import annotations

from scim.exceptions import ScimError
from scim.protocol.discovery import LIST_RESPONSE
from scim.protocol.patch.message import PATCH_OP, Op, PatchOptions
from scim.schemas.attributes import JsonSchema

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

_OP_NOTE = "In any letter case."
_PATH_NOTE = (
    "What the operation is about: an attribute, a sub-attribute, or entries selected by a filter, such as "
    '`emails[type eq "work"].value`. Attributes of an extension carry its URN as prefix.'
)


def patch_schema() -> JsonSchema:
    """A PatchOp (RFC 7644 §3.5.2)."""
    return {
        "title": "PatchOp",
        "description": "Operations that are applied in this order, all of them or none.",
        "type": "object",
        "required": ["schemas", "Operations"],
        "properties": {
            "schemas": _message(PATCH_OP),
            "Operations": {
                "type": "array",
                "minItems": 1,
                "maxItems": PatchOptions().max_operations,
                "items": {"oneOf": [_writing(), _removing()]},
            },
        },
    }


def list_schema(title: str, entry: JsonSchema) -> JsonSchema:
    """A ListResponse whose entries have the schema `entry` (RFC 7644 §3.4.2)."""
    whole = {"type": "integer", "minimum": 0}
    properties = {
        "schemas": _message(LIST_RESPONSE),
        "totalResults": whole | {"description": "How many there are in all."},
        "startIndex": {"type": "integer", "minimum": 1, "description": "Place of the first entry, counted from 1."},
        "itemsPerPage": whole | {"description": "How many entries this answer has."},
        "Resources": {"type": "array", "items": entry},
    }
    return _closed(title, properties)


def error_schema(*kinds: type[ScimError]) -> JsonSchema:
    """An Error of one of these kinds, all of the same status (RFC 7644 §3.12)."""
    names = [kind.scim_type for kind in kinds if kind.scim_type]
    properties: JsonSchema = {
        "schemas": _message(ERROR),
        "status": {"type": "string", "const": str(kinds[0].status), "description": "The HTTP status, as text."},
        "detail": {"type": "string", "description": "What to change."},
    }
    scim_type = {"type": "string", "enum": names, "description": "What kind of error it is."}
    return _closed("Error", properties, optional={"scimType": scim_type} if names else {})


def _writing() -> JsonSchema:
    return {
        "title": "add or replace",
        "type": "object",
        "required": ["op", "value"],
        "properties": {
            "op": {"type": "string", "enum": [Op.ADD.value, Op.REPLACE.value], "description": _OP_NOTE},
            "path": {"type": ["string", "null"], "description": _PATH_NOTE},
            "value": {"description": "The new value; without a path an object of attributes."},
        },
    }


def _removing() -> JsonSchema:
    return {
        "title": "remove",
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": {"type": "string", "const": Op.REMOVE.value, "description": _OP_NOTE},
            "path": {"type": "string", "description": _PATH_NOTE},
        },
    }


def _message(urn: str) -> JsonSchema:
    return {"type": "array", "items": {"type": "string", "const": urn}, "minItems": 1, "maxItems": 1}


def _closed(title: str, properties: JsonSchema, *, optional: JsonSchema | None = None) -> JsonSchema:
    """An object that has these members, perhaps the optional ones, and no others."""
    return {
        "title": title,
        "type": "object",
        "required": list(properties),
        "properties": properties | (optional or {}),
        "additionalProperties": False,
    }
