"""What the operator does with the audit log."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError, UsageError
from scim.services import applications
from scim.services import tenants as tenant_services
from scim.services.housekeeping import prune
from scim.services.names import as_uuid
from scim.storage import audit_log
from scim.storage.audit_log import Record, Wanted
from scim.utils.clock import now
from scim.utils.user_agents import identity_provider

FOLLOW_SECONDS: Final = 0.5
_OVERLAP: Final = timedelta(seconds=30)
"""Ids are in the order in which requests began, not in which they were done: so far back is looked again."""

_FOLLOWED: Final = 1000
_REFUSED: Final = (400, 599)
_STATUS: Final = re.compile(r"(?P<one>[1-5]\d\d)|(?P<hundred>[1-5])xx", re.IGNORECASE)
_ENDING: Final = re.compile(r"[0-9a-f-]{4,35}", re.IGNORECASE)
_AGE: Final = re.compile(r"(?P<number>\d{1,6})(?P<unit>s|min|m|h|d|w)", re.IGNORECASE)
_UNITS: Final = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What `audit list` was asked for, as it was typed."""

    app: str | None = None
    tenant: str | None = None
    resource: str | None = None
    action: str | None = None
    since: str | None = None
    status: str | None = None


async def find(database: Database, asked: Asked, *, limit: int) -> list[Record]:
    """The last records of those asked for, the oldest first.

    Raises:
        OperatorError: no such tenant or application.
        UsageError: a resource that is no id, a time or status that is none.
    """
    async with database.session() as session:
        return await audit_log.find(session, await _wanted(session, asked), limit=limit)


async def follow(database: Database, asked: Asked) -> AsyncIterator[Record]:
    """The same from now on, as they come, for ever; none is missed and none comes twice.

    Raises:
        OperatorError, UsageError: as `find`.
    """
    begin = now()
    async with database.session() as session:
        wanted = await _wanted(session, asked)
        seen = {one.id for one in await audit_log.find(session, _since(wanted, begin - _OVERLAP), limit=_FOLLOWED)}
    while True:
        await asyncio.sleep(FOLLOW_SECONDS)
        async with database.session() as session:
            found = await audit_log.find(session, _since(wanted, max(begin, now() - _OVERLAP)), limit=_FOLLOWED)
        for record in found:
            if record.id not in seen:
                yield record
        seen = {one.id for one in found} | {one for one in seen if one.int >> 80 > _milliseconds(now() - 2 * _OVERLAP)}


async def one(database: Database, record_id: str) -> Record:
    """One record whole, by its id or the end of it, which `audit list` shows.

    Raises:
        OperatorError: there is none of that id, or several.
    """
    identifier = as_uuid(record_id)
    async with database.session() as session:
        if identifier is not None:
            whole = await audit_log.by_id(session, identifier)
            found = [whole] if whole else []
        else:
            found = await audit_log.by_ending(session, record_id.lower()) if _ENDING.fullmatch(record_id) else []
    if not found:
        raise OperatorError(f"no audit record '{record_id}'; `pyscim audit list` shows the last ones")
    if len(found) > 1:
        raise OperatorError(f"'{record_id}' is the end of several ids: {', '.join(str(one.id) for one in found)}, …")
    return found[0]


async def count_before(database: Database, before: datetime) -> int:
    """How many records `drop_before` would drop."""
    async with database.session() as session:
        return await audit_log.count_before(session, before)


async def drop_before(database: Database, before: datetime, *, told: Callable[[int], None]) -> int:
    """Drop records from before a time, in batches; `told` hears how many went with each."""
    return await prune(database, before, told=told)


def provider_of(record: Record) -> str | None:
    """The identity provider that sent a request, guessed from its user agent."""
    return identity_provider(record.user_agent)


def moment_before(text: str) -> datetime:
    """The time that an age (`2h`, `3d`, `90min`) or an ISO time means.

    Raises:
        UsageError: it is neither.
    """
    age = _AGE.fullmatch(text.strip())
    if age:
        return now() - timedelta(**{_UNITS[age["unit"].lower()]: int(age["number"])})
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"'{text}' is no time; accepted: an age such as 30min, 2h, 3d, or an ISO time") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def statuses(text: str) -> tuple[int, int]:
    """The least and greatest status of `404`, `4xx`, `ok` or `refused`.

    Raises:
        UsageError: it is none of these.
    """
    named = {"ok": (100, 399), "refused": _REFUSED}
    if text.lower() in named:
        return named[text.lower()]
    found = _STATUS.fullmatch(text)
    if found is None:
        raise UsageError(f"--status is '{text}'; accepted: a status such as 409, a class such as 4xx, ok, refused")
    if found["one"]:
        return int(found["one"]), int(found["one"])
    return int(found["hundred"]) * 100, int(found["hundred"]) * 100 + 99


async def _wanted(session: Session, asked: Asked) -> Wanted:
    tenant_id, app_id = None, None
    if asked.app is not None:
        chosen = await applications.resolve(session, asked.app, tenant=asked.tenant)
        tenant_id, app_id = chosen.tenant.id, chosen.app.id
    elif asked.tenant is not None:
        tenant_id = (await tenant_services.resolve(session, asked.tenant)).id
    return Wanted(
        tenant_id=tenant_id,
        app_id=app_id,
        resource_id=_resource(asked.resource),
        action=asked.action,
        since=moment_before(asked.since) if asked.since else None,
        statuses=statuses(asked.status) if asked.status else None,
    )


def _resource(text: str | None) -> UUID | None:
    if text is None:
        return None
    found = as_uuid(text)
    if found is None:
        raise UsageError(f"--resource is '{text}', which is no id; `user list` and `group list` show ids")
    return found


def _since(wanted: Wanted, at: datetime) -> Wanted:
    return replace(wanted, since=max(at, wanted.since) if wanted.since else at)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
