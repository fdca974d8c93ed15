"""Counting requests for Prometheus, and who may read what was counted."""

from __future__ import annotations

import time
from ipaddress import ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scim.caller import Caller
from scim.config import Settings
from scim.db.session import current_work
from scim.middleware.access_log import NO_ANSWER
from scim.middleware.addresses import is_among
from scim.middleware.base_url import behind_proxy, client_ip
from scim.middleware.routes import method_label, route_label
from scim.services.metrics.meters import Meters, Seen

_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
"""Headers that proxies add: what came with one did not begin where the connection does."""


class Metrics:
    """Counts requests. It belongs inside the access log, which measures what they ask of the database."""

    def __init__(self, app: ASGIApp, *, meters: Meters) -> None:
        self.app = app
        self.meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, started = NO_ANSWER, time.perf_counter()

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting_status)
        finally:
            self.meters.saw(_seen(scope, status, time.perf_counter() - started), current_work())


def may_read(scope: Scope, settings: Settings) -> bool:
    """Whether a request on the server's own port may see the metrics: from this machine, or from where the settings say.

    A proxy on this machine connects from loopback for everybody, so what a proxy passes on counts as its client's, and is
    refused where the client's address is not known for certain.
    """
    client = client_ip(scope, settings)
    if client is None:
        return False
    headers = Headers(scope=scope)
    if not any(name in headers for name in _FORWARDED):
        return is_among(client, settings.metrics_allow) if settings.metrics_allow else ip_address(client).is_loopback
    is_known = behind_proxy(scope, settings) and not is_among(client, settings.trusted_proxies)
    return is_known and is_among(client, settings.metrics_allow)


def _seen(scope: Scope, status: int, seconds: float) -> Seen:
    state = scope["state"]
    caller: Caller | None = state.get("caller")
    return Seen(
        tenant=caller.tenant if caller else "",
        app=caller.app if caller else "",
        method=method_label(scope["method"]),
        route=route_label(scope["path"]),
        status=status,
        seconds=seconds,
        rules=state.get("rules") or (),
        rate_limited=state.get("rate_limited", False),
    )
