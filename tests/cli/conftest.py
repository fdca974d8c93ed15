"""Commands run in this process, on a database of their own, with nothing of the developer's surroundings."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.support import Commands
from tests.support.databases import fresh_database


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [*os.environ]:
        if name.upper().startswith("PYSCIM_") or name.upper() == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")


@pytest.fixture(scope="package")
async def ready_url(server_url: str) -> AsyncIterator[str]:
    """A database that `db init` has made ready."""
    async with fresh_database(server_url) as url:
        made = Commands(url).run("db", "init")
        assert made.exit_code == 0, made.output
        yield url


@pytest.fixture
def pyscim(ready_url: str) -> Commands:
    """`pyscim` on a database that is ready."""
    return Commands(ready_url)


@pytest.fixture
async def bare(server_url: str) -> AsyncIterator[Commands]:
    """`pyscim` on a database without tables."""
    async with fresh_database(server_url) as url:
        yield Commands(url)
