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
from scim.models.settings import MemberReference
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
from scim.storage import members
from scim.storage.fields import as_id
from scim.storage.members import Found, Member

_TYPES = ("User", "Group")


class ContainsItself(InvalidValue):
    """A group would be in itself (row Q-07)."""

    default_detail = "'members': a group cannot contain itself, directly or through other groups."


@dataclass(slots=True)
class MemberDelta:
    """Who came and who went, after all changes of one request taken together."""

    added: set[UUID] = field(default_factory=set)
    removed: set[UUID] = field(default_factory=set)

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


async def resolve(
    caller: Caller, session: Session, changes: Sequence[MemberChange], references: Sequence[MemberReference]
) -> dict[str, Found]:
    """Whom the `value`s of all changes name, in a constant number of queries; what is found is locked by id.

    Nobody is named by a text with NUL, which a path can hold and Postgres cannot.
    """
    values = {value for change in changes for value in names_in(change) if "\x00" not in value}
    found: dict[str, Found] = {}
    for reference in references:
        missing = sorted(values - found.keys())
        if missing:
            found |= await _LOOK_UPS[reference](caller, session, missing)
    locked = await members.lock_by_id(caller, session, {one.id for one in found.values()}, types=_TYPES)
    return {value: one for value, one in found.items() if one.id in locked}


async def _by_id(caller: Caller, session: Session, values: list[str]) -> dict[str, Found]:
    ids = {value: identifier for value in values if (identifier := as_id(value))}
    kinds = await members.lock_by_id(caller, session, ids.values(), types=_TYPES) if ids else {}
    return {value: Found(identifier, kinds[identifier]) for value, identifier in ids.items() if identifier in kinds}


async def _by_external_id(caller: Caller, session: Session, values: list[str]) -> dict[str, Found]:
    return _unambiguous(await members.find_by_external_id(caller, session, values, types=_TYPES))


async def _by_user_name(caller: Caller, session: Session, values: list[str]) -> dict[str, Found]:
    return _unambiguous(await members.find_by_user_name(caller, session, values))


def _unambiguous(found: Mapping[str, list[Found]]) -> dict[str, Found]:
    """A name that fits several resources names none of them (quirk COMMON-34)."""
    return {value: matches[0] for value, matches in found.items() if len(matches) == 1}


_LOOK_UPS = {
    MemberReference.ID: _by_id,
    MemberReference.EXTERNAL_ID: _by_external_id,
    MemberReference.USER_NAME: _by_user_name,
}


Edit: TypeAlias = Callable[[Operation, Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]]
"""The document engine: what an operation makes of the entries that it selects."""


@dataclass(frozen=True, slots=True)
class MemberWriter:
    """Carries out changes of one group's members; the group's row must be locked, and `found` resolved before that."""

    caller: Caller
    session: Session
    group_id: UUID
    found: Mapping[str, Found]
    base_url: str
    at: datetime
    edit: Edit | None = None

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
                rows = self._rows(entries)
                await self._refuse_edits(entries)
                kept = [row.id for row in rows]
                delta.remove(await members.keep_only(self.caller, self.session, self.group_id, kept))
                await self._insert(rows, delta)
            case RemoveMembers(values=values):
                ids = [self.found[value].id for value in values if value in self.found]
                delta.remove(await members.remove(self.caller, self.session, self.group_id, ids))
            case RemoveAll():
                delta.remove(await members.keep_only(self.caller, self.session, self.group_id, []))
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
        await self._insert(self._rows(entries), delta)

    async def _insert(self, rows: list[Member], delta: MemberDelta) -> None:
        await self._refuse_cycle([row.id for row in rows if row.resource_type == "Group"])
        if rows:
            delta.add(await members.add(self.caller, self.session, self.group_id, rows, at=self.at))

    def _rows(self, entries: Sequence[Mapping[str, Any]]) -> list[Member]:
        rows: dict[UUID, Member] = {}
        for entry in entries:
            one = self.found.get(entry["value"])
            if one is None:
                raise InvalidValue(f"'members': there is no user or group '{entry['value']}' in this application.")
            rows.setdefault(one.id, Member(one.id, one.resource_type, entry.get("display")))
        return list(rows.values())

    async def _refuse_edits(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """What a list says of a member who stays in must be as it is, where it says it (rows G-06, Q-03)."""
        edited = {one.id for entry in entries if _differs(entry, one := self.found[entry["value"]])}
        if edited and await members.among(self.caller, self.session, self.group_id, sorted(edited)):
            raise Mutability("'members': the type and $ref of a member are immutable.")

    async def _refuse_cycle(self, group_ids: list[UUID]) -> None:
        if group_ids and await members.would_cycle(self.caller, self.session, self.group_id, group_ids):
            raise ContainsItself


def _differs(entry: Mapping[str, Any], member: Found) -> bool:
    """Whether an entry says another type, or refers to another resource, than the one that its `value` names."""
    kind, target = entry.get("type"), str(entry.get("$ref") or "").rpartition("/")[2]
    other = bool(target) and target not in (str(member.id), entry["value"])
    return other or (kind is not None and kind.lower() != member.resource_type.lower())


def nests(changes: Sequence[MemberChange], found: Mapping[str, Found]) -> bool:
    """Whether a change makes a group a member, so that the application's nesting must be locked first."""
    return any(
        (one := found.get(value)) is not None and one.resource_type == "Group"
        for change in changes
        if isinstance(change, AddMembers | ReplaceMembers | EditMembers)
        for value in names_in(change)
    )
