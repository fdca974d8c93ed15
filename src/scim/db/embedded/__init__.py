"""The embedded PostgreSQL: the database when DATABASE_URL is empty (DESIGN §1.10).

Whoever needs the database, a command or a server process, wraps its work in `running`. The first one starts the server,
later ones join it, the last one stops it:

    async with running(data_dir) as database:
        await connect(database.url)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from scim.db.embedded.place import FALLBACK_ROOT
from scim.db.embedded.session import Embedded, Session
from scim.db.embedded.waiting import wait, wait_async

__all__ = ["Embedded", "running", "running_sync"]


@asynccontextmanager
async def running(data_dir: Path, *, fallback_root: Path = FALLBACK_ROOT) -> AsyncIterator[Embedded]:
    """Use the server on `data_dir`, which is created at the first start.

    `fallback_root` is where root's data goes when the server's account cannot reach `data_dir`. Raises `OperatorError`
    when the server is not installed, does not start, or is of another major version than the data.
    """
    session = Session(data_dir, fallback_root=fallback_root)
    try:
        yield await wait_async(session.start())
    finally:
        await wait_async(session.end())


@contextmanager
def running_sync(data_dir: Path, *, fallback_root: Path = FALLBACK_ROOT) -> Iterator[Embedded]:
    """`running` for callers without an event loop."""
    session = Session(data_dir, fallback_root=fallback_root)
    try:
        yield wait(session.start())
    finally:
        wait(session.end())
