"""Notice that the parent process is gone, however it went: a kill -9 sends its children nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

_INTERVAL_SECONDS = 1.0


async def watch_parent(
    parent_pid: int,
    on_gone: Callable[[], None],
    *,
    interval_seconds: float = _INTERVAL_SECONDS,
) -> None:
    """Return after calling `on_gone` once, as soon as `parent_pid` is no longer the parent of this process.

    The parent passes its own id to the child, since it may be gone before the child could ask for it.
    """
    while True:
        if os.getppid() != parent_pid:
            on_gone()
            return
        await asyncio.sleep(interval_seconds)
