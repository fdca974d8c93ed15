"""Values that must be unique in an application beyond userName: `uniqueness: server`, and group names by a setting."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session


async def claim(
    caller: Caller, session: Session, resource_type: str, resource_id: UUID, values: Sequence[tuple[str, str]]
) -> list[str]:
    """Make `values`, pairs of attribute and key, the resource's own, and free those it had before.

    Returns:
        The attributes whose value another resource has; none when all went well.
    """
    attributes, keys = [name for name, _ in values], [key for _, key in values]
    await session.execute(
        "DELETE FROM scim.unique_values AS u WHERE app_id = $1 AND resource_id = $2"
        " AND NOT EXISTS (SELECT 1 FROM unnest($3::text[], $4::text[]) AS v (attribute, value_key)"
        " WHERE v.attribute = u.attribute AND v.value_key = u.value_key)",
        caller.app_id,
        resource_id,
        attributes,
        keys,
    )
    await session.execute(
        "INSERT INTO scim.unique_values (app_id, resource_type, attribute, value_key, resource_id)"
        " SELECT $1::uuid, $2::text, v.attribute, v.value_key, $3::uuid FROM unnest($4::text[], $5::text[]) AS v (attribute, value_key)"
        " ORDER BY v.attribute, v.value_key ON CONFLICT DO NOTHING",
        caller.app_id,
        resource_type,
        resource_id,
        attributes,
        keys,
    )
    rows = await session.fetch(
        "SELECT attribute, value_key FROM scim.unique_values WHERE app_id = $1 AND resource_id = $2",
        caller.app_id,
        resource_id,
    )
    own = {(row["attribute"], row["value_key"]) for row in rows}
    return [name for name, key in values if (name, key) not in own]


async def release(caller: Caller, session: Session, resource_id: UUID) -> None:
    """Free all that is a resource's own."""
    await session.execute(
        "DELETE FROM scim.unique_values WHERE app_id = $1 AND resource_id = $2", caller.app_id, resource_id
    )


async def is_display_name_taken(
    caller: Caller, session: Session, resource_type: str, resource_id: UUID, display_name_key: str
) -> bool:
    """Whether another resource of the type has the name; until the transaction ends no other can take it."""
    await session.fetchval(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        f"name:{caller.app_id}:{resource_type}:{display_name_key}",
    )
    taken: bool = await session.fetchval(
        "SELECT EXISTS (SELECT 1 FROM scim.resources WHERE app_id = $1 AND resource_type = $2"
        " AND display_name_key = $3 AND id <> $4 AND deleted_at IS NULL)",
        caller.app_id,
        resource_type,
        display_name_key,
        resource_id,
    )
    return taken
