"""POST of a resource (RFC 7644 §3.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from scim.caller import Caller
from scim.exceptions import PreconditionFailed, ScimError, Uniqueness
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.etag import etag
from scim.protocol.patch.members import AddMembers, check_members_named
from scim.protocol.unknown import Unknowns
from scim.protocol.validation import Document, read_resource
from scim.services.answers import Written, answered
from scim.services.documents import Parts, parted, with_default_active
from scim.services.environment import Environment
from scim.services.intake import Intake, take
from scim.services.requests import Answer, ScimRequest
from scim.services.restoring import hidden_user
from scim.services.sent import sent_attributes
from scim.services.transactions import retried
from scim.services.view import View
from scim.services.writing import Secret, Wanted, Writer, taken_user_name
from scim.storage.columns import Row
from scim.storage.resources import New
from scim.utils.uuid7 import new_id

_CREATED = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A resource that was read and checked; a password in it is still as it was sent."""

    request: ScimRequest
    intake: Intake
    view: View
    parts: Parts
    sent: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A resource that is ready to be stored."""

    request: ScimRequest
    intake: Intake
    view: View
    resource_id: UUID
    wanted: Wanted
    sent: frozenset[str]

    @property
    def new(self) -> New:
        """The resource as one of many that are added in one statement."""
        kind, wanted = self.request.kind, self.wanted
        return New(self.resource_id, kind.name, Row.of(wanted.document, kind), wanted.secret.value, self.request.now)

    @property
    def wanted_anew(self) -> Wanted:
        """The same for a user who comes back: without a password there is none, not the one of before."""
        return replace(self.wanted, secret=Secret(keep=False, value=self.wanted.secret.value))

    @property
    def answer(self) -> Answer:
        """The answer without the resource."""
        location = self.view.location(self.resource_id)
        return Answer(status=_CREATED, location=location, etag=etag(1), summary=self.summary)

    @property
    def summary(self) -> str:
        """What was done, in words."""
        document = self.wanted.document
        name = document.get("userName") or document.get("displayName") or self.resource_id
        return f"created {self.request.kind.name} '{name}'"

    def taken(self, error: Uniqueness | None = None) -> ScimError:
        """How it is told that a unique value, by default the userName, is taken.

        It is told as the precondition that the client made of it, if it did.
        """
        error = error or taken_user_name(self.wanted.document)
        if (self.request.if_none_match or "").strip() == "*":
            return PreconditionFailed(f"If-None-Match is *, and there is such a resource: {error.detail}")
        return error


async def create(env: Environment, caller: Caller, request: ScimRequest) -> Answer:
    """Make a resource and answer 201 with it; a hidden user whom it means is restored instead (`services.restoring`).

    Raises:
        ScimError: the body does not fit (400), or a unique value is taken (409; 412 with `If-None-Match: *`).
    """
    return await store(env, caller, await prepare(env, read(caller, request)))


def read(caller: Caller, request: ScimRequest) -> Read:
    """The first half of a create, which waits for nothing.

    Raises:
        ScimError: the body does not fit (400).
    """
    intake, kind = take(caller, request), request.kind
    view = View.of(intake, kind, request.base_url)
    document = _document(intake, kind)
    parts = parted(document, kind)
    check_members_named(parts.members or [])
    return Read(request=request, intake=intake, view=view, parts=parts, sent=sent_attributes(document, kind))


async def prepare(env: Environment, found: Read, resource_id: UUID | None = None) -> Prepared:
    """Give a resource its id, where it has none yet, and hash its password."""
    parts = found.parts
    hashed = await env.passwords.hashed(parts.password) if parts.password else None
    return Prepared(
        request=found.request,
        intake=found.intake,
        view=found.view,
        resource_id=resource_id or new_id(found.request.now),
        wanted=Wanted(
            document=parts.document,
            secret=Secret(keep=hashed is None, value=hashed),
            members=[AddMembers(tuple(parts.members))] if parts.members else [],
        ),
        sent=found.sent,
    )


async def store(env: Environment, caller: Caller, prepared: Prepared) -> Answer:
    """The second half of a create: one transaction.

    Raises:
        ScimError: a unique value is taken (409; 412 with `If-None-Match: *`), or a member is not there (400).
    """

    async def work() -> Answer:
        async with env.database.transaction() as session:
            writer = Writer(caller, session, prepared.request, prepared.intake)
            hidden = await hidden_user(caller, session, prepared.request.kind, prepared.wanted.document)
            if hidden is None:
                stored, summary = await writer.create(prepared.resource_id, prepared.wanted), prepared.summary
            else:
                stored = await writer.restore(hidden, prepared.wanted_anew)
                summary = f"restored User {stored.id}, which was hidden"
            done = Written(
                stored=stored, status=_CREATED, summary=summary, sent=prepared.sent, record_id=prepared.intake.record_id
            )
            return await answered(caller, session, prepared.view, prepared.request, done)

    try:
        return prepared.intake.told_in(await retried(work))
    except Uniqueness as error:
        raise prepared.taken(error) from error


def _document(intake: Intake, kind: ResourceType) -> Document:
    unknowns = Unknowns(intake.unknown)
    document = read_resource(intake.body, kind, unknowns=unknowns)
    intake.ignore(unknowns.ignored)
    return with_default_active(document, kind, intake.body)
