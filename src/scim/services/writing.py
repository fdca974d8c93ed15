"""Writing one resource: row, unique values, members and audit record in one transaction (DESIGN §1.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from scim.caller import Caller
from scim.db.session import Session
from scim.exceptions import SchemasChanged, Uniqueness
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.changes import MASK, changes
from scim.protocol.filters.evaluate import values_at
from scim.protocol.filters.values import unique_key
from scim.protocol.patch.members import MemberChange
from scim.protocol.validation import Document
from scim.services.guard import admit_change, note_change, note_restoration
from scim.services.intake import Intake
from scim.services.linking import Linking
from scim.services.membership import Edit, MemberDelta, MemberWriter
from scim.services.references import Links, Names, keeps_members, sent_manager
from scim.services.requests import Incoming, ScimRequest
from scim.services.transactions import Stale
from scim.storage import audit, definitions, pending, references, resources, unique
from scim.storage import hidden as hidden_users
from scim.storage.audit import Entry
from scim.storage.columns import Row
from scim.storage.resources import New, Stored

_MAX_LISTED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What becomes of a password: kept as it is, or set to a hash (None: removed)."""

    keep: bool = True
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a write asks for: the new document as it is stored, its password, and changes of members in order.

    `edit` is the document engine for changes that are no set operations.
    """

    document: Document
    secret: Secret = Secret()
    members: Sequence[MemberChange] = ()
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes resources of one type for one request."""

    caller: Caller
    session: Session
    request: ScimRequest
    intake: Intake

    @property
    def kind(self) -> ResourceType:
        """The type of the resource."""
        return self.request.kind

    @property
    def _linking(self) -> Linking:
        return Linking(self.caller, self.session, self.request, self.intake)

    async def create(self, resource_id: UUID, wanted: Wanted) -> Stored:
        """Add a resource.

        Raises:
            Uniqueness: a unique value is taken.
            InvalidValue: a member is not there, in profile strict.
        """
        await hold_schemas(self.caller, self.session, self.request)
        names = self._linking.names({}, wanted.document, wanted.members)
        links = await self._linking.link(names, wanted.members, hold_arriving=False)
        row, secret, at = Row.of(wanted.document, self.kind), wanted.secret.value, self.request.now
        new = New(resource_id, self.kind.name, row, secret, at, links.manager_of(names))
        with _taken(wanted.document):
            await resources.insert(self.caller, self.session, new, locks=pending.locks_of(self.caller, names.arriving))
        return await self._complete(resource_id, row, wanted, names, links)

    async def complete(self, resource_id: UUID, row: Row, wanted: Wanted) -> Stored:
        """What a resource needs whose row was added just now: unique values, references, members, an audit record.

        Raises:
            Uniqueness, InvalidValue: as `create`.
        """
        names = self._linking.names({}, wanted.document, wanted.members)
        links = await self._linking.link(names, wanted.members)
        manager_id = links.manager_of(names)
        if manager_id is not None:
            await references.bind_managers(self.caller, self.session, {resource_id: manager_id})
        return await self._complete(resource_id, row, wanted, names, links)

    async def _complete(self, resource_id: UUID, row: Row, wanted: Wanted, names: Names, links: Links) -> Stored:
        now = self.request.now
        await self._claim(resource_id, row, wanted.document)
        delta = await self._write_members(resource_id, wanted, links, now)
        await self._linking.await_manager(resource_id, names, links, now)
        stored = Stored(
            self.caller.app_id,
            resource_id,
            self.kind.name,
            wanted.document,
            1,
            now,
            now,
            wanted.secret.value is not None,
            links.manager_of(names),
        )
        await self._record("create", 201, stored, {}, wanted, delta)
        await self._linking.arrive(names, now)
        return stored

    async def save(self, action: str, stored: Stored, wanted: Wanted) -> Stored:
        """Change a resource that was read as `stored`; nothing is written where nothing would change.

        Raises:
            Stale: it was changed or deleted meanwhile.
            Uniqueness: a unique value is taken.
            InvalidValue: a member is not there, in profile strict.
            Guarded: a user would be deactivated, and the guard is closed.
        """
        rewrites = wanted.document != stored.document or not wanted.secret.keep
        if not rewrites and not wanted.members:
            return stored
        await hold_schemas(self.caller, self.session, self.request)
        if self._is_guarded:
            await admit_change(self.caller, self.session, stored, wanted.document, at=self.request.now)
        names = self._linking.names(stored.document, wanted.document, wanted.members)
        links = await self._linking.link(names, wanted.members)
        current = await self._lock(stored, rewrites=rewrites) if self.kind.is_group else stored
        at = current.next_time(self.request.now)
        delta = await self._write_members(stored.id, wanted, links, at)
        if not rewrites and not delta:
            if not delta.is_empty:
                await self._record(action, 200, current, stored.document, wanted, delta)
            return current
        saved = await (self._rewrite(current, wanted, names, links, at) if rewrites else self._touch(current))
        await self._record(action, 200, saved, stored.document, wanted, delta)
        await self._linking.arrive(names, at)
        return saved

    async def restore(self, hidden: Stored, wanted: Wanted) -> Stored:
        """Show a hidden user again under its id, with its memberships, and with a document that may be another.

        Raises:
            Stale: it was restored meanwhile.
            Uniqueness: a unique value is taken.
        """
        await hold_schemas(self.caller, self.session, self.request)
        at = hidden.next_time(self.request.now)
        names = self._linking.names({}, wanted.document, ()).arriving_as(hidden.id)
        links = await self._linking.link(names, ())
        row = Row.of(wanted.document, self.kind)
        with _taken(wanted.document):
            shown = await hidden_users.unhide(
                self.caller,
                self.session,
                hidden,
                row,
                secret=wanted.secret.value,
                keep_secret=wanted.secret.keep,
                manager_id=links.manager_of(names),
                at=at,
            )
        if not shown:
            raise Stale
        await self._claim(hidden.id, row, wanted.document)
        await self._linking.await_manager(hidden.id, names, links, at)
        await note_restoration(self.caller, self.session, hidden.id, wanted.document)
        changed = [{"path": "deleted", "old": True, "new": False}, *changed_values(self.kind, hidden.document, wanted)]
        await self.record("restore", 201, hidden, changed)
        await self._linking.arrive(names, at)
        return replace(
            hidden,
            document=wanted.document,
            version=hidden.version + 1,
            modified_at=at,
            has_secret=hidden.has_secret if wanted.secret.keep else wanted.secret.value is not None,
            manager_id=links.manager_of(names),
        )

    @property
    def _is_guarded(self) -> bool:
        return self.kind.is_user and self.caller.settings.is_guarded

    async def _lock(self, stored: Stored, *, rewrites: bool) -> Stored:
        """Lock the row. A change of the document needs the document that was read; a change of members needs nothing."""
        version = await resources.lock(self.caller, self.session, stored.id)
        if version == stored.version:
            return stored
        if version is None or self.request.if_match:
            raise Stale
        current = await resources.load(self.caller, self.session, self.kind.name, stored.id)
        if current is None or (rewrites and current.document != stored.document):
            raise Stale
        return current

    async def _rewrite(self, stored: Stored, wanted: Wanted, names: Names, links: Links, at: datetime) -> Stored:
        row = Row.of(wanted.document, self.kind)
        keeps_manager = sent_manager(stored.document) == sent_manager(wanted.document)
        manager_id = stored.manager_id if keeps_manager else links.manager_of(names)
        with _taken(wanted.document):
            written = await resources.update(
                self.caller,
                self.session,
                stored,
                row,
                secret=wanted.secret.value,
                keep_secret=wanted.secret.keep,
                at=at,
            )
        if not written:
            raise Stale
        if self._is_guarded:
            await note_change(self.caller, self.session, stored, wanted.document)
        await self._claim(stored.id, row, wanted.document)
        if not keeps_manager:
            await references.set_manager(self.caller, self.session, stored.id, manager_id)
            await pending.drop(self.caller, self.session, stored.id, pending.MANAGER)
            await self._linking.await_manager(stored.id, names, links, at)
        return replace(
            stored, document=wanted.document, version=stored.version + 1, modified_at=at, manager_id=manager_id
        )

    async def _touch(self, current: Stored) -> Stored:
        [row] = await resources.touch(self.caller, self.session, [current.id], at=self.request.now)
        return replace(current, version=row["version"], modified_at=row["modified_at"])

    async def _write_members(self, group_id: UUID, wanted: Wanted, links: Links, at: datetime) -> MemberDelta:
        if not wanted.members:
            return MemberDelta()
        writer = MemberWriter(
            self.caller,
            self.session,
            group_id,
            links,
            self.request.base_url,
            at,
            keeps_members(self.caller),
            wanted.edit,
        )
        delta = await writer.write(wanted.members)
        if delta.awaited:
            self.intake.tell(f"Members are kept until they are here: {_listed(delta.awaited)}.")
        return delta

    async def _claim(self, resource_id: UUID, row: Row, document: Document) -> None:
        """Make sure that nobody else has what must be unique (rows B-46, B-48; quirk ENTRA-53 for group names)."""
        if self.kind.unique:
            values = unique_values(document, self.kind)
            taken = await unique.claim(self.caller, self.session, self.kind.name, resource_id, values)
            if taken:
                raise Uniqueness(f"Another {self.kind.name} has the same '{taken[0]}', which must be unique.")
        named = self.kind.is_group and self.caller.settings.unique_group_names and row.display_name_key
        if named and await unique.is_display_name_taken(
            self.caller, self.session, self.kind.name, resource_id, row.display_name_key or ""
        ):
            raise Uniqueness(f"Another group has the displayName '{document['displayName']}'.")

    async def _record(
        self, action: str, status: int, stored: Stored, old: Document, wanted: Wanted, delta: MemberDelta
    ) -> None:
        changed = changed_values(self.kind, old, wanted)
        if not delta.is_empty:
            changed.append(delta.change())
        await self.record(action, status, stored, changed)

    async def record(self, action: str, status: int, stored: Stored, changed: list[dict[str, Any]]) -> None:
        """Leave the audit record of a write, in its transaction."""
        entry = written_entry(self.request, self.intake, action, status, stored.id, changed)
        self.intake.record_id = await audit.record(self.caller, self.session, self.request.origin, entry)


