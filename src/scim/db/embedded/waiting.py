"""Waiting, written once for callers with and without an event loop.

What takes time here is a generator that yields how many seconds to wait before it looks again. The two functions below
run one; a caller that is interrupted or cancelled closes it, and its `finally` blocks give back what it held.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

T = TypeVar("T")
Steps = Generator[float, None, T]

# Short against the 50 ms that a server needs to start, long against the microseconds of one look.
POLL_SECONDS = 0.01


def wait(steps: Steps[T]) -> T:
    """Run the steps in the calling thread and return their result."""
    with closing(steps):
        while True:
            try:
                delay = next(steps)
            except StopIteration as done:
                result: T = done.value
                return result
            time.sleep(delay)


async def wait_async(steps: Steps[T]) -> T:
    """Run the steps as a coroutine and return their result."""
    with closing(steps):
        while True:
            try:
                delay = next(steps)
            except StopIteration as done:
                result: T = done.value
                return result
            await asyncio.sleep(delay)
