"""The request id: kept when well-formed, made otherwise (OPERATOR.md, Log)."""

from __future__ import annotations

import pytest

from scim.middleware.request_id import RequestId
from tests.middleware.asgi import Passed, answers_ok, ask, http_scope


@pytest.mark.parametrize("sent", ["a", "abc-1_2.3", "0" * 128])
async def test_a_well_formed_id_is_kept(sent: str) -> None:
    scope = http_scope(headers=[("X-Request-Id", sent)])
    answer = await ask(RequestId(answers_ok), scope)
    assert answer.headers["x-request-id"] == scope["state"]["request_id"] == sent


@pytest.mark.parametrize("sent", ["", "a b", "a\n", "x" * 129, "é", '"', "<b>"])
async def test_another_one_is_replaced(sent: str) -> None:
    scope = http_scope(headers=[("X-Request-Id", sent)])
    answer = await ask(RequestId(answers_ok), scope)
    assert answer.headers["x-request-id"] == scope["state"]["request_id"]
    assert len(answer.headers["x-request-id"]) == 16


async def test_each_request_gets_its_own() -> None:
    made = {(await ask(RequestId(answers_ok))).headers["x-request-id"] for _ in range(100)}
    assert len(made) == 100


async def test_other_protocols_pass() -> None:
    inner = Passed()
    await ask(RequestId(inner), {"type": "lifespan"})
    assert inner.scopes == [{"type": "lifespan"}]
