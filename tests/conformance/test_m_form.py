"""The one form of all errors (rows M-01 to M-03, M-17, M-24)."""

from __future__ import annotations

from typing import Any, Final

import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from tests.conformance.tools import ERROR, USER, refusal
from tests.support.http import SCIM, Scim, account, serving

JSON: Final = {"content-type": "application/json"}
KIM: Final[dict[str, Any]] = {"schemas": [USER], "userName": "kim"}

FAULTS: Final = [
    pytest.param("GET", "/Users/nobody", {}, 404, id="no such resource"),
    pytest.param("GET", "/Widgets", {}, 404, id="no such endpoint"),
    pytest.param("DELETE", "/Users", {}, 405, id="method"),
    pytest.param("GET", "/Users?filter=x", {}, 400, id="filter"),
    pytest.param("GET", "/Users?count=x", {}, 400, id="query"),
    pytest.param("POST", "/Users", {"content": b"{", "headers": JSON}, 400, id="JSON"),
    pytest.param("POST", "/Users", {"content": b"", "headers": JSON}, 400, id="no body"),
    pytest.param("POST", "/Users", {"body": {"schemas": [USER]}}, 400, id="value"),
    pytest.param("POST", "/Users", {"body": KIM}, 409, id="taken"),
    pytest.param("POST", "/Users", {"content": b"<a/>", "headers": {"content-type": "text/xml"}}, 415, id="media type"),
    pytest.param("GET", "/Users", {"headers": {"authorization": "Bearer x"}}, 401, id="token"),
    pytest.param("GET", "/Schemas?filter=x", {}, 403, id="discovery"),
]
"""Requests that are refused where there is a user kim."""


async def fault(scim: Scim, method: str, path: str, options: dict[str, Any], accept: str = "*/*") -> httpx.Response:
    """The answer to one of them."""
    await scim.user("kim")
    headers = options.get("headers", {}) | {"accept": accept}
    return await scim.send(method, path, **(options | {"headers": headers}))


@pytest.mark.parametrize(("method", "path", "options", "status"), FAULTS)
async def test_M_01_every_error_has_a_scim_error_body(
    strict: Scim, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    answer = await fault(strict, method, path, options)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/scim+json"
    assert answer.json()["schemas"] == [ERROR]
    assert answer.json()["status"] == str(status)
    assert answer.json().keys() <= {"schemas", "status", "scimType", "detail"}


async def test_M_01_an_error_is_plain_json_where_that_alone_is_asked_for(strict: Scim) -> None:
    answer = await fault(strict, "GET", "/Users/nobody", {}, accept="application/json")
    assert answer.headers["content-type"] == "application/json"
    assert refusal(answer) == (404, None)


@pytest.mark.parametrize(("method", "path", "options", "status"), FAULTS)
async def test_M_02_an_error_says_what_is_wrong_in_one_text(
    strict: Scim, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    body = (await fault(strict, method, path, options)).json()
    assert isinstance(body["detail"], str)
    assert body["detail"].strip()
    assert ("scimType" in body) == (status in (400, 409))


@pytest.mark.parametrize(("method", "path", "options", "status"), FAULTS)
async def test_M_03_the_status_in_the_body_is_that_of_the_answer(
    strict: Scim, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    answer = await fault(strict, method, path, options)
    assert answer.json()["status"] == str(answer.status_code) == str(status)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries that fail in a way nobody foresaw."""

    async def fail(*_: Any) -> None:
        raise RuntimeError("SELECT secret FROM scim.resources")

    monkeypatch.setattr("scim.api.v2.resources.search", fail)


@pytest.mark.usefixtures("broken")
async def test_M_17_an_internal_failure_tells_nothing_of_the_inside(strict: Scim) -> None:
    answer = await strict.get("/Users")
    assert refusal(answer) == (500, None)
    for inside in ("SELECT", "secret", "scim.resources", "Traceback", "RuntimeError", ".py"):
        assert inside not in answer.text


@pytest.mark.usefixtures("broken")
async def test_M_24_errors_from_below_the_protocol_have_the_same_form(database: Database) -> None:
    async with serving(database, Settings(max_body_bytes=2000)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        headers = scim.owner.headers | JSON
        for answer, status in (
            (await client.get(f"{SCIM}/a/b/c/d", headers=headers), 404),
            (await client.get("http://test/nowhere"), 404),
            (await client.request("TRACE", f"{SCIM}/Users", headers=headers), 405),
            (await client.get(f"{SCIM}/Users?filter=%FF", headers=headers), 400),
            (await client.post(f"{SCIM}/Users", content=b" " * 3000, headers=headers), 413),
            (await client.post(f"{SCIM}/Users", content=b'{"a": ', headers=headers), 400),
            (await client.post(f"{SCIM}/Users", content=b"\xff\xfe", headers=headers), 400),
            (await client.post(f"{SCIM}/Users", content=b"[1]", headers=headers), 400),
            (await client.get(f"{SCIM}/Users", headers=headers), 500),
        ):
            assert refusal(answer)[0] == status
            assert answer.headers["content-type"] == "application/scim+json"
