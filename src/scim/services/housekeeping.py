"""What a server clears away beside its requests."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from scim.config import Settings
from scim.db.database import Database
from scim.exceptions import Conflict, Unavailable
from scim.services.removal import sweep
from scim.storage import activity, audit_log, positions
from scim.utils.clock import now

log = logging.getLogger(__name__)

INTERVAL_S: Final = 300.0
"""How often each worker looks, give or take a half, so that workers do not look at once."""

_BATCH: Final = 5000
"""Audit records that are dropped in one transaction."""


async def keep_tidy(database: Database, settings: Settings) -> None:
    """Clear away for ever; where the database is away, later."""
    while True:
        await asyncio.sleep(INTERVAL_S * random.uniform(0.5, 1.5))  # noqa: S311 - spreads the work, hides nothing
        try:
            await forget_positions(database, settings)
            await prune_old(database, settings)
            await sweep(database)
        except (Unavailable, Conflict, asyncpg.PostgresError) as error:
            log.info("what is old was not cleared away: %s", error)


async def prune_old(database: Database, settings: Settings) -> int:
    """Drop audit records that are older than the setting says, and counts likewise; how many records."""
    if not settings.audit_retention_days:
        return 0
    return await prune(database, now() - timedelta(days=settings.audit_retention_days))


async def prune(database: Database, before: datetime, *, told: Callable[[int], None] = lambda _: None) -> int:
    """Drop audit records from before a time, in batches; `told` hears of each batch. One worker at a time does it.

    Returns:
        How many went; none where another worker is at it.
    """
    total = 0
    while True:
        async with database.transaction() as session:
            mine = await audit_log.try_lock_pruning(session)
            gone = await audit_log.drop_before(session, before, limit=_BATCH) if mine else 0
            if not gone:
                await activity.forget(session, before.date())
        total += gone
        told(gone)
        if not gone:
            return total


async def forget_positions(database: Database, settings: Settings) -> int:
    """Drop the places of walks that nobody will continue; how many."""
    before, total = now() - timedelta(seconds=settings.cursor_ttl_s), 0
    while True:
        async with database.transaction() as session:
            gone = await positions.forget(session, before=before)
        total += gone
        if not gone:
            return total
