"""What the operator does with the guard against mass deprovisioning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.services import applications
from scim.services.applications import Chosen
from scim.services.guard import Limits
from scim.services.operator import operator_caller, record
from scim.storage import guards
from scim.utils.clock import now


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardState:
    """The guard of an application.

    `deprovisioned` users of `users` were deactivated or deleted within the window, and `allowed` may be (None: the guard
    is off). Since it closed, `refused` requests were refused.
    """

    tenant: str
    app: str
    enabled: bool
    closed: bool
    limits: str | None
    window_minutes: int
    users: int
    deprovisioned: int
    allowed: int | None
    refused: int
    refused_since: datetime | None
    last_refused_at: datetime | None
    released_until: datetime | None


async def state(database: Database, name_or_id: str, *, tenant: str | None = None) -> GuardState:
    """How the guard of an application stands.

    Raises:
        OperatorError: no such application.
    """
    async with database.session() as session:
        return await state_of(session, await applications.resolve(session, name_or_id, tenant=tenant))


async def release(database: Database, name_or_id: str, *, tenant: str | None = None) -> GuardState:
    """Let everything through for the length of the window, and count from nothing afterwards.

    Raises:
        OperatorError: no such application, or its guard is off.
    """
    async with database.transaction() as session:
        chosen = await applications.resolve(session, name_or_id, tenant=tenant)
        caller = operator_caller(chosen.tenant, chosen.app)
        if not caller.settings.is_guarded:
            raise OperatorError(
                f"the guard of application '{chosen.app.name}' is off; guard_users or guard_percent turn it on"
                " (`pyscim app update --set`)"
            )
        await guards.hold(caller, session)
        before = await guards.record_of(caller, session)
        until = now() + Limits.of(caller.settings).window
        await guards.release(caller, session, until=until)
        changes = {"refused": (before.refused, 0), "released_until": (before.released_until, until)}
        await record(caller, session, "app.guard.release", chosen.app.id, changes)
        return await state_of(session, chosen)


async def state_of(session: Session, chosen: Chosen) -> GuardState:
    """The same of an application that is chosen already."""
    caller = operator_caller(chosen.tenant, chosen.app)
    settings, at = caller.settings, now()
    limits, known = Limits.of(settings), await guards.record_of(caller, session)
    lately = await guards.deprovisioned(caller, session, since=at - limits.window)
    released = known.released_until if known.released_until and known.released_until > at else None
    allowed = limits.allowed(lately.users)
    return GuardState(
        tenant=chosen.tenant.name,
        app=chosen.app.name,
        enabled=settings.is_guarded,
        closed=allowed is not None and lately.number >= allowed and released is None,
        limits=limits.words if settings.is_guarded else None,
        window_minutes=settings.guard_window_minutes,
        users=lately.users,
        deprovisioned=lately.number,
        allowed=allowed,
        refused=known.refused,
        refused_since=known.refused_since,
        last_refused_at=known.refused_at,
        released_until=released,
    )
