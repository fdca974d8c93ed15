"""A look at the data from the terminal: what SCIM shows, by the services that HTTP uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

import orjson

from scim.caller import Caller
from scim.config import Settings
from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.protocol.attributes.registry import ResourceType
from scim.services import applications
from scim.services.environment import Environment
from scim.services.group_members import list_members
from scim.services.names import as_uuid, unknown
from scim.services.operator import operator_caller
from scim.services.passwords import Passwords
from scim.services.read import read
from scim.services.requests import Answer, ScimRequest
from scim.services.search import search
from scim.storage import hidden, named, resources
from scim.storage.named import Named
from scim.utils import splice
from scim.utils.clock import now

Resource: TypeAlias = dict[str, Any]

MAX_CANDIDATES: Final = 10
_MAX_NEARBY: Final = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """The first resources that were asked for, and how many there are in all."""

    total: int
    resources: Sequence[Resource]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Looks at the resources of one type in one application; `base_url` is what locations start with."""

    env: Environment
    caller: Caller
    kind: ResourceType
    base_url: str

    @classmethod
    async def at(
        cls, database: Database, settings: Settings, kind: str, *, app: str, tenant: str | None, base_url: str
    ) -> Look:
        """At an application, as the operator.

        Raises:
            OperatorError: there is no such application.
        """
        async with database.session() as session:
            chosen = await applications.resolve(session, app, tenant=tenant)
        caller = operator_caller(chosen.tenant, chosen.app)
        env = Environment.of(database, settings, Passwords(settings))
        found = (await env.registry(caller)).resource_type(kind)
        assert found is not None
        return cls(env=env, caller=caller, kind=found, base_url=base_url)

    async def select(self, *, filter_text: str | None, limit: int, attributes: Sequence[str] = ()) -> Listed:
        """The resources that a filter selects, read by the application's profile; with `attributes` just those.

        Raises:
            ScimError: the filter is malformed, or names what the type has not.
        """
        asked = [("filter", filter_text)] if filter_text is not None else []
        if attributes:
            asked.append(("attributes", ",".join(attributes)))
        return await self._walk(asked, limit)

    async def show(self, id_or_name: str, *, excluded: Sequence[str] = ()) -> Resource:
        """One resource, named by its id, its userName (a group: displayName) or externalId, else its displayName.

        Attributes that are `excluded` are not read.

        Raises:
            OperatorError: there is none, or there are several.
        """
        query = (("excludedAttributes", ",".join(excluded)),) if excluded else ()
        answer = await read(self.env, self.caller, await self._request(query, await self.find(id_or_name)))
        return _plain(answer.body or {})

    async def members(self, id_or_name: str, *, filter_text: str | None, limit: int) -> Listed:
        """The members of a group that a filter on an entry selects.

        Raises:
            OperatorError: there is no such group, or there are several.
            ScimError: the filter is malformed, or names what a member has not.
        """
        asked = [("filter", filter_text)] if filter_text is not None else []
        return await self._walk(asked, limit, members_of=await self.find(id_or_name))

    async def find(self, id_or_name: str) -> UUID:
        """The id of the resource that is meant.

        Raises:
            OperatorError: there is none, or there are several.
        """
        async with self.env.database.session() as session:
            found = await self._candidates(session, id_or_name)
            if not found:
                raise await self._unknown(session, id_or_name)
        if len(found) > 1:
            raise OperatorError(_several(self.kind, id_or_name, found))
        return found[0].id

    async def names_of(self, members: Sequence[Resource]) -> dict[str, str]:
        """The userName of each user among the entries of `members`, the displayName of each group, by id."""
        async with self.env.database.session() as session:
            names = await named.names_of(self.caller, session, [UUID(one["value"]) for one in members])
        return {str(identifier): name for identifier, name in names.items()}

    async def member_counts(self, shown: Sequence[Resource]) -> dict[str, int]:
        """How many members groups have, by id."""
        ids = [UUID(one["id"]) for one in shown]
        async with self.env.database.session() as session:
            counts = await named.member_counts(self.caller, session, ids)
        return {str(identifier): counts.get(identifier, 0) for identifier in ids}

    async def awaited(self, shown: Resource, limit: int) -> list[str]:
        """Whom a resource refers to and who is not here yet, as they were named."""
        async with self.env.database.session() as session:
            return await named.awaited(self.caller, session, UUID(shown["id"]), limit)

    async def _candidates(self, session: Session, id_or_name: str) -> list[Named]:
        identifier = as_uuid(id_or_name)
        if identifier and await resources.load(self.caller, session, self.kind.name, identifier):
            return [Named(identifier, id_or_name, None)]
        asked = (self.caller, session, self.kind, id_or_name, MAX_CANDIDATES + 1)
        return await named.by_name(*asked) or await named.by_display_name(*asked)

    async def _unknown(self, session: Session, id_or_name: str) -> OperatorError:
        what, where = self.kind.name.lower(), f" in application '{self.caller.app}'"
        if self.kind.is_user:
            identifier = as_uuid(id_or_name)
            gone = await hidden.by_id(self.caller, session, identifier) if identifier else []
            if gone or await hidden.by_user_name(self.caller, session, id_or_name):
                return OperatorError(
                    f"user '{id_or_name}'{where} was deleted, but is kept: `pyscim user list --hidden` shows who is,"
                    " `pyscim user restore` brings one back"
                )
        return unknown(
            what,
            id_or_name,
            await named.nearby(self.caller, session, self.kind, id_or_name, _MAX_NEARBY),
            where=where,
        )

    async def _walk(self, asked: Sequence[tuple[str, str]], limit: int, *, members_of: UUID | None = None) -> Listed:
        """Page after page by cursor, as many as it takes."""
        found: list[Resource] = []
        total, cursor = 0, ""
        count = min(limit, self.env.settings.max_page_size)
        while True:
            query = (*asked, ("count", str(count)), ("cursor", cursor))
            body = _plain((await self._page(query, members_of)).body or {})
            found += body["Resources"]
            total = total or body["totalResults"]
            cursor = body.get("nextCursor", "")
            if not cursor or len(found) >= limit:
                return Listed(total, found[:limit])

    async def _page(self, query: tuple[tuple[str, str], ...], members_of: UUID | None) -> Answer:
        request = await self._request(query, members_of)
        if members_of is not None:
            return await list_members(self.env, self.caller, request)
        return await search(self.env, self.caller, request, (self.kind,))

    async def _request(self, query: tuple[tuple[str, str], ...], resource_id: UUID | None) -> ScimRequest:
        return ScimRequest(
            registry=await self.env.registry(self.caller),
            method="GET",
            base_url=self.base_url,
            now=now(),
            query=query,
            kind=self.kind,
            resource_id=str(resource_id) if resource_id else None,
        )


def _several(kind: ResourceType, given: str, found: Sequence[Named]) -> str:
    lines = [
        f"  {one.id}  {one.name}" + (f"  (externalId {one.external_id})" if one.external_id else "")
        for one in found[:MAX_CANDIDATES]
    ]
    more = ["  and more"] if len(found) > MAX_CANDIDATES else []
    return "\n".join([f"'{given}' fits several {kind.name.lower()}s; name one by its id:", *lines, *more])


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """The body without pieces that were printed by the database."""
    plain: dict[str, Any] = orjson.loads(b"".join(splice.dump(body)))
    return plain
