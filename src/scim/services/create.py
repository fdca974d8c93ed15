"""POST of a resource (RFC 7644 §3.3)."""

from __future__ import annotations

from scim.caller import Caller
from scim.protocol.etag import etag
from scim.protocol.patch.members import AddMembers, check_members_named
from scim.protocol.unknown import Unknowns
from scim.protocol.validation import read_resource
from scim.services.documents import parted, with_default_active
from scim.services.environment import Environment
from scim.services.intake import take
from scim.services.requests import Answer, ScimRequest
from scim.services.sent import sent_attributes
from scim.services.transactions import retried
from scim.services.view import View
from scim.services.writing import Secret, Wanted, Writer
from scim.utils.uuid7 import new_id


async def create(env: Environment, caller: Caller, request: ScimRequest) -> Answer:
    """Make a resource and answer 201 with it.

    Raises:
        ScimError: the body does not fit (400), or a unique value is taken (409).
    """
    intake = take(caller, request)
    unknowns = Unknowns(intake.unknown)
    kind = request.kind
    document = read_resource(intake.body, kind, unknowns=unknowns)
    intake.ignore(unknowns.ignored)
    parts = parted(with_default_active(document, kind), kind)
    check_members_named(parts.members or [])
    hashed = await env.passwords.hashed(parts.password) if parts.password else None
    wanted = Wanted(
        document=parts.document,
        secret=Secret(keep=hashed is None, value=hashed),
        members=[AddMembers(tuple(parts.members))] if parts.members else [],
    )
    resource_id = new_id(request.now)
    view = View(kind, request.base_url, intake.projection)

    async def work() -> Answer:
        async with env.database.transaction() as session:
            stored = await Writer(caller, session, request, intake).create(resource_id, wanted)
            [body] = await view.show(caller, session, [stored], sent=sent_attributes(document, kind))
        return Answer(
            status=201,
            body=body,
            location=view.location(stored.id),
            etag=etag(stored.version),
            summary=f"created {kind.name} {_named(parts.document)}",
        )

    return await retried(work)


def _named(document: dict[str, object]) -> str:
    return f"'{document.get('userName') or document.get('displayName') or ''}'"
