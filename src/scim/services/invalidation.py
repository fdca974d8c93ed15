"""Hearing of changes made elsewhere: one connection per worker listens (DESIGN §4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import asyncpg

from scim.db.database import Database
from scim.exceptions import Unavailable
from scim.storage.tokens import CHANNEL

log = logging.getLogger(__name__)

_BACKOFF_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
_HEARTBEAT_S: Final = 10.0
"""A connection whose other side vanished without a word is found out after this long."""

_BROKEN: Final = (
    Unavailable,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Invalidation:
    """Calls `forget` whenever something changed, and whenever something may have been missed.

    `generation` counts those moments; it is None while nobody listens, and then nothing may be remembered: what was
    read before a change that came in meanwhile would be kept for too long.
    """

    def __init__(self, database: Database, forget: Callable[[], None]) -> None:
        self._database = database
        self._forget = forget
        self._listening = False
        self._count = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def generation(self) -> int | None:
        """The number of changes heard of; None while the listener is down."""
        return self._count if self._listening else None

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen_for_ever())

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _changed(self, *_notification: Any) -> None:
        self._count += 1
        self._forget()

    def _listens(self, *, listening: bool) -> None:
        """What happened before this moment, or happens after it, is not heard of: nothing older may be kept."""
        self._listening = listening
        self._changed()

    async def _listen_for_ever(self) -> None:
        failures = 0
        while True:
            try:
                await self._listen()
                failures = 0
            except _BROKEN as error:
                if failures == 0:
                    log.warning("changes are not heard of, so tokens are looked up at each request: %s", error)
                failures += 1
            await asyncio.sleep(_BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)])

    async def _listen(self) -> None:
        """Until the connection ends; raises one of `_BROKEN` where it does not even begin, or breaks."""
        connection = await self._database.listener()
        lost = asyncio.Event()

        def ended(_connection: Any) -> None:
            self._listens(listening=False)
            lost.set()

        connection.add_termination_listener(ended)
        try:
            await connection.add_listener(CHANNEL, self._changed)
            self._listens(listening=True)
            while not lost.is_set():
                await _beat(connection, lost)
        finally:
            self._listens(listening=False)
            connection.terminate()


async def _beat(connection: asyncpg.Connection, lost: asyncio.Event) -> None:
    """Wait a while, then make sure that the other side is still there.

    Not with `wait_for`: before Python 3.12 it loses a cancellation that comes together with the event.
    """
    try:
        async with asyncio.timeout(_HEARTBEAT_S):
            await lost.wait()
    except TimeoutError:
        await connection.fetchval("SELECT 1", timeout=_HEARTBEAT_S)
