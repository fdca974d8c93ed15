"""How the cost of a call grows with the size of what it works on; wall-clock limits would depend on the machine."""

from __future__ import annotations

import time
from collections.abc import Callable

SMALL, LARGE = 1_000, 10_000


def is_linear(prepare: Callable[[int], Callable[[], object]]) -> bool:
    """Whether ten times the size costs about ten times the time: a quadratic one would cost a hundred times."""
    small = prepare(SMALL)
    least = min(_seconds(small) for _ in range(3))
    return _seconds(prepare(LARGE)) < 40 * max(least, 1e-3)


def _seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began
