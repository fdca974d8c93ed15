"""PATCH of a resource (RFC 7644 §3.5.2): the document by the engine, members as set operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from scim.caller import Caller
from scim.db.session import Session
from scim.exceptions import InvalidValue
from scim.protocol.etag import check_if_match, check_if_none_match
from scim.protocol.patch.apply import apply_patch
from scim.protocol.patch.members import MemberChange, is_member_operation, member_changes, read_members
from scim.protocol.patch.message import Operation, PatchMessage, PatchOptions, read_patch
from scim.protocol.prefer import preferred_return
from scim.protocol.unknown import Unknowns
from scim.protocol.validation import Document
from scim.services.answers import Written, answered
from scim.services.documents import PASSWORD_KEPT, parted
from scim.services.environment import Environment
from scim.services.guard import guarded
from scim.services.intake import Intake, take
from scim.services.passwords import HashedOnce
from scim.services.read import load
from scim.services.requests import Answer, ScimRequest
from scim.services.sent import patched_attributes
from scim.services.transactions import retried
from scim.services.view import View
from scim.services.writing import Secret, Wanted, Writer
from scim.storage import members
from scim.storage.resources import Stored

_OK = 200


async def patch(env: Environment, caller: Caller, request: ScimRequest) -> Answer:
    """Apply a PatchOp, all of it or nothing, and answer 200 with the resource, or 204 as `answers.answered` decides.

    Raises:
        ScimError: unknown id (404), an operation that cannot be applied (400), version misfit (412), value taken (409),
            too many users deactivated (429).
    """
    intake = take(caller, request)
    view = View.of(intake, request.kind, request.base_url)
    run = _Patch(env, caller, request, intake, view, HashedOnce(env.passwords))
    return await guarded(env, caller, request, intake, "patch", lambda: retried(run.once))


@dataclass(slots=True)
class _Patch:
    env: Environment
    caller: Caller
    request: ScimRequest
    intake: Intake
    view: View
    hashed_once: HashedOnce

    async def once(self) -> Answer:
        """One attempt: read, compute, compare and swap."""
        async with self.env.database.session() as session:
            stored = await load(self.caller, session, self.request)
        check_if_match(self.request.if_match, stored.version, required=self.caller.settings.require_if_match)
        check_if_none_match(self.request.if_none_match, stored.version)
        message = self._message()
        self.intake.several.clear()
        wanted = await self._wanted(stored, message)
        self.intake.note(self._empty_answer)
        async with self.env.database.transaction() as session:
            saved = await Writer(self.caller, session, self.request, self.intake).save("patch", stored, wanted)
            return await self._answer(session, stored, saved, message)

    def _message(self) -> PatchMessage:
        if self.intake.no_operation:
            return PatchMessage(())
        options = PatchOptions(unknown=self.intake.unknown, parse_path=self.intake.path_parser(self.request.kind))
        message = read_patch(
            self.intake.body, self.request.kind, resource_id=self.request.resource_id or "", options=options
        )
        self.intake.ignore(message.ignored)
        return message

    async def _wanted(self, stored: Stored, message: PatchMessage) -> Wanted:
        operations = message.operations
        grouped = self.request.kind.is_group
        on_members = [operation for operation in operations if grouped and is_member_operation(operation)]
        rest = [operation for operation in operations if not (grouped and is_member_operation(operation))]
        changes = self._member_changes(on_members) if on_members else []
        edit = partial(self._edited, stored)
        if not rest:
            return Wanted(document=stored.document, members=changes, edit=edit)
        document, secret = await self._document(stored, rest)
        return Wanted(document=document, secret=secret, members=changes, edit=edit)

    def _member_changes(self, operations: Sequence[Operation]) -> list[MemberChange]:
        unknowns = Unknowns(self.intake.unknown, InvalidValue)
        changes = member_changes(operations, unknowns=unknowns)
        self.intake.ignore(unknowns.ignored)
        return changes

    async def _document(self, stored: Stored, operations: Sequence[Operation]) -> tuple[Document, Secret]:
        before = stored.document | {"id": str(stored.id)}
        if stored.has_secret:
            before["password"] = PASSWORD_KEPT
        after = self._applied(before, operations)
        after.pop("id", None)
        parts = parted(after, self.request.kind)
        if parts.password == PASSWORD_KEPT or (not parts.password and not stored.has_secret):
            return parts.document, Secret()
        if not parts.password:  # an empty text is no password, as in a POST
            return parts.document, Secret(keep=False, value=None)
        hashed = await self.hashed_once(parts.password)
        return parts.document, Secret(keep=hashed is None, value=hashed)

    def _applied(self, document: Document, operations: Sequence[Operation]) -> Document:
        profile = self.intake.profile
        patched = apply_patch(
            document,
            operations,
            self.request.kind,
            unknown=self.intake.unknown,
            create_entries=profile.create_entries is not None,
            drop_doubles=profile.drop_doubles is not None,
        )
        self.intake.ignore(patched.ignored)
        self.intake.select_several(patched.several)
        if patched.created_entry:
            self.intake.note(profile.create_entries)
        if patched.dropped_double:
            self.intake.note(profile.drop_doubles)
        return patched.document

    def _edited(
        self, stored: Stored, operation: Operation, found: Sequence[Mapping[str, Any]]
    ) -> Sequence[Mapping[str, Any]]:
        """What the document engine makes of members that an operation selects."""
        entries = [self.view.entry("members", entry) for entry in found]
        after = self._applied(stored.document | {"members": entries}, [operation]).get("members", [])
        attribute = self.request.kind.attribute("members")
        assert attribute is not None
        return read_members(attribute, after, where="members", unknowns=Unknowns())

    async def _answer(self, session: Session, stored: Stored, saved: Stored, message: PatchMessage) -> Answer:
        async def is_large() -> bool:
            return await self._is_large_group(session, saved)

        unchanged = ", no change" if saved.version == stored.version else ""
        summary = f"patched {self.request.kind.name} {saved.id}{unchanged}"
        done = Written(
            stored=saved,
            status=_OK,
            summary=summary,
            sent=patched_attributes(message.operations),
            record_id=self.intake.record_id,
        )
        return await answered(self.caller, session, self.view, self.request, done, unasked_minimal=is_large)

    @property
    def _empty_answer(self) -> str | None:
        """The rule by which a group is answered without itself, unless the client asks for it (quirk ENTRA-26).

        One that asks for nothing is shown the group (quirk ENTRA-49).
        """
        asked = not self.view.projection.is_default or preferred_return(self.request.prefer) is not None
        asked = asked or self.intake.no_operation
        return self.intake.profile.answers_group_patch_empty if self.request.kind.is_group and not asked else None

    async def _is_large_group(self, session: Session, saved: Stored) -> bool:
        """Whether a group is answered without itself: its profile insists, or it has too many members (row H-65)."""
        if not self.request.kind.is_group:
            return False
        if self._empty_answer is not None:
            return True
        limit = self.caller.settings.patch_answer_members
        return await members.has_more_than(self.caller, session, saved.id, limit)
