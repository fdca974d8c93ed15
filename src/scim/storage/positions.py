"""Where walks by `startIndex` go on: remembered for a while, where every worker finds it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import orjson

from scim.caller import Caller
from scim.db.session import Session
from scim.protocol.paging import Place

UNSCOPED = (
    # Off the request path: what is too old goes, whoever's it is.
    "forget",
)
_NO_TOKEN = UUID(int=0)
"""Where authentication is switched off."""

_BATCH = 10_000


async def recall(caller: Caller, session: Session, query: bytes, start_index: int, *, since: datetime) -> Place | None:
    """The place at which the page before `start_index` ended, if that was after `since`."""
    found = await session.fetchval(
        "SELECT position FROM scim.page_positions"
        " WHERE app_id = $1 AND token_id = $2 AND query = $3 AND start_index = $4 AND at >= $5",
        *_walker(caller),
        query,
        start_index,
        since,
    )
    return None if found is None else Place.from_json(orjson.loads(found))


async def remember(
    caller: Caller, session: Session, query: bytes, start_index: int, place: Place, *, at: datetime
) -> None:
    """The page that `start_index` asks for begins after `place`."""
    await session.execute(
        "INSERT INTO scim.page_positions (app_id, token_id, query, start_index, position, at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (app_id, token_id, query, start_index)"
        " DO UPDATE SET position = excluded.position, at = excluded.at",
        *_walker(caller),
        query,
        start_index,
        orjson.dumps(place.to_json()).decode(),
        at,
    )


async def drop(caller: Caller, session: Session, query: bytes, start_index: int) -> None:
    """The exact offset counts for `start_index`, whatever an earlier walk left there."""
    await session.execute(
        "DELETE FROM scim.page_positions WHERE app_id = $1 AND token_id = $2 AND query = $3 AND start_index = $4",
        *_walker(caller),
        query,
        start_index,
    )


async def forget(session: Session, *, before: datetime) -> int:
    """Drop a batch of places that are too old; how many. No caller, for they are of all of them."""
    return await session.execute(
        "DELETE FROM scim.page_positions WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM scim.page_positions WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
        before,
        _BATCH,
    )


def _walker(caller: Caller) -> tuple[UUID, UUID]:
    """Whose walk it is; one over a whole tenant is kept under the tenant's id."""
    owner = caller.app_ids[0] if len(caller.app_ids) == 1 else caller.tenant_id
    return owner, caller.token_id or _NO_TOKEN
