"""The log of requests: lines for people, one object for machines, and no secrets in either (OPERATOR.md, Log)."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from starlette.types import Receive, Scope, Send

from scim.caller import Caller
from scim.db.database import Database
from scim.middleware.access_log import AccessLog
from scim.utils.logs import JsonLines, ReadableLines
from scim.utils.tokens import make_token
from tests.middleware.asgi import Client, Passed, Raises, answers_ok, ask, http_scope


@pytest.fixture(autouse=True)
def level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="scim.access")


class Answers:
    """An application that answers a body, after noting things in the state."""

    def __init__(self, status: int = 200, body: bytes = b"", **state: Any) -> None:
        self.status = status
        self.body = body
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        scope["state"].update(self.state)
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": self.body})


def request(path: str = "/scim/v2/Users", **different: Any) -> Scope:
    return http_scope(path, **{"state": {"request_id": "abc-1", "secret_names": {"password", "pin"}}, **different})


def printed(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The lines as they are printed in production."""
    form = JsonLines()
    return [orjson.loads(form.format(record)) for record in caplog.records]


def shown(caplog: pytest.LogCaptureFixture) -> str:
    """The lines as people see them."""
    stream = io.StringIO()
    handler = ReadableLines(stream)
    for record in caplog.records:
        handler.emit(record)
    return stream.getvalue()


class TestForMachines:
    async def test_a_request_is_one_object(self, caplog: pytest.LogCaptureFixture, caller: Caller) -> None:
        token_id = UUID(int=7)
        caller = replace(caller, tenant="acme", app="okta-prod", token_id=token_id)
        app = AccessLog(Answers(409, scim_type="uniqueness", caller=caller), readable=False)
        await ask(app, request(method="POST", headers=[("User-Agent", "Okta SCIM Client 1.0.0")]))
        [line] = printed(caplog)
        assert line["duration_ms"] >= 0
        assert {key: line[key] for key in line if key not in {"time", "duration_ms", "logger", "message"}} == {
            "level": "INFO",
            "request_id": "abc-1",
            "tenant": "acme",
            "app": "okta-prod",
            "token_id": str(token_id),
            "idp": "okta",
            "method": "POST",
            "path": "/scim/v2/Users",
            "status": 409,
            "scim_type": "uniqueness",
            "rules": [],
            "db_ms": 0.0,
            "queries": 0,
        }

    async def test_the_work_of_the_database_is_counted(
        self, caplog: pytest.LogCaptureFixture, database: Database
    ) -> None:
        async def asks_twice(scope: Scope, receive: Receive, send: Send) -> None:
            async with database.session() as session:
                await session.fetchval("SELECT pg_sleep(0.01)")
                await session.fetchval("SELECT 1")
            await answers_ok(scope, receive, send)

        await ask(AccessLog(asks_twice, readable=False), request())
        [line] = printed(caplog)
        assert line["queries"] == 2
        assert 10 <= line["db_ms"] <= line["duration_ms"]

    async def test_neither_filters_nor_bodies_nor_what_was_done_are_in_it(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, logger="scim.access")
        app = AccessLog(Answers(200, b'{"userName":"kim"}', summary="kim", detail="kim"), readable=False)
        await ask(app, request(query_string=b"filter=userName+eq+%22kim%22"), b'{"userName":"kim"}')
        assert "kim" not in str(printed(caplog))

    async def test_a_client_that_went_away_got_no_answer(self, caplog: pytest.LogCaptureFixture) -> None:
        await ask(AccessLog(Passed(), readable=False), request())
        assert printed(caplog)[0]["status"] == 499

    async def test_a_request_that_fails_is_logged_all_the_same(self, caplog: pytest.LogCaptureFixture) -> None:
        client = Client()
        with pytest.raises(RuntimeError):
            await AccessLog(Raises(RuntimeError("x")), readable=False)(request(), client.receive, client.send)
        assert len(caplog.records) == 1

    async def test_probes_are_told_at_debug_only(self, caplog: pytest.LogCaptureFixture) -> None:
        for path in ("/healthz", "/readyz"):
            await ask(AccessLog(Answers(), readable=False), request(path))
        assert not caplog.records


