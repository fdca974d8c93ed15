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

from scim.db.embedded.place import FALLBACK_ROOT, places
from scim.db.embedded.postmaster import is_ready, read_postmaster
from scim.db.embedded.session import Embedded, Session, url_of
from scim.db.embedded.waiting import wait, wait_async

__all__ = ["Embedded", "running", "running_sync", "url_if_running"]


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


def url_if_running(data_dir: Path, *, fallback_root: Path = FALLBACK_ROOT) -> str | None:
    """The URL of the server on `data_dir` if one runs and answers; nothing is started, and nobody is kept from stopping it.

    Raises:
        OSError, OperatorError: what tells is not readable.
    """
    for place in places(data_dir, fallback_root=fallback_root):
        postmaster = read_postmaster(place)
        if postmaster is not None and is_ready(postmaster, place):
            return url_of(place, postmaster)
    return None
