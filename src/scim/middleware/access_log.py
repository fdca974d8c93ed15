"""One line when a request comes in, one when it is answered; in production one JSON object (OPERATOR.md, Log)."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scim.caller import Caller
from scim.db.session import DatabaseWork, measured_work
from scim.utils.logs import log_event
from scim.utils.masking import SECRET_NAMES, mask_secrets
from scim.utils.user_agents import identity_provider

log = logging.getLogger("scim.access")

_QUIET = ("/healthz", "/readyz", "/metrics", "/docs", "/redoc", "/openapi.json")
_MAX_BODY_SHOWN = 4000
NO_ANSWER = 499
"""The status that is logged where the client went away before it got one; web servers have made it a custom."""
_STYLES = {2: "green", 3: "cyan", 4: "yellow", 5: "bold red"}


class AccessLog:
    """Measures a request and tells of it; `readable` for people, else for machines."""

    def __init__(self, app: ASGIApp, *, readable: bool) -> None:
        self.app = app
        self.readable = readable

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, keep_bodies=self.readable and log.isEnabledFor(logging.DEBUG))
        quiet = scope["path"].startswith(_QUIET)
        if self.readable and not quiet:
            log_event(log, logging.INFO, f"--> {_line(scope)}", style="dim")
        started = time.perf_counter()
        with measured_work(span=scope["state"].get("statement_span")) as work:
            try:
                await self.app(scope, exchange.receive, exchange.send)
            finally:
                self._tell(scope, exchange, (time.perf_counter() - started) * 1000, work, quiet=quiet)

    def _tell(self, scope: Scope, exchange: _Exchange, took: float, work: DatabaseWork, *, quiet: bool) -> None:
        level = logging.DEBUG if quiet else logging.INFO
        if not self.readable:
            log_event(log, level, "request", **_fields(scope, exchange.status, took, work))
            return
        state = scope["state"]
        style = _STYLES.get(exchange.status // 100, "")
        told = f"<-- {_line(scope)}  {exchange.status}  {took:.0f} ms  [{state.get('request_id')}]"
        log_event(log, level, told, style=style)
        done = state.get("detail") or state.get("summary")
        if done and not quiet:
            log_event(log, level, f"    {done}", style=style)
            for aside in _asides(state):
                log_event(log, level, f"    {aside}", style=style)
        for label, body in exchange.bodies(state.get("secret_names")):
            log.debug("    %s %s", label, body)


class _Exchange:
    """The two streams of a request, with what is worth telling about them."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, keep_bodies: bool) -> None:
        self.scope = scope
        self.status = NO_ANSWER
        self._receive = receive
        self._send = send
        self._keep = keep_bodies
        self._in = bytearray()
        self._out = bytearray()

    async def receive(self) -> Message:
        """Pass on what comes in."""
        message = await self._receive()
        if self._keep:
            self._in += message.get("body", b"")
        return message

    async def send(self, message: Message) -> None:
        """Pass on what goes out."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif self._keep:
            self._out += message.get("body", b"")
        await self._send(message)

    def bodies(self, secret_names: Collection[str] | None) -> list[tuple[str, str]]:
        """JSON bodies in and out, secrets masked; what came in is left out where nobody knows what is secret in it."""
        known = (("in ", self._in), ("out", self._out)) if secret_names else (("out", self._out),)
        names = secret_names or SECRET_NAMES
        return [(label, shown) for label, raw in known if (shown := _shown(bytes(raw), names))]


def _shown(raw: bytes, secret_names: Collection[str]) -> str:
    try:
        text = orjson.dumps(mask_secrets(orjson.loads(raw), secret_names)).decode() if raw else ""
    except orjson.JSONDecodeError:
        return ""
    return text if len(text) <= _MAX_BODY_SHOWN else f"{text[:_MAX_BODY_SHOWN]}…"


def _asides(state: Mapping[str, Any]) -> Iterator[str]:
    """What is worth saying besides: quirk rules, and what was left out or is kept."""
    if state.get("rules"):
        yield f"read by {', '.join(state['rules'])}"
    if state.get("aside"):
        yield state["aside"]


def _line(scope: Scope) -> str:
    return f"{scope['method']} {scope['path']}"


def _fields(scope: Scope, status: int, took: float, work: DatabaseWork) -> dict[str, Any]:
    """What a machine reads of a request; filters stay out of it: they hold names of people (row N-14)."""
    state = scope["state"]
    caller: Caller | None = state.get("caller")
    return {
        "request_id": state.get("request_id"),
        "tenant": caller.tenant if caller else None,
        "app": caller.app if caller else None,
        "token_id": str(caller.token_id) if caller and caller.token_id else None,
        "idp": identity_provider(Headers(scope=scope).get("user-agent")),
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "scim_type": state.get("scim_type"),
        "rules": list(state.get("rules") or ()),
        "duration_ms": round(took, 1),
        "db_ms": round(work.seconds * 1000, 1),
        "queries": work.statements,
    }
