"""Pages and totals. A page is cut on keys before documents are read; skipped rows are not free (DESIGN §3)."""

from __future__ import annotations

from typing import Any

from scim.caller import Caller
from scim.db.session import Session
from scim.protocol.attributes.registry import ResourceType
from scim.storage.ordering import Order
from scim.storage.resources import STORED, Stored
from scim.storage.where import Where

FIRST = 3
"""The number of the first bind parameter of a compiled filter: the owner and the type come before it."""


def _owner(caller: Caller) -> tuple[str, Any]:
    """The clause that keeps a query in the caller's applications; with one of them, the index gives the order too."""
    if len(caller.app_ids) == 1:
        return "r.app_id = $1", caller.app_ids[0]
    return "r.app_id = ANY($1)", list(caller.app_ids)


def page_statement(caller: Caller, where: Where, order: Order) -> str:
    """The SQL of a page; offset and limit are its last two bind parameters."""
    offset, limit = f"${FIRST + len(where.values)}", f"${FIRST + len(where.values) + 1}"
    return (
        f"SELECT {STORED} FROM (SELECT r.app_id, r.id, {order.key} AS sort_key FROM scim.resources AS r"
        f" WHERE {_owner(caller)[0]} AND r.resource_type = $2 AND r.deleted_at IS NULL AND {where.sql}"
        f" ORDER BY {order.by} OFFSET {offset} LIMIT {limit}) AS k"
        f" JOIN scim.resources AS r ON r.app_id = k.app_id AND r.id = k.id ORDER BY {order.again}"
    )


async def page(
    caller: Caller, session: Session, kind: ResourceType, where: Where, order: Order, *, offset: int, limit: int
) -> list[Stored]:
    """Resources `offset + 1` to `offset + limit` of those that the filter selects."""
    rows = await session.fetch(
        page_statement(caller, where, order), _owner(caller)[1], kind.name, *where.values, offset, limit
    )
    return [Stored.of(row) for row in rows]


async def count(caller: Caller, session: Session, kind: ResourceType, where: Where) -> int:
    """How many resources the filter selects; without a filter the counters tell."""
    if where.is_everything:
        total = await session.fetchval(
            "SELECT coalesce(sum(n), 0)::bigint FROM scim.resource_counts WHERE app_id = ANY($1) AND resource_type = $2",
            list(caller.app_ids),
            kind.name,
        )
    else:
        owner, value = _owner(caller)
        total = await session.fetchval(
            "SELECT count(*) FROM scim.resources AS r"
            f" WHERE {owner} AND r.resource_type = $2 AND r.deleted_at IS NULL AND {where.sql}",
            value,
            kind.name,
            *where.values,
        )
    return int(total)
