"""Rules of what a development server says when it listens."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from rich.console import Console

from scim.cli.first_contact import Welcome, show, welcome
from scim.config import Settings
from scim.services.runtime import open_database, prepare
from tests.support.databases import fresh_database

ROOT = "http://127.0.0.1:8000"
TOKEN = "pyscim_default_" + "x" * 50


@pytest.fixture
async def settings(server_url: str) -> AsyncIterator[Settings]:
    """Settings of an empty database."""
    async with fresh_database(server_url) as url:
        yield Settings().model_copy(update={"database_url": SecretStr(url)})


async def migrated(settings: Settings) -> None:
    async with open_database(settings) as database:
        await prepare(database)


async def test_a_token_is_made_where_no_usable_one_exists(settings: Settings) -> None:
    await migrated(settings)
    first = await welcome(settings, ROOT)
    assert first.token is not None
    assert (await welcome(settings, ROOT)).token is None


async def test_no_token_is_made_where_there_are_no_tables(settings: Settings) -> None:
    said = await welcome(settings, ROOT)
    assert (said.token, said.note) == (None, "The database is not migrated: run 'pyscim db init'.")


async def test_no_token_is_made_where_none_is_asked_for(settings: Settings) -> None:
    await migrated(settings)
    said = await welcome(settings.model_copy(update={"auth_enabled": False}), ROOT)
    assert said.token is None
    assert said.note is not None
    assert said.note.startswith("WARNING: PYSCIM_AUTH_ENABLED=false")


async def test_a_database_that_is_away_is_no_reason_not_to_start(settings: Settings) -> None:
    away = settings.model_copy(update={"database_url": SecretStr("postgresql://u:p@127.0.0.1:1/d")})
    said = await welcome(away, ROOT)
    assert said.token is None
    assert said.note is not None
    assert "token create" in said.note


async def test_the_public_url_is_what_an_identity_provider_is_given(settings: Settings) -> None:
    said = await welcome(settings.model_copy(update={"public_url": "https://scim.example.com"}), ROOT)
    assert said.base_url == "https://scim.example.com/scim/v2"


def printed(said: Welcome, *, terminal: bool) -> str:
    file = io.StringIO()
    show(said, Console(file=file, width=80, force_terminal=terminal, color_system=None))
    return file.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_token_and_curl_line_are_whole_lines_however_narrow_the_terminal(terminal: bool) -> None:
    lines = printed(Welcome(ROOT, 65_535, public=False, token=TOKEN), terminal=terminal).splitlines()
    assert TOKEN in lines
    assert f"curl -H 'Authorization: Bearer {TOKEN}' {ROOT}/scim/v2/Users" in lines
    assert max(len(line) for line in lines if TOKEN not in line) <= 80


def test_only_a_terminal_gets_a_frame() -> None:
    said = Welcome(ROOT, 8000, public=False)
    assert "╭" in printed(said, terminal=True)
    assert printed(said, terminal=False).isascii()


def test_how_to_get_another_token_is_said_where_some_exist() -> None:
    assert "Another token: pyscim token create" in printed(Welcome(ROOT, 8000, public=False), terminal=False)
