"""Binding what was kept when the resource that it names arrives: by a create, an update, or a restore (quirk COMMON-34)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.models.settings import Reference
from scim.protocol.attributes.registry import GROUP, USER
from scim.services.references import ANY_MANAGER, ANY_MEMBER, lock_found, look_up
from scim.storage import audit, members, pending, references, resources
from scim.storage.audit import Entry, Origin
from scim.storage.members import Member
from scim.storage.pending import MANAGER, MEMBERS, Pending
from scim.storage.references import Found

_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Binds references in the transaction of a write; each holder gets an audit record of its own."""

    caller: Caller
    session: Session
    origin: Origin
    at: datetime

    async def bind(self, keys: Iterable[str]) -> int:
        """Bind what is kept under these names, where it means exactly one resource now; how many references that were.

        Groups get their members and a new version; users their manager, which changes no version: `$ref` and
        displayName of a manager are derived.

        Raises:
            Stale: whom a name means is being deleted.
        """
        asked = sorted(keys)
        waiting = await pending.waiting_for(self.caller, self.session, asked) if asked else []
        bound = 0
        for attribute, work in ((MANAGER, self._bind_managers), (MEMBERS, self._bind_members)):
            found = await self._found([one for one in waiting if one.attribute == attribute])
            if found:
                bound += await work(found)
        return bound

    async def _found(self, waiting: Sequence[Pending]) -> list[tuple[Pending, Found]]:
        """Those that mean one resource by now, which is locked; not always the one that arrived.

        The id is always tried: of who was hidden it is what is kept.
        """
        if not waiting:
            return []
        settings, profile = self.caller.settings, self.caller.profile
        is_member = waiting[0].attribute == MEMBERS
        tried = settings.members_by(profile) if is_member else settings.managers_by(profile)
        tried = tuple(dict.fromkeys((Reference.ID, *tried)))
        names = {one.sent["value"] for one in waiting}
        found = await look_up(self.caller, self.session, names, tried, ANY_MEMBER if is_member else ANY_MANAGER)
        await lock_found(self.caller, self.session, found.values())
        return [(one, found[one.sent["value"]]) for one in waiting if one.sent["value"] in found]

    async def _bind_managers(self, found: Sequence[tuple[Pending, Found]]) -> int:
        taken = await self._taken(await self._held(found))
        if not taken:
            return 0
        managers = {one.holder_id: manager.id for one, manager in taken}
        await references.bind_managers(self.caller, self.session, managers)
        changes = {
            one.holder_id: {"path": MANAGER, "sent": one.sent["value"], "bound": str(manager.id)}
            for one, manager in taken
        }
        await self._record(USER, changes)
        return len(managers)

    async def _bind_members(self, found: Sequence[tuple[Pending, Found]]) -> int:
        """Groups one by one: each changes what the next would be a member of."""
        if any(member.resource_type == GROUP for _, member in found):
            await members.lock_nesting(self.caller, self.session)
        joined, found = 0, await self._held(found)
        for one, member in found:
            if member.resource_type == GROUP and not await self._closes_circle(one.holder_id, member):
                joined += await self._join([(one, member)])
        return joined + await self._join([(one, member) for one, member in found if member.resource_type != GROUP])

    async def _closes_circle(self, holder_id: UUID, group: Found) -> bool:
        return await members.would_cycle(self.caller, self.session, holder_id, [group.id])

    async def _join(self, found: Sequence[tuple[Pending, Found]]) -> int:
        rows = [
            (one.holder_id, Member(member.id, member.resource_type, one.sent.get("display")))
            for one, member in await self._taken(found)
        ]
        added = await members.add_all(self.caller, self.session, rows, at=self.at) if rows else []
        if not added:
            return 0
        came: dict[UUID, list[str]] = {}
        for group_id, member_id in added:
            came.setdefault(group_id, []).append(str(member_id))
        await resources.touch(self.caller, self.session, sorted(came), at=self.at)
        changes = {group_id: {"path": MEMBERS, "added": ids, "removed": []} for group_id, ids in came.items()}
        await self._record(GROUP, changes)
        return len(added)

    async def _held(self, found: Sequence[tuple[Pending, Found]]) -> list[tuple[Pending, Found]]:
        """Those whose holders are there; these are locked, in the order of their ids."""
        there = await resources.lock_all(self.caller, self.session, {one.holder_id for one, _ in found})
        return [(one, target) for one, target in found if one.holder_id in there]

    async def _taken(self, found: Sequence[tuple[Pending, Found]]) -> list[tuple[Pending, Found]]:
        """Those which nobody has given up meanwhile; their holders must be locked."""
        kept = await pending.take(self.caller, self.session, [one for one, _ in found]) if found else set()
        return [(one, target) for one, target in found if (one.holder_id, one.attribute, one.name) in kept]

    async def _record(self, resource_type: str, changes: Mapping[UUID, Mapping[str, Any]]) -> None:
        """An audit record for each holder, with the change of it."""
        entries = [
            Entry(
                action="bind",
                at=self.at,
                resource_type=resource_type,
                resource_id=holder_id,
                status=_OK,
                detail="A reference that was kept is bound: the resource that it names is here now.",
                changes=[change],
            )
            for holder_id, change in changes.items()
        ]
        origin = replace(self.origin, request=None)
        await audit.record_many(self.caller, self.session, ((origin, entry) for entry in entries))
