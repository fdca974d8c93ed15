"""What goes with a resource that goes: its memberships, and its place as a manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.services.arrivals import Arrivals
from scim.storage import hidden, members, pending, references, resources, unique
from scim.storage.audit import Origin
from scim.storage.pending import MANAGER, MEMBERS, Pending
from scim.storage.resources import Stored


@dataclass(frozen=True, slots=True)
class Leaving:
    """Takes a resource away, whose row must be locked; the groups it was in get a new version."""

    caller: Caller
    session: Session
    origin: Origin
    at: datetime

    async def remove(self, stored: Stored) -> list[UUID]:
        """For good; the groups that it was in."""
        groups = await self._leave_groups(stored)
        await resources.delete(self.caller, self.session, stored)
        await self._leave_reports(stored)
        return [*groups]

    async def hide(self, stored: Stored) -> list[UUID]:
        """Until it is restored: then its groups have it back, unless they were changed otherwise meanwhile.

        What must be unique is free at once, so that another may have it.
        """
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
        await self._leave_reports(stored)
        return [*groups]

    async def _leave_groups(self, stored: Stored) -> Mapping[UUID, str | None]:
        groups = await members.leave_all_groups(self.caller, self.session, stored.id)
        if groups:
            await resources.touch(self.caller, self.session, [*groups], at=self.at)
        return groups

    async def _leave_reports(self, stored: Stored) -> None:
        """Those whose manager it was have the name that was sent; it is bound again when it means somebody."""
        reports = await references.unbind_manager(self.caller, self.session, stored.id)
        if not reports:
            return
        kept = [Pending(user_id, MANAGER, {"value": name}) for user_id, name in reports.items()]
        keys = {one.key for one in kept}
        await pending.hold(self.caller, self.session, arriving=(), missing=keys)
        await pending.add(self.caller, self.session, kept, at=self.at)
        await Arrivals(self.caller, self.session, self.origin, self.at).bind(keys)
