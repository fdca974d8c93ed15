"""Retrying what lost a race: a transaction that deadlocked, or a compare-and-swap that came too late (DESIGN §1.7)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from scim.db.failures import is_transient
from scim.exceptions import Conflict

T = TypeVar("T")

ATTEMPTS = 8
"""Each attempt loses only if another write on the same resource won; the waits add up to less than a second."""


class Stale(Exception):
    """The resource changed between reading and writing it."""


async def retried(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work`, again if it lost a race.

    Raises:
        Conflict: it lost every time.
    """
    for attempt in range(ATTEMPTS):
        if attempt:
            await asyncio.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311 - spreads retries, hides nothing
        try:
            return await work()
        except Stale:
            continue
        except asyncpg.PostgresError as error:
            if not is_transient(error):
                raise
    raise Conflict(
        f"Other requests changed the resource each of the {ATTEMPTS} times this one was tried; nothing was changed. "
        "Send it again."
    )
