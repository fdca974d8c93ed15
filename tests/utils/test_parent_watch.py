"""A child notices the end of its parent."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

from scim.utils.parent_watch import watch_parent

# A parent that starts a watching child, passes its own id on, and is killed while the child holds the output open.
_PARENT = """
import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())])
sys.stdin.read()
"""
_CHILD = """
import asyncio, sys
from scim.utils.parent_watch import watch_parent
print("watching", flush=True)
asyncio.run(watch_parent(int(sys.argv[1]), lambda: print("gone", flush=True), interval_seconds=0.02))
"""


def test_a_killed_parent_is_noticed() -> None:
    command = [sys.executable, "-c", _PARENT, _CHILD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "watching\n"
        parent.kill()
        assert parent.stdout.read() == "gone\n"


async def test_nothing_happens_while_the_parent_lives() -> None:
    calls: list[None] = []
    watch = asyncio.create_task(watch_parent(os.getppid(), lambda: calls.append(None), interval_seconds=0.001))
    await asyncio.sleep(0.02)
    watch.cancel()
    assert calls == []


async def test_a_parent_that_was_gone_before_the_watch_began_is_noticed_at_once() -> None:
    calls: list[None] = []
    await asyncio.wait_for(watch_parent(-1, lambda: calls.append(None)), timeout=0.5)
    assert calls == [None]
