"""One change of an application's definitions: what there is, what becomes of it, and who is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from scim.caller import Caller
from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.protocol.attributes.registry import Registry, ResourceType, application_registry
from scim.services import applications
from scim.services.operator import operator_caller, record
from scim.storage import definitions, tokens
from scim.storage.tokens import Change
from scim.utils.clock import now

T = TypeVar("T")

LIST_KEY: Final = "Resources"


@dataclass(slots=True)
class Work:
    """The definitions of one application, locked; they are checked and written one by one, and bumped at the end."""

    caller: Caller
    session: Session
    schemas: dict[str, Mapping[str, Any]]
    types: dict[str, Mapping[str, Any]]

    @property
    def registry(self) -> Registry:
        """What the definitions make together with the built-in ones."""
        version = self.caller.registry_version
        return application_registry(self.schemas.values(), self.types.values(), version=version)

    async def put_schema(self, body: Mapping[str, Any]) -> None:
        """Add a schema, or put it in the place of the one with its URN."""
        self.schemas[body["id"]] = body
        await definitions.put_schema(self.caller, self.session, body)

    async def drop_schema(self, urn: str) -> None:
        """Remove a schema that no type names any longer."""
        del self.schemas[urn]
        await definitions.drop_schema(self.caller, self.session, urn)

    async def put_type(self, body: Mapping[str, Any]) -> None:
        """Add a resource type, or put it in the place of the one with its name."""
        self.types[body["name"]] = body
        await definitions.put_resource_type(self.caller, self.session, body)

    async def drop_type(self, name: str) -> None:
        """Remove a resource type."""
        del self.types[name]
        await definitions.drop_resource_type(self.caller, self.session, name)

    async def note(self, action: str, changes: Mapping[str, tuple[Any, Any]]) -> None:
        """Leave an audit record; the subject is the application."""
        await record(self.caller, self.session, action, self.caller.app_id, changes)

    async def check_may_require(self, kind: str, urn: str) -> None:
        """Make sure that an extension can become required.

        Raises:
            OperatorError: resources of the type have no values of it, and no client could change them any longer.
        """
        lacking = await definitions.count_without_schema(self.caller, self.session, urn, kind)
        if lacking:
            raise OperatorError(
                f"{urn} cannot be required of {kind}: {resources_have(lacking)} no values of it; give them some first"
            )


async def changing(
    database: Database, app: str, tenant: str | None, change: Callable[[Work], Awaitable[T]]
) -> tuple[T, Caller]:
    """Run a change of an application's definitions, and tell every worker.

    Returns:
        What the change gave, and the operator acting on the application as it is then.

    Raises:
        OperatorError: no such application; whatever the change refuses.
    """
    async with database.transaction() as session:
        chosen = await applications.resolve(session, app, tenant=tenant)
        caller = operator_caller(chosen.tenant, chosen.app)
        await definitions.lock(caller, session)
        found = await definitions.load(caller, session)
        schemas = {body["id"]: body for body in found.schemas}
        work = Work(caller, session, schemas, {body["name"]: body for body in found.resource_types})
        done = await change(work)
        await definitions.bump(caller, session, at=now())
        await tokens.notify(session, Change.SCHEMA, caller.app_id)
    return done, caller


def bodies_of(content: Any) -> list[Any]:
    """The definitions in a file: one, a list of them, or a ListResponse as the discovery endpoints answer it."""
    if isinstance(content, dict) and isinstance(content.get(LIST_KEY), list):
        content = content[LIST_KEY]
    return content if isinstance(content, list) else [content]


def type_body(kind: ResourceType, extensions: list[dict[str, Any]]) -> dict[str, Any]:
    """A resource type as it is kept, with these extensions."""
    return {
        "id": kind.name,
        "name": kind.name,
        "description": kind.description,
        "endpoint": kind.endpoint,
        "schema": kind.schema.id,
        "schemaExtensions": extensions,
    }


def extensions_of(kind: ResourceType) -> list[dict[str, Any]]:
    """The extensions of a type as its ResourceType resource lists them."""
    return [{"schema": one.schema.id, "required": one.required} for one in kind.extensions]


def resources_have(count: int) -> str:
    """`1 resource has`, `2 resources have`."""
    return "1 resource has" if count == 1 else f"{count} resources have"
