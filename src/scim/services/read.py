"""GET of one resource (RFC 7644 §3.4.1)."""

from __future__ import annotations

from scim.caller import Caller
from scim.db.session import Session
from scim.exceptions import NotFound
from scim.protocol.etag import etag, matches
from scim.services.environment import Environment
from scim.services.intake import take
from scim.services.requests import Answer, ScimRequest
from scim.services.view import View
from scim.storage import resources
from scim.storage.fields import as_id
from scim.storage.resources import Stored


async def read(env: Environment, caller: Caller, request: ScimRequest) -> Answer:
    """Answer 200 with the resource, or 304 where the client has this version already.

    Raises:
        NotFound: the caller's applications have none of that type and id.
    """
    intake = take(caller, request)
    view = View.of(intake, request.kind, request.base_url)
    async with env.database.session() as session:
        stored = await load(caller, session, request)
        location, tag = view.location(stored.id), etag(stored.version)
        if _known(caller, request, stored, view):
            return intake.told_in(Answer(status=304, location=location, etag=tag, summary="not modified"))
        [body] = await view.show(caller, session, [stored])
    summary = f"read {request.kind.name} {stored.id}"
    return intake.told_in(Answer(status=200, body=body, location=location, etag=tag, summary=summary))


async def load(caller: Caller, session: Session, request: ScimRequest) -> Stored:
    """The resource a request names.

    Raises:
        NotFound: there is none.
    """
    identifier = as_id(request.resource_id or "")
    stored = await resources.load(caller, session, request.kind.name, identifier) if identifier else None
    if stored is None:
        raise missing(request)
    return stored


def missing(request: ScimRequest) -> NotFound:
    """The error for an id that names nothing."""
    return NotFound(f"There is no {request.kind.name} with the id '{request.resource_id}'.")


def _known(caller: Caller, request: ScimRequest, stored: Stored, view: View) -> bool:
    """Whether 304 may be answered: not where the answer holds values that change without a new version.

    Nor where the schemas have changed since the resource did: they may show more of it now, or less.
    """
    condition, changed_at = request.if_none_match, request.registry.changed_at
    if condition is None or not matches(condition, stored.version):
        return False
    return not view.holds_derived(caller, stored) and (changed_at is None or changed_at < stored.modified_at)
