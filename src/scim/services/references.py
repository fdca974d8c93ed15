"""From names that clients send to the resources they mean: looked up, held and locked in one order (quirk COMMON-34)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.models.settings import STRICT, Reference
from scim.protocol.attributes.registry import ENTERPRISE_USER, USER, ResourceType
from scim.protocol.validation import Document
from scim.services.transactions import Stale
from scim.storage import pending, references
from scim.storage.fields import as_id
from scim.storage.references import Among, Found

ANY_MEMBER: Final = Among(("User", "Group"))
ANY_MANAGER: Final = Among((USER,))
_HIDDEN: Final = Among((USER,), hidden=True)

Matches: TypeAlias = Mapping[str, list[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a write refers to: members to come and to go, managers; and under what its own resources may be waited for.

    `arriving` holds keys (`storage.pending.key_of`), the others names as they were sent.
    """

    members: frozenset[str] = frozenset()
    leaving: frozenset[str] = frozenset()
    managers: frozenset[str] = frozenset()
    arriving: frozenset[str] = frozenset()

    def arriving_as(self, resource_id: UUID) -> Names:
        """The same of a resource that comes back: others may wait for its id."""
        return replace(self, arriving=self.arriving | {pending.key_of(str(resource_id))})


def union(names: Iterable[Names]) -> Names:
    """The names of several writes together."""
    listed = list(names)
    return Names(
        members=frozenset().union(*(one.members for one in listed)),
        leaving=frozenset().union(*(one.leaving for one in listed)),
        managers=frozenset().union(*(one.managers for one in listed)),
        arriving=frozenset().union(*(one.arriving for one in listed)),
    )


@dataclass(frozen=True, slots=True)
class Links:
    """Whom the names mean; what is not in here was not found, or fits several.

    `hidden` has the hidden users whom names of members to go mean, where nobody else is meant: those may return.
    """

    members: Mapping[str, Found] = field(default_factory=dict)
    managers: Mapping[str, Found] = field(default_factory=dict)
    hidden: Mapping[str, Sequence[Found]] = field(default_factory=dict)

    def manager_of(self, names: Names) -> UUID | None:
        """The id of the manager whom one user's names have, where it was found."""
        return next((self.managers[name].id for name in names.managers if name in self.managers), None)

    def of_manager(self, names: Names) -> Links:
        """The part of it that is one user's manager."""
        return Links(managers={name: self.managers[name] for name in names.managers if name in self.managers})

    @property
    def named_otherwise(self) -> bool:
        """Whether somebody was named by something else than the id."""
        return any(
            name != str(found.id) for found_by in (self.members, self.managers) for name, found in found_by.items()
        )


def keeps_members(caller: Caller) -> bool:
    """Whether a member that is not there is kept until it arrives; profile strict refuses it (quirk COMMON-34)."""
    return caller.profile != STRICT


def sent_manager(document: Mapping[str, Any]) -> str | None:
    """The `value` of a user's manager, as it was sent."""
    value = document.get(ENTERPRISE_USER, {}).get("manager", {}).get("value")
    return value if isinstance(value, str) else None


def arrival_keys(caller: Caller, document: Document, kind: ResourceType) -> frozenset[str]:
    """Under what a resource may be waited for, by the application's settings; its id is never known beforehand."""
    if not (kind.is_user or kind.is_group):
        return frozenset()
    tried = {*caller.settings.members_by(caller.profile), *caller.settings.managers_by(caller.profile)}
    names = [name for reference in tried for name in _OWN_NAMES[reference](document)]
    return frozenset(pending.key_of(name) for name in names if isinstance(name, str) and name)


def _emails(document: Document) -> Iterable[Any]:
    return [entry.get("value") for entry in document.get("emails", []) if isinstance(entry, Mapping)]


_OWN_NAMES: Final[Mapping[Reference, Callable[[Document], Iterable[Any]]]] = {
    Reference.ID: lambda _document: (),
    Reference.EXTERNAL_ID: lambda document: [document.get("externalId")],
    Reference.USER_NAME: lambda document: [document.get("userName")],
    Reference.EMAIL: _emails,
    Reference.EMPLOYEE_NUMBER: lambda document: [document.get(ENTERPRISE_USER, {}).get("employeeNumber")],
}


