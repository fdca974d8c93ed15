"""How much faster users are made by bulk requests than one by one: `python -m benchmarks.bulk`.

Both in one run against one server with its embedded PostgreSQL, in turns, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time

import httpx

from benchmarks.serving import head, serving, user

BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


async def one_by_one(client: httpx.AsyncClient, prefix: str, count: int) -> float:
    """Users per second, one request after the other."""
    began = time.perf_counter()
    for number in range(count):
        answer = await client.post("/Users", json=user(number, prefix))
        assert answer.status_code == 201, answer.text
    return count / (time.perf_counter() - began)


async def several_at_once(client: httpx.AsyncClient, prefix: str, count: int, clients: int) -> float:
    """Users per second, so many requests at a time."""
    began = time.perf_counter()
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            answer = await client.post("/Users", json=user(number, prefix))
            assert answer.status_code == 201, answer.text

    await asyncio.gather(*(work() for _ in range(clients)))
    return count / (time.perf_counter() - began)


async def in_bulk(client: httpx.AsyncClient, prefix: str, count: int, size: int) -> float:
    """Users per second, so many in a request."""
    began = time.perf_counter()
    for start in range(0, count, size):
        operations = [
            {"method": "POST", "path": "/Users", "bulkId": str(number), "data": user(number, prefix)}
            for number in range(start, min(count, start + size))
        ]
        answer = await client.post("/Bulk", json={"schemas": [BULK_REQUEST], "Operations": operations})
        assert {one["status"] for one in answer.json()["Operations"]} == {"201"}, answer.text[:500]
    return count / (time.perf_counter() - began)


async def measure(rounds: int, singles: int, bulks: int, size: int, clients: int) -> None:
    with serving() as served:
        async with served.client() as client:
            await in_bulk(client, "warm", 500, 500)
            await one_by_one(client, "warm-", 100)
            alone, at_once, many = [], [], []
            for number in range(rounds):
                alone.append(await one_by_one(client, f"a{number}-", singles))
                many.append(await in_bulk(client, f"b{number}-", bulks, size))
                at_once.append(await several_at_once(client, f"c{number}-", singles, clients))
    print(head("Creating users"))
    for label, rates in (
        ("one after the other", alone),
        (f"{clients} requests at a time", at_once),
        (f"bulk requests of {size}", many),
    ):
        print(f"  {label:28} {statistics.median(rates):8.0f} users/s")
    ratio = statistics.median(one / other for one, other in zip(many, alone, strict=True))
    beside = statistics.median(one / other for one, other in zip(many, at_once, strict=True))
    print(f"  bulk to one after the other  {ratio:8.1f} x (goal: 4)")
    print(f"  bulk to {clients} at a time          {beside:8.1f} x")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--singles", type=int, default=300)
    parser.add_argument("--bulks", type=int, default=2000)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    asyncio.run(measure(options.rounds, options.singles, options.bulks, options.size, options.clients))
