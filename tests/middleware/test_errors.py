"""Errors as answers (RFC 7644 §3.12, rows M-01 to M-03, M-17, M-20, M-24, M-25)."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from scim import exceptions
from scim.exceptions import InvalidFilter, NotFound, ScimError, Unauthorized, Unavailable
from scim.middleware.errors import Errors
from tests.middleware.asgi import Answer, Client, Passed, Raises, answers_ok, ask, http_scope

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
KINDS = [kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, ScimError)]


async def failing(error: Exception, accept: str | None = None, **state: Any) -> tuple[Answer, dict[str, Any]]:
    scope = http_scope(headers=[("accept", accept)] if accept else [], state=state)
    return await ask(Errors(Raises(error)), scope), scope["state"]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_error_has_the_one_form(kind: type[ScimError]) -> None:
    answer, state = await failing(kind())
    body = {"schemas": [ERROR], "status": str(kind.status), "detail": kind.default_detail}
    assert answer.status == kind.status
    assert answer.body == (body | {"scimType": kind.scim_type} if kind.scim_type else body)
    assert answer.headers["content-type"] == "application/scim+json"
    assert answer.headers["cache-control"] == "no-store"
    assert (state["scim_type"], state["detail"]) == (kind.scim_type, kind.default_detail)


async def test_the_detail_says_what_to_change() -> None:
    answer, _ = await failing(InvalidFilter("Unknown attribute 'x'."))
    assert answer.body["detail"] == "Unknown attribute 'x'."


async def test_headers_of_the_error_are_sent() -> None:
    assert (await failing(Unauthorized(headers={"WWW-Authenticate": "Bearer"})))[0].headers[
        "www-authenticate"
    ] == "Bearer"
    assert (await failing(Unavailable(retry_after=7)))[0].headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        (None, "application/scim+json"),
        ("application/json", "application/json"),
        ("application/json;q=0.5", "application/json"),
        ("application/json, application/scim+json", "application/scim+json"),
        ("text/html", "application/scim+json"),
    ],
)
async def test_the_media_type_is_json_where_that_alone_is_asked_for(accept: str | None, sent: str) -> None:
    assert (await failing(NotFound(), accept))[0].headers["content-type"] == sent


async def test_an_unknown_error_tells_the_client_nothing_but_the_request_id(caplog: pytest.LogCaptureFixture) -> None:
    answer, _ = await failing(RuntimeError("secret at line 7"), request_id="abc-1")
    assert answer.status == 500
    assert (answer.body["schemas"], answer.body["status"]) == ([ERROR], "500")
    assert "abc-1" in answer.body["detail"]
    assert b"secret" not in answer.raw
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert "abc-1" in record.message
    assert record.exc_info


async def test_a_client_that_went_away_is_no_failure_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    answer, _ = await failing(ClientDisconnect())
    assert answer.status == 0
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


@pytest.mark.parametrize("error", [NotFound(), RuntimeError()])
async def test_an_answer_that_has_begun_is_broken_off(error: Exception) -> None:
    client = Client()
    with pytest.raises(type(error)):
        await Errors(Raises(error, started=True))(http_scope(), client.receive, client.send)
    assert client.answer.status == 200


async def test_what_goes_well_passes() -> None:
    inner = Passed()
    await ask(Errors(inner), {"type": "lifespan"})
    assert inner.scopes == [{"type": "lifespan"}]
    assert (await ask(Errors(answers_ok))).status == 200
