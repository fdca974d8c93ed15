"""How a write is answered: with the resource, or without it (RFC 7644 §3.5.2, RFC 7240)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.protocol.etag import etag
from scim.protocol.prefer import Return, preferred_return
from scim.services.requests import Answer, ScimRequest
from scim.services.view import View
from scim.storage import audit
from scim.storage.resources import Stored
from scim.utils.splice import dump

_CREATED = 201
_NO_CONTENT = 204
_LONGEST_KEPT: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a write did: the resource as it is now, the status and a summary for it, and what the client set.

    `record_id` is that of its audit record, where anything was written.
    """

    stored: Stored
    status: int
    summary: str
    sent: frozenset[str]
    record_id: UUID | None = None


async def answered(
    caller: Caller,
    session: Session,
    view: View,
    request: ScimRequest,
    done: Written,
    *,
    unasked_minimal: Callable[[], Awaitable[bool]] | None = None,
) -> Answer:
    """The answer to a write, read in its transaction.

    The resource is in it where `attributes` or `excludedAttributes` ask for it (row H-15), else as `Prefer` says, else
    unless `unasked_minimal` finds that it is better left out.
    """
    wanted = preferred_return(request.prefer)
    if not view.projection.is_default:
        minimal = False
    elif wanted is not None:
        minimal = wanted is Return.MINIMAL
    else:
        minimal = unasked_minimal is not None and await unasked_minimal()
    body = None
    if not minimal:
        [body] = await view.show(caller, session, [done.stored], sent=done.sent)
        if request.origin.request is not None and done.record_id is not None:
            await _keep(caller, session, done.record_id, body)
    return Answer(
        status=_NO_CONTENT if minimal and done.status != _CREATED else done.status,
        body=body,
        location=view.location(done.stored.id),
        etag=etag(done.stored.version),
        preference_applied=f"return={wanted}" if wanted and (wanted is Return.MINIMAL) == minimal else None,
        summary=done.summary,
    )


async def _keep(caller: Caller, session: Session, record_id: UUID, body: Mapping[str, Any]) -> None:
    """The answer is kept where the request is, unless it is too long."""
    printed = b"".join(dump(body))
    if len(printed) <= _LONGEST_KEPT:
        await audit.add_answer(caller, session, record_id, printed)
