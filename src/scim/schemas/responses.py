"""Answers of the endpoints: what each kind of operation can give back, errors from the table of those it may raise."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from http import HTTPStatus
from itertools import groupby
from typing import Any

from scim.exceptions import (
    Conflict,
    ExpiredCursor,
    Forbidden,
    InvalidCount,
    InvalidCursor,
    InvalidFilter,
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    Mutability,
    NoTarget,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    PreconditionRequired,
    ScimError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Uniqueness,
    UnsupportedMediaType,
)
from scim.protocol.errors import ERROR
from scim.protocol.media_types import JSON, SCIM
from scim.schemas.attributes import JsonSchema
from scim.schemas.messages import error_schema
from scim.schemas.names import component, reference


class Verb(StrEnum):
    """What an operation does; also the first word of its operation id."""

    LIST = "list"
    LIST_WITHIN = "listMembersOf"
    SEARCH = "search"
    CREATE = "create"
    READ = "read"
    REPLACE = "replace"
    PATCH = "patch"
    DELETE = "delete"
    BULK = "bulk"
    DISCOVER = "discover"
    DISCOVER_ONE = "discoverOne"


_Kinds = tuple[type[ScimError], ...]
_ALWAYS: _Kinds = (Unauthorized, TooManyRequests, ScimError, Unavailable)
_BODY: _Kinds = (InvalidSyntax, InvalidValue, PayloadTooLarge, UnsupportedMediaType)
_QUERY: _Kinds = (InvalidFilter, InvalidPath, InvalidCursor, ExpiredCursor, InvalidCount)
_CHANGE: _Kinds = (Mutability, NotFound, Uniqueness, Conflict, PreconditionFailed, PreconditionRequired)
_FAILURES: dict[Verb, _Kinds] = {
    Verb.LIST: (*_QUERY, InvalidValue, InvalidSyntax, Forbidden, *_ALWAYS),
    Verb.LIST_WITHIN: (*_QUERY, InvalidValue, InvalidSyntax, Forbidden, NotFound, *_ALWAYS),
    Verb.SEARCH: (*_QUERY, *_BODY, Forbidden, *_ALWAYS),
    Verb.CREATE: (*_BODY, Forbidden, Uniqueness, Conflict, PreconditionFailed, *_ALWAYS),
    Verb.READ: (InvalidValue, InvalidSyntax, Forbidden, NotFound, *_ALWAYS),
    Verb.REPLACE: (*_BODY, *_CHANGE, Forbidden, *_ALWAYS),
    Verb.PATCH: (*_BODY, *_CHANGE, InvalidPath, InvalidFilter, NoTarget, Forbidden, *_ALWAYS),
    Verb.DELETE: (
        *(InvalidValue, InvalidSyntax, Forbidden, NotFound, Conflict, PreconditionFailed, PreconditionRequired),
        *_ALWAYS,
    ),
    Verb.BULK: (*_BODY, Forbidden, *_ALWAYS),
    Verb.DISCOVER: (InvalidSyntax, Forbidden, *_ALWAYS),
    Verb.DISCOVER_ONE: (InvalidSyntax, Forbidden, NotFound, *_ALWAYS),
}
"""The errors of each operation; 500 stands for what nobody foresaw."""

_HEADERS: dict[str, tuple[str, str]] = {
    "ETag": ("The resource's version.", 'W/"1"'),
    "Location": ("The resource's URI.", ""),
    "WWW-Authenticate": ("How to authenticate.", 'Bearer realm="scim"'),
    "Retry-After": ("Seconds to wait before trying again.", "5"),
}
_ERROR_HEADERS = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}


def content(schema: JsonSchema, examples: Iterable[tuple[str, Any]] = ()) -> dict[str, Any]:
    """A body with that schema, in either media type (rows P-01, P-02)."""
    media: dict[str, Any] = {"schema": schema}
    shown = dict(examples)
    if shown:
        media["examples"] = shown
    return {SCIM: media, JSON: media}


def resource_answer(description: str, type_name: str) -> dict[str, Any]:
    """An answer with one resource."""
    example = [(component(type_name), reference("examples", type_name, "example", "shown"))]
    return empty_answer(description) | {"content": content(reference("schemas", type_name), example)}


def empty_answer(description: str) -> dict[str, Any]:
    """An answer without a body that tells a resource's version and place (row L-02)."""
    return {"description": description, "headers": _headers("Location", "ETag")}


def failures(verb: Verb) -> dict[str, Any]:
    """The error answers of an operation, by status."""
    return {str(status): reference("responses", *_name(kinds)) for status, kinds in _by_status(verb)}


def response_components() -> dict[str, Any]:
    """Every error answer, as components of the document."""
    return {component(*_name(kinds)): _failure(*kinds) for verb in Verb for _, kinds in _by_status(verb)}


def header_components() -> dict[str, Any]:
    """The headers of answers, as components of the document."""
    return {
        name: {"description": text, "required": True, "schema": {"type": "string"}}
        | ({"example": example} if example else {})
        for name, (text, example) in _HEADERS.items()
    }


def _failure(*kinds: type[ScimError]) -> dict[str, Any]:
    status = kinds[0].status
    examples = [
        (kind.__name__, {"summary": kind.scim_type or _phrase(status), "value": _example(kind)}) for kind in kinds
    ]
    response = {"description": _reasons(kinds), "content": content(error_schema(*kinds), examples)}
    names = _ERROR_HEADERS.get(status)
    return response | ({"headers": _headers(*names)} if names else {})


def _reasons(kinds: _Kinds) -> str:
    """What went wrong; where several things can, a list of them."""
    if len(kinds) == 1:
        return kinds[0].default_detail
    reasons = [
        f"`{kind.scim_type}`: {kind.default_detail}" if kind.scim_type else kind.default_detail for kind in kinds
    ]
    return "\n".join([_phrase(kinds[0].status), *(f"- {reason}" for reason in reasons)])


def _example(kind: type[ScimError]) -> dict[str, str | list[str]]:
    body: dict[str, str | list[str]] = {"schemas": [ERROR], "status": str(kind.status), "detail": kind.default_detail}
    return body | {"scimType": kind.scim_type} if kind.scim_type else body


def _headers(*names: str) -> dict[str, Any]:
    return {name: reference("headers", name) for name in names}


def _by_status(verb: Verb) -> list[tuple[int, _Kinds]]:
    kinds = sorted(_FAILURES[verb], key=lambda kind: (kind.status, kind.__name__))
    return [(status, tuple(group)) for status, group in groupby(kinds, key=lambda kind: kind.status)]


def _name(kinds: _Kinds) -> list[str]:
    return [kind.__name__ for kind in kinds]


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
