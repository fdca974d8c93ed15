"""What walking through all users costs by `startIndex` and by cursor, and whether a walk misses anybody while others
delete: `python -m benchmarks.paging`.

Both walks in one run against one server with several workers, in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx

from benchmarks.bulk import BULK_REQUEST
from benchmarks.serving import head, serving, user

Pages = AsyncIterator[list[str]]
Walk = Callable[[httpx.AsyncClient, int], Pages]


async def by_index(client: httpx.AsyncClient, size: int) -> Pages:
    """The ids of each page, until one is empty."""
    start = 1
    while True:
        answer = await client.get("/Users", params={"startIndex": start, "count": size})
        found = [one["id"] for one in answer.raise_for_status().json()["Resources"]]
        if not found:
            return
        yield found
        start += len(found)


async def by_cursor(client: httpx.AsyncClient, size: int) -> Pages:
    """The ids of each page, until there is no next one."""
    cursor: str | None = ""
    while cursor is not None:
        answer = await client.get("/Users", params={"cursor": cursor, "count": size})
        body = answer.raise_for_status().json()
        yield [one["id"] for one in body["Resources"]]
        cursor = body.get("nextCursor")


async def fill(client: httpx.AsyncClient, count: int, clients: int) -> None:
    """Make so many users by bulk requests."""
    starts = iter(range(0, count, 1000))

    async def work() -> None:
        for start in starts:
            operations = [
                {"method": "POST", "path": "/Users", "bulkId": str(number), "data": user(number)}
                for number in range(start, min(start + 1000, count))
            ]
            answer = await client.post("/Bulk", json={"schemas": [BULK_REQUEST], "Operations": operations})
            answer.raise_for_status()

    await asyncio.gather(*(work() for _ in range(clients)))


async def timed(walk: Pages) -> tuple[float, int]:
    """Seconds that a walk takes, and how many users it met."""
    began, count = time.perf_counter(), 0
    async for page in walk:
        count += len(page)
    return time.perf_counter() - began, count


@dataclass(slots=True)
class Churn:
    """A walk while others delete: who was there throughout, who was met, and how often."""

    stayed: int
    missed: int
    repeated: int
    deleted: int


async def churned(client: httpx.AsyncClient, walk: Walk, size: int, everybody: list[str], clients: int) -> Churn:
    """Walk while `clients` delete users anywhere in the list."""
    order = random.Random(1).sample(everybody, len(everybody) // 10)
    victims, gone, done = iter(order), set[str](), asyncio.Event()

    async def delete() -> None:
        for one in victims:
            if done.is_set():
                return
            gone.add(one)
            (await client.delete(f"/Users/{one}")).raise_for_status()

    deleting = [asyncio.create_task(delete()) for _ in range(clients)]
    met: list[str] = []
    async for page in walk(client, size):
        met += page
    done.set()
    await asyncio.gather(*deleting)
    stayed = set(everybody) - gone
    return Churn(len(stayed), len(stayed - set(met)), len(met) - len(set(met)), len(gone))


async def measure(users: int, size: int, rounds: int, workers: int, clients: int) -> None:
    with serving(workers=workers) as served:
        async with served.client() as client:
            await fill(client, users, workers)
            times: dict[str, list[float]] = {"startIndex": [], "cursor": []}
            for _ in range(rounds):
                for name, walk in (("startIndex", by_index), ("cursor", by_cursor)):
                    took, count = await timed(walk(client, size))
                    assert count == users, (name, count)
                    times[name].append(took)
            print(head(f"Walking through {users} users, {size} a page, {workers} workers"))
            for name, took_all in times.items():
                print(f"  by {name:12} {statistics.median(took_all):8.1f} s")
            ratio = statistics.median(a / b for a, b in zip(times["startIndex"], times["cursor"], strict=True))
            print(f"  startIndex to cursor {ratio:6.2f} x (goal: at most 1.5)")
            for name, walk in (("startIndex", by_index), ("cursor", by_cursor)):
                everybody = [one async for page in by_cursor(client, 1000) for one in page]
                found = await churned(client, walk, size, everybody, clients)
                print(
                    f"  by {name} while {clients} clients deleted {found.deleted}: of {found.stayed} who stayed"
                    f" {found.missed} missed, {found.repeated} met twice"
                )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--page", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--clients", type=int, default=50)
    options = parser.parse_args()
    asyncio.run(measure(options.users, options.page, options.rounds, options.workers, options.clients))
