"""One database connection in use, by one request or command; counts its statements and the time they took."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from tortoise.backends.asyncpg.client import TransactionWrapper

from scim.db.orm import OrmClient

Row = asyncpg.Record
T = TypeVar("T")

Span = Callable[[str], AbstractContextManager[object]]
"""What a statement runs inside of, made from its SQL."""


@dataclass(slots=True)
class DatabaseWork:
    """What one request asked of the database; where it is traced, `span` goes around each statement."""

    statements: int = 0
    seconds: float = 0.0
    span: Span | None = None


_work: ContextVar[DatabaseWork | None] = ContextVar("database_work", default=None)


def current_work() -> DatabaseWork | None:
    """What is being measured here, if anything is."""
    return _work.get()


@contextmanager
def measured_work(*, span: Span | None = None) -> Iterator[DatabaseWork]:
    """Count the statements made inside, by this task and those it awaits."""
    work = DatabaseWork(span=span)
    token = _work.set(work)
    try:
        yield work
    finally:
        _work.reset(token)


class Session:
    """Parametrised SQL on one connection; values are always bind parameters."""

    __slots__ = ("_client", "_connection")

    def __init__(self, connection: PoolConnectionProxy, client: OrmClient) -> None:
        self._connection = connection
        self._client = client

    async def fetch(self, sql: str, *values: Any) -> Sequence[Row]:
        """All rows."""
        return await _counted(sql, self._connection.fetch(sql, *values))

    async def fetch_by_values(self, sql: str, *values: Any) -> Sequence[Row]:
        """All rows, by a plan for these values; a statement that is kept may get one for all. One round trip more."""
        statement = await self._connection.prepare(sql, name="")
        return await _counted(sql, statement.fetch(*values))

    async def fetchrow(self, sql: str, *values: Any) -> Row | None:
        """The first row, or None."""
        return await _counted(sql, self._connection.fetchrow(sql, *values))

    async def fetchval(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        return await _counted(sql, self._connection.fetchval(sql, *values))

    async def execute(self, sql: str, *values: Any) -> int:
        """Run a statement; how many rows it touched."""
        status = await _counted(sql, self._connection.execute(sql, *values))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values."""
        await _counted(sql, self._connection.executemany(sql, rows))

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add many rows to a table of ours by COPY."""
        await _counted(
            f"COPY scim.{table}",
            self._connection.copy_records_to_table(table, schema_name="scim", columns=list(columns), records=rows),
        )

    async def script(self, sql: str) -> None:
        """Run several statements without values, as a migration has them."""
        await _counted(sql, self._connection.execute(sql))

    @property
    def raw(self) -> PoolConnectionProxy:
        """The driver's connection, for transactions and COPY."""
        return self._connection

    @property
    def orm(self) -> TransactionWrapper:
        """This connection as Tortoise takes it (`using_db`), for the operator's side."""
        wrapper = TransactionWrapper(self._client)
        wrapper._connection = cast("asyncpg.Connection", self._connection)  # noqa: SLF001 - Tortoise binds it so itself
        return wrapper


async def _counted(sql: str, statement: Awaitable[T]) -> T:
    work = _work.get()
    if work is None:
        return await statement
    started = time.perf_counter()
    try:
        if work.span is None:
            return await statement
        with work.span(sql):
            return await statement
    finally:
        work.statements += 1
        work.seconds += time.perf_counter() - started
