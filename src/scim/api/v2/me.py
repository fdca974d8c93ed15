"""`/Me`: an alias for the resource that the token is bound to, handled in place (RFC 7644 §3.11, row K-03)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from scim.api.methods import READ, refuse_others
from scim.api.v2.incoming import incoming, on_type, registry_for
from scim.api.v2.outgoing import outgoing
from scim.caller import Caller
from scim.dependencies import Env, Reader, Writer
from scim.protocol.compat.request import Message
from scim.services.delete import delete
from scim.services.environment import Environment
from scim.services.me import subject
from scim.services.patch import patch
from scim.services.read import read
from scim.services.replace import replace
from scim.services.requests import ScimRequest

router = APIRouter(include_in_schema=False)


async def _own(request: Request, env: Environment, caller: Caller, message: Message | None = None) -> ScimRequest:
    kind, resource_id = await subject(env, caller, await registry_for(request, env, caller))
    return on_type(request, await incoming(request, env, caller, message=message), kind, resource_id)


@router.api_route("/Me", methods=[*READ])
async def read_me(request: Request, env: Env, caller: Reader) -> Response:
    """The caller's own resource."""
    return outgoing(request, await read(env, caller, await _own(request, env, caller)))


@router.put("/Me")
async def replace_me(request: Request, env: Env, caller: Writer) -> Response:
    """Replace it."""
    return outgoing(request, await replace(env, caller, await _own(request, env, caller)))


@router.patch("/Me")
async def patch_me(request: Request, env: Env, caller: Writer) -> Response:
    """Change it."""
    return outgoing(request, await patch(env, caller, await _own(request, env, caller, Message.PATCH)))


@router.delete("/Me")
async def delete_me(request: Request, env: Env, caller: Writer) -> Response:
    """Remove it."""
    return outgoing(request, await delete(env, caller, await _own(request, env, caller)))


refuse_others(router, "/Me", *READ, "PUT", "PATCH", "DELETE")  # a client does not bind itself to a resource (row K-04)
