"""Bodies above the limit are refused before they are parsed (rows M-15, N-20)."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scim.exceptions import PayloadTooLarge

DRAIN_SECONDS = 5.0
"""How long the rest of a refused body is read and thrown away."""


class BodyLimit:
    """Counts what comes in, whatever Content-Length says."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        if max_bytes < 1:
            raise ValueError("max_bytes must be positive")
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self.max_bytes:
            waits = headers.get("expect", "").lower() == "100-continue"
            raise await self._refusal(None if waits else receive)
        received = 0

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise await self._refusal(receive if message.get("more_body") else None)
            return message

        await self.app(scope, counting, send)

    async def _refusal(self, receive: Receive | None) -> PayloadTooLarge:
        """The error, once the client has sent what it is about to send: else it would not get to read the answer."""
        if receive is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    await self._drain(receive)
        return PayloadTooLarge(
            f"The request body is larger than {self.max_bytes} bytes.", headers={"Connection": "close"}
        )

    async def _drain(self, receive: Receive) -> None:
        """Throw away the rest of a body, up to as much again as is allowed."""
        thrown = 0
        while thrown <= self.max_bytes:
            message = await receive()
            thrown += len(message.get("body", b""))
            if not message.get("more_body"):
                return
