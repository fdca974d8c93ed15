"""Changes of a group's members: from what the client named to rows, in one lock order (DESIGN §1.6, §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.exceptions import InvalidValue, Mutability
from scim.protocol.patch.members import (
    AddMembers,
    EditMembers,
    MemberChange,
    RemoveAll,
    RemoveMembers,
    RemoveWhere,
    ReplaceMembers,
    names_in,
)
from scim.protocol.patch.message import Operation
from scim.services.references import Links
from scim.storage import members, pending
from scim.storage.members import Member
from scim.storage.pending import MEMBERS, Pending
from scim.storage.references import Found


class ContainsItself(InvalidValue):
    """A group would be in itself (row Q-07)."""

    default_detail = "'members': a group cannot contain itself, directly or through other groups."


@dataclass(slots=True)
class MemberDelta:
    """Who came and who went, after all changes of one request taken together; it is true where anybody did.

    `awaited` and `given_up` name, as they were sent, those who are waited for from now on, and no longer.
    """

    added: set[UUID] = field(default_factory=set)
    removed: set[UUID] = field(default_factory=set)
    awaited: dict[str, None] = field(default_factory=dict)
    given_up: dict[str, None] = field(default_factory=dict)

    def add(self, ids: Iterable[UUID]) -> None:
        """Count members in; one that had gone in this request is back."""
        came = set(ids)
        self.added |= came - self.removed
        self.removed -= came

    def remove(self, ids: Iterable[UUID]) -> None:
        """Count members out; one that had come in this request is gone again."""
        gone = set(ids)
        self.removed |= gone - self.added
        self.added -= gone

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened at all, not even to those who are waited for."""
        return not (self or self.awaited or self.given_up)

    def change(self) -> dict[str, Any]:
        """The change of `members` for the audit record."""
        change: dict[str, Any] = {"path": MEMBERS, "added": _texts(self.added), "removed": _texts(self.removed)}
        for name, names in (("pending", self.awaited), ("no_longer_pending", self.given_up)):
            if names:
                change[name] = list(names)
        return change


def _texts(ids: Iterable[UUID]) -> list[str]:
    return sorted(map(str, ids))


def names_of(changes: Sequence[MemberChange]) -> tuple[frozenset[str], frozenset[str]]:
    """Whom changes name: those to come, and those who only go."""
    coming = {name for change in changes if not isinstance(change, RemoveMembers) for name in names_in(change)}
    leaving = {name for change in changes if isinstance(change, RemoveMembers) for name in names_in(change)}
    return frozenset(coming), frozenset(leaving - coming)


Edit: TypeAlias = Callable[[Operation, Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]]
"""The document engine: what an operation makes of the entries that it selects."""


