"""Bulk requests (RFC 7644 §3.7)."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from scim.api.methods import refuse_others
from scim.api.v2.incoming import incoming
from scim.api.v2.outgoing import outgoing
from scim.dependencies import Env, Writer
from scim.protocol.compat.request import Message
from scim.services.bulk.bulk import bulk

PATH: Final = "/Bulk"

router = APIRouter(include_in_schema=False)


@router.post(PATH)
async def carry_out(request: Request, env: Env, caller: Writer) -> Response:
    """Carry out several operations."""
    return outgoing(request, await bulk(env, caller, await incoming(request, env, caller, message=Message.BULK)))


refuse_others(router, PATH, "POST")
