"""What goes with a resource that goes: its memberships, and its place as a manager."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.protocol.attributes.registry import USER
from scim.services.arrivals import Arrivals
from scim.services.transactions import Stale
from scim.storage import hidden, members, pending, references, resources, unique
from scim.storage.audit import Origin
from scim.storage.pending import MANAGER, MEMBERS, Pending, key_of
from scim.storage.resources import Stored


async def hold_reports(caller: Caller, session: Session, user_id: UUID) -> frozenset[str]:
    """Hold the names by which others have a user as their manager, before any row is locked; their keys."""
    names = await references.names_of_manager(caller, session, user_id)
    keys = frozenset(key_of(name) for name in names)
    if keys:
        await pending.hold(caller, session, arriving=(), missing=keys)
    return keys


@dataclass(frozen=True, slots=True)
class Leaving:
    """Takes a resource away, whose row must be locked; the groups it was in get a new version.

    `held` are the keys of the names that its reports have it by (`hold_reports`).
    """

    caller: Caller
    session: Session
    origin: Origin
    at: datetime
    held: frozenset[str]

    async def remove(self, stored: Stored) -> list[UUID]:
        """For good; the groups that it was in.

        Raises:
            Stale: somebody has it as the manager by a name that is not held. So `hide`.
        """
        reports = await self._leave_reports(stored)
        groups = await self._leave_groups(stored)
        await resources.delete(self.caller, self.session, stored)
        await self._await_manager(reports)
        return [*groups]

    async def hide(self, stored: Stored) -> list[UUID]:
        """Until it is restored: then its groups have it back, unless they were changed otherwise meanwhile.

        What must be unique is free at once, so that another may have it.
        """
        reports = await self._leave_reports(stored)
        groups = await self._leave_groups(stored)
        name = str(stored.id)
        kept = [
            Pending(group_id, MEMBERS, {"value": name} | ({"display": display} if display else {}))
            for group_id, display in groups.items()
        ]
        if kept:
            await pending.add(self.caller, self.session, kept, at=self.at)
        await unique.release(self.caller, self.session, stored.id)
        await pending.drop(self.caller, self.session, stored.id, MANAGER)
        await hidden.hide(self.caller, self.session, stored, at=self.at)
        await self._await_manager(reports)
        return [*groups]

    async def _leave_groups(self, stored: Stored) -> Mapping[UUID, str | None]:
        groups = await members.leave_all_groups(self.caller, self.session, stored.id)
        if groups:
            await resources.touch(self.caller, self.session, [*groups], at=self.at)
        return groups

    async def _leave_reports(self, stored: Stored) -> Sequence[Pending]:
        """Those whose manager it was have no other now; what they wait for is the name that was sent."""
        if stored.resource_type != USER:
            return []
        reports = await references.unbind_manager(self.caller, self.session, stored.id)
        return [Pending(user_id, MANAGER, {"value": name}) for user_id, name in reports.items() if user_id != stored.id]

    async def _await_manager(self, reports: Sequence[Pending]) -> None:
        """Keep what reports wait for; it is bound again when it means somebody, which may be at once."""
        if not reports:
            return
        keys = {one.key for one in reports}
        if not keys <= self.held:
            raise Stale
        await pending.add(self.caller, self.session, reports, at=self.at)
        await Arrivals(self.caller, self.session, self.origin, self.at).bind(keys)
