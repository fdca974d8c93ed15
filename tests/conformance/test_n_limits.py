"""Limits on what a request may cost (row N-20)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from scim.config import Settings
from scim.db.database import Database
from tests.conformance.tools import USER, names, refusal, search, users
from tests.support.http import SCIM, Scim, account, serving


@pytest.fixture
async def tight(database: Database) -> AsyncIterator[Scim]:
    """A server with small limits."""
    limits = Settings(max_body_bytes=2000, max_filter_length=100, max_filter_depth=3, max_page_size=2)
    async with serving(database, limits) as client:
        yield Scim(client, await account(database, profile="strict"))


async def test_N_20_bodies_have_a_longest_size_whatever_they_say_of_it(tight: Scim) -> None:
    body = {"schemas": [USER], "userName": "k" * 2000}
    assert refusal(await tight.post("/Users", body)) == (413, None)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b" " * 500

    headers = tight.owner.headers | {"content-type": "application/json"}
    assert refusal(await tight.client.post(f"{SCIM}/Users", content=chunks(), headers=headers)) == (413, None)
    assert (await tight.get("/Users")).json()["totalResults"] == 0


@pytest.mark.parametrize("depth", [100, 100_000])
async def test_N_20_json_is_nested_only_so_deep(strict: Scim, depth: int) -> None:
    content = b'{"schemas": ' + b"[" * depth + b"]" * depth + b"}"
    answer = await strict.send("POST", "/Users", content=content, headers={"content-type": "application/json"})
    assert refusal(answer) == (400, "invalidSyntax")


@pytest.mark.parametrize("text", [f'userName eq "{"k" * 100}"', "((((userName pr))))"], ids=["length", "depth"])
async def test_N_20_filters_are_only_so_long_and_deep(tight: Scim, text: str) -> None:
    for answer in (await tight.get("/Users", filter=text), await search(tight, "/.search", filter=text)):
        assert refusal(answer) in ((400, "invalidFilter"), (400, "tooMany"))


async def test_N_20_pages_have_a_largest_size(tight: Scim) -> None:
    await users(tight, "a", "b", "c")
    assert names(await tight.get("/Users", count=1000)) == ["a", "b"]
    assert names(await search(tight, "/Users/.search", count=1000, cursor="")) == ["a", "b"]


async def test_N_20_a_token_makes_only_so_many_requests_a_second(database: Database) -> None:
    async with serving(database, Settings(rate_limit_per_second=2)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        last = [await scim.get("/Users") for _ in range(5)][-1]
        assert refusal(last) == (429, None)
        assert (await Scim(client, await account(database)).get("/Users")).status_code == 200
