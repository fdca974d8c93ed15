"""Databases that tests make and drop."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from scim.db.url import parse_database_url


def with_name(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


@asynccontextmanager
async def fresh_database(server_url: str) -> AsyncIterator[str]:
    """The URL of an empty database, dropped at the end."""
    name = f"test_{secrets.token_hex(6)}"
    await _run(server_url, f'CREATE DATABASE "{name}"')
    try:
        yield with_name(server_url, name)
    finally:
        await _run(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _run(server_url: str, statement: str) -> None:
    connection = await asyncpg.connect(**parse_database_url(server_url).connect_kwargs())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
