"""Members of groups as JSON text that the database prints: as many as there are, without an object for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from scim.caller import Caller
from scim.db.session import Session
from scim.protocol.filters.checked import Checked
from scim.protocol.paging import Beyond, Place
from scim.storage.fields import Binder, as_id
from scim.storage.listing import Skip, owner, owner_condition
from scim.storage.scopes import ENDPOINTS, MEMBER_ROWS
from scim.storage.where import compile_member_filter
from scim.utils.splice import Spliced

PARTS = ("value", "$ref", "type", "display")
"""The sub-attributes of a member, in the order in which they are shown (rows Q-02, Q-05)."""

_PIECE = 500
"""Entries in one row that the database gives: some tens of kilobytes."""


async def members_of(
    caller: Caller, session: Session, group_ids: Sequence[UUID], *, base_url: str, parts: Sequence[str]
) -> dict[UUID, Spliced]:
    """The members of groups, each group's in the order of ids, with those `parts`; a group without members is left out."""
    bind = Binder(first=3)
    rows = await session.fetch(
        "SELECT e.group_id, convert_to(string_agg(e.entry, ',' ORDER BY e.member_id), 'UTF8') AS entries FROM ("
        f"SELECT gm.group_id, gm.member_id, {_entry(parts, base_url, bind)} AS entry,"
        f" (row_number() OVER (PARTITION BY gm.group_id ORDER BY gm.member_id)) / {_PIECE} AS piece"
        f" FROM {MEMBER_ROWS} WHERE gm.app_id = ANY($1) AND gm.group_id = ANY($2) AND m.deleted_at IS NULL) AS e"
        " GROUP BY e.group_id, e.piece ORDER BY e.group_id, e.piece",
        list(caller.app_ids),
        list(group_ids),
        *bind.values,
    )
    pieces: dict[UUID, list[bytes]] = {}
    for row in rows:
        if row["entries"]:
            pieces.setdefault(row["group_id"], []).append(row["entries"])
    return {group_id: Spliced(found) for group_id, found in pieces.items()}


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a page: its place in the list, and the entry as JSON."""

    place: Place
    text: bytes


@dataclass(frozen=True, slots=True)
class Membership:
    """The members of one group that a filter selects, in the order of their ids."""

    caller: Caller
    session: Session
    group_id: UUID
    base_url: str
    condition: Checked | None = None

    async def count(self) -> int:
        """How many there are."""
        bind = Binder(first=3)
        where = self._where(bind)
        if self.condition is None:  # each is a row of its own, so that the members themselves need no look
            where = f"FROM scim.group_members AS gm WHERE gm.app_id {owner_condition(self.caller)} AND gm.group_id = $2"
        return int(await self.session.fetchval(f"SELECT count(*) {where}", *self._group, *bind.values))

    async def page(self, start: Skip | Beyond, limit: int, *, parts: Sequence[str]) -> list[Member]:
        """At most `limit` of them from `start` on, with those `parts`, of which `value` is one."""
        bind = Binder(first=3)
        entry, where = _entry(parts, self.base_url, bind), self._where(bind)
        backward = isinstance(start, Beyond) and start.backward
        beyond, skipped = "", 0
        if isinstance(start, Beyond):
            sign = f"{'<' if backward else '>'}{'=' if start.inclusive else ''}"
            beyond = f" AND gm.member_id {sign} {bind(as_id(start.place.id))}"
        else:
            skipped = start.count
        rows = await self.session.fetch(
            f"SELECT gm.member_id, convert_to({entry}, 'UTF8') AS entry {where}{beyond}"
            f" ORDER BY gm.member_id {'DESC' if backward else 'ASC'} OFFSET {bind(skipped)} LIMIT {bind(limit)}",
            *self._group,
            *bind.values,
        )
        found = [Member(Place(None, str(row["member_id"])), row["entry"]) for row in rows]
        return found[::-1] if backward else found

    @property
    def _group(self) -> tuple[UUID | list[UUID], UUID]:
        return owner(self.caller), self.group_id

    def _where(self, bind: Binder) -> str:
        condition = ""
        if self.condition is not None:
            condition = f" AND {compile_member_filter(self.condition, bind, base_url=self.base_url)}"
        return f"FROM {MEMBER_ROWS} WHERE gm.app_id {owner_condition(self.caller)} AND gm.group_id = $2 AND m.deleted_at IS NULL{condition}"


def _entry(parts: Sequence[str], base_url: str, bind: Binder) -> str:
    """One member `gm`, `m`; NULL where it has none of the parts."""
    printed = {
        "value": "'\"value\":\"' || gm.member_id || '\"'",
        "type": "'\"type\":\"' || gm.member_type || '\"'",
        "display": "'\"display\":' || to_json(coalesce(m.document ->> 'displayName', gm.display))::text",
    }
    if "$ref" in parts:
        user, group = (f"{bind(_inside_json(base_url + ENDPOINTS[kind]))}::text" for kind in ("User", "Group"))
        endpoint = f"CASE gm.member_type WHEN 'Group' THEN {group} ELSE {user} END"
        printed["$ref"] = f"'\"$ref\":\"' || {endpoint} || '/' || gm.member_id || '\"'"
    shown = ", ".join(printed[part] for part in PARTS if part in parts)
    return f"'{{' || nullif(concat_ws(',', {shown}), '') || '}}'"


def _inside_json(text: str) -> str:
    return orjson.dumps(text)[1:-1].decode()
