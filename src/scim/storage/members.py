"""Membership as set operations: rows, not documents (DESIGN §1.6).

The order of locks is the same everywhere: the resources referred to by id, then the group (DESIGN §3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Row, Session
from scim.protocol.filters.checked import Checked
from scim.protocol.text_key import text_key
from scim.storage.fields import Binder
from scim.storage.scopes import MEMBER_ROWS
from scim.storage.where import compile_member_filter


@dataclass(frozen=True, slots=True)
class Member:
    """One row to add: who, of which type, and the display text that came with it."""

    id: UUID
    resource_type: str
    display: str | None


async def add(
    caller: Caller, session: Session, group_id: UUID, members: Sequence[Member], *, at: datetime
) -> list[UUID]:
    """Insert the members that the group lacks; the ids of those."""
    return [member for _, member in await add_all(caller, session, [(group_id, one) for one in members], at=at)]


async def add_all(
    caller: Caller, session: Session, memberships: Sequence[tuple[UUID, Member]], *, at: datetime
) -> list[tuple[UUID, UUID]]:
    """Insert members of several groups that these lack; (group, member) of those."""
    members = [member for _, member in memberships]
    rows = await session.fetch(
        "INSERT INTO scim.group_members (app_id, group_id, member_id, member_type, display, display_key, added_at)"
        " SELECT $1, m.group_id, m.id, m.kind, m.display, m.display_key, $7"
        " FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[])"
        " AS m (group_id, id, kind, display, display_key)"
        " ORDER BY m.group_id, m.id ON CONFLICT DO NOTHING RETURNING group_id, member_id",
        caller.app_id,
        [group_id for group_id, _ in memberships],
        [member.id for member in members],
        [member.resource_type for member in members],
        [member.display for member in members],
        [text_key(member.display) if member.display is not None else None for member in members],
        at,
    )
    return [(row["group_id"], row["member_id"]) for row in rows]


async def among(caller: Caller, session: Session, group_id: UUID, ids: Sequence[UUID]) -> bool:
    """Whether any of these is a member."""
    found: bool = await session.fetchval(
        "SELECT EXISTS (SELECT 1 FROM scim.group_members WHERE app_id = $1 AND group_id = $2 AND member_id = ANY($3))",
        caller.app_id,
        group_id,
        list(ids),
    )
    return found


async def remove(caller: Caller, session: Session, group_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Drop the members named; the ids of those that were in."""
    rows = await session.fetch(
        "DELETE FROM scim.group_members WHERE app_id = $1 AND group_id = $2 AND member_id = ANY($3) RETURNING member_id",
        caller.app_id,
        group_id,
        list(ids),
    )
    return [row["member_id"] for row in rows]


async def remove_where(
    caller: Caller, session: Session, group_id: UUID, condition: Checked, *, base_url: str
) -> list[UUID]:
    """Drop the members that a filter selects; the ids of those."""
    bind = Binder(first=3)
    where = compile_member_filter(condition, bind, base_url=base_url)
    rows = await session.fetch(
        "DELETE FROM scim.group_members AS gm USING scim.resources AS m"
        f" WHERE gm.app_id = $1 AND gm.group_id = $2 AND m.app_id = gm.app_id AND m.id = gm.member_id AND {where}"
        " RETURNING gm.member_id",
        caller.app_id,
        group_id,
        *bind.values,
    )
    return [row["member_id"] for row in rows]


