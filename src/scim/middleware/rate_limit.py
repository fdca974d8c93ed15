"""At most so many requests a second per token; more are told when to come back (RFC 6585 §4, quirk ENTRA-45).

Some clients never come back after a 429 (quirk SAILPOINT-01), so those who are a little too fast are slowed down first.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from starlette.types import ASGIApp, Receive, Scope, Send

from scim.caller import Caller
from scim.exceptions import TooManyRequests

MAX_WAIT_S = 0.2
"""Requests that would pass after so short a time wait for it."""

MAX_TOKENS = 10_000
"""Buckets kept per worker."""


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class RateLimit:
    """A bucket per token that fills at the rate and holds one second's worth; rate 0 switches it off.

    What comes a little too fast takes from what will be filled in, and waits for it.
    """

    def __init__(self, app: ASGIApp, *, per_second: int) -> None:
        if per_second < 0:
            raise ValueError("per_second must not be negative")
        self.app = app
        self.per_second = per_second
        self._buckets: OrderedDict[UUID, _Bucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.per_second and scope["type"] == "http":
            caller: Caller | None = scope["state"].get("caller")
            if caller is not None and caller.token_id is not None:
                try:
                    wait = self._take(caller.token_id, time.monotonic())
                except TooManyRequests:
                    scope["state"]["rate_limited"] = True
                    raise
                await asyncio.sleep(wait)
        await self.app(scope, receive, send)

    def _take(self, token_id: UUID, at: float) -> float:
        """How many seconds the request has to wait; its place is taken."""
        bucket = self._buckets.setdefault(token_id, _Bucket(self.per_second, at))
        self._buckets.move_to_end(token_id)
        while len(self._buckets) > MAX_TOKENS:
            self._buckets.popitem(last=False)
        bucket.level = min(self.per_second, bucket.level + (at - bucket.at) * self.per_second)
        bucket.at = at
        wait = max(0.0, (1 - bucket.level) / self.per_second)
        if wait > MAX_WAIT_S:
            raise TooManyRequests(
                f"More than {self.per_second} requests a second came with this token.",
                headers={"Retry-After": str(math.ceil(wait))},
            )
        bucket.level -= 1
        return wait
