"""Queries over all resource types: GET at the root, and POST of a search there (RFC 7644 §3.4.2.1, §3.4.3)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from scim.api.methods import READ, refuse_others
from scim.api.v2.incoming import incoming
from scim.api.v2.outgoing import outgoing
from scim.dependencies import Env, Reader
from scim.protocol.compat.request import Message
from scim.services.search import search

router = APIRouter(include_in_schema=False)


@router.api_route("", methods=[*READ])
@router.api_route("/", methods=[*READ])
async def list_everything(request: Request, env: Env, caller: Reader) -> Response:
    """A page of the resources of all types that match."""
    sent = await incoming(request, env, caller)
    return outgoing(request, await search(env, caller, sent, sent.registry.resource_types))


@router.post("/.search")
async def search_everything(request: Request, env: Env, caller: Reader) -> Response:
    """The same, asked for in the body."""
    sent = await incoming(request, env, caller, message=Message.SEARCH)
    return outgoing(request, await search(env, caller, sent, sent.registry.resource_types))


refuse_others(router, "/.search", "POST")
refuse_others(router, "/", *READ)
refuse_others(router, "", *READ)