async def keep_only(caller: Caller, session: Session, group_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Drop all members but those named; the ids of those that went."""
    rows = await session.fetch(
        "DELETE FROM scim.group_members WHERE app_id = $1 AND group_id = $2 AND NOT member_id = ANY($3)"
        " RETURNING member_id",
        caller.app_id,
        group_id,
        list(ids),
    )
    return [row["member_id"] for row in rows]


async def leave_all_groups(caller: Caller, session: Session, member_id: UUID) -> dict[UUID, str | None]:
    """Drop every membership of a resource; the groups it was in, by id, with the display text that came with it.

    Each group is locked before it loses the member: who changes a group has it locked, too, before its members.
    """
    rows = await session.fetch(
        "WITH held AS MATERIALIZED (SELECT id FROM scim.resources WHERE app_id = $1 AND id IN"
        " (SELECT group_id FROM scim.group_members WHERE app_id = $1 AND member_id = $2)"
        " ORDER BY id FOR NO KEY UPDATE)"
        " DELETE FROM scim.group_members AS gm USING held"
        " WHERE gm.app_id = $1 AND gm.member_id = $2 AND gm.group_id = held.id RETURNING gm.group_id, gm.display",
        caller.app_id,
        member_id,
    )
    return {row["group_id"]: row["display"] for row in sorted(rows, key=lambda row: row["group_id"])}


async def lock_nesting(caller: Caller, session: Session) -> None:
    """One change of nesting at a time in an application, so that no cycle can form between two of them."""
    await session.fetchval(
        "SELECT pg_advisory_xact_lock(hashtextextended('nesting:' || $1::text, 0))", str(caller.app_id)
    )


async def would_cycle(caller: Caller, session: Session, group_id: UUID, member_ids: Sequence[UUID]) -> bool:
    """Whether `group_id` is among the groups below `member_ids`, or is one of them."""
    found: bool = await session.fetchval(
        "WITH RECURSIVE below (id) AS (SELECT unnest($3::uuid[])"
        " UNION SELECT gm.member_id FROM scim.group_members AS gm JOIN below ON gm.group_id = below.id"
        " WHERE gm.app_id = $1 AND gm.member_type = 'Group')"
        " SELECT EXISTS (SELECT 1 FROM below WHERE id = $2)",
        caller.app_id,
        group_id,
        list(member_ids),
    )
    return found


async def selected(
    caller: Caller, session: Session, group_id: UUID, condition: Checked | None, *, base_url: str
) -> list[dict[str, Any]]:
    """`value`, `type` and `display` of the members that a filter selects, of all without one, in the order of ids."""
    bind = Binder(first=3)
    where = compile_member_filter(condition, bind, base_url=base_url) if condition is not None else "TRUE"
    rows = await session.fetch(
        "SELECT gm.member_id, gm.member_type, coalesce(m.document ->> 'displayName', gm.display) AS display"
        f" FROM {MEMBER_ROWS} WHERE gm.app_id = $1 AND gm.group_id = $2 AND m.deleted_at IS NULL AND ({where}) ORDER BY gm.member_id",
        caller.app_id,
        group_id,
        *bind.values,
    )
    return [{"value": str(row["member_id"]), "type": row["member_type"], "display": row["display"]} for row in rows]


async def groups_of(caller: Caller, session: Session, member_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """`value`, `type` (direct or indirect) and `display` of the groups that resources are in (rows Q-09, Q-10).

    Only where groups are in groups is there a second look, for those above.
    """
    rows = await session.fetch(
        "SELECT gm.member_id, gm.group_id, 'direct' AS kind, g.document ->> 'displayName' AS display,"
        " EXISTS (SELECT 1 FROM scim.group_members AS n WHERE n.app_id = ANY($1) AND n.member_type = 'Group') AS nests"
        " FROM scim.group_members AS gm JOIN scim.resources AS g ON g.app_id = gm.app_id AND g.id = gm.group_id"
        " WHERE gm.app_id = ANY($1) AND gm.member_id = ANY($2) AND g.deleted_at IS NULL"
        " ORDER BY gm.member_id, gm.group_id",
        list(caller.app_ids),
        list(member_ids),
    )
    if rows and rows[0]["nests"]:
        above = await _groups_above(caller, session, member_ids)
        rows = sorted([*rows, *above], key=lambda row: (row["member_id"], row["group_id"]))
    grouped: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        entry = {"value": str(row["group_id"]), "type": row["kind"], "display": row["display"]}
        grouped.setdefault(row["member_id"], []).append(entry)
    return grouped


async def _groups_above(caller: Caller, session: Session, member_ids: Sequence[UUID]) -> Sequence[Row]:
    """The groups that resources are in through other groups, and not directly."""
    return await session.fetch(
        "WITH RECURSIVE up (member_id, group_id) AS (SELECT gm.member_id, gm.group_id FROM scim.group_members AS gm"
        " WHERE gm.app_id = ANY($1) AND gm.member_id = ANY($2)"
        " UNION SELECT up.member_id, gm.group_id FROM up JOIN scim.group_members AS gm ON gm.member_id = up.group_id"
        " WHERE gm.app_id = ANY($1) AND gm.member_type = 'Group')"
        " SELECT up.member_id, up.group_id, 'indirect' AS kind, g.document ->> 'displayName' AS display"
        " FROM up JOIN scim.resources AS g ON g.app_id = ANY($1) AND g.id = up.group_id"
        " WHERE g.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM scim.group_members AS gm WHERE gm.app_id = g.app_id"
        " AND gm.group_id = up.group_id AND gm.member_id = up.member_id)",
        list(caller.app_ids),
        list(member_ids),
    )


async def nests(caller: Caller, session: Session) -> bool:
    """Whether groups are in groups in any of the caller's applications."""
    found: bool = await session.fetchval(
        "SELECT EXISTS (SELECT 1 FROM scim.group_members WHERE app_id = ANY($1) AND member_type = 'Group')",
        list(caller.app_ids),
    )
    return found


async def has_more_than(caller: Caller, session: Session, group_id: UUID, limit: int) -> bool:
    """Whether a group has more members than that; no more of them are counted."""
    found: bool = await session.fetchval(
        "SELECT EXISTS (SELECT 1 FROM scim.group_members WHERE app_id = $1 AND group_id = $2 OFFSET $3 LIMIT 1)",
        caller.app_id,
        group_id,
        limit,
    )
    return found
