"""Running `pyscim` in the test's own process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from typer.testing import CliRunner, Result

from scim.cli.main import app
from scim.db.database import Database
from scim.db.url import parse_database_url
from tests.support.http import Scim, account, serving


class Commands:
    """`pyscim`, with DATABASE_URL set to one database."""

    def __init__(self, url: str) -> None:
        self.url = url

    def run(self, *arguments: str, stdin: str | None = None, **environment: str) -> Result:
        """Run a command in a thread, since the tests' own event loop may be running in this one."""
        variables = {"DATABASE_URL": self.url} | environment
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(CliRunner().invoke, app, list(arguments), input=stdin, env=variables).result()

    def done(self, *arguments: str) -> str:
        """What a command that succeeds prints."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str) -> Any:
        """The one JSON document that a command prints, and nothing else."""
        result = self.run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return json.loads(result.stdout)

    def refused_json(self, *arguments: str) -> Any:
        """The one JSON document of a command that says no."""
        result = self.run(*arguments, "--json")
        assert result.exit_code == 1, result.output
        return json.loads(result.stdout)

    def refused(self, *arguments: str, status: int = 1) -> str:
        """The message of a command that fails: on stderr, without traceback, nothing on stdout."""
        result = self.run(*arguments)
        assert result.exit_code == status, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        return result.stderr


@asynccontextmanager
async def opened(pyscim: Commands) -> AsyncIterator[Database]:
    """The database of the commands."""
    database = Database(parse_database_url(pyscim.url), pool_min=1, pool_max=4)
    await database.open()
    yield database
    await database.close()


@asynccontextmanager
async def connected(pyscim: Commands, **options: Any) -> AsyncIterator[Scim]:
    """An application of the test's own in the commands' database, as an identity provider talks to it."""
    async with opened(pyscim) as database, serving(database) as client:
        yield Scim(client, await account(database, **options))
