"""Discovery endpoints (RFC 7644 §4): open to everybody, GET only, no filter."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from scim.api.methods import READ, refuse_others
from scim.api.v2.incoming import query_pairs
from scim.api.v2.outgoing import json_response
from scim.caller import Caller
from scim.dependencies import Anyone, Env
from scim.exceptions import Forbidden, NotFound
from scim.middleware.base_url import base_url
from scim.protocol.discovery import Features, all_documents, discovery_list, service_provider_config
from scim.services.environment import Environment

router = APIRouter(include_in_schema=False)


@router.api_route("/ServiceProviderConfig", methods=[*READ])
async def config(request: Request, env: Env, _caller: Anyone) -> Response:
    """What the server offers."""
    _refuse_filter(request)
    settings = env.settings
    features = Features(
        max_results=settings.max_page_size,
        default_page_size=min(settings.default_page_size, settings.max_page_size),
        bulk_max_operations=settings.bulk_max_operations,
        bulk_max_payload_bytes=settings.bulk_max_payload_bytes,
        cursor_timeout=settings.cursor_ttl_s,
        change_password=settings.passwords == "hash",
    )
    return json_response(request, service_provider_config(features, base_url=base_url(request.scope, settings)))


@router.api_route("/ResourceTypes", methods=[*READ])
async def resource_types(request: Request, env: Env, caller: Anyone) -> Response:
    """All resource types."""
    return await _all(request, env, caller, "ResourceTypes")


@router.api_route("/ResourceTypes/{name}", methods=[*READ])
async def resource_type(request: Request, name: str, env: Env, caller: Anyone) -> Response:
    """One resource type."""
    return await _one(request, env, caller, "ResourceTypes", name)


@router.api_route("/Schemas", methods=[*READ])
async def schemas(request: Request, env: Env, caller: Anyone) -> Response:
    """All schemas."""
    return await _all(request, env, caller, "Schemas")


@router.api_route("/Schemas/{urn}", methods=[*READ])
async def schema(request: Request, urn: str, env: Env, caller: Anyone) -> Response:
    """One schema; its URN in any letter case (row A-12)."""
    found = (await env.registry(caller)).schema(urn)
    return await _one(request, env, caller, "Schemas", found.id if found else urn)


for path in ("/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/{name}", "/Schemas", "/Schemas/{name}"):
    refuse_others(router, path, *READ)  # row A-18


async def _documents(request: Request, env: Environment, caller: Caller | None, what: str) -> dict[str, dict[str, Any]]:
    _refuse_filter(request)
    return all_documents(await env.registry(caller), base_url=base_url(request.scope, env.settings))[what]


async def _all(request: Request, env: Environment, caller: Caller | None, what: str) -> Response:
    return json_response(request, discovery_list([*(await _documents(request, env, caller, what)).values()]))


async def _one(request: Request, env: Environment, caller: Caller | None, what: str, name: str) -> Response:
    document = (await _documents(request, env, caller, what)).get(name)
    if document is None:
        raise NotFound(f"There is no '{name}' among /{what}.")
    return json_response(request, document)


def _refuse_filter(request: Request) -> None:
    """Discovery endpoints take no filter (RFC 7644 §4, row A-16)."""
    if any(name.lower() == "filter" for name, _ in query_pairs(request)):
        raise Forbidden("Discovery endpoints take no filter; they answer everything.")
