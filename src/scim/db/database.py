"""The connection pool, and the two ways to use it: a session for reading, a transaction for writing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Protocol

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from scim.db.failures import is_away, is_missing_table
from scim.db.orm import OrmClient, open_orm
from scim.db.session import Session
from scim.db.url import ConnectionSettings
from scim.exceptions import Unavailable

log = logging.getLogger(__name__)

RESET_TIMEOUT_S = 5.0


class PoolWatch(Protocol):
    """Who is told how the pool is used."""

    def acquired(self, waited: float) -> None:
        """A connection was taken, after so many seconds."""

    def released(self) -> None:
        """It was given back."""


class Database:
    """A pool of connections that may be opened while the server is away, and heals by itself.

    `watch` is told how the pool is used, where it is set.
    """

    watch: PoolWatch | None = None

    def __init__(
        self, settings: ConnectionSettings, *, pool_min: int = 2, pool_max: int = 10, timeout: float = 30.0
    ) -> None:
        self.settings = settings
        self._pool_min = pool_min
        self._pool_max = pool_max
        self._timeout = timeout
        self._pool: asyncpg.Pool | None = None
        self._orm: OrmClient | None = None
        self._outage = _Outage()

    async def open(self) -> None:
        """Make the pool. Connections are made when they are first needed, so this works while the database is away."""
        self._orm = await open_orm()
        self._pool = await asyncpg.create_pool(
            min_size=0,
            max_size=self._pool_max,
            reset=_no_reset,
            command_timeout=self._timeout,
            timeout=self.settings.connect_timeout,
            **self.settings.connect_kwargs(),
        )

    async def warm_up(self) -> None:
        """Open the least number of connections; quietly does nothing while the database is away."""
        with suppress(Unavailable):
            await asyncio.gather(*(self.ping() for _ in range(self._pool_min)))

    async def close(self) -> None:
        """Close all connections; those in use are waited for a short while."""
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), 10)
            except TimeoutError:
                self._pool.terminate()
        self._pool = None

    async def ping(self) -> None:
        """Make sure that the database answers.

        Raises:
            Unavailable: it does not.
        """
        async with self.session() as session:
            await session.fetchval("SELECT 1")

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A connection where each statement is its own transaction.

        Raises:
            Unavailable: the database cannot be reached.
        """
        assert self._pool is not None
        assert self._orm is not None
        watch = self.watch
        with self._outage:
            started = time.perf_counter()
            connection = await self._pool.acquire(timeout=self._timeout)
            waited = time.perf_counter() - started
            try:
                if watch:
                    watch.acquired(waited)
                yield Session(connection, self._orm)
            except BaseException:
                await _full_reset(connection)
                raise
            finally:
                if watch:
                    watch.released()
                await self._pool.release(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """A connection inside one transaction: committed at the end, rolled back on any error.

        Raises:
            Unavailable: the database cannot be reached.
        """
        async with self.session() as session, session.raw.transaction():
            yield session

    async def listener(self) -> asyncpg.Connection:
        """A connection of its own, outside the pool, for LISTEN.

        Raises:
            Unavailable: the database cannot be reached.
        """
        with self._outage:
            connection: asyncpg.Connection = await asyncpg.connect(
                timeout=self.settings.connect_timeout, **self.settings.connect_kwargs()
            )
            return connection


class _Outage:
    """Turns "the database is away" into `Unavailable`, whatever the driver calls it; tells once that it went, and came back."""

    def __init__(self) -> None:
        self._away = False

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if error is None:
            self._is_back()
        elif is_away(error):
            self._is_gone(error)
            raise Unavailable from error
        elif is_missing_table(error):
            raise Unavailable("The database has not been migrated; run 'pyscim db init'.") from error

    def _is_gone(self, error: BaseException) -> None:
        if not self._away:
            log.warning("the database cannot be reached: %s", error or type(error).__name__)
        self._away = True

    def _is_back(self) -> None:
        if self._away:
            log.info("the database is back")
        self._away = False


async def _no_reset(_connection: asyncpg.Connection) -> None:
    """Nothing to undo: a session leaves no state behind, but after an error (see `_full_reset`)."""


async def _full_reset(connection: PoolConnectionProxy) -> None:
    """After an error or a cancellation the connection's state is not known: clean it, or drop it."""
    try:
        await connection.reset(timeout=RESET_TIMEOUT_S)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it must not go back to the pool
        with suppress(asyncpg.InterfaceError):  # the pool has taken it back itself, since it is lost
            connection.terminate()
