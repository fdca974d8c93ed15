"""An installation to look at: the session's database, and an application of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from scim.config import Settings
from scim.db.database import Database
from scim.db.migrate import migrate
from scim.db.url import parse_database_url
from scim.services import applications
from scim.services.doctor.finding import Examined
from scim.utils.clock import now
from tests.support.databases import fresh_database
from tests.support.http import Account, account

Examine = Callable[..., Awaitable[Examined]]


@pytest.fixture
async def examine(database: Database) -> Examine:
    """What a check is given: an application of its own, with a token, unless others are named."""

    async def examine(*accounts: Account, settings: Settings | None = None, **options: Any) -> Examined:
        owners = accounts or (await account(database, **options),)
        async with database.session() as session:
            chosen = [await applications.resolve(session, str(owner.app_id)) for owner in owners]
        return Examined(settings=settings or Settings(), at=now(), database=database, applications=chosen)

    return examine


@pytest.fixture
async def own_database(server_url: str) -> AsyncIterator[Examined]:
    """A migrated database that the test may damage."""
    async with fresh_database(server_url) as url, opened(url) as database:
        await migrate(database)
        yield Examined(settings=Settings(), at=now(), database=database)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """An open database."""
    database = Database(parse_database_url(url), pool_min=1, pool_max=2)
    await database.open()
    yield database
    await database.close()
