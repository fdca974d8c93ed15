"""A client that is still sending gets to read why its body was refused (row M-15)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn

from scim.middleware.body_limit import BodyLimit
from scim.middleware.errors import Errors
from tests.middleware.asgi import answers_ok

LIMIT = 1_000_000


@asynccontextmanager
async def served(http: str) -> AsyncIterator[httpx.AsyncClient]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            Errors(BodyLimit(answers_ok, max_bytes=LIMIT)), http=http, log_config=None, lifespan="off"
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve([listening]))
        for _ in range(1000):
            await asyncio.sleep(0.005)
            if server.started:
                break
        try:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            await task


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 50_000):
        yield b"x" * 50_000


@pytest.mark.parametrize("http", ["h11", "httptools"])
@pytest.mark.parametrize("chunked", [False, True])
async def test_the_refusal_reaches_the_client(http: str, *, chunked: bool) -> None:
    async with served(http) as client:
        body = chunks(2 * LIMIT) if chunked else b"x" * 2 * LIMIT
        answer = await client.post("/", content=body)
        assert answer.status_code == 413
        assert answer.json()["status"] == "413"
        assert (await client.post("/", content=b"x" * LIMIT)).text == str(LIMIT)


@pytest.mark.parametrize("http", ["h11", "httptools"])
async def test_a_client_that_asks_first_need_not_send(http: str) -> None:
    async with served(http) as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        writer.write(
            f"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {LIMIT + 1}\r\nExpect: 100-continue\r\n\r\n".encode()
        )
        assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"HTTP/1.1 413 ")
        writer.close()
        await writer.wait_closed()
