"""What an endpoint may ask for; an alias's name tells which permission it demands (DESIGN §1.9).

They are coroutines because the framework runs plain functions in a thread, which costs more than they do.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from scim.caller import Caller, Scope
from scim.exceptions import Forbidden, Unauthorized
from scim.services.environment import Environment


async def environment(request: Request) -> Environment:
    """What the services of this process work with."""
    env: Environment = request.app.state.environment
    return env


async def maybe_caller(request: Request) -> Caller | None:
    """The caller, if there is one: discovery is open (row A-04)."""
    caller: Caller | None = request.scope["state"].get("caller")
    return caller


def _caller_with(request: Request, scope: Scope) -> Caller:
    caller: Caller | None = request.scope["state"].get("caller")
    if caller is None:
        raise Unauthorized(headers={"WWW-Authenticate": 'Bearer realm="scim"'})
    if not caller.may(scope):
        challenge = f'Bearer realm="scim", error="insufficient_scope", scope="{scope}"'
        raise Forbidden(f"The token lacks the scope {scope}.", headers={"WWW-Authenticate": challenge})
    return caller


async def reader(request: Request) -> Caller:
    """A caller who may read.

    Raises:
        Unauthorized: no caller.
        Forbidden: the token lacks `scim:read` (row N-03).
    """
    return _caller_with(request, Scope.READ)


async def writer(request: Request) -> Caller:
    """A caller who may write, to one application.

    Raises:
        Unauthorized: no caller.
        Forbidden: the token lacks `scim:write`, or covers a whole tenant.
    """
    caller = _caller_with(request, Scope.WRITE)
    _ = caller.app_id
    return caller


Env = Annotated[Environment, Depends(environment)]
Anyone = Annotated[Caller | None, Depends(maybe_caller)]
Reader = Annotated[Caller, Depends(reader)]
Writer = Annotated[Caller, Depends(writer)]
