"""What leaves a record without a transaction of its own: refused requests, and reads where they are asked for.

Records wait in memory for a moment and are written many at once, so that neither a refusal nor a read waits for them.
What waits when the server is told to stop is written before it does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from scim.caller import Caller
from scim.db.database import Database
from scim.exceptions import Unavailable
from scim.storage import activity, audit
from scim.storage.audit import Entry, Origin

log = logging.getLogger(__name__)

FLUSH_SECONDS: Final = 1.0
"""How long a record waits at most, as long as the database is there."""

MAX_WAITING: Final = 5000
"""Records that wait at most; of more, those that came last are counted instead of kept."""

MAX_OF_NOBODY: Final = 100
"""Records of requests without a good token that are kept per flush: anybody can send those."""

READ, WRITE, REFUSAL = "read", "write", "refusal"


class Journal:
    """Keeps records and counts of one worker until they are written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[tuple[Caller | None, Origin, Entry]] = deque()
        self._counts: Counter[tuple[UUID, date, str]] = Counter()
        self._of_nobody = 0
        self._left_out = 0
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write from time to time."""
        self._task = asyncio.create_task(self._for_ever())

    async def stop(self) -> None:
        """End that, and write what waits."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()

    def add(self, caller: Caller | None, origin: Origin, entry: Entry) -> None:
        """Keep a record until the next flush."""
        if caller is None:
            self._of_nobody += 1
        if len(self._waiting) >= MAX_WAITING or (caller is None and self._of_nobody > MAX_OF_NOBODY):
            self._left_out += 1
        else:
            self._waiting.append((caller, origin, entry))

    def count(self, caller: Caller, day: date, kind: str) -> None:
        """Count a request of an application."""
        if len(caller.app_ids) == 1:
            self._counts[caller.app_ids[0], day, kind] += 1

    async def flush(self) -> None:
        """Write what waits; where the database is away it goes on waiting."""
        async with self._writing:
            records, counts = list(self._waiting), self._counts
            if not records and not counts:
                return
            self._counts = Counter()
            try:
                async with self._database.transaction() as session:
                    if records:
                        await audit.record_all(session, records)
                    if counts:
                        await activity.add(session, counts)
            except (Unavailable, asyncpg.PostgresError) as error:
                self._counts.update(counts)
                log.info("%d audit records wait for the database: %s", len(records), error)
                return
            for _ in records:
                self._waiting.popleft()
            self._tell_left_out()

    def _tell_left_out(self) -> None:
        if self._left_out:
            log.warning("%d refused requests came too fast to leave an audit record each", self._left_out)
        self._left_out = self._of_nobody = 0

    async def _for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self.flush()
            except Exception:
                log.exception("audit records could not be written")