@dataclass(frozen=True, slots=True)
class MemberWriter:
    """Carries out changes of one group's members; the group's row must be locked, and `links` made before that.

    With `keeps` a member that is not there is kept until it arrives, else, in profile strict, it is refused.
    """

    caller: Caller
    session: Session
    group_id: UUID
    links: Links
    base_url: str
    at: datetime
    keeps: bool
    edit: Edit | None = None

    @property
    def found(self) -> Mapping[str, Found]:
        """Those who are here, by the names that were sent."""
        return self.links.members

    async def write(self, changes: Sequence[MemberChange]) -> MemberDelta:
        """Apply the changes in order.

        Raises:
            InvalidValue: a member that is not there, or a group that would contain itself.
        """
        delta = MemberDelta()
        for change in changes:
            await self._write(change, delta)
        return delta

    async def _write(self, change: MemberChange, delta: MemberDelta) -> None:
        match change:
            case AddMembers(entries=entries):
                await self._add(entries, delta)
            case ReplaceMembers(entries=entries):
                await self._replace(entries, delta)
            case RemoveMembers(values=values):
                await self._remove(values, delta)
            case RemoveAll():
                await self._replace((), delta)
            case RemoveWhere(condition=condition):
                gone = await members.remove_where(
                    self.caller, self.session, self.group_id, condition, base_url=self.base_url
                )
                delta.remove(gone)
            case EditMembers(operation=operation):
                await self._edit(operation, delta)

    async def _edit(self, operation: Operation, delta: MemberDelta) -> None:
        assert self.edit is not None
        before = await members.selected(
            self.caller, self.session, self.group_id, operation.selection, base_url=self.base_url
        )
        after = self.edit(operation, before)
        held, kept = {entry["value"] for entry in before}, {entry["value"] for entry in after}
        if gone := held - kept:
            ids = [UUID(value) for value in gone]
            delta.remove(await members.remove(self.caller, self.session, self.group_id, ids))
        await self._add([entry for entry in after if entry["value"] not in held], delta)

    async def _add(self, entries: Sequence[Mapping[str, Any]], delta: MemberDelta) -> None:
        rows, awaited = self._parted(entries)
        await self._insert(rows, delta)
        await self._give_up(delta, found=[entry["value"] for entry in entries])
        await self._await(awaited, delta)

    async def _replace(self, entries: Sequence[Mapping[str, Any]], delta: MemberDelta) -> None:
        rows, awaited = self._parted(entries)
        await self._refuse_edits([entry for entry in entries if entry["value"] in self.found])
        kept = [row.id for row in rows]
        delta.remove(await members.keep_only(self.caller, self.session, self.group_id, kept))
        dropped = await pending.drop(self.caller, self.session, self.group_id, MEMBERS, but=list(awaited))
        delta.given_up |= dict.fromkeys(dropped)
        await self._insert(rows, delta)
        await self._await(awaited, delta)

    async def _remove(self, values: Sequence[str], delta: MemberDelta) -> None:
        ids = [self.found[value].id for value in values if value in self.found]
        delta.remove(await members.remove(self.caller, self.session, self.group_id, ids))
        missing = [value for value in values if value not in self.found and "\x00" not in value]
        hidden = [str(one.id) for value in missing for one in self.links.hidden.get(value, ())]
        await self._give_up(delta, found=values, missing=[*missing, *hidden])

    async def _insert(self, rows: list[Member], delta: MemberDelta) -> None:
        await self._refuse_cycle([row.id for row in rows if row.resource_type == "Group"])
        if rows:
            delta.add(await members.add(self.caller, self.session, self.group_id, rows, at=self.at))

    async def _give_up(self, delta: MemberDelta, *, found: Sequence[str], missing: Sequence[str] = ()) -> None:
        """No longer wait for names: in any letter case for those that are `missing`, and for those of who is found.

        A name may have been waited for because it fitted several, of whom one is left. Nobody waits for an id of who is
        here.
        """
        exactly = [name for name in found if name in self.found and name != str(self.found[name].id)]
        if exactly or missing:
            dropped = await pending.drop_named(
                self.caller, self.session, self.group_id, MEMBERS, exactly=exactly, in_any_case=missing
            )
            delta.given_up |= dict.fromkeys(dropped)

    async def _await(self, awaited: Mapping[str, Mapping[str, Any]], delta: MemberDelta) -> None:
        """Keep entries until those whom they name arrive."""
        if not awaited:
            return
        kept = [Pending(self.group_id, MEMBERS, entry) for entry in awaited.values()]
        new = await pending.add(self.caller, self.session, kept, at=self.at)
        delta.awaited |= dict.fromkeys(new)

    def _parted(self, entries: Sequence[Mapping[str, Any]]) -> tuple[list[Member], dict[str, Mapping[str, Any]]]:
        """Rows for those who are here, and the entries of those who are not, by their names."""
        rows: dict[UUID, Member] = {}
        awaited: dict[str, Mapping[str, Any]] = {}
        for entry in entries:
            one = self.found.get(entry["value"])
            if one is not None:
                rows.setdefault(one.id, Member(one.id, one.resource_type, entry.get("display")))
            elif self.keeps:
                awaited.setdefault(entry["value"], entry)
            else:
                raise InvalidValue(f"'members': there is no user or group '{entry['value']}' in this application.")
        return list(rows.values()), awaited

    async def _refuse_edits(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """What a list says of a member who stays in must be as it is, where it says it (rows G-06, Q-03).

        But in profile strict the `value` decides, and what `$ref` refers to is not looked at (quirk COMMON-32).
        """
        edited = {
            one.id for entry in entries if _differs(entry, one := self.found[entry["value"]], by_ref=not self.keeps)
        }
        if edited and await members.among(self.caller, self.session, self.group_id, sorted(edited)):
            raise Mutability("'members': the type and $ref of a member are immutable.")

    async def _refuse_cycle(self, group_ids: list[UUID]) -> None:
        if group_ids and await members.would_cycle(self.caller, self.session, self.group_id, group_ids):
            raise ContainsItself


def _differs(entry: Mapping[str, Any], member: Found, *, by_ref: bool) -> bool:
    """Whether an entry says another type, or refers to another resource, than the one that its `value` names."""
    kind, target = entry.get("type"), str(entry.get("$ref") or "").rpartition("/")[2]
    other = by_ref and bool(target) and target not in (str(member.id), entry["value"])
    return other or (kind is not None and kind.lower() != member.resource_type.lower())


def nests(changes: Sequence[MemberChange], found: Mapping[str, Found]) -> bool:
    """Whether a change makes a group a member, so that the application's nesting must be locked first."""
    return any(
        (one := found.get(value)) is not None and one.resource_type == "Group"
        for change in changes
        if isinstance(change, AddMembers | ReplaceMembers | EditMembers)
        for value in names_in(change)
    )
