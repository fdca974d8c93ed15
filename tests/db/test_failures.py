"""Which errors of the driver mean what, wrapped by Tortoise or not."""

from __future__ import annotations

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from scim.db.failures import is_away, is_missing_table, is_transient


def wrapped(error: BaseException) -> BaseException:
    """As Tortoise raises it."""
    outer = OperationalError(str(error))
    outer.__cause__ = error
    return outer


AWAY = (
    ConnectionRefusedError(),
    TimeoutError(),
    asyncpg.CannotConnectNowError("said"),
    asyncpg.AdminShutdownError("said"),
    asyncpg.ConnectionDoesNotExistError("said"),
    asyncpg.InterfaceError("connection is closed"),
)
TRANSIENT = (asyncpg.DeadlockDetectedError("said"), asyncpg.SerializationError("said"))
MISSING = (
    asyncpg.UndefinedTableError("said"),
    asyncpg.InvalidSchemaNameError("said"),
    asyncpg.UndefinedColumnError("said"),
)
OTHER = (asyncpg.UniqueViolationError("said"), asyncpg.InterfaceError("wrong arguments"), ValueError())
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
    assert not any(question(OperationalError("said")) for question in QUESTIONS)