class TestForPeople:
    async def test_a_request_is_a_line_when_it_comes_and_lines_when_it_is_answered(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        app = AccessLog(Answers(201, summary="created User kim"), readable=True)
        await ask(app, request(method="POST"))
        came, answered, done = caplog.messages
        assert came == "--> POST /scim/v2/Users"
        assert answered.startswith("<-- POST /scim/v2/Users  201  ")
        assert answered.endswith(" ms  [abc-1]")
        assert done.strip() == "created User kim"

    async def test_a_refusal_says_why(self, caplog: pytest.LogCaptureFixture) -> None:
        await ask(AccessLog(Answers(400, detail="Unknown attribute 'x'."), readable=True), request())
        assert caplog.messages[-1].strip() == "Unknown attribute 'x'."

    async def test_what_a_client_sends_cannot_look_like_another_line(self, caplog: pytest.LogCaptureFixture) -> None:
        app = AccessLog(Answers(200, summary="User a\r\n<-- x\x1b[31m"), readable=True)
        await ask(app, request("/scim/v2/Users\n<-- GET /\x1b[2J\u2028"))
        lines = shown(caplog).removesuffix("\n").split("\n")
        assert len([line for line in lines if not line.startswith(" ")]) == 3
        assert all(line.isprintable() for line in lines)

    async def test_names_in_any_script_stay_readable(self, caplog: pytest.LogCaptureFixture) -> None:
        await ask(AccessLog(Answers(200, summary="User Žofie 日本"), readable=True), request())
        assert "Žofie 日本" in caplog.messages[-1]

    async def test_bodies_are_shown_at_debug_with_secrets_masked(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG, logger="scim.access")
        app = AccessLog(Answers(200, b'{"id":"7"}'), readable=True)
        await ask(app, request(), b'{"userName":"kim","password":"Secret-1","lab":{"pin":"1"}}')
        assert [message.strip() for message in caplog.messages[-2:]] == [
            'in  {"userName":"kim","password":"***","lab":{"pin":"***"}}',
            'out {"id":"7"}',
        ]

    async def test_a_body_is_not_shown_where_nobody_knows_what_is_secret_in_it(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, logger="scim.access")
        asked = request(state={"request_id": "abc-1"})
        await ask(AccessLog(Answers(401, b"{}"), readable=True), asked, b'{"pin":"1"}')
        assert [message for message in caplog.messages if "pin" in message] == []

    @pytest.mark.parametrize("body", [b"", b"not json Secret-1", b'{"password":"Secret-1"'])
    async def test_what_is_not_json_is_not_shown(self, caplog: pytest.LogCaptureFixture, body: bytes) -> None:
        caplog.set_level(logging.DEBUG, logger="scim.access")
        await ask(AccessLog(Answers(400), readable=True), request(), body)
        assert not [message for message in caplog.messages if "in " in message or "Secret" in message]

    async def test_long_bodies_are_cut(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG, logger="scim.access")
        await ask(AccessLog(Answers(), readable=True), request(), orjson.dumps({"a": "x" * 100_000}))
        assert len(caplog.messages[-1]) < 5000

    async def test_bodies_are_not_kept_above_debug(self, caplog: pytest.LogCaptureFixture) -> None:
        await ask(AccessLog(Answers(200, b'{"id":"7"}'), readable=True), request(), b'{"userName":"kim"}')
        assert "kim" not in str(caplog.messages)


@pytest.mark.parametrize("readable", [True, False])
async def test_tokens_are_in_no_line(caplog: pytest.LogCaptureFixture, *, readable: bool) -> None:
    caplog.set_level(logging.DEBUG, logger="scim.access")
    token = make_token("x")
    app = AccessLog(Answers(401, summary=f"Bearer {token}"), readable=readable)
    await ask(app, request(f"/scim/v2/{token}", headers=[("authorization", f"Bearer {token}")]), b'{"a":1}')
    assert token not in (shown(caplog) if readable else str(printed(caplog)))


async def test_other_protocols_pass() -> None:
    inner = Passed()
    await ask(AccessLog(inner, readable=True), {"type": "lifespan"})
    assert inner.scopes == [{"type": "lifespan"}]
