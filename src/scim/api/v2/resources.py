"""Endpoints of resources: one router for every type; the type is an argument (DESIGN §1.3)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from scim.api.v2.incoming import incoming
from scim.api.v2.outgoing import outgoing
from scim.caller import Caller
from scim.dependencies import Env, Reader, Writer
from scim.exceptions import NotFound
from scim.protocol.attributes.registry import ResourceType
from scim.services.create import create
from scim.services.delete import delete
from scim.services.environment import Environment
from scim.services.patch import patch
from scim.services.read import read
from scim.services.replace import replace
from scim.services.search import search

router = APIRouter(include_in_schema=False)


def served_type(env: Environment, caller: Caller, endpoint: str) -> ResourceType:
    """The type that the caller's application has at an endpoint.

    Raises:
        NotFound: it has none (row A-21).
    """
    kind = env.registry(caller).at_endpoint(f"/{endpoint}")
    if kind is None:
        raise NotFound(f"There is no endpoint '/{endpoint}'.")
    return kind


@router.api_route("/{endpoint}", methods=["GET", "HEAD"])
async def list_resources(request: Request, endpoint: str, env: Env, caller: Reader) -> Response:
    """A page of the resources that match."""
    kind = served_type(env, caller, endpoint)
    return outgoing(request, await search(env, caller, await incoming(request, caller, env.settings, kind)))


@router.post("/{endpoint}")
async def create_resource(request: Request, endpoint: str, env: Env, caller: Writer) -> Response:
    """Make a resource."""
    kind = served_type(env, caller, endpoint)
    return outgoing(request, await create(env, caller, await incoming(request, caller, env.settings, kind)))


@router.api_route("/{endpoint}/{resource_id}", methods=["GET", "HEAD"])
async def read_resource(request: Request, endpoint: str, resource_id: str, env: Env, caller: Reader) -> Response:
    """One resource."""
    kind = served_type(env, caller, endpoint)
    sent = await incoming(request, caller, env.settings, kind, resource_id=resource_id)
    return outgoing(request, await read(env, caller, sent))


@router.put("/{endpoint}/{resource_id}")
async def replace_resource(request: Request, endpoint: str, resource_id: str, env: Env, caller: Writer) -> Response:
    """Replace a resource."""
    kind = served_type(env, caller, endpoint)
    sent = await incoming(request, caller, env.settings, kind, resource_id=resource_id)
    return outgoing(request, await replace(env, caller, sent))


@router.patch("/{endpoint}/{resource_id}")
async def patch_resource(request: Request, endpoint: str, resource_id: str, env: Env, caller: Writer) -> Response:
    """Change a resource."""
    kind = served_type(env, caller, endpoint)
    sent = await incoming(request, caller, env.settings, kind, resource_id=resource_id)
    return outgoing(request, await patch(env, caller, sent))


@router.delete("/{endpoint}/{resource_id}")
async def delete_resource(request: Request, endpoint: str, resource_id: str, env: Env, caller: Writer) -> Response:
    """Remove a resource."""
    kind = served_type(env, caller, endpoint)
    sent = await incoming(request, caller, env.settings, kind, resource_id=resource_id)
    return outgoing(request, await delete(env, caller, sent))
