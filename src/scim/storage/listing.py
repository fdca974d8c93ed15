"""Pages and totals. A page is cut on keys before documents are read; skipped rows are not free (DESIGN §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.models.settings import ManagerValue
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.filters.checked import Checked
from scim.protocol.paging import Beyond, Place
from scim.storage.fields import Binder
from scim.storage.ordering import Order
from scim.storage.resources import STORED, Stored
from scim.storage.scopes import Surroundings
from scim.storage.where import compile_filter


@dataclass(frozen=True, slots=True)
class Selection:
    """What to list: resource types, each with the condition of the filter as its own definitions judge it (row F-49).

    `condition` is None where there is no filter.
    """

    kinds: tuple[ResourceType, ...]
    conditions: tuple[Checked | None, ...]
    base_url: str
    nests: bool = False


@dataclass(frozen=True, slots=True)
class Skip:
    """A page that begins after so many resources."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One resource of a page, and the place it has in the list."""

    stored: Stored
    place: Place


def surroundings_of(caller: Caller, selection: Selection) -> Surroundings:
    """What the selection's conditions must know."""
    return surroundings(caller, selection.base_url, nests=selection.nests)


def surroundings(caller: Caller, base_url: str, *, nests: bool = False) -> Surroundings:
    """What the conditions and the order of a caller's lists must know."""
    by_id = caller.settings.manager_value is ManagerValue.ID
    return Surroundings(base_url, owner_condition(caller), nests, by_id)


def owner_condition(caller: Caller) -> str:
    """What an `app_id` must be, as the end of a comparison with `$1`, which is the caller's `owner`.

    With one application, the index gives the order too.
    """
    return "= $1" if len(caller.app_ids) == 1 else "= ANY($1)"


def page_statement(
    caller: Caller, selection: Selection, order: Order, start: Skip | Beyond, limit: int
) -> tuple[str, list[Any]]:
    """The SQL of a page, and the values of its bind parameters."""
    bind = Binder(first=2)
    backward = isinstance(start, Beyond) and start.backward
    skipped = start.count if isinstance(start, Skip) else 0
    arms = []
    for number, conditions in enumerate(_conditions(selection, surroundings_of(caller, selection), bind)):
        key = f", {order.keys[number]} AS sort_key" if order.type else ""
        arm = f"SELECT r.app_id, r.id{key} FROM scim.resources AS r WHERE {' AND '.join(conditions)}"
        if isinstance(start, Beyond):
            # OFFSET 0 has a key made once for each resource, however often the condition names it.
            before = f"SELECT * FROM ({arm} OFFSET 0) AS r WHERE" if key else f"{arm} AND"
            arm = f"{before} {order.beyond('r', start, bind)}"
        arms.append(arm)
    if len(arms) > 1:  # each type is cut by itself first, so that each is read in the order of an index
        cut = f"{order.clause('a', backward=backward)} LIMIT {bind(skipped + limit)}"
        arms = [f"(SELECT * FROM ({arm}) AS a {cut})" for arm in arms]
    sql = (
        f"SELECT {STORED}{', k.sort_key' if order.type else ''} FROM (SELECT * FROM ({' UNION ALL '.join(arms)}) AS a"
        f" {order.clause('a', backward=backward)} OFFSET {bind(skipped)} LIMIT {bind(limit)}) AS k"
        f" JOIN scim.resources AS r ON r.app_id = k.app_id AND r.id = k.id {order.clause('k')}"
    )
    return sql, [owner(caller), *bind.values]


async def page(
    caller: Caller, session: Session, selection: Selection, order: Order, start: Skip | Beyond, limit: int
) -> list[Found]:
    """At most `limit` of the resources that are selected, in their order, from `start` on."""
    sql, values = page_statement(caller, selection, order, start, limit)
    # How many resources hold a value in their JSON is not guessed well without the value.
    rows = await (session.fetch_by_values if "r.search" in sql else session.fetch)(sql, *values)
    return [Found(Stored.of(row), Place(row["sort_key"] if order.type else None, str(row["id"]))) for row in rows]


async def count(caller: Caller, session: Session, selection: Selection) -> int:
    """How many resources are selected; without a filter the counters tell."""
    if not any(selection.conditions):
        total = await session.fetchval(
            "SELECT coalesce(sum(n), 0)::bigint FROM scim.resource_counts"
            " WHERE app_id = ANY($1) AND resource_type = ANY($2)",
            list(caller.app_ids),
            [kind.name for kind in selection.kinds],
        )
        return int(total)
    bind = Binder(first=2)
    counts = [
        f"(SELECT count(*) FROM scim.resources AS r WHERE {' AND '.join(conditions)})"
        for conditions in _conditions(selection, surroundings_of(caller, selection), bind)
    ]
    return int(await session.fetchval(f"SELECT {' + '.join(counts)}", owner(caller), *bind.values))


def _conditions(selection: Selection, surroundings: Surroundings, bind: Binder) -> Sequence[list[str]]:
    """The conditions on the row `r`, for each type."""
    found = []
    for kind, condition in zip(selection.kinds, selection.conditions, strict=True):
        conditions = [f"r.app_id {surroundings.owner}", f"r.resource_type = {bind(kind.name)}", "r.deleted_at IS NULL"]
        if condition is not None:
            conditions.append(compile_filter(condition, kind, bind, surroundings))
        found.append(conditions)
    return found


def owner(caller: Caller) -> UUID | list[UUID]:
    """The value of `$1` in `owner_condition`."""
    return caller.app_ids[0] if len(caller.app_ids) == 1 else list(caller.app_ids)
