"""What requests leave behind: a record of each refusal, and of reads where the application asks; all are counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any, Final
from urllib.parse import unquote_plus
from uuid import UUID

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scim.caller import Caller
from scim.config import API_PATH, Settings
from scim.middleware.base_url import client_ip
from scim.protocol.compat.request import Message as ScimMessage
from scim.protocol.errors import error_body
from scim.services.journal import READ, REFUSAL, WRITE, Journal
from scim.services.requests import Incoming, ScimRequest
from scim.storage.audit import Entry, Origin
from scim.storage.fields import as_id
from scim.utils.clock import now
from scim.utils.masking import SECRET_NAMES, mask_filter, mask_secrets

MAX_TEXT: Final = 500
"""Characters of a path or a user agent that are kept."""

MAX_BODY: Final = 1 << 20
"""Bytes of a body that is kept."""

_REFUSED: Final = 400
_READING: Final = ("GET", "HEAD")
_ACTIONS: Final = {"POST": "create", "PUT": "replace", "PATCH": "patch", "DELETE": "delete"}


class Trail:
    """Watches how requests of the protocol end; the journal is asked for at each, as it is made when the server starts."""

    def __init__(self, app: ASGIApp, *, journal: Callable[[], Journal], settings: Settings) -> None:
        self.app = app
        self.journal = journal
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(f"{API_PATH}/"):
            await self.app(scope, receive, send)
            return
        scope["state"]["started"] = time.perf_counter()
        status = 0

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self.app(scope, receive, noting_status)
        if status:
            self._leave(scope, status)

    def _leave(self, scope: Scope, status: int) -> None:
        state = scope["state"]
        caller: Caller | None = state.get("caller")
        refused, reading = status >= _REFUSED, _is_reading(scope)
        if caller is not None:
            self.journal().count(caller, now().date(), REFUSAL if refused else READ if reading else WRITE)
        if state.get("recorded"):
            return
        if refused or (reading and caller is not None and caller.settings.audit_reads):
            keeps_body = self.settings.audit_bodies == "all" or (refused and self.settings.audit_bodies == "errors")
            self.journal().add(
                caller,
                _origin(scope, self.settings, keeps_body=keeps_body),
                _entry(scope, status, keeps_body=keeps_body),
            )


def origin_of(scope: Scope, settings: Settings, request: Any = None) -> Origin:
    """Who sent a request and what, for the audit record."""
    user_agent = (Headers(scope=scope).get("user-agent") or "")[:MAX_TEXT].replace("\x00", "")
    return Origin(
        request_id=scope["state"].get("request_id"),
        ip=client_ip(scope, settings),
        user_agent=user_agent or None,
        method=scope["method"],
        path=_path(scope),
        request=request,
        started=scope["state"].get("started"),
    )


def _path(scope: Scope) -> str:
    """The path, and of reads what was asked for, without the secrets that a filter compares."""
    query = unquote_plus(scope.get("query_string", b"").decode("latin-1"))
    names = scope["state"].get("secret_names") or SECRET_NAMES
    asked = f"?{mask_filter(query, names)}" if query and scope["method"] in _READING else ""
    return f"{scope['path']}{asked}".replace("\x00", "")[:MAX_TEXT]


def kept(body: Any, size: int, names: Collection[str]) -> Any:
    """A body as the audit record has it: secrets masked, and without what is too long."""
    if body is None:
        return None
    return mask_secrets(body, names) if size <= MAX_BODY else f"a body of {size} bytes, too long to be kept"


def _origin(scope: Scope, settings: Settings, *, keeps_body: bool) -> Origin:
    state = scope["state"]
    sent: Incoming | None = state.get("sent")
    if sent is None or not keeps_body:
        return origin_of(scope, settings)
    return origin_of(scope, settings, kept(sent.body, state.get("body_size", 0), sent.registry.secret_names))


def _entry(scope: Scope, status: int, *, keeps_body: bool) -> Entry:
    state, kind, resource_id = scope["state"], None, None
    sent: Incoming | None = state.get("sent")
    if isinstance(sent, ScimRequest):
        kind, resource_id = sent.kind.name, as_id(sent.resource_id or "")
    detail, scim_type = state.get("detail"), state.get("scim_type")
    refused = status >= _REFUSED
    return Entry(
        action=_action(scope, resource_id, sent),
        at=sent.now if sent is not None else now(),
        resource_type=kind,
        resource_id=resource_id,
        status=status,
        scim_type=scim_type if refused else None,
        detail=detail if refused else state.get("summary"),
        rules=state.get("rules", ()),
        response=error_body(status, detail or "", scim_type) if refused and keeps_body else None,
    )


def _is_reading(scope: Scope) -> bool:
    sent: Incoming | None = scope["state"].get("sent")
    return scope["method"] in _READING or (sent is not None and sent.message is ScimMessage.SEARCH)


def _action(scope: Scope, resource_id: UUID | None, sent: Incoming | None) -> str:
    if _is_reading(scope):
        return "read" if resource_id is not None else "search"
    if sent is not None and sent.message is ScimMessage.BULK:
        return "bulk"
    method: str = scope["method"]
    return _ACTIONS.get(method, method.lower())
