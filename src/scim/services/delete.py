"""DELETE of a resource (RFC 7644 §3.6)."""

from __future__ import annotations

from scim.caller import Caller
from scim.protocol.changes import changes
from scim.protocol.etag import check_if_match, check_if_none_match
from scim.services.environment import Environment
from scim.services.intake import take
from scim.services.read import missing
from scim.services.requests import Answer, ScimRequest
from scim.services.transactions import retried
from scim.services.writing import Writer
from scim.storage import members, resources
from scim.storage.fields import as_id


async def delete(env: Environment, caller: Caller, request: ScimRequest) -> Answer:
    """Remove a resource and its memberships, and answer 204; the groups it was in get a new version.

    Raises:
        NotFound: there is none.
        PreconditionFailed: `If-Match` names another version (row I-06).
    """
    intake = take(caller, request)
    identifier = as_id(request.resource_id or "")
    if identifier is None:
        raise missing(request)

    async def work() -> Answer:
        async with env.database.transaction() as session:
            stored = await resources.lock_for_delete(caller, session, request.kind.name, identifier)
            if stored is None:
                raise missing(request)
            check_if_match(request.if_match, stored.version, required=caller.settings.require_if_match)
            check_if_none_match(request.if_none_match, stored.version)
            groups = await members.leave_all_groups(caller, session, identifier)
            if groups:
                await resources.touch(caller, session, groups, at=request.now)
            await resources.delete(caller, session, stored)
            changed = changes(stored.document, {}, request.kind)
            if groups:
                changed.append({"path": "groups", "removed": [str(group) for group in groups]})
            await Writer(caller, session, request, intake).record("delete", 204, stored, changed)
        return Answer(status=204, summary=f"deleted {request.kind.name} {identifier}")

    return await retried(work)
