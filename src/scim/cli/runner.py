"""From a command to a use case and back: settings, database, event loop, and what a refusal looks like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from scim.cli.output import fail
from scim.exceptions import OperatorError, ScimError, Unavailable, UsageError

if TYPE_CHECKING:  # the database's modules are slow to import, and --help needs none of them
    from scim.config import Settings
    from scim.db.database import Database

T = TypeVar("T")


@contextmanager
def refusals() -> Iterator[None]:
    """Refused: a sentence on stderr and exit status 1, or 2 where the arguments were wrong."""
    try:
        yield
    except UsageError as error:
        fail(str(error), status=2)
    except OperatorError as error:
        fail(str(error))
    except Unavailable as error:
        fail(f"{error.detail}{reason(error)}")
    except ScimError as error:
        fail(error.detail)


def settings() -> Settings:
    """The settings of this command; what is wrong with them ends it."""
    from scim.config import load_settings

    with refusals():
        return load_settings()


def on_database(work: Callable[[Database], Awaitable[T]], *, raw: bool = False) -> T:
    """Run a use case on the database, which is made ready before: started, migrated, with its defaults.

    With `raw` it is only opened. The embedded one is migrated here, since nobody else does so before the first start;
    one behind DATABASE_URL may belong to others, so `db init` or `run` has to be told.
    """
    import asyncio

    loaded = settings()
    with refusals():
        return asyncio.run(_run(loaded, work, raw=raw))


def reason(error: BaseException) -> str:
    """What the driver said, to follow a message."""
    cause = error.__cause__
    return f" ({str(cause) or type(cause).__name__})" if cause else ""


async def _run(loaded: Settings, work: Callable[[Database], Awaitable[T]], *, raw: bool) -> T:
    import logging

    from asyncpg import PostgresError
    from tortoise.exceptions import BaseORMException

    from scim.services.runtime import open_database

    logging.getLogger("scim.db.database").setLevel(logging.ERROR)  # the same is said here, with what to do
    try:
        async with open_database(loaded) as database:
            if not raw:
                await _ready(loaded, database)
            return await work(database)
    except (PostgresError, BaseORMException) as error:
        raise OperatorError(f"The database refused: {error}") from error


async def _ready(loaded: Settings, database: Database) -> None:
    from scim.db.migrate import migrate, pending
    from scim.services.setup import ensure_defaults

    missing = await pending(database)
    if missing and (loaded.database_url.get_secret_value() or not loaded.migrate_on_start):
        raise OperatorError(f"The database lacks {', '.join(map(str, missing))}; run `pyscim db init`.")
    if missing:
        await migrate(database)
    await ensure_defaults(database)
