"""What a server clears away beside its requests."""

from __future__ import annotations

import asyncio
import logging
import random
from datetime import timedelta
from typing import Final

import asyncpg

from scim.config import Settings
from scim.db.database import Database
from scim.exceptions import Unavailable
from scim.storage import positions
from scim.utils.clock import now

log = logging.getLogger(__name__)

INTERVAL_S: Final = 300.0
"""How often each worker looks, give or take a half, so that workers do not look at once."""


async def keep_tidy(database: Database, settings: Settings) -> None:
    """Clear away for ever; where the database is away, later."""
    while True:
        await asyncio.sleep(INTERVAL_S * random.uniform(0.5, 1.5))  # noqa: S311 - spreads the work, hides nothing
        try:
            await forget_positions(database, settings)
        except (Unavailable, asyncpg.PostgresError) as error:
            log.info("old page positions were not cleared away: %s", error)


async def forget_positions(database: Database, settings: Settings) -> int:
    """Drop the places of walks that nobody will continue; how many."""
    before, total = now() - timedelta(seconds=settings.cursor_ttl_s), 0
    while True:
        async with database.transaction() as session:
            gone = await positions.forget(session, before=before)
        total += gone
        if not gone:
            return total
