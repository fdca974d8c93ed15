"""PUT of a resource (RFC 7644 §3.5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scim.caller import Caller
from scim.protocol.etag import check_if_match, check_if_none_match
from scim.protocol.patch.members import ReplaceMembers, check_members_named
from scim.protocol.unknown import Unknowns
from scim.protocol.validation import read_replacement
from scim.services.answers import Written, answered
from scim.services.documents import names, parted, with_default_active
from scim.services.environment import Environment
from scim.services.guard import guarded
from scim.services.intake import take
from scim.services.passwords import HashedOnce
from scim.services.read import load
from scim.services.requests import Answer, ScimRequest
from scim.services.sent import sent_attributes
from scim.services.transactions import retried
from scim.services.view import View
from scim.services.writing import Secret, Wanted, Writer
from scim.storage.resources import Stored

_OK = 200


async def replace(env: Environment, caller: Caller, request: ScimRequest) -> Answer:
    """Replace what a client may set, and answer 200 with the resource; a password that is not sent is kept (row G-04).

    Raises:
        ScimError: unknown id (404), body that does not fit (400), version misfit (412), unique value taken (409), too
            many users deactivated (429).
    """
    intake = take(caller, request)
    kind = request.kind
    view = View.of(intake, kind, request.base_url)
    hashed_once = HashedOnce(env.passwords)

    async def work() -> Answer:
        async with env.database.session() as session:
            stored = await load(caller, session, request)
        check_if_match(request.if_match, stored.version, required=caller.settings.require_if_match)
        check_if_none_match(request.if_none_match, stored.version)
        unknowns = Unknowns(intake.unknown)
        document = read_replacement(intake.body, stored.document, kind, unknowns=unknowns)
        intake.ignore(unknowns.ignored)
        parts = parted(with_default_active(document, kind, intake.body), kind)
        check_members_named(parts.members or [])
        wanted = Wanted(
            document=parts.document,
            secret=await _secret(intake.body, parts.password, stored, hashed_once),
            members=[ReplaceMembers(tuple(parts.members))] if parts.members is not None else [],
        )
        async with env.database.transaction() as session:
            saved = await Writer(caller, session, request, intake).save("replace", stored, wanted)
            unchanged = ", no change" if saved.version == stored.version else ""
            summary, sent = f"replaced {kind.name} {saved.id}{unchanged}", sent_attributes(document, kind)
            done = Written(stored=saved, status=_OK, summary=summary, sent=sent, record_id=intake.record_id)
            return await answered(caller, session, view, request, done)

    return await guarded(env, caller, request, intake, "replace", lambda: retried(work))


async def _secret(body: Mapping[str, Any], password: str | None, stored: Stored, hashed_once: HashedOnce) -> Secret:
    """A password that is not sent is kept (row G-04), null takes it away (row G-05)."""
    if password:
        hashed = await hashed_once(password)
        return Secret(keep=hashed is None, value=hashed)
    return Secret(keep=not (stored.has_secret and names(body, "password")), value=None)
