"""What the guard against mass deprovisioning remembers: who was deprovisioned lately, what was refused, releases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session


@dataclass(frozen=True, slots=True)
class Deprovisioned:
    """Users deactivated or deleted since a time, each counted once; how many of them are deleted, and how many are left."""

    number: int
    deleted: int
    left: int

    @property
    def users(self) -> int:
        """How many users there were, those that are deleted among them."""
        return self.left + self.deleted


@dataclass(frozen=True, slots=True)
class GuardRecord:
    """Refusals since the guard closed, and until when it is released."""

    refused: int = 0
    refused_since: datetime | None = None
    refused_at: datetime | None = None
    released_until: datetime | None = None


async def hold(caller: Caller, session: Session) -> None:
    """One deprovisioning at a time in an application, so that two do not both take the last place."""
    await session.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('guard:' || $1::text, 0))::text", str(caller.app_id)
    )


async def deprovisioned(
    caller: Caller, session: Session, *, since: datetime, besides: UUID | None = None
) -> Deprovisioned:
    """Who was deprovisioned since then, one user not counted."""
    row = await session.fetchrow(
        "SELECT count(*) AS number, count(*) FILTER (WHERE deleted) AS deleted,"
        " (SELECT coalesce(sum(n), 0)::bigint FROM scim.resource_counts WHERE app_id = $1 AND resource_type = 'User')"
        " AS left FROM scim.deprovisioned WHERE app_id = $1 AND at > $2 AND resource_id IS DISTINCT FROM $3",
        caller.app_id,
        since,
        besides,
    )
    assert row is not None
    return Deprovisioned(row["number"], row["deleted"], row["left"])


async def note(
    caller: Caller, session: Session, user_id: UUID, *, at: datetime, since: datetime, deleted: bool
) -> None:
    """Remember a user as deprovisioned, and forget what is older than the window."""
    await session.execute(
        "WITH old AS (DELETE FROM scim.deprovisioned WHERE app_id = $1 AND at <= $3 AND resource_id <> $2)"
        " INSERT INTO scim.deprovisioned (app_id, resource_id, at, deleted) VALUES ($1, $2, $4, $5)"
        " ON CONFLICT (app_id, resource_id) DO UPDATE SET at = excluded.at, deleted = excluded.deleted",
        caller.app_id,
        user_id,
        since,
        at,
        deleted,
    )


async def forget(caller: Caller, session: Session, user_id: UUID) -> None:
    """A user who is back counts no longer."""
    await session.execute(
        "DELETE FROM scim.deprovisioned WHERE app_id = $1 AND resource_id = $2", caller.app_id, user_id
    )


async def note_return(caller: Caller, session: Session, user_id: UUID) -> None:
    """A user who is back is deleted no longer, but may be inactive."""
    await session.execute(
        "UPDATE scim.deprovisioned SET deleted = FALSE WHERE app_id = $1 AND resource_id = $2", caller.app_id, user_id
    )


async def record_of(caller: Caller, session: Session) -> GuardRecord:
    """What the guard of the application did."""
    row = await session.fetchrow(
        "SELECT refused, refused_since, refused_at, released_until FROM scim.guards WHERE app_id = $1", caller.app_id
    )
    return GuardRecord(**row) if row else GuardRecord()


async def count_refusal(caller: Caller, session: Session, *, at: datetime) -> bool:
    """Count one more refusal; whether it is the first since the guard closed."""
    refused: int = await session.fetchval(
        "INSERT INTO scim.guards AS g (app_id, refused, refused_since, refused_at) VALUES ($1, 1, $2, $2)"
        " ON CONFLICT (app_id) DO UPDATE SET refused = g.refused + 1,"
        " refused_since = coalesce(g.refused_since, $2), refused_at = $2 RETURNING refused",
        caller.app_id,
        at,
    )
    return refused == 1


async def reopen(caller: Caller, session: Session) -> None:
    """The guard let somebody through again: refusals are counted from nothing."""
    await session.execute(
        "UPDATE scim.guards SET refused = 0, refused_since = NULL WHERE app_id = $1 AND refused > 0", caller.app_id
    )


async def release(caller: Caller, session: Session, *, until: datetime) -> None:
    """Let everything through until then, and count from nothing afterwards."""
    await session.execute("DELETE FROM scim.deprovisioned WHERE app_id = $1", caller.app_id)
    await session.execute(
        "INSERT INTO scim.guards AS g (app_id, released_until) VALUES ($1, $2) ON CONFLICT (app_id)"
        " DO UPDATE SET refused = 0, refused_since = NULL, released_until = $2",
        caller.app_id,
        until,
    )
