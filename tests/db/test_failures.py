"""Which errors of the driver mean what, wrapped by Tortoise or not."""

from __future__ import annotations

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError, OperationalError

from scim.db.failures import is_away, is_missing_table, is_transient


def wrapped(error: BaseException) -> BaseException:
    """As Tortoise raises it."""
    try:
        raise OperationalError(str(error)) from error
    except OperationalError as outer:
        return outer


AWAY = (
    ConnectionRefusedError(),
    TimeoutError(),
    asyncpg.CannotConnectNowError(),
    asyncpg.AdminShutdownError(),
    asyncpg.ConnectionDoesNotExistError(),
    asyncpg.InterfaceError("connection is closed"),
)
TRANSIENT = (asyncpg.DeadlockDetectedError(), asyncpg.SerializationError())
MISSING = (asyncpg.UndefinedTableError(), asyncpg.InvalidSchemaNameError(), asyncpg.UndefinedColumnError())
OTHER = (asyncpg.UniqueViolationError(), asyncpg.InterfaceError("wrong arguments"), ValueError())
QUESTIONS = (is_away, is_transient, is_missing_table)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        *((error, (True, False, False)) for error in AWAY),
        *((error, (False, True, False)) for error in TRANSIENT),
        *((error, (False, False, True)) for error in MISSING),
        *((error, (False, False, False)) for error in OTHER),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_error_means_one_thing_wrapped_or_not(error: Exception, expected: tuple[bool, ...]) -> None:
    assert tuple(question(error) for question in QUESTIONS) == expected
    assert tuple(question(wrapped(error)) for question in QUESTIONS) == expected


def test_an_error_of_tortoise_alone_means_nothing() -> None:
    assert not any(question(DBConnectionError()) for question in QUESTIONS)
