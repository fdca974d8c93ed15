"""How much was asked of each application, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session

UNSCOPED: Final = (
    # They serve the server itself, for all applications at once.
    "add",
    "forget",
)


async def add(session: Session, counts: Mapping[tuple[UUID, date, str], int]) -> None:
    """Add to the counts, by application, day and kind; no caller, for they are of many applications."""
    listed = sorted(counts)
    await session.execute(
        "INSERT INTO scim.activity AS a (app_id, day, kind, n)"
        " SELECT * FROM unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[])"
        " ON CONFLICT (app_id, day, kind) DO UPDATE SET n = a.n + excluded.n",
        [app_id for app_id, _, _ in listed],
        [day for _, day, _ in listed],
        [kind for _, _, kind in listed],
        [counts[one] for one in listed],
    )


async def since(caller: Caller, session: Session, day: date) -> dict[str, int]:
    """The counts of the caller's application from a day on, by kind."""
    rows = await session.fetch(
        "SELECT kind, sum(n)::bigint AS n FROM scim.activity WHERE app_id = $1 AND day >= $2 GROUP BY kind ORDER BY kind",
        caller.app_id,
        day,
    )
    return {row["kind"]: row["n"] for row in rows}


async def forget(session: Session, before: date) -> None:
    """Drop the counts of days before; no caller, for it is done for all applications."""
    await session.execute("DELETE FROM scim.activity WHERE day < $1", before)
