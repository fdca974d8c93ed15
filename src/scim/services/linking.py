"""What one write refers to, and who waits for what it writes: names found, kept and bound (quirk COMMON-34)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.protocol.patch.members import MemberChange
from scim.protocol.validation import Document
from scim.services.arrivals import Arrivals
from scim.services.intake import Intake
from scim.services.membership import names_of, nests
from scim.services.references import Links, Names, arrival_keys, link, sent_manager
from scim.services.requests import ScimRequest
from scim.storage import members, pending
from scim.storage.pending import MANAGER, Pending


@dataclass(frozen=True, slots=True)
class Linking:
    """Links the resource that one request writes."""

    caller: Caller
    session: Session
    request: ScimRequest
    intake: Intake

    def names(self, old: Document, new: Document, changes: Sequence[MemberChange]) -> Names:
        """What a write refers to that was not referred to before, and the names that it gives the resource.

        With this an attempt begins: what an earlier one told is forgotten.
        """
        self.intake.told.clear()
        coming, leaving = names_of(changes)
        if new == old:
            return Names(members=coming, leaving=leaving)
        kind = self.request.kind
        manager = sent_manager(new) if kind.is_user else None
        return Names(
            members=coming,
            leaving=leaving,
            managers=frozenset([manager] if manager and manager != sent_manager(old) else []),
            arriving=arrival_keys(self.caller, new, kind) - arrival_keys(self.caller, old, kind),
        )

    async def link(self, names: Names, changes: Sequence[MemberChange], *, hold_arriving: bool = True) -> Links:
        """Whom the names mean, as `references.link`; and the application's nesting is locked if a group becomes a member."""
        links = await link(self.caller, self.session, names, hold_arriving=hold_arriving)
        self.note_names(links)
        if nests(changes, links.members):
            await members.lock_nesting(self.caller, self.session)
        return links

    async def await_manager(self, resource_id: UUID, names: Names, links: Links, at: datetime) -> None:
        """Keep a manager who is not here, until such a user arrives."""
        awaited = self.awaited_manager(resource_id, names, links)
        if awaited:
            await pending.add(self.caller, self.session, awaited, at=at)

    def awaited_manager(self, resource_id: UUID, names: Names, links: Links) -> list[Pending]:
        """What is to be kept of a manager who is not here; and the record says that it is."""
        awaited = [Pending(resource_id, MANAGER, {"value": name}) for name in names.managers - links.managers.keys()]
        if awaited:
            self.intake.tell(f"The manager '{awaited[0].sent['value']}' is kept as sent until such a user is here.")
        return awaited

    def note_names(self, links: Links) -> None:
        """Count it as a rule where somebody was named by something else than the id."""
        if links.named_otherwise:
            self.intake.note(self.intake.profile.named_otherwise)

    async def arrive(self, names: Names, at: datetime) -> None:
        """Bind what waited for the names that the write gave the resource."""
        bound = await Arrivals(self.caller, self.session, self.request.origin, at).bind(names.arriving)
        if bound:
            self.intake.tell(f"References that waited for it are bound: {bound}.")
