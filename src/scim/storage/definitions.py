"""Schemas and resource types that an application has of its own (RFC 7643 §6, §7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from scim.caller import Caller
from scim.db.session import Session
from scim.exceptions import NotFound
from scim.protocol.text_key import text_key
from scim.storage.resources import STORED, Stored


@dataclass(frozen=True, slots=True)
class Definitions:
    """Schema and ResourceType resources as they are kept, the version that they make together, and since when."""

    version: int
    changed_at: datetime | None
    schemas: Sequence[Mapping[str, Any]]
    resource_types: Sequence[Mapping[str, Any]]


async def load(caller: Caller, session: Session) -> Definitions:
    """All definitions of the application, as of one moment.

    Raises:
        NotFound: the application is gone.
    """
    row = await session.fetchrow(
        "SELECT a.registry_version, a.registry_changed_at,"
        " array(SELECT s.body::text FROM scim.schemas AS s WHERE s.app_id = a.id ORDER BY s.urn) AS schemas,"
        " array(SELECT t.body::text FROM scim.resource_types AS t WHERE t.app_id = a.id ORDER BY t.name) AS types"
        " FROM scim.applications AS a WHERE a.id = $1",
        caller.app_id,
    )
    if row is None:
        raise NotFound("The application does not exist any longer.")
    return Definitions(
        row["registry_version"],
        row["registry_changed_at"],
        [*map(orjson.loads, row["schemas"])],
        [*map(orjson.loads, row["types"])],
    )


async def lock(caller: Caller, session: Session) -> None:
    """Let nobody else change definitions, and no write go on by those that will be gone, until the transaction ends."""
    await session.fetchval(
        "SELECT pg_advisory_xact_lock(hashtextextended('registry:' || $1::text, 0))", str(caller.app_id)
    )


async def hold(caller: Caller, session: Session) -> int:
    """Keep definitions as they are until the transaction ends; the version that they have.

    Two statements: one that waits for a lock sees what was there before it waited.
    """
    await session.fetchval(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended('registry:' || $1::text, 0))", str(caller.app_id)
    )
    version = await session.fetchval("SELECT registry_version FROM scim.applications WHERE id = $1", caller.app_id)
    return int(version or 0)


async def put_schema(caller: Caller, session: Session, body: Mapping[str, Any]) -> None:
    """Add a schema, or put it in the place of the one with its URN."""
    await session.execute(
        "INSERT INTO scim.schemas (app_id, urn, body) VALUES ($1, $2, $3)"
        " ON CONFLICT (app_id, urn) DO UPDATE SET body = excluded.body",
        caller.app_id,
        body["id"],
        orjson.dumps(body).decode(),
    )


async def put_resource_type(caller: Caller, session: Session, body: Mapping[str, Any]) -> None:
    """Add a resource type, or put it in the place of the one with its name."""
    await session.execute(
        "INSERT INTO scim.resource_types (app_id, name, body) VALUES ($1, $2, $3)"
        " ON CONFLICT (app_id, name) DO UPDATE SET body = excluded.body",
        caller.app_id,
        body["name"],
        orjson.dumps(body).decode(),
    )


async def drop_schema(caller: Caller, session: Session, urn: str) -> None:
    """Remove a schema."""
    await session.execute("DELETE FROM scim.schemas WHERE app_id = $1 AND urn = $2", caller.app_id, urn)


async def drop_resource_type(caller: Caller, session: Session, name: str) -> None:
    """Remove a resource type, or what was set for a built-in one."""
    await session.execute("DELETE FROM scim.resource_types WHERE app_id = $1 AND name = $2", caller.app_id, name)


async def bump(caller: Caller, session: Session, *, at: datetime) -> int:
    """The version that the application's definitions have from now on."""
    version: int = await session.fetchval(
        "UPDATE scim.applications SET registry_version = registry_version + 1, registry_changed_at = $2"
        " WHERE id = $1 RETURNING registry_version",
        caller.app_id,
        at,
    )
    return version


async def count_of_schema(caller: Caller, session: Session, urn: str, *, of_type: str | None = None) -> int:
    """How many resources (of a type) have values of a schema, hidden users too; the index on `search` tells."""
    total: int = await session.fetchval(
        "SELECT count(*) FROM scim.resources AS r WHERE r.app_id = $1"
        " AND r.search @> $2::text::jsonb AND ($3::text IS NULL OR r.resource_type = $3)",
        caller.app_id,
        _naming(urn),
        of_type,
    )
    return total


async def count_without_schema(caller: Caller, session: Session, urn: str, resource_type: str) -> int:
    """How many resources of a type have no values of a schema."""
    total: int = await session.fetchval(
        "SELECT count(*) FROM scim.resources AS r WHERE r.app_id = $1 AND r.deleted_at IS NULL"
        " AND r.resource_type = $3 AND NOT r.search @> $2::text::jsonb",
        caller.app_id,
        _naming(urn),
        resource_type,
    )
    return total


async def lock_some_of_schema(
    caller: Caller, session: Session, urn: str, types: Sequence[str], limit: int
) -> list[tuple[Stored, bool]]:
    """A batch of the resources of some types that have values of a schema, locked; whether each is a hidden user."""
    rows = await session.fetch(
        f"SELECT {STORED}, r.deleted_at IS NOT NULL AS is_hidden FROM scim.resources AS r WHERE r.app_id = $1"
        " AND r.search @> $2::text::jsonb AND r.resource_type = ANY($3) ORDER BY r.id LIMIT $4 FOR UPDATE",
        caller.app_id,
        _naming(urn),
        list(types),
        limit,
    )
    return [(Stored.of(row), row["is_hidden"]) for row in rows]


async def lock_some_of_type(caller: Caller, session: Session, resource_type: str, limit: int) -> list[Stored]:
    """A batch of the resources of a type, locked."""
    rows = await session.fetch(
        f"SELECT {STORED} FROM scim.resources AS r WHERE r.app_id = $1 AND r.resource_type = $2"
        " AND r.deleted_at IS NULL ORDER BY r.id LIMIT $3 FOR UPDATE",
        caller.app_id,
        resource_type,
        limit,
    )
    return [Stored.of(row) for row in rows]


def _naming(urn: str) -> str:
    """The least document that names a schema, as `search` has it: URNs are compared without case."""
    return orjson.dumps({"schemas": [text_key(urn)]}).decode()
