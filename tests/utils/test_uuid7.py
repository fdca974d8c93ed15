"""Ids that sort by time (RFC 9562 §5.7, §6.2)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest

from scim.utils.clock import now
from scim.utils.uuid7 import _Generator, first_id, new_id, uuid7

TIME = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests turn the clock; the ids of other tests keep their time."""
    monkeypatch.setattr("scim.utils.uuid7._generator", _Generator())


class TestUuid7:
    def test_version_and_variant(self) -> None:
        made = uuid7(1)
        assert (made.version, made.variant) == (7, RFC_4122)

    @pytest.mark.parametrize("milliseconds", [2_182_187_855_107, 1_075_161_068_353, 2_169_146_060_523])
    def test_carries_its_time_to_the_millisecond(self, milliseconds: int) -> None:
        time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
        assert new_id(time).int >> 80 == milliseconds

    def test_grows_within_a_millisecond_and_beyond_its_counter(self) -> None:
        at = TIME + timedelta(seconds=1)
        made = [new_id(at) for _ in range(10_000)]
        assert made == sorted(set(made))

    def test_grows_when_the_clock_goes_back(self) -> None:
        first = new_id(TIME + timedelta(seconds=10))
        assert new_id(TIME) > first

    def test_has_a_first_one_for_each_moment(self) -> None:
        before, there = new_id(TIME), new_id(TIME + timedelta(milliseconds=1))
        assert before < first_id(TIME + timedelta(milliseconds=1)) < there

    def test_is_unique_across_threads(self) -> None:
        made: list[UUID] = []
        threads = [threading.Thread(target=lambda: made.extend(uuid7(1) for _ in range(2000))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(made)) == 8000


class TestNow:
    def test_is_utc_cut_to_milliseconds(self) -> None:
        before = datetime.now(UTC)
        made = now()
        assert made.tzinfo is UTC
        assert made.microsecond % 1000 == 0
        assert before - timedelta(milliseconds=1) < made <= datetime.now(UTC)
