"""Who is calling: the bearer token in the Authorization header, resolved before anything else is done (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from scim.caller import Caller
from scim.config import API_PATH, Settings
from scim.exceptions import BadRequest, Unauthorized
from scim.middleware.base_url import client_ip
from scim.protocol.compat.normalise import bare_token
from scim.protocol.compat.profile import profile
from scim.services.authentication import Authenticates, refused
from scim.utils.clock import now

CHALLENGE = 'Bearer realm="scim"'
DOCUMENT = "/openapi.json"
_OPEN = ("ServiceProviderConfig", "ResourceTypes", "Schemas")


class Authentication:
    """Puts the caller into the scope's state; refuses what needs one and has none.

    The authenticator is asked for at each request: it is made when the server starts, after this.
    """

    def __init__(self, app: ASGIApp, *, authenticator: Callable[[], Authenticates], settings: Settings) -> None:
        self.app = app
        self.authenticator = authenticator
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (_is_protocol(scope["path"]) or scope["path"] == DOCUMENT):
            caller = await self._caller(scope)
            if caller is not None:
                scope["state"]["caller"] = caller
            elif not _is_open(scope["path"]):
                raise Unauthorized(headers={"WWW-Authenticate": CHALLENGE})
        await self.app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller | None:
        ip = client_ip(scope, self.settings)
        if not self.settings.auth_enabled:
            return await self.authenticator().authenticate("", now(), ip=ip)
        sent = Headers(scope=scope).getlist("authorization")
        if not sent:
            return None
        if len(sent) > 1:
            raise BadRequest(
                "The request has more than one Authorization header.",
                headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_request"'},
            )
        scheme, _, token = sent[0].strip().partition(" ")
        if not token:
            return await self._bare(scope, scheme, ip)
        if scheme.lower() != "bearer":
            raise Unauthorized(
                "The Authorization header is of a scheme that is not offered; send 'Authorization: Bearer TOKEN'.",
                headers={"WWW-Authenticate": CHALLENGE},
            )
        return await self.authenticator().authenticate(token.strip(), now(), ip=ip)

    async def _bare(self, scope: Scope, token: str, ip: str | None) -> Caller:
        """A header of one word: a token, if the token's own application has the rule for it (quirk OKTA-24)."""
        caller = await self.authenticator().authenticate(token, now(), ip=ip)
        rule = bare_token(profile(caller.profile))
        if rule is None:
            raise refused("The Authorization header must be 'Bearer TOKEN'.")
        scope["state"]["rules"] = (*scope["state"].get("rules", ()), rule)
        return caller


def _is_protocol(path: str) -> bool:
    return path == API_PATH or path.startswith(f"{API_PATH}/")


def _is_open(path: str) -> bool:
    """Discovery can be read without a token (row A-04), and so can the OpenAPI document."""
    return path == DOCUMENT or path.removeprefix(f"{API_PATH}/").partition("/")[0] in _OPEN
