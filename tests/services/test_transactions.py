"""What lost a race is tried again, a bounded number of times, and then it is told (DESIGN §1.7)."""

from __future__ import annotations

import asyncpg
import pytest

from scim.exceptions import Conflict
from scim.services.transactions import ATTEMPTS, Stale, retried


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scim.services.transactions.random.uniform", lambda *_: 0)


class Work:
    """Loses so often, by such an error, then wins."""

    def __init__(self, losses: int, error: Exception) -> None:
        self.losses = losses
        self.error = error
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.losses:
            raise self.error
        return "done"


@pytest.mark.parametrize(
    "error",
    [Stale(), asyncpg.DeadlockDetectedError("deadlock detected"), asyncpg.SerializationError("could not serialize")],
    ids=lambda error: type(error).__name__,
)
async def test_a_lost_race_is_run_again(error: Exception) -> None:
    work = Work(ATTEMPTS - 1, error)
    assert await retried(work) == "done"
    assert work.calls == ATTEMPTS


@pytest.mark.parametrize("error", [Stale(), asyncpg.DeadlockDetectedError("deadlock detected")])
async def test_who_loses_every_time_is_told_so_with_409(error: Exception) -> None:
    work = Work(ATTEMPTS, error)
    with pytest.raises(Conflict) as refusal:
        await retried(work)
    assert work.calls == ATTEMPTS
    assert refusal.value.status == 409
    assert "Other requests changed the resource each of the 8 times" in refusal.value.detail
    assert "nothing was changed" in refusal.value.detail


async def test_another_error_is_no_lost_race() -> None:
    work = Work(1, asyncpg.CheckViolationError("no"))
    with pytest.raises(asyncpg.CheckViolationError):
        await retried(work)
    assert work.calls == 1
