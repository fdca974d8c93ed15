"""What a process needs to run on the database: opened, migrated when it can be, and ended when the parent is gone."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg

from scim.config import Settings
from scim.db.database import Database
from scim.db.embedded import running
from scim.db.migrate import migrate
from scim.db.url import parse_database_url
from scim.exceptions import OperatorError, Unavailable
from scim.services.housekeeping import keep_tidy
from scim.services.setup import ensure_defaults
from scim.utils.logs import configure_logging
from scim.utils.parent_watch import watch_parent

log = logging.getLogger(__name__)

SUPERVISOR: Final = "PYSCIM_SUPERVISOR_PID"
"""Set by the process that supervises workers, so that they end when it is gone."""

_RETRY_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 3.0
"""How often a server looks whether its embedded PostgreSQL is still there: one `SELECT 1`."""


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The database of the settings: the embedded one is started or joined, another one may be away for now.

    Raises:
        OperatorError: DATABASE_URL is malformed, or the embedded server does not start.
    """
    url = settings.database_url.get_secret_value()
    if url:
        async with _opened(settings, url) as database:
            yield database
        return
    async with running(settings.data_dir.absolute()) as embedded:
        if embedded.notice and not embedded.adopted:
            log.warning("%s", embedded.notice)
        async with _opened(settings, embedded.url) as database:
            yield database


@asynccontextmanager
async def _opened(settings: Settings, url: str) -> AsyncIterator[Database]:
    database = Database(
        parse_database_url(url),
        pool_min=settings.db_pool_min,
        pool_max=settings.db_pool_max,
        timeout=settings.db_timeout_s,
    )
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def prepare(database: Database) -> None:
    """Migrate, and make the default tenant and application.

    Raises:
        Unavailable: the database cannot be reached.
    """
    for migration in await migrate(database):
        log.info("applied migration %s", migration)
    await ensure_defaults(database)


async def prepare_when_reachable(database: Database) -> None:
    """As `prepare`, again and again until the database is there; meanwhile `/readyz` answers 503."""
    while True:
        try:
            await prepare(database)
        except Unavailable:
            await asyncio.sleep(_RETRY_SECONDS)
        except (OperatorError, asyncpg.PostgresError) as error:
            log.error("the database cannot be used: %s", error)  # noqa: TRY400 - the reason is in the message
            return
        else:
            return


async def keep_embedded_running(settings: Settings, database: Database) -> None:
    """Start the embedded server again if it ends by itself (killed by the system, say) while this process uses it."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            await database.ping()
        except Unavailable:
            log.warning("the embedded PostgreSQL is gone; starting it again")
            with suppress(OperatorError):  # tried again in a moment; requests answer 503 meanwhile
                async with running(settings.data_dir.absolute()):
                    await database.warm_up()


def prepared_worker(settings: Settings) -> None:
    """Set up the log of a server process."""
    configure_logging(settings.log_level, settings.log_format, development=settings.log_format == "rich")


@asynccontextmanager
async def worker_database(settings: Settings) -> AsyncIterator[Database]:
    """The database of a server process, with the process's background work around it."""
    async with open_database(settings) as database:
        tasks = [asyncio.create_task(database.warm_up()), asyncio.create_task(keep_tidy(database, settings))]
        if settings.migrate_on_start:
            tasks.append(asyncio.create_task(prepare_when_reachable(database)))
        if not settings.database_url.get_secret_value():
            tasks.append(asyncio.create_task(keep_embedded_running(settings, database)))
        if supervisor := os.environ.get(SUPERVISOR):
            tasks.append(asyncio.create_task(watch_parent(int(supervisor), _end)))
        try:
            yield database
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _end() -> None:
    """End this process as a signal would: the server closes what it has open."""
    log.warning("the parent process is gone; ending")
    os.kill(os.getpid(), signal.SIGTERM)
