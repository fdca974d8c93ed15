"""A short run of `benchmarks/races.py` against the server as an operator runs it."""

from __future__ import annotations

import httpx

from benchmarks.races import run
from tests.support.server import Server


async def test_nothing_is_lost_while_many_change_few(server: Server) -> None:
    headers = {"authorization": f"Bearer {server.token('races')}"}
    async with httpx.AsyncClient(base_url=server.base, headers=headers, timeout=60) as client:
        report = await run(client, seconds=4, clients=10, seed=7)
    assert report.faults == []
    assert report.statuses[204] > 50
    assert report.statuses[409] > 0
