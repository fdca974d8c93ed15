"""One Postgres per session, migrated by the real migrations; one application per test keeps tests apart."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from scim.caller import Caller, Scope
from scim.db.database import Database
from scim.db.embedded import running_sync
from scim.db.migrate import migrate
from scim.db.url import parse_database_url
from scim.utils.clock import now
from scim.utils.uuid7 import new_id
from tests.support.databases import fresh_database
from tests.support.http import Scim, account, serving
from tests.support.server import Server, running_server

pytest_plugins = ["tests.coverage_gate"]


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A Postgres server: the one of TEST_DATABASE_URL, else an embedded one for this session."""
    configured = os.environ.get("TEST_DATABASE_URL")
    if configured:
        yield configured
        return
    with tempfile.TemporaryDirectory(prefix="pyscim-test-") as folder:
        Path(folder).chmod(0o755)
        with running_sync(Path(folder) / "data") as embedded:
            yield embedded.url


@pytest.fixture(scope="session")
async def database_url(server_url: str) -> AsyncIterator[str]:
    """A database of this session's own, empty until `database` migrates it."""
    async with fresh_database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, migrated database."""
    opened = Database(parse_database_url(database_url), pool_min=1, pool_max=8)
    await opened.open()
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
def caller() -> Caller:
    """A caller with an application of the test's own."""
    return Caller(
        tenant_id=new_id(now()),
        app_ids=(new_id(now()),),
        scopes=frozenset(Scope),
        profile="auto",
        tenant="test",
        app="test",
        actor="test",
    )


@pytest.fixture(scope="session")
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application in this process, without a token."""
    async with serving(database) as opened:
        yield opened


@pytest.fixture
async def scim(client: httpx.AsyncClient, database: Database) -> Scim:
    """An application of the test's own, in profile auto."""
    return Scim(client, await account(database))


@pytest.fixture
async def strict(client: httpx.AsyncClient, database: Database) -> Scim:
    """An application of the test's own, in profile strict."""
    return Scim(client, await account(database, profile="strict"))


@pytest.fixture
async def lab(client: httpx.AsyncClient, database: Database) -> Scim:
    """An application of the test's own, in profile strict, with the vectors' extension of User and their type Thing."""
    return Scim(client, await account(database, profile="strict", lab=True))


@pytest.fixture(scope="session")
def server(database: Database, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server as an operator runs it, on the session's database; each test takes a token of its own."""
    _ = database
    environment = {"DATABASE_URL": database_url, "PYSCIM_DOCS_ENABLED": "true"}
    with running_server(tmp_path_factory.mktemp("server"), environment) as running:
        yield running
