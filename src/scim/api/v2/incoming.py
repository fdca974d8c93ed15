"""From an HTTP request to what a service takes: body, query, conditions, and where it came from."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request

from scim.caller import Caller
from scim.config import Settings
from scim.exceptions import InvalidSyntax, UnsupportedMediaType
from scim.middleware.base_url import base_url
from scim.middleware.trail import kept, origin_of
from scim.protocol.attributes.registry import Registry, ResourceType
from scim.protocol.compat.normalise import accepts_media_type
from scim.protocol.compat.profile import profile
from scim.protocol.compat.request import Message
from scim.services.environment import Environment
from scim.services.requests import Incoming, ScimRequest
from scim.storage.audit import Origin
from scim.utils.clock import now
from scim.utils.json import loads

T = TypeVar("T", bound=Incoming)

_JSON_TYPES = ("application/scim+json", "application/json")
_WITH_BODY = ("POST", "PUT", "PATCH")


async def incoming(request: Request, env: Environment, caller: Caller, *, message: Message | None = None) -> Incoming:
    """The request, whatever it is about.

    Raises:
        UnsupportedMediaType: the body is not declared as JSON, and no rule of the profile allows that (row P-07).
        InvalidSyntax: the body is not JSON.
    """
    registry = await registry_for(request, env, caller)
    rules: tuple[str, ...] = request.scope["state"].get("rules", ())
    body: Any = None
    if request.method in _WITH_BODY:
        body, rule = await _body(request, caller)
        rules += (rule,) if rule else ()
    return _noted(
        request,
        Incoming(
            registry=registry,
            method=request.method,
            base_url=base_url(request.scope, env.settings),
            now=now(),
            body=body,
            query=query_pairs(request),
            if_match=_joined(request, "if-match"),
            if_none_match=_joined(request, "if-none-match"),
            prefer=_joined(request, "prefer"),
            origin=_origin(request, env.settings, registry, body),
            message=message,
            rules=rules,
        ),
    )


async def registry_for(request: Request, env: Environment, caller: Caller) -> Registry:
    """The types that the request is read by; the log is told which of their attributes are secret."""
    registry = await env.registry(caller)
    request.scope["state"]["secret_names"] = registry.secret_names
    return registry


def on_type(request: Request, sent: Incoming, kind: ResourceType, resource_id: str | None = None) -> ScimRequest:
    """The request as one on a resource type, or on one resource of it."""
    whole = {field.name: getattr(sent, field.name) for field in fields(sent)}
    return _noted(request, ScimRequest(**whole, kind=kind, resource_id=resource_id))


def query_pairs(request: Request) -> tuple[tuple[str, str], ...]:
    """The decoded pairs of the query string; `+` is a space (row E-37)."""
    raw: bytes = request.scope.get("query_string", b"")
    try:
        return tuple(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict"))
    except (UnicodeDecodeError, ValueError) as error:
        raise InvalidSyntax("The query string is not percent-encoded UTF-8.") from error


def _origin(request: Request, settings: Settings, registry: Registry, body: Any) -> Origin:
    """Who sent it and what, for the audit record of a write; that of a refusal is made by `middleware.trail`."""
    size = request.scope["state"].get("body_size", 0)
    keeps_body = settings.audit_bodies == "all"
    return origin_of(request.scope, settings, kept(body, size, registry.secret_names) if keeps_body else None)


def _noted(request: Request, sent: T) -> T:
    """What was sent is kept beside the request, for the explanation of a refusal (`api.errors`)."""
    request.scope["state"]["sent"] = sent
    return sent


async def _body(request: Request, caller: Caller) -> tuple[Any, str | None]:
    content_type = request.headers.get("content-type")
    raw = await request.body()
    request.scope["state"]["body_size"] = len(raw)
    declared = (content_type or "").partition(";")[0].strip().lower()
    if declared in _JSON_TYPES:
        return loads(raw), None
    rule = None
    try:
        body = loads(raw)
        rule = accepts_media_type(profile(caller.profile), content_type, body)
    except InvalidSyntax:
        body = None
    if rule is None:
        raise UnsupportedMediaType(
            f"Content-Type is {declared or 'missing'}; send application/scim+json or application/json."
        )
    return body, rule


def _joined(request: Request, name: str) -> str | None:
    values = request.headers.getlist(name)
    return ", ".join(values) if values else None
