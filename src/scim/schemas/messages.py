"""JSON Schemas of the protocol's messages (RFC 7644 §3.4.2, §3.4.3, §3.5.2, §3.7, §3.12)."""

from __future__ import annotations

from scim.exceptions import ScimError
from scim.protocol.bulk.message import BULK_REQUEST, BULK_RESPONSE
from scim.protocol.discovery import LIST_RESPONSE
from scim.protocol.errors import ERROR
from scim.protocol.patch.message import PATCH_OP, Op, PatchOptions
from scim.protocol.query import SEARCH_REQUEST
from scim.schemas.attributes import JsonSchema

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
        "itemsPerPage": whole | {"description": "How many entries this answer has."},
        "Resources": {"type": "array", "items": entry},
    }
    cursor = {"type": "string", "pattern": "^[A-Za-z0-9._~-]+$"}
    places = {
        "startIndex": {"type": "integer", "minimum": 1, "description": "Place of the first entry, counted from 1."},
        "nextCursor": cursor | {"description": "For the page behind this one; absent on the last one."},
        "previousCursor": cursor | {"description": "For the page before this one; absent on the first one."},
    }
    return _closed(title, properties, optional=places)


def search_schema() -> JsonSchema:
    """A SearchRequest (RFC 7644 §3.4.3)."""
    names = {"type": ["array", "null"], "items": {"type": "string"}}
    text, number = {"type": ["string", "null"]}, {"type": ["integer", "null"]}
    return {
        "title": "SearchRequest",
        "description": "The members mean what the parameters of a list mean; all but `schemas` may be left out.",
        "type": "object",
        "required": ["schemas"],
        "properties": {
            "schemas": _message(SEARCH_REQUEST),
            "attributes": names,
            "excludedAttributes": names,
            "filter": text,
            "sortBy": text,
            "sortOrder": {"type": ["string", "null"], "enum": ["ascending", "descending", None]},
            "startIndex": number,
            "count": number,
            "cursor": text,
        },
    }


def bulk_schema() -> JsonSchema:
    """A BulkRequest (RFC 7644 §3.7)."""
    path = {"type": "string", "pattern": "^/", "description": "Below the base URL, such as `/Users` or `/Users/ID`."}
    data = {"type": "object", "description": "The body of the single request; `bulkId:x` stands for an id."}
    creating = {
        "method": {"type": "string", "const": "POST"},
        "path": path,
        "bulkId": {"type": "string", "minLength": 1, "description": "The name by which others refer to the resource."},
        "data": data,
    }
    changing = {"method": {"type": "string", "enum": ["PUT", "PATCH"]}, "path": path, "data": data}
    deleting = {"method": {"type": "string", "const": "DELETE"}, "path": path}
    version = {"version": {"type": ["string", "null"], "description": "As `If-Match`."}, "bulkId": {"type": "string"}}
    return {
        "title": "BulkRequest",
        "description": "Operations, each carried out as its single request would be; one that fails stops no other.",
        "type": "object",
        "required": ["schemas", "Operations"],
        "properties": {
            "schemas": _message(BULK_REQUEST),
            "failOnErrors": {"type": ["integer", "null"], "minimum": 1, "description": "Stop after so many errors."},
            "Operations": {
                "type": "array",
                "items": {
                    "oneOf": [
                        _open("create", creating),
                        _open("change", changing, optional=version),
                        _open("delete", deleting, optional=version),
                    ]
                },
            },
        },
    }


def bulk_answer_schema() -> JsonSchema:
    """A BulkResponse (RFC 7644 §3.7.3)."""
    error = {
        "schemas": _message(ERROR),
        "status": {"type": "string", "pattern": "^[45][0-9]{2}$"},
        "detail": {"type": "string"},
    }
    result = {"status": {"type": "string", "pattern": "^[2-5][0-9]{2}$", "description": "The HTTP status, as text."}}
    optional = {
        "method": {"type": "string"},
        "bulkId": {"type": "string"},
        "location": {"type": "string"},
        "version": {"type": "string"},
        "response": _closed("Error", error, optional={"scimType": {"type": "string"}}),
    }
    properties = {
        "schemas": _message(BULK_RESPONSE),
        "Operations": {"type": "array", "items": _closed("Result", result, optional=optional)},
    }
    return _closed("BulkResponse", properties)


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


def _open(title: str, properties: JsonSchema, *, optional: JsonSchema | None = None) -> JsonSchema:
    """An object that must have these members, and may have others."""
    return {
        "title": title,
        "type": "object",
        "required": list(properties),
        "properties": properties | (optional or {}),
    }


def _closed(title: str, properties: JsonSchema, *, optional: JsonSchema | None = None) -> JsonSchema:
    """An object that has these members, perhaps the optional ones, and no others."""
    return _open(title, properties, optional=optional) | {"additionalProperties": False}
