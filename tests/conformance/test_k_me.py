"""`/Me`, the caller's own resource (rows K-01 and K-03 to K-06)."""

from __future__ import annotations

from uuid import UUID

import pytest

from scim.db.database import Database
from tests.conformance.tools import USER, another_token, names, refusal
from tests.support.http import SCIM, Scim


@pytest.fixture
async def me(strict: Scim, database: Database) -> Scim:
    """A client whose token belongs to the user kim; there is another user."""
    kim = await strict.user("kim")
    await strict.user("bo")
    return Scim(strict.client, await another_token(database, strict.owner, subject_id=UUID(kim["id"])))


async def test_K_01_me_is_the_resource_of_the_caller(me: Scim) -> None:
    answer = await me.get("/Me")
    assert (answer.status_code, answer.json()["userName"]) == (200, "kim")
    assert set((await me.get("/Me", attributes="active")).json()) == {"schemas", "id", "active"}


async def test_K_03_locations_are_those_of_the_real_resource(me: Scim) -> None:
    read = await me.get("/Me")
    patched = await me.patch("/Me", {"op": "replace", "path": "title", "value": "Lead"})
    real = f"{SCIM}/Users/{read.json()['id']}"
    for answer in (read, patched):
        assert answer.headers["location"] == answer.json()["meta"]["location"] == real
        assert answer.headers["etag"] == answer.json()["meta"]["version"]


async def test_K_04_what_can_be_done_with_the_real_resource_can_be_done_with_me(me: Scim, strict: Scim) -> None:
    real = f"/Users/{(await me.get('/Me')).json()['id']}"
    assert (await me.patch("/Me", {"op": "replace", "path": "title", "value": "Lead"})).status_code == 200
    assert (await strict.get(real)).json()["title"] == "Lead"
    assert (await me.put("/Me", {"schemas": [USER], "userName": "kim", "nickName": "K"})).status_code == 200
    assert (await strict.get(real)).json() == (await me.get("/Me")).json()
    assert "title" not in (await strict.get(real)).json()
    assert (await me.delete("/Me", headers={"if-match": 'W/"1"'})).status_code == 412
    assert (await me.delete("/Me")).status_code == 204
    assert names(await strict.get("/Users")) == ["bo"]


async def test_K_05_a_caller_without_a_resource_finds_nothing(me: Scim, strict: Scim) -> None:
    own = (await me.get("/Me")).json()
    assert refusal(await strict.get("/Me")) == (404, None)
    assert (await strict.delete(f"/Users/{own['id']}")).status_code == 204
    assert refusal(await me.get("/Me")) == (404, None)
    assert refusal(await me.patch("/Me", {"op": "add", "path": "title", "value": "x"})) == (404, None)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_K_06_nobody_is_me_without_credentials(strict: Scim, method: str) -> None:
    answer = await strict.client.request(method, f"{SCIM}/Me")
    assert refusal(answer) == (401, None)
    assert answer.headers["www-authenticate"].startswith("Bearer")
