"""What several of the conformance tests need: names of schemas, bodies, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from scim.db.database import Database
from scim.services.definitions.resource_types import add_resource_types
from scim.services.definitions.schemas import add_schemas
from tests.support.http import Scim, account

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"
THING = "urn:example:params:scim:schemas:core:2.0:Thing"
BOX = "urn:example:params:scim:schemas:core:2.0:Box"
LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


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


def fault(answer: httpx.Response) -> tuple[int, str | None]:
    """Status and `scimType` of a refusal, which has the body of a SCIM error."""
    body = answer.json()
    assert body.get("schemas") == [ERROR], answer.text
    assert body["status"] == str(answer.status_code)
    return answer.status_code, body.get("scimType")


async def created(scim: Scim, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The resource that a POST made, as answered."""
    answer = await scim.post(path, body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def assert_refused(scim: Scim, body: Mapping[str, Any]) -> None:
    """A user with this body is refused for a value in it, whether made or replaced, and nothing is stored."""
    bo = await scim.user("bo")
    assert fault(await scim.post("/Users", body)) == (400, "invalidValue")
    assert fault(await scim.put(f"/Users/{bo['id']}", body)) == (400, "invalidValue")
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
