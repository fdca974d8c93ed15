"""What reading a large group whole costs, against a bare route with the same bytes, and how much memory it takes:
`python -m benchmarks.whole_group`. The memory is read from /proc, so it needs Linux.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx

from benchmarks.scale import account, load_group, load_users
from benchmarks.serving import head, serving
from scim.db.embedded import running_sync


@contextmanager
def bare(database_url: str, group: str) -> Iterator[str]:
    """The bare route in a process of its own; its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare_group:app", "--port", str(port), "--no-access-log"]
    environment = os.environ | {"BARE_DATABASE_URL": database_url, "BARE_GROUP": group}
    process = subprocess.Popen([*command, "--log-level", "error"], env=environment)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/group"
    finally:
        process.terminate()
        process.wait(30)


def tree(root: int) -> list[int]:
    """A process and all below it, but for PostgreSQL's."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = stat.read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        if name != "postgres":
            parents.setdefault(int(rest.split()[1]), []).append(int(stat.parent.name))
    found = [root]
    for one in found:
        found += parents.get(one, [])
    return found


def memory(processes: list[int], name: str) -> int:
    """The sum of a figure of /proc/PID/status, in bytes: VmRSS now, or VmHWM at its peak."""
    lines = (line for one in processes for line in Path(f"/proc/{one}/status").read_text().splitlines())
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def forget_peaks(processes: list[int]) -> None:
    """VmHWM starts anew from what is used now."""
    for one in processes:
        Path(f"/proc/{one}/clear_refs").write_text("5")


async def timed(client: httpx.AsyncClient, url: str) -> tuple[float, int]:
    """Seconds, and the bytes of the answer."""
    began, size = time.perf_counter(), 0
    async with client.stream("GET", url) as answer:
        assert answer.is_success, answer.status_code
        async for piece in answer.aiter_raw():
            size += len(piece)
    return time.perf_counter() - began, size


async def measure(members: int, rounds: int) -> None:
    with serving() as served, running_sync(served.folder / "data") as database:
        connection = await asyncpg.connect(database.url)
        app_id, client = account(served, "group")
        users = await load_users(connection, app_id, members)
        group = await load_group(connection, app_id, "everybody", users)
        await connection.execute("VACUUM ANALYZE scim.resources, scim.group_members")
        await connection.close()
        url = f"{served.base}/Groups/{group}"
        await timed(client, f"{url}?excludedAttributes=members")
        processes = tree(served.pid)
        forget_peaks(processes)
        before = memory(processes, "VmRSS")
        _, size = await timed(client, url)
        growth = memory(processes, "VmHWM") - before
        with bare(database.url, str(group)) as bare_url:
            pairs = [(await timed(client, url), await timed(client, bare_url)) for _ in range(rounds + 2)][2:]
    ours, theirs = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
    ratio = statistics.median(one[0] / other[0] for one, other in pairs)
    print(head(f"A group of {members:,} members, {size / 1e6:.1f} MB, median of {rounds} requests"))
    print(f"  GET of the group   {ours * 1000:8.0f} ms")
    print(f"  the bare route     {theirs * 1000:8.0f} ms ({pairs[0][1][1] / 1e6:.1f} MB)")
    print(f"  ratio              {ratio:8.2f} x (goal: at most 1.5)")
    print(f"  memory at its peak {growth / 1e6:8.1f} MB more: {growth / size:.2f} x the answer (goal: below 3)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    asyncio.run(measure(options.members, options.rounds))
