"""Which database errors mean "try again", and which mean "it is away" (RFC 7644 row M-25)."""

from __future__ import annotations

import asyncpg
from tortoise.exceptions import BaseORMException

_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidPasswordError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InternalClientError,
)
_CLOSED = ("connection is closed", "connection has been closed", "pool is clos", "another operation")


def is_away(error: BaseException) -> bool:
    """Whether the database cannot be reached or used now; later it may."""
    driver = driver_error(error)
    if isinstance(driver, asyncpg.InterfaceError):
        return any(sign in str(driver) for sign in _CLOSED)
    return isinstance(driver, _AWAY)


def is_transient(error: BaseException) -> bool:
    """Whether the same transaction may succeed if run again at once: a deadlock or a serialisation failure."""
    return isinstance(driver_error(error), asyncpg.DeadlockDetectedError | asyncpg.SerializationError)


def is_missing_table(error: BaseException) -> bool:
    """Whether the database answers, but has not been migrated."""
    missing = (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError, asyncpg.UndefinedColumnError)
    return isinstance(driver_error(error), missing)


def driver_error(error: BaseException) -> BaseException:
    """What the driver said: Tortoise wraps its errors in its own."""
    return error.__cause__ if isinstance(error, BaseORMException) and error.__cause__ else error
