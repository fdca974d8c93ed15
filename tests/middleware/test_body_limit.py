"""The body limit: what is too long is refused before anything reads it, and the client gets to read why (row M-15)."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from scim.exceptions import PayloadTooLarge
from scim.middleware import body_limit
from scim.middleware.body_limit import BodyLimit
from tests.middleware.asgi import Client, Passed, answers_ok, ask, http_scope


def declaring(length: str, **more: str) -> dict[str, object]:
    return dict(http_scope(headers=[("content-length", length), *more.items()]))


async def refused(client: Client, scope: dict[str, object] | None = None) -> PayloadTooLarge:
    with pytest.raises(PayloadTooLarge) as caught:
        await BodyLimit(answers_ok, max_bytes=10)(scope or http_scope(), client.receive, client.send)
    assert client.answer.status == 0
    return caught.value


async def test_a_body_up_to_the_limit_passes() -> None:
    answer = await ask(BodyLimit(answers_ok, max_bytes=10), declaring("10"), b"12345", b"67890")
    assert (answer.status, answer.raw) == (200, b"10")


async def test_a_declared_length_above_the_limit_is_refused_and_the_limit_named() -> None:
    error = await refused(Client(b"x" * 11), declaring("11"))
    assert "10 bytes" in error.detail
    assert error.headers == {"Connection": "close"}


async def test_a_body_that_grows_above_the_limit_is_refused() -> None:
    await refused(Client(b"123456", b"78901", b"rest"))


@pytest.mark.parametrize("declared", ["5", "", "-1", "1e3", "x", "²"])
async def test_what_is_declared_is_not_believed(declared: str) -> None:
    await refused(Client(b"x" * 6, b"x" * 6), declaring(declared))


async def test_what_is_on_its_way_is_read_first() -> None:
    client = Client(*[b"x"] * 8)
    await refused(client, declaring("11"))
    assert not client.waiting


async def test_but_not_without_end() -> None:
    client = Client(*[b"xx"] * 1000)
    await refused(client)
    assert len(client.waiting) > 950


async def test_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "DRAIN_SECONDS", 0.02)

    class Slow(Client):
        async def receive(self) -> Message:
            await asyncio.sleep(60)
            return {"type": "http.disconnect"}

    await refused(Slow(), declaring("11"))


async def test_a_client_that_asks_first_is_not_told_to_send() -> None:
    client = Client(b"x" * 11)
    await refused(client, declaring("11", expect="100-continue"))
    assert len(client.waiting) == 1


async def test_other_protocols_pass() -> None:
    inner = Passed()
    await ask(BodyLimit(inner, max_bytes=1), {"type": "lifespan"})
    assert inner.scopes == [{"type": "lifespan"}]


def test_a_limit_is_positive() -> None:
    with pytest.raises(ValueError, match="max_bytes"):
        BodyLimit(answers_ok, max_bytes=0)
