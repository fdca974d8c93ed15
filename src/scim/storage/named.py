"""Finding resources by what people call them: userName or displayName, externalId, or a part of a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Row, Session
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.text_key import bounded_key, bounded_text

_PREFIX: Final = 2
"""Names that begin with as many of the same characters may be meant."""

_LAST: Final = "\U0010ffff"
"""Sorts behind every text that goes on."""


@dataclass(frozen=True, slots=True)
class Named:
    """A resource with the names that it has."""

    id: UUID
    name: str
    external_id: str | None

    @classmethod
    def of(cls, row: Row) -> Named:
        """From a row of `_NAMED`."""
        return cls(row["id"], row["name"] or "", row["external_id"])


async def by_name(caller: Caller, session: Session, kind: ResourceType, text: str, limit: int) -> list[Named]:
    """Resources with that userName (groups: displayName), letter case ignored, or that externalId; oldest first."""
    return await _fetch(
        caller,
        session,
        kind,
        f"(r.{_name_key(kind)} = $3 OR r.external_id = $4) ORDER BY r.id LIMIT $5",
        bounded_key(text),
        bounded_text(text),
        limit,
    )


async def by_display_name(caller: Caller, session: Session, kind: ResourceType, text: str, limit: int) -> list[Named]:
    """Resources with that displayName, letter case ignored; oldest first."""
    return await _fetch(
        caller, session, kind, "r.display_name_key = $3 ORDER BY r.id LIMIT $4", bounded_key(text), limit
    )


async def nearby(caller: Caller, session: Session, kind: ResourceType, text: str, limit: int) -> list[str]:
    """Names that begin as the text does; where there are none, the first there are."""
    key, column = bounded_key(text)[:_PREFIX], f"r.{_name_key(kind)}"
    order = f"ORDER BY {column} LIMIT $3"
    found = await _fetch(
        caller, session, kind, f"{column} >= $4 AND {column} < $5 {order}", limit, key, key + _LAST
    ) or await _fetch(caller, session, kind, f"{column} IS NOT NULL {order}", limit)
    return [one.name for one in found]


async def names_of(caller: Caller, session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The userName of each user, the displayName of each group, by id."""
    rows = await session.fetch(
        "SELECT id, coalesce(document ->> 'userName', document ->> 'displayName') AS name FROM scim.resources"
        " WHERE app_id = $1 AND id = ANY($2) AND deleted_at IS NULL",
        caller.app_id,
        list(ids),
    )
    return {row["id"]: row["name"] for row in rows if row["name"] is not None}


async def member_counts(caller: Caller, session: Session, group_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many members groups have; groups without any are left out."""
    rows = await session.fetch(
        "SELECT group_id, count(*) AS n FROM scim.group_members WHERE app_id = $1 AND group_id = ANY($2)"
        " GROUP BY group_id",
        caller.app_id,
        list(group_ids),
    )
    return {row["group_id"]: row["n"] for row in rows}


async def awaited(caller: Caller, session: Session, holder_id: UUID, limit: int) -> list[str]:
    """Whom a resource refers to and who is not here yet, as they were named."""
    rows = await session.fetch(
        "SELECT sent ->> 'value' AS name FROM scim.pending_references WHERE app_id = $1 AND holder_id = $2"
        " ORDER BY attribute, sent_key LIMIT $3",
        caller.app_id,
        holder_id,
        limit,
    )
    return [row["name"] for row in rows]


def _name_key(kind: ResourceType) -> str:
    return "user_name_key" if kind.is_user else "display_name_key"


async def _fetch(caller: Caller, session: Session, kind: ResourceType, condition: str, *values: object) -> list[Named]:
    name = "userName" if kind.is_user else "displayName"
    rows = await session.fetch(
        f"SELECT r.id, r.document ->> '{name}' AS name, r.document ->> 'externalId' AS external_id"
        " FROM scim.resources AS r WHERE r.app_id = $1 AND r.resource_type = $2 AND r.deleted_at IS NULL"
        f" AND {condition}",
        caller.app_id,
        kind.name,
        *values,
    )
    return [*map(Named.of, rows)]
