"""The rate limit: a token's own, and with word of when to come back (row M-20, quirk ENTRA-45)."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID

import pytest

from scim.caller import Caller
from scim.exceptions import TooManyRequests
from scim.middleware import rate_limit
from scim.middleware.rate_limit import RateLimit
from tests.middleware.asgi import Passed, ask, http_scope

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set."""
    times = [1000.0]
    monkeypatch.setattr(rate_limit, "time", SimpleNamespace(monotonic=lambda: times[0]))
    return times


async def passes(limit: RateLimit, caller: Caller, token_id: UUID | None = ONE) -> bool:
    scope = http_scope(state={"caller": replace(caller, token_id=token_id)})
    try:
        await ask(limit, scope)
    except TooManyRequests as error:
        assert int(error.headers["Retry-After"]) >= 1
        return False
    return True


async def test_a_seconds_worth_may_come_at_once(clock: list[float], caller: Caller) -> None:
    limit = RateLimit(Passed(), per_second=3)
    assert [await passes(limit, caller) for _ in range(4)] == [True, True, True, False]


async def test_what_comes_a_little_too_fast_waits(
    clock: list[float], caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients that give up after a 429 never see one (quirk SAILPOINT-01)."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(rate_limit, "asyncio", SimpleNamespace(sleep=sleep))
    limit = RateLimit(Passed(), per_second=20)
    assert [await passes(limit, caller) for _ in range(27)] == [True] * 24 + [False] * 3
    assert waits == pytest.approx([0] * 20 + [0.05, 0.1, 0.15, 0.2])
    clock[0] += 0.3
    assert await passes(limit, caller)


async def test_the_bucket_fills_again_at_the_rate(clock: list[float], caller: Caller) -> None:
    limit = RateLimit(Passed(), per_second=2)
    assert [await passes(limit, caller) for _ in range(3)] == [True, True, False]
    clock[0] += 0.5
    assert [await passes(limit, caller) for _ in range(2)] == [True, False]
    clock[0] += 3600
    assert [await passes(limit, caller) for _ in range(3)] == [True, True, False]


async def test_tokens_do_not_pay_for_each_other(clock: list[float], caller: Caller) -> None:
    limit = RateLimit(Passed(), per_second=1)
    assert await passes(limit, caller, ONE)
    assert not await passes(limit, caller, ONE)
    assert await passes(limit, caller, OTHER)


async def test_without_a_rate_everything_passes(caller: Caller) -> None:
    limit = RateLimit(Passed(), per_second=0)
    assert all([await passes(limit, caller) for _ in range(1000)])


async def test_who_has_no_token_is_not_counted(clock: list[float], caller: Caller) -> None:
    limit = RateLimit(Passed(), per_second=1)
    assert all([await passes(limit, caller, None) for _ in range(5)])
    for _ in range(5):
        await ask(limit, http_scope())


async def test_memory_is_bounded(clock: list[float], caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MAX_TOKENS", 10)
    limit = RateLimit(Passed(), per_second=1)
    for number in range(100):
        await passes(limit, caller, UUID(int=number))
    assert len(limit._buckets) == 10


async def test_other_protocols_pass() -> None:
    inner = Passed()
    await ask(RateLimit(inner, per_second=1), {"type": "lifespan"})
    assert inner.scopes == [{"type": "lifespan"}]


def test_a_rate_is_not_negative() -> None:
    with pytest.raises(ValueError, match="per_second"):
        RateLimit(Passed(), per_second=-1)
