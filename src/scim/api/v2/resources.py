"""Endpoints of resources: one router for every type; the type is an argument (DESIGN §1.3)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from scim.api.methods import READ, method_not_allowed, others_than
from scim.api.v2.incoming import incoming, on_type, registry_for
from scim.api.v2.outgoing import outgoing
from scim.caller import Caller
from scim.dependencies import Env, Reader, Writer
from scim.exceptions import NotFound
from scim.protocol.attributes.registry import Registry, ResourceType
from scim.protocol.compat.request import Message
from scim.services.create import create
from scim.services.delete import delete
from scim.services.environment import Environment
from scim.services.group_members import list_members
from scim.services.patch import patch
from scim.services.read import read
from scim.services.replace import replace
from scim.services.requests import ScimRequest
from scim.services.search import search

router = APIRouter(include_in_schema=False)


def served_type(registry: Registry, endpoint: str) -> ResourceType:
    """The type that the caller's application has at an endpoint.

    Raises:
        NotFound: it has none (row A-21).
    """
    kind = registry.at_endpoint(f"/{endpoint}")
    if kind is None:
        raise NotFound(f"There is no endpoint '/{endpoint}'.")
    return kind


async def _sent(
    request: Request,
    env: Environment,
    caller: Caller,
    endpoint: str,
    resource_id: str | None = None,
    *,
    message: Message | None = None,
) -> ScimRequest:
    """The request on what the URL names; that there is such an endpoint is judged before the body."""
    kind = served_type(await registry_for(request, env, caller), endpoint)
    return on_type(request, await incoming(request, env, caller, message=message), kind, resource_id)


def _refuse_others(path: str, *methods: str) -> None:
    """As `methods.refuse_others`; that there is such an endpoint is judged first (row A-21)."""

    async def refuse(request: Request, endpoint: str, env: Env, caller: Reader) -> None:
        served_type(await registry_for(request, env, caller), endpoint)
        raise method_not_allowed(request.method, methods)

    router.add_api_route(path, refuse, methods=others_than(*methods))


@router.api_route("/{endpoint}", methods=[*READ])
async def list_resources(request: Request, endpoint: str, env: Env, caller: Reader) -> Response:
    """A page of the resources that match."""
    sent = await _sent(request, env, caller, endpoint)
    return outgoing(request, await search(env, caller, sent, (sent.kind,)))


@router.post("/{endpoint}/.search")
async def search_resources(request: Request, endpoint: str, env: Env, caller: Reader) -> Response:
    """The same, asked for in the body (RFC 7644 §3.4.3)."""
    sent = await _sent(request, env, caller, endpoint, message=Message.SEARCH)
    return outgoing(request, await search(env, caller, sent, (sent.kind,)))


_refuse_others("/{endpoint}/.search", "POST")


@router.post("/{endpoint}")
async def create_resource(request: Request, endpoint: str, env: Env, caller: Writer) -> Response:
    """Make a resource."""
    return outgoing(request, await create(env, caller, await _sent(request, env, caller, endpoint)))


@router.api_route("/{endpoint}/{resource_id}", methods=[*READ])
async def read_resource(request: Request, endpoint: str, resource_id: str, env: Env, caller: Reader) -> Response:
    """One resource."""
    return outgoing(request, await read(env, caller, await _sent(request, env, caller, endpoint, resource_id)))


@router.put("/{endpoint}/{resource_id}")
async def replace_resource(request: Request, endpoint: str, resource_id: str, env: Env, caller: Writer) -> Response:
    """Replace a resource."""
    return outgoing(request, await replace(env, caller, await _sent(request, env, caller, endpoint, resource_id)))


@router.patch("/{endpoint}/{resource_id}")
async def patch_resource(request: Request, endpoint: str, resource_id: str, env: Env, caller: Writer) -> Response:
    """Change a resource."""
    sent = await _sent(request, env, caller, endpoint, resource_id, message=Message.PATCH)
    return outgoing(request, await patch(env, caller, sent))


@router.delete("/{endpoint}/{resource_id}")
async def delete_resource(request: Request, endpoint: str, resource_id: str, env: Env, caller: Writer) -> Response:
    """Remove a resource."""
    return outgoing(request, await delete(env, caller, await _sent(request, env, caller, endpoint, resource_id)))


@router.api_route("/{endpoint}/{resource_id}/members", methods=[*READ])
async def list_group_members(request: Request, endpoint: str, resource_id: str, env: Env, caller: Reader) -> Response:
    """A page of a group's members; a sub-resource of our own."""
    sent = await _sent(request, env, caller, endpoint, resource_id)
    if not sent.kind.is_group:
        raise NotFound(f"A {sent.kind.name} has no members; only groups have.")
    return outgoing(request, await list_members(env, caller, sent))


_refuse_others("/{endpoint}/{resource_id}/members", *READ)
_refuse_others("/{endpoint}", *READ, "POST")
_refuse_others("/{endpoint}/{resource_id}", *READ, "PUT", "PATCH", "DELETE")
