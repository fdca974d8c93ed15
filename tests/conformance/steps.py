"""What the tests on filters and on changes do alike."""

from __future__ import annotations

from typing import Any

import httpx

from scim.db.database import Database
from scim.services.definitions.resource_types import add_resource_types
from scim.services.definitions.schemas import add_schemas
from tests.conformance.tools import LAB, THING, USER
from tests.support.http import Scim, account

OWN = "urn:example:params:scim:schemas:core:2.0:"
"""What the URN of a type made by `with_type` begins with."""


def refused(answer: httpx.Response, status: int, *scim_types: str) -> None:
    """The answer is an error of this status and, where any are given, of one of these scimTypes."""
    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == str(status)
    assert not scim_types or answer.json().get("scimType") in scim_types, answer.text


def done(answer: httpx.Response) -> dict[str, Any]:
    """The resource in an answer that says 200."""
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def at(resource: dict[str, Any]) -> str:
    """Where a resource is, below the base URL."""
    endpoint = {"User": "/Users", "Group": "/Groups", "Thing": "/Things"}[resource["meta"]["resourceType"]]
    return f"{endpoint}/{resource['id']}"


async def now(scim: Scim, resource: dict[str, Any]) -> dict[str, Any]:
    """The resource as it is stored now."""
    return done(await scim.get(at(resource)))


async def lab_user(lab: Scim, name: str, **attributes: Any) -> dict[str, Any]:
    """A new user with attributes of the lab extension."""
    return await lab.user(name, schemas=[USER, LAB], **{LAB: attributes})


async def thing(lab: Scim, name: str, **attributes: Any) -> dict[str, Any]:
    """A new Thing, as answered."""
    answer = await lab.post("/Things", {"schemas": [THING], "name": name} | attributes)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def found(scim: Scim, text: str, endpoint: str = "/Users") -> set[str]:
    """The names of the resources that a filter selects, each counted by `totalResults`."""
    body = done(await scim.get(endpoint, filter=text))
    names = [one.get("userName") or one.get("displayName") or one.get("name") for one in body["Resources"]]
    assert body["totalResults"] == len(names) == len(set(names)), text
    return set(names)


async def refuses_filter(scim: Scim, text: str, endpoint: str = "/Users") -> str:
    """The detail of the error that a filter meets."""
    answer = await scim.get(endpoint, filter=text)
    refused(answer, 400, "invalidFilter")
    return str(answer.json()["detail"])


async def with_type(client: httpx.AsyncClient, database: Database, kind: str, *attributes: dict[str, Any]) -> Scim:
    """A strict application that has a type of its own besides, at its name with an `s`."""
    owner = await account(database, profile="strict")
    app, urn = str(owner.app_id), OWN + kind
    await add_schemas(database, [{"id": urn, "attributes": attributes}], app=app)
    await add_resource_types(database, [{"name": kind, "endpoint": f"/{kind}s", "schema": urn}], app=app)
    return Scim(client, owner)


async def secret(database: Database, resource: dict[str, Any]) -> str | None:
    """What is stored of a password."""
    async with database.session() as session:
        stored: str | None = await session.fetchval("SELECT secret FROM scim.resources WHERE id = $1", resource["id"])
    return stored
