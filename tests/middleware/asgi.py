"""A request by hand: one scope in, the messages of the answer out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = Sequence[tuple[str, str]]


def http_scope(path: str = "/scim/v2/Users", *, headers: Headers = (), **different: Any) -> Scope:
    """A scope as uvicorn makes it."""
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 1234),
        "server": ("127.0.0.1", 8000),
        "state": {},
        **different,
    }


@dataclass(slots=True)
class Answer:
    """What was sent."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""

    @property
    def body(self) -> dict[str, Any]:
        read: dict[str, Any] = orjson.loads(self.raw)
        return read


class Client:
    """The other end of one request: sends chunks, keeps the answer."""

    def __init__(self, *chunks: bytes, gone: bool = False) -> None:
        self.waiting: list[Message] = [
            {"type": "http.request", "body": chunk, "more_body": place + 1 < len(chunks)}
            for place, chunk in enumerate(chunks)
        ] or [{"type": "http.request", "body": b"", "more_body": False}]
        if gone:
            self.waiting = [{"type": "http.disconnect"}]
        self.answer = Answer()

    async def receive(self) -> Message:
        return self.waiting.pop(0) if self.waiting else {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answer.status = message["status"]
            self.answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.answer.raw += message.get("body", b"")


async def ask(app: ASGIApp, scope: Scope | None = None, *chunks: bytes, gone: bool = False) -> Answer:
    """The answer of an application to one request."""
    client = Client(*chunks, gone=gone)
    await app(scope or http_scope(), client.receive, client.send)
    return client.answer


async def answers_ok(_scope: Scope, receive: Receive, send: Send) -> None:
    """An application that reads the body and answers 200 with its length."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


class Raises:
    """An application that fails, before or after the start of its answer."""

    def __init__(self, error: Exception, *, started: bool = False) -> None:
        self.error = error
        self.started = started

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        if self.started:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise self.error


class Passed:
    """An application that notes what reached it."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        self.scopes.append(scope)
