"""DELETE of a resource (RFC 7644 §3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from scim.caller import Caller
from scim.models.settings import OnDelete
from scim.protocol.changes import changes
from scim.protocol.etag import check_if_match, check_if_none_match
from scim.services.environment import Environment
from scim.services.guard import admit_deletion, guarded
from scim.services.intake import Intake, take
from scim.services.leaving import Leaving, hold_reports
from scim.services.read import missing
from scim.services.requests import Answer, ScimRequest
from scim.services.transactions import retried
from scim.services.writing import Writer
from scim.storage import guards, resources
from scim.storage.fields import as_id


async def delete(env: Environment, caller: Caller, request: ScimRequest) -> Answer:
    """Remove a resource and its memberships, and answer 204; the groups it was in get a new version.

    By the application's setting a user is hidden instead: kept with its id, its memberships waiting for it.

    Raises:
        NotFound: there is none.
        PreconditionFailed: `If-Match` names another version (row I-06).
        Guarded: the guard against mass deprovisioning is closed.
    """
    intake = take(caller, request)
    identifier = as_id(request.resource_id or "")
    if identifier is None:
        raise missing(request)
    deletion = _Deletion(env, caller, request, intake, identifier)
    return await guarded(env, caller, request, intake, "delete", lambda: retried(deletion.once))


@dataclass(frozen=True, slots=True)
class _Deletion:
    env: Environment
    caller: Caller
    request: ScimRequest
    intake: Intake
    resource_id: UUID

    async def once(self) -> Answer:
        """One attempt."""
        caller, request, kind = self.caller, self.request, self.request.kind
        hides = kind.is_user and caller.settings.on_delete is OnDelete.DEACTIVATE
        guards_it = kind.is_user and caller.settings.is_guarded
        async with self.env.database.transaction() as session:
            if guards_it:
                await guards.hold(caller, session)
            held = await hold_reports(caller, session, self.resource_id) if kind.is_user else frozenset()
            stored = await resources.lock_for_delete(caller, session, kind.name, self.resource_id)
            if stored is None:
                raise missing(request)
            check_if_match(request.if_match, stored.version, required=caller.settings.require_if_match)
            check_if_none_match(request.if_none_match, stored.version)
            if guards_it:
                await admit_deletion(caller, session, stored.id, at=request.now)
            leaving = Leaving(caller, session, request.origin, request.now, held)
            groups = await (leaving.hide(stored) if hides else leaving.remove(stored))
            changed = [{"path": "deleted", "old": False, "new": True}] if hides else changes(stored.document, {}, kind)
            if groups:
                changed.append({"path": "groups", "removed": [str(group) for group in groups]})
            if hides:
                self.intake.tell("The user is kept, hidden from SCIM.")
            await Writer(caller, session, request, self.intake).record("delete", 204, stored, changed)
        done = "hid" if hides else "deleted"
        return Answer(status=204, summary=f"{done} {kind.name} {self.resource_id}")
