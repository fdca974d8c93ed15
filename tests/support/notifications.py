"""Hearing what workers are told to forget."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from scim.db.database import Database
from scim.storage.tokens import CHANNEL


@asynccontextmanager
async def heard(database: Database) -> AsyncIterator[asyncio.Queue[str]]:
    """The payloads that are notified meanwhile."""
    messages: asyncio.Queue[str] = asyncio.Queue()

    def hear(_connection: Any, _pid: int, _channel: str, payload: Any) -> None:
        messages.put_nowait(str(payload))

    connection = await database.listener()
    await connection.add_listener(CHANNEL, hear)
    yield messages
    await connection.remove_listener(CHANNEL, hear)
    await connection.close()
