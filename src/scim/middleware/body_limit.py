"""Bodies above the limit are refused before they are parsed (rows M-15, N-20)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scim.exceptions import PayloadTooLarge

DRAIN_SECONDS = 5.0
"""How long the rest of a refused body is read and thrown away."""


class BodyLimit:
    """Counts what comes in, whatever Content-Length says.

    `of_paths` has limits of single paths: for each the bytes, and the name under which clients know the limit.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, of_paths: Mapping[str, tuple[int, str]] | None = None) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.of_paths = of_paths or {}
        if max_bytes < 1:
            raise ValueError("max_bytes must be positive")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit, name = self.of_paths.get(scope["path"], (self.max_bytes, ""))
        refusal = partial(self._refusal, limit, f"{name} is {limit} bytes" if name else f"more than {limit} bytes")
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            waits = headers.get("expect", "").lower() == "100-continue"
            raise await refusal(None if waits else receive)
        received = 0

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise await refusal(receive if message.get("more_body") else None)
            return message

        await self.app(scope, counting, send)

    async def _refusal(self, limit: int, reason: str, receive: Receive | None) -> PayloadTooLarge:
        """The error, once the client has sent what it is about to send: else it would not get to read the answer."""
        if receive is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    await _drain(receive, limit)
        return PayloadTooLarge(f"The request body is too large: {reason}.", headers={"Connection": "close"})


async def _drain(receive: Receive, limit: int) -> None:
    """Throw away the rest of a body, up to as much again as is allowed."""
    thrown = 0
    while thrown <= limit:
        message = await receive()
        thrown += len(message.get("body", b""))
        if not message.get("more_body"):
            return
