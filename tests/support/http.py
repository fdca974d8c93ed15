"""A client of an application of its own, through the whole HTTP stack, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import orjson

from scim.config import Settings
from scim.db.database import Database
from scim.main import create_app
from scim.models import Application, Tenant
from scim.services.authentication import Authenticator
from scim.services.definitions.resource_types import add_resource_types
from scim.services.definitions.schemas import add_schemas
from scim.services.environment import Environment
from scim.services.passwords import Passwords
from scim.storage import tokens
from scim.storage.tokens import NewToken
from scim.utils.clock import now
from scim.utils.tokens import make_token, token_hash
from scim.utils.uuid7 import new_id
from tests.vectors import read_vectors

SCIM = "http://test/scim/v2"


@dataclass(frozen=True, slots=True)
class Account:
    """An application and a token for it."""

    tenant_id: UUID
    app_id: UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


async def account(
    database: Database,
    *,
    profile: str = "auto",
    settings: dict[str, Any] | None = None,
    scopes: tuple[str, ...] = ("scim:read", "scim:write"),
    lab: bool = False,
) -> Account:
    """A tenant, an application and a token, straight into the tables.

    With `lab` the application has the vectors' schemas: the lab extension of User, and the type Thing.
    """
    tenant_id, app_id, token = new_id(now()), new_id(now()), make_token("test")
    stamps = {"created_at": now(), "modified_at": now()}
    async with database.transaction() as session:
        await Tenant.create(using_db=session.orm, id=tenant_id, name=str(tenant_id), **stamps)
        await Application.create(
            using_db=session.orm,
            id=app_id,
            tenant_id=tenant_id,
            name="app",
            profile=profile,
            settings=settings or {},
            **stamps,
        )
        await tokens.insert(
            session,
            NewToken(
                id=new_id(now()),
                tenant_id=tenant_id,
                app_id=app_id,
                name="test",
                token_hash=token_hash(token),
                scopes=scopes,
                created_at=now(),
            ),
        )
    if lab:
        await add_schemas(database, [read_vectors("schemas/thing"), read_vectors("schemas/lab_user")], app=str(app_id))
        await add_resource_types(database, read_vectors("schemas/resource_types"), app=str(app_id))
    return Account(tenant_id, app_id, token)


@asynccontextmanager
async def serving(database: Database, settings: Settings | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on an open database; no token is sent unless given."""
    settings = settings or Settings()
    app = create_app(settings)
    passwords = Passwords(settings)
    authenticator = Authenticator(database, cache_seconds=5)
    await authenticator.start()
    app.state.environment = Environment.of(database, settings, passwords)
    app.state.authenticator = authenticator
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1234))
    async with httpx.AsyncClient(transport=transport, base_url=SCIM) as client:
        yield client
    await app.state.environment.journal.stop()
    await authenticator.stop()
    passwords.close()


class Scim:
    """Requests of one application, with bodies as SCIM JSON."""

    def __init__(self, client: httpx.AsyncClient, owner: Account) -> None:
        self.client = client
        self.owner = owner

    async def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        headers = self.owner.headers | options.pop("headers", {})
        if body is not None:
            headers = {"content-type": "application/scim+json"} | headers
            options["content"] = orjson.dumps(body)
        return await self.client.request(method, SCIM + path, headers=headers, **options)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.send("GET", path, params=params or None)

    async def post(self, path: str, body: Any, **options: Any) -> httpx.Response:
        return await self.send("POST", path, body, **options)

    async def put(self, path: str, body: Any, **options: Any) -> httpx.Response:
        return await self.send("PUT", path, body, **options)

    async def patch(self, path: str, *operations: Any, **options: Any) -> httpx.Response:
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}
        return await self.send("PATCH", path, body, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("DELETE", path, **options)

    async def bulk(self, *operations: Any, **members: Any) -> httpx.Response:
        """A bulk request with these operations; `members` stand beside them."""
        urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
        return await self.post("/Bulk", {"schemas": [urn], "Operations": list(operations)} | members)

    async def until(self, path: str, expected: Callable[[httpx.Response], bool] | int) -> None:
        """Wait the moments that it takes until a GET is answered as expected: servers hear of changes by notification."""
        for _ in range(100):
            answer = await self.get(path)
            if answer.status_code == expected if isinstance(expected, int) else expected(answer):
                return
            await asyncio.sleep(0.025)
        raise AssertionError(f"GET {path} is still answered {answer.status_code} {answer.text}")

    async def user(self, name: str, /, **attributes: Any) -> dict[str, Any]:
        """A new user, as answered."""
        body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name} | attributes
        answer = await self.post("/Users", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def group(self, name: str, *members: str) -> dict[str, Any]:
        """A new group with the members of these ids, as answered."""
        body: dict[str, Any] = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name}
        if members:
            body["members"] = [{"value": one} for one in members]
        answer = await self.post("/Groups", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made
