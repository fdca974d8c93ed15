"""`/Me`: the resource that a token is bound to (RFC 7644 §3.11)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from scim.db.database import Database
from scim.exceptions import OperatorError
from scim.services import tokens
from tests.support.http import SCIM, Scim

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


async def bound(scim: Scim, database: Database, subject: str) -> Scim:
    """The same application with a token of one of its users."""
    issued = await tokens.create(database, app=str(scim.owner.app_id), name="own", subject=subject)
    return Scim(scim.client, replace(scim.owner, token=issued.token))


async def test_it_is_read_changed_and_deleted_as_the_resource_itself(scim: Scim, database: Database) -> None:
    kim = await scim.user("kim")
    me = await bound(scim, database, "KIM")
    answer = await me.get("/Me")
    assert (answer.status_code, answer.json()) == (200, kim)
    assert answer.headers["location"] == f"{SCIM}/Users/{kim['id']}"
    changed = await me.patch("/Me", {"op": "replace", "path": "title", "value": "Lead"})
    assert (changed.json()["title"], changed.headers["etag"]) == ("Lead", 'W/"2"')
    put = await me.put("/Me", {"schemas": [USER], "userName": "kim"}, headers={"if-match": 'W/"2"'})
    assert "title" not in put.json()
    assert (await me.get("/Me", attributes="userName")).json().keys() == {"schemas", "id", "userName"}
    assert (await me.delete("/Me")).status_code == 204
    assert (await me.get("/Me")).status_code == 404
    assert (await scim.get(f"/Users/{kim['id']}")).status_code == 404


async def test_without_a_subject_there_is_none(scim: Scim, client: httpx.AsyncClient) -> None:
    assert (await scim.get("/Me")).status_code == 404
    assert (await scim.patch("/Me", {"op": "remove", "path": "title"})).status_code == 404
    assert (await client.get(f"{SCIM}/Me")).status_code == 401


async def test_it_is_not_made_by_post(scim: Scim) -> None:
    answer = await scim.post("/Me", {"schemas": [USER], "userName": "kim"})
    assert answer.status_code == 405
    assert {one.strip() for one in answer.headers["allow"].split(",")} == {"GET", "HEAD", "PUT", "PATCH", "DELETE"}


async def test_a_group_or_another_resource_may_be_the_subject_by_its_id(lab: Scim, database: Database) -> None:
    made: dict[str, Any] = (
        await lab.post("/Things", {"schemas": ["urn:example:params:scim:schemas:core:2.0:Thing"], "name": "Saw"})
    ).json()
    me = await bound(lab, database, made["id"])
    assert (await me.get("/Me")).json() == made


@pytest.mark.parametrize("subject", ["nobody", "0199d2a4-6c1e-7b53-9a0f-3d5e8c7b1f42"])
async def test_nobody_is_no_subject(scim: Scim, database: Database, subject: str) -> None:
    with pytest.raises(OperatorError, match=f"has no user '{subject}'"):
        await bound(scim, database, subject)
