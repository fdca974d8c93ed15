"""The guard against mass deprovisioning: when too many users would go at once, somebody has to look first.

Off unless the application's settings say how many may go within a window. What is refused is told to the operator, and
may come again later: identity providers retry 429. Other requests go on.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.exceptions import TooManyRequests
from scim.models.settings import ApplicationSettings
from scim.protocol.validation import Document
from scim.services.environment import Environment
from scim.services.intake import Intake
from scim.services.requests import Answer, ScimRequest
from scim.services.tenants import DEFAULT_TENANT
from scim.storage import audit, guards
from scim.storage.audit import Entry
from scim.storage.fields import as_id
from scim.storage.guards import Deprovisioned
from scim.storage.resources import Stored

log = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 600


class Guarded(TooManyRequests):
    """The guard is closed."""

    is_recorded = True

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": str(RETRY_AFTER_S)})


@dataclass(frozen=True, slots=True)
class Limits:
    """What the settings allow: a share in percent, a number, or both."""

    percent: float | None
    users: int | None
    window: timedelta

    @classmethod
    def of(cls, settings: ApplicationSettings) -> Limits:
        """Those of an application."""
        window = timedelta(minutes=settings.guard_window_minutes)
        return cls(settings.guard_percent, settings.guard_users, window)

    def allowed(self, users: int) -> int | None:
        """How many of so many users may go within the window; None for any number."""
        limits = [] if self.users is None else [self.users]
        if self.percent is not None:
            limits.append(int(users * Fraction(str(self.percent)) / 100))
        return min(limits, default=None)

    @property
    def words(self) -> str:
        """The limits in words."""
        parts = [] if self.percent is None else [f"{self.percent:g} % of the users"]
        parts += [] if self.users is None else [f"{self.users} user{'' if self.users == 1 else 's'}"]
        minutes = int(self.window.total_seconds() // 60)
        return f"{' or '.join(parts)} within {minutes} minutes"


async def admit_change(caller: Caller, session: Session, stored: Stored, document: Document, *, at: datetime) -> None:
    """Let a user be deactivated, where its new document does that.

    Raises:
        Guarded: too many were lately.
    """
    if _is_active(stored.document) and not _is_active(document):
        await guards.hold(caller, session)
        await _admit(caller, session, stored.id, deleted=False, at=at)


async def note_change(caller: Caller, session: Session, stored: Stored, document: Document) -> None:
    """Count a user no longer who is active again; the user's row must be locked by then, as it is where one is deleted."""
    if _is_active(document) and not _is_active(stored.document):
        await guards.forget(caller, session, stored.id)


async def note_restoration(caller: Caller, session: Session, user_id: UUID, document: Document) -> None:
    """Count a user no longer who is back, but as deactivated one who is back and inactive."""
    if _is_active(document):
        await guards.forget(caller, session, user_id)
    else:
        await guards.note_return(caller, session, user_id)


def _is_active(document: Document) -> bool:
    return document.get("active") is True


async def admit_deletion(caller: Caller, session: Session, user_id: UUID, *, at: datetime) -> None:
    """Let a user be deleted; the guard must be held (`storage.guards.hold`).

    Raises:
        Guarded: too many were lately.
    """
    await _admit(caller, session, user_id, deleted=True, at=at)


async def _admit(caller: Caller, session: Session, user_id: UUID, *, deleted: bool, at: datetime) -> None:
    limits, record = Limits.of(caller.settings), await guards.record_of(caller, session)
    if record.released_until is not None and at < record.released_until:
        return
    since = at - limits.window
    lately = await guards.deprovisioned(caller, session, since=since, besides=user_id)
    allowed = limits.allowed(lately.users)
    if allowed is not None and lately.number >= allowed:
        raise Guarded(_told(caller, lately, limits))
    await guards.note(caller, session, user_id, at=at, since=since, deleted=deleted)
    await guards.reopen(caller, session)


def _told(caller: Caller, lately: Deprovisioned, limits: Limits) -> str:
    where = "" if caller.tenant == DEFAULT_TENANT else f" --tenant {caller.tenant}"
    return (
        f"The guard against mass deprovisioning is closed: {lately.number} of {lately.users} users were deactivated or"
        f" deleted lately, and at most {limits.words} may be. If this is meant, the operator of the server lets it"
        f" through with `pyscim app guard {caller.app} --release{where}`; until then try again later."
    )


async def guarded(
    env: Environment,
    caller: Caller,
    request: ScimRequest,
    intake: Intake,
    action: str,
    work: Callable[[], Awaitable[Answer]],
) -> Answer:
    """Run a write, and tell the operator if the guard refuses it: in the log and in an audit record of its own.

    Raises:
        Guarded: it was refused.
    """
    try:
        return intake.told_in(await work())
    except Guarded as error:
        entry = Entry(
            action=action,
            at=request.now,
            resource_type=request.kind.name,
            resource_id=as_id(request.resource_id or ""),
            status=error.status,
            detail=error.detail,
            rules=intake.rules,
        )
        async with env.database.transaction() as session:
            first = await guards.count_refusal(caller, session, at=request.now)
            await audit.record(caller, session, request.origin, entry)
        log.log(
            logging.WARNING if first else logging.INFO,
            "application %s of tenant %s: %s",
            caller.app,
            caller.tenant,
            error.detail,
        )
        raise
