"""The order in which the operations of a bulk request are carried out (rows J-19, J-20, J-22)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.protocol.bulk.plan import plan


def planned(*needs: set[int]) -> list[tuple[int, ...]]:
    return plan([frozenset(one) for one in needs])


@pytest.mark.parametrize(
    ("needs", "steps"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([set(), set(), set()], [(0,), (1,), (2,)], id="as sent"),
        pytest.param([set(), {0}, {1}], [(0,), (1,), (2,)], id="references to what came before"),
        pytest.param([{2}, set(), set()], [(1,), (2,), (0,)], id="one waits for a later one"),
        pytest.param([{3}, set(), set(), set(), set()], [(1,), (2,), (3,), (0,), (4,)], id="it runs as soon as it can"),
        pytest.param([{2}, {2}, set()], [(2,), (0,), (1,)], id="two wait for one, and keep their order"),
        pytest.param([{1}, {2}, set()], [(2,), (1,), (0,)], id="a chain"),
        pytest.param([{1}, {0}, set()], [(0, 1), (2,)], id="a circle"),
        pytest.param([{0}, set()], [(0,), (1,)], id="one that refers to itself"),
        pytest.param([{2}, set(), {0}, {2}], [(0, 2), (1,), (3,)], id="a circle at the place of its first"),
        pytest.param([{1, 3}, {0}, set(), set()], [(2,), (3,), (0, 1)], id="a circle that waits"),
        pytest.param([{1}, {2}, {0}, {4}, {3}], [(0, 1, 2), (3, 4)], id="two circles"),
    ],
)
def test_operations_wait_for_what_they_refer_to(needs: list[set[int]], steps: list[tuple[int, ...]]) -> None:
    assert planned(*needs) == steps


@given(st.lists(st.frozensets(st.integers(0, 7), max_size=3), min_size=8, max_size=8))
def test_every_operation_runs_once_and_after_what_it_needs(needs: list[frozenset[int]]) -> None:
    steps = plan(needs)
    assert sorted(position for step in steps for position in step) == list(range(8))
    done: set[int] = set()
    for step in steps:
        done |= set(step)
        for position in step:
            assert needs[position] <= done
        if len(step) > 1:
            assert all(reaches(needs, one, other) for one in step for other in step)


def reaches(needs: list[frozenset[int]], start: int, end: int) -> bool:
    """Whether `start` waits for `end`, through others perhaps."""
    seen: set[int] = set()
    todo = [*needs[start]]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo.extend(needs[one])
    return end in seen


def test_a_chain_of_thousands_is_planned() -> None:
    count = 5000
    chain = [frozenset({number + 1}) if number + 1 < count else frozenset[int]() for number in range(count)]
    assert plan(chain) == [(number,) for number in reversed(range(count))]