async def link(caller: Caller, session: Session, names: Names, *, hold_arriving: bool = True) -> Links:
    """Whom the names mean, in a constant number of queries; who is found is locked against deletion, by id, at the end.

    What is not found is looked for again once its name is held, so that nobody arrives unseen meanwhile. Names that
    arrive are held as well, but without `hold_arriving` only where others must be, or rows: else their insert does it.

    Raises:
        Stale: who was found is gone: the name may mean somebody else by now, and nobody holds it.
    """
    links = await _look(caller, session, names.members | names.leaving, names.managers)
    missing = (names.members | names.leaving) - links.members.keys(), names.managers - links.managers.keys()
    hidden = await _hidden(caller, session, missing[0] - names.members)
    alone = await _to_hold(caller, session, names, *missing, hidden)
    if alone or hold_arriving or links.members or links.managers:
        await pending.hold(caller, session, arriving=names.arriving, missing=alone)
    if any(missing):
        again = await _look(caller, session, *missing)
        links = Links({**links.members, **again.members}, {**links.managers, **again.managers}, hidden)
    await lock_found(caller, session, [*links.members.values(), *links.managers.values()])
    return links


async def look_up(
    caller: Caller, session: Session, names: Collection[str], tried: Sequence[Reference], among: Among
) -> dict[str, Found]:
    """Whom each name means: the first kind of reference that fits decides, and where it fits several nobody is meant."""
    found = await _matches(caller, session, names, tried, among)
    return {name: ones[0] for name, ones in found.items() if len(ones) == 1}


async def _matches(
    caller: Caller, session: Session, names: Collection[str], tried: Sequence[Reference], among: Among
) -> dict[str, list[Found]]:
    """Whom the first kind of reference that fits a name finds by it.

    Nobody is named by a text with NUL, which a path can hold and Postgres cannot.
    """
    left = {name for name in names if "\x00" not in name}
    found: dict[str, list[Found]] = {}
    for reference in tried:
        if not left:
            break
        found |= await _LOOK_UPS[reference](caller, session, sorted(left), among)
        left -= found.keys()
    return found


async def _look(caller: Caller, session: Session, members: Collection[str], managers: Collection[str]) -> Links:
    settings, profile = caller.settings, caller.profile
    return Links(
        await look_up(caller, session, members, settings.members_by(profile), ANY_MEMBER),
        await look_up(caller, session, managers, settings.managers_by(profile), ANY_MANAGER),
    )


async def _hidden(caller: Caller, session: Session, going: Collection[str]) -> dict[str, list[Found]]:
    """The hidden users whom names of members to go mean; all that one fits, and none by the id, by which they wait."""
    tried = [one for one in caller.settings.members_by(caller.profile) if one is not Reference.ID]
    names = [name for name in going if as_id(name) is None]
    return await _matches(caller, session, names, tried, _HIDDEN)


async def _to_hold(
    caller: Caller,
    session: Session,
    names: Names,
    members: Collection[str],
    managers: Collection[str],
    hidden: Matches,
) -> set[str]:
    """The keys of names that will be kept; a name that goes must be held only where somebody waits for it."""
    keep = {*managers, *(name for name in members if name in names.members and keeps_members(caller))}
    keys = {pending.key_of(name) for name in keep}
    leaving = [name for name in members if name in names.leaving and "\x00" not in name]
    ids = [str(found.id) for name in leaving for found in hidden.get(name, ())]
    going = {pending.key_of(name) for name in (*leaving, *ids)} - keys
    if going:
        keys |= {one.key for one in await pending.waiting_for(caller, session, sorted(going))}
    return keys


async def lock_found(caller: Caller, session: Session, found: Iterable[Found]) -> None:
    """Keep those who were found from being deleted.

    Raises:
        Stale: one of them is gone.
    """
    ids = {one.id for one in found}
    if ids and len(await references.lock_by_id(caller, session, ids, types=ANY_MEMBER.types)) < len(ids):
        raise Stale


_LookUp: TypeAlias = Callable[[Caller, Session, Sequence[str], Among], Awaitable[Matches]]

_LOOK_UPS: Final[Mapping[Reference, _LookUp]] = {
    Reference.ID: references.find_by_id,
    Reference.EXTERNAL_ID: references.find_by_external_id,
    Reference.USER_NAME: references.find_by_user_name,
    Reference.EMAIL: references.find_by_email,
    Reference.EMPLOYEE_NUMBER: references.find_by_employee_number,
}
