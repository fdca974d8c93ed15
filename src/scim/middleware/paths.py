"""URLs as they should be: a slash at the end is tolerated (row P-09), what was pasted twice is dropped (COMMON-25)."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from scim.caller import Caller
from scim.config import API_PATH
from scim.protocol.compat.normalise import normal_path
from scim.protocol.compat.profile import profile


class NormalPaths:
    """Rewrites the path for the router, by the rules of the caller's profile; answers no redirects."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{API_PATH}/"):
            scope["path"] = self._normal(scope)
            scope["raw_path"] = scope["path"].encode()
        await self.app(scope, receive, send)

    def _normal(self, scope: Scope) -> str:
        path: str = scope["path"]
        caller: Caller | None = scope["state"].get("caller")
        if caller is not None:
            path, rules = normal_path(profile(caller.profile), path)
            if rules:
                scope["state"]["rules"] = (*scope["state"].get("rules", ()), *rules)
        if path.endswith("/") and not path.endswith("//"):
            path = path[:-1]
        return path
