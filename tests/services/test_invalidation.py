"""Hearing of changes: what is remembered may be kept only while somebody listens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from scim.db.database import Database
from scim.exceptions import Unavailable
from scim.services import invalidation
from scim.services.invalidation import Invalidation
from scim.storage import tokens
from scim.storage.tokens import Change
from scim.utils.clock import now
from scim.utils.uuid7 import new_id


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invalidation, "_BACKOFF_S", (0.01, 0.02))
    monkeypatch.setattr(invalidation, "_HEARTBEAT_S", 0.05)


class Flaky:
    """A database whose listener fails as often as told; counts how often it was asked."""

    def __init__(self, database: Database, *failures: Exception) -> None:
        self.database = database
        self.failures = list(failures)
        self.asked = 0
        self.connections: list[asyncpg.Connection] = []

    async def listener(self) -> asyncpg.Connection:
        self.asked += 1
        if self.failures:
            raise self.failures.pop()
        self.connections.append(await self.database.listener())
        return self.connections[-1]


class Deaf:
    """A connection on which LISTEN is refused, as on a standby server."""

    terminated = 0

    async def listener(self) -> Any:
        return self

    def add_termination_listener(self, _callback: Any) -> None:
        pass

    async def add_listener(self, _channel: str, _callback: Any) -> None:
        raise asyncpg.ObjectNotInPrerequisiteStateError("cannot execute LISTEN during recovery")

    def terminate(self) -> None:
        self.terminated += 1


class Silent(Deaf):
    """A connection that takes LISTEN and then says nothing any more, as behind a firewall that dropped it."""

    asked = 0

    async def add_listener(self, _channel: str, _callback: Any) -> None:
        pass

    async def fetchval(self, _sql: str, *, timeout: float) -> Any:  # noqa: ASYNC109 - the driver's
        self.asked += 1
        raise TimeoutError(timeout)


async def until_listening(listener: Invalidation) -> int:
    await until(lambda: listener.generation is not None)
    return listener.generation or 0


async def until(condition: Callable[[], Any]) -> None:
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come to pass")


async def change(database: Database) -> None:
    async with database.transaction() as session:
        await tokens.notify(session, Change.APP, new_id(now()))


async def test_nothing_is_to_be_remembered_before_it_listens_and_after_it_ended(database: Database) -> None:
    listener = Invalidation(database, lambda: None)
    assert listener.generation is None
    listener.start()
    await until_listening(listener)
    await listener.stop()
    assert listener.generation is None


async def test_stopping_what_was_not_started_is_fine(database: Database) -> None:
    await Invalidation(database, lambda: None).stop()


async def test_every_change_is_forgotten_and_counted(database: Database) -> None:
    forgotten: list[int] = []
    listener = Invalidation(database, lambda: forgotten.append(1))
    listener.start()
    before = await until_listening(listener)
    forgotten.clear()
    await change(database)
    await until(lambda: forgotten)
    assert (listener.generation or 0) > before
    await listener.stop()


async def test_it_listens_again_after_the_connection_broke(database: Database) -> None:
    flaky = Flaky(database)
    forgotten: list[int] = []
    listener = Invalidation(flaky, lambda: forgotten.append(1))  # type: ignore[arg-type]
    listener.start()
    first = await until_listening(listener)
    forgotten.clear()
    flaky.connections[0].terminate()
    await until(lambda: forgotten)
    await until(lambda: flaky.asked == 2 and listener.generation is not None)
    assert (listener.generation or 0) > first + 1
    await change(database)
    await listener.stop()


async def test_a_connection_that_ends_is_noticed_at_once_even_while_stopping(database: Database) -> None:
    flaky = Flaky(database)
    listener = Invalidation(flaky, lambda: None)  # type: ignore[arg-type]
    listener.start()
    await until_listening(listener)
    flaky.connections[0].terminate()
    await asyncio.sleep(0)
    assert listener.generation is None
    async with asyncio.timeout(5):
        await listener.stop()


@pytest.mark.parametrize(
    "failure",
    [
        Unavailable(),
        OSError("no route"),
        TimeoutError(),
        asyncpg.InterfaceError("x"),
        asyncpg.TooManyConnectionsError("x"),
    ],
)
async def test_it_tries_again_whatever_keeps_it_from_listening(database: Database, failure: Exception) -> None:
    flaky = Flaky(database, failure, failure, failure)
    listener = Invalidation(flaky, lambda: None)  # type: ignore[arg-type]
    listener.start()
    await until_listening(listener)
    assert flaky.asked == 4
    await listener.stop()


async def test_it_waits_between_tries_where_listening_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    deaf = Deaf()
    listener = Invalidation(deaf, lambda: None)  # type: ignore[arg-type]
    began = asyncio.get_running_loop().time()
    listener.start()
    await until(lambda: deaf.terminated == 4)
    assert asyncio.get_running_loop().time() - began > 0.045
    assert listener.generation is None
    assert len([record for record in caplog.records if "not heard of" in record.message]) == 1
    await listener.stop()


async def test_a_silent_connection_is_asked_whether_it_is_still_there() -> None:
    silent = Silent()
    listener = Invalidation(silent, lambda: None)  # type: ignore[arg-type]
    listener.start()
    await until_listening(listener)
    await until(lambda: silent.terminated == 2)
    assert silent.asked == 2
    await listener.stop()
