"""What several of the conformance tests need: names of schemas, bodies, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from scim.db.database import Database
from scim.services.definitions.resource_types import add_resource_types
from scim.services.definitions.schemas import add_schemas
from scim.storage import tokens
from scim.storage.tokens import NewToken
from scim.utils.clock import now
from scim.utils.tokens import make_token, token_hash
from scim.utils.uuid7 import new_id
from tests.support.http import Account, Scim, account

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"
THING = "urn:example:params:scim:schemas:core:2.0:Thing"
BOX = "urn:example:params:scim:schemas:core:2.0:Box"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def user(name: str = "kim", /, **attributes: Any) -> dict[str, Any]:
    """The body of a user."""
    return {"schemas": [USER], "userName": name} | attributes


def lab_user(name: str = "kim", /, **lab: Any) -> dict[str, Any]:
    """The body of a user with attributes of the lab extension."""
    return {"schemas": [USER, LAB], "userName": name, LAB: lab}


def thing(name: str = "saw", /, **attributes: Any) -> dict[str, Any]:
    """The body of a thing."""
    return {"schemas": [THING], "name": name} | attributes


def box(**attributes: Any) -> dict[str, Any]:
    """The body of a box, whose attributes are those of the test."""
    return {"schemas": [BOX]} | attributes


def refusal(answer: httpx.Response) -> tuple[int, str | None]:
    """Status and `scimType` of an error, which must be in the form of all errors (row M-01)."""
    body = answer.json()
    assert body["schemas"] == [ERROR]
    assert body["status"] == str(answer.status_code)
    return answer.status_code, body.get("scimType")


def names(answer: httpx.Response) -> list[str]:
    """The userNames on a page, in its order."""
    assert answer.status_code == 200, answer.text
    return [one["userName"] for one in answer.json().get("Resources", [])]


async def users(scim: Scim, *called: str, **attributes: Any) -> list[dict[str, Any]]:
    """New users of these names, all with the same attributes."""
    return [await scim.user(name, **attributes) for name in called]


async def search(scim: Scim, path: str, **parts: Any) -> httpx.Response:
    """A search by POST."""
    return await scim.post(path, {"schemas": [SEARCH_REQUEST]} | parts)


async def another_token(database: Database, owner: Account, **different: Any) -> Account:
    """A second token for an application, with all rights unless it is to differ."""
    token = make_token("other")
    row = NewToken(
        id=new_id(now()),
        tenant_id=owner.tenant_id,
        app_id=owner.app_id,
        name="other",
        token_hash=token_hash(token),
        scopes=("scim:read", "scim:write"),
        created_at=now(),
    )
    async with database.transaction() as session:
        await tokens.insert(session, replace(row, **different))
    return Account(owner.tenant_id, owner.app_id, token)


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let requests come in so many seconds later than they do."""
    monkeypatch.setattr("scim.api.v2.incoming.now", lambda: now() + timedelta(seconds=seconds))


async def created(scim: Scim, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The resource that a POST made, as answered."""
    answer = await scim.post(path, body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def assert_refused(scim: Scim, body: Mapping[str, Any]) -> None:
    """A user with this body is refused for a value in it, whether made or replaced, and nothing is stored."""
    bo = await scim.user("bo")
    assert refusal(await scim.post("/Users", body)) == (400, "invalidValue")
    assert refusal(await scim.put(f"/Users/{bo['id']}", body)) == (400, "invalidValue")
    assert (await scim.get("/Users")).json()["Resources"] == [bo]


async def total(scim: Scim, path: str, **query: str) -> int:
    """How many resources a query finds."""
    answer = await scim.get(path, **query)
    assert answer.status_code == 200, answer.text
    found: int = answer.json()["totalResults"]
    return found


async def boxes(client: httpx.AsyncClient, database: Database, *attributes: Mapping[str, Any]) -> Scim:
    """An application in profile strict that has a type Box, at /Boxes, with these attributes."""
    owner = await account(database, profile="strict")
    app = str(owner.app_id)
    await add_schemas(database, [{"id": BOX, "name": "Box", "attributes": list(attributes)}], app=app)
    await add_resource_types(database, [{"name": "Box", "endpoint": "/Boxes", "schema": BOX}], app=app)
    return Scim(client, owner)
