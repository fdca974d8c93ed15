"""What is there from the beginning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from scim.db.database import Database
from scim.db.migrate import migrate
from scim.db.url import parse_database_url
from scim.exceptions import Unavailable
from scim.services import applications, tenants, tokens
from scim.services.setup import ensure_defaults
from scim.services.status import database_status
from tests.support.databases import fresh_database


@pytest.fixture
async def unmigrated(server_url: str) -> AsyncIterator[Database]:
    async with fresh_database(server_url) as url:
        opened = Database(parse_database_url(url), pool_min=1, pool_max=8)
        await opened.open()
        yield opened
        await opened.close()


@pytest.fixture
async def empty(unmigrated: Database) -> Database:
    await migrate(unmigrated)
    return unmigrated


async def names(database: Database) -> list[tuple[str, str]]:
    return [(one.tenant, one.name) for one in await applications.list_applications(database, include_inactive=True)]


class TestEnsureDefaults:
    async def test_makes_a_tenant_and_an_application_once_however_many_ask(self, empty: Database) -> None:
        await asyncio.gather(*(ensure_defaults(empty) for _ in range(8)))
        await ensure_defaults(empty)
        assert await names(empty) == [("default", "default")]
        async with empty.session() as session:
            assert await session.fetchval("SELECT count(*) FROM scim.audit_log") == 2

    async def test_a_renamed_application_is_not_made_again(self, empty: Database) -> None:
        await ensure_defaults(empty)
        await applications.update(empty, "default", name="okta")
        await ensure_defaults(empty)
        assert await names(empty) == [("default", "okta")]

    async def test_makes_no_token(self, empty: Database) -> None:
        await ensure_defaults(empty)
        assert not await tokens.has_usable_token(empty)

    async def test_a_database_without_tables_says_what_to_do(self, unmigrated: Database) -> None:
        with pytest.raises(Unavailable, match="pyscim db init"):
            await ensure_defaults(unmigrated)


class TestDatabaseStatus:
    async def test_names_what_is_pending(self, unmigrated: Database) -> None:
        found = await database_status(unmigrated)
        assert (found.ready, found.reachable, list(found.applied)) == (False, True, [])
        assert found.pending
        assert found.pending[0] in str(found.reason)

    async def test_counts_rows_when_ready(self, empty: Database) -> None:
        await tenants.create(empty, name="acme")
        found = await database_status(empty)
        assert (found.ready, found.reason, list(found.pending)) == (True, None, [])
        assert found.applied
        assert found.rows["tenants"] == 1

    async def test_a_database_that_is_away_is_an_answer(self) -> None:
        away = Database(parse_database_url("postgresql://nobody@127.0.0.1:1/nothing"))
        await away.open()
        found = await database_status(away)
        await away.close()
        assert (found.ready, found.reachable, found.server_version) == (False, False, None)
        assert found.reason