def changed_values(kind: ResourceType, old: Document, wanted: Wanted) -> list[dict[str, Any]]:
    """What a write changes of a document and its password, for the audit record."""
    changed = changes(old, wanted.document, kind) if wanted.document != old else []
    if not wanted.secret.keep:
        changed.append({"path": "password", "old": MASK, "new": MASK})
    return changed


def written_entry(
    request: ScimRequest, intake: Intake, action: str, status: int, resource_id: UUID, changed: list[dict[str, Any]]
) -> Entry:
    """The audit record of a write."""
    return Entry(
        action=action,
        at=request.now,
        resource_type=request.kind.name,
        resource_id=resource_id,
        status=status,
        detail=intake.detail,
        rules=intake.rules,
        changes=changed,
    )


async def hold_schemas(caller: Caller, session: Session, request: Incoming) -> None:
    """Let what was read by schemas that are gone meanwhile not be written (only where an application has its own).

    Raises:
        SchemasChanged: they are gone.
    """
    known = request.registry.version
    if known and await definitions.hold(caller, session) != known:
        raise SchemasChanged


def taken_user_name(document: Document) -> Uniqueness:
    """The error for a userName that another user has."""
    return Uniqueness(f"The userName '{document.get('userName')}' is taken by another user.")


def unique_values(document: Document, kind: ResourceType) -> list[tuple[str, str]]:
    """What must be unique besides userName: each value as (attribute path, key), each once."""
    found = {
        (str(target), unique_key(target.leaf, value))
        for target in kind.unique
        for value in values_at(target, document)
        if isinstance(value, str | int | float)
    }
    return sorted(found)


def _listed(names: Iterable[str]) -> str:
    some = list(names)
    shown = ", ".join(f"'{name[:80]}'" for name in some[:_MAX_LISTED])
    return f"{shown} and {len(some) - _MAX_LISTED} more" if len(some) > _MAX_LISTED else shown


@contextmanager
def _taken(document: Document) -> Iterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise taken_user_name(document) from error
