"""What the operator does with users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scim.caller import Caller
from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.protocol.attributes.registry import USER, application_registry
from scim.protocol.date_time import printed
from scim.protocol.validation import Document
from scim.services import applications
from scim.services.applications import Chosen
from scim.services.intake import take
from scim.services.names import as_uuid, unknown
from scim.services.operator import operator_caller
from scim.services.requests import ScimRequest
from scim.services.transactions import retried
from scim.services.writing import Wanted, Writer
from scim.storage import definitions, hidden
from scim.storage.hidden import Hidden
from scim.utils.clock import now

_MAX_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUser:
    """A user who was deleted but kept (`on_delete=deactivate`), and is hidden from SCIM since, or was until now."""

    id: UUID
    user_name: str
    external_id: str | None
    active: bool | None
    tenant: str
    app: str
    deleted_at: datetime


async def restore(database: Database, name_or_id: str, *, app: str, tenant: str | None = None) -> KeptUser:
    """Bring a user back who was deleted but kept (`on_delete=deactivate`): as it was, with its groups.

    The user is named by id, userName or externalId.

    Raises:
        OperatorError: no such application; no hidden user of that name, or several.
        Uniqueness: another user has the userName, or another unique value, by now.
    """

    async def work() -> KeptUser:
        async with database.transaction() as session:
            chosen = await applications.resolve(session, app, tenant=tenant)
            caller = operator_caller(chosen.tenant, chosen.app)
            found = await _named(caller, session, name_or_id)
            stored = await _restored(caller, session, found)
        return _kept(chosen, found.stored.id, stored, found.since)

    return await retried(work)


async def list_hidden(
    database: Database, *, app: str, tenant: str | None = None, limit: int
) -> tuple[int, list[KeptUser]]:
    """The users of an application who are hidden, those hidden last first, and how many there are in all.

    Raises:
        OperatorError: no such application.
    """
    async with database.session() as session:
        chosen = await applications.resolve(session, app, tenant=tenant)
        caller = operator_caller(chosen.tenant, chosen.app)
        total = await hidden.count(caller, session)
        found = await hidden.latest(caller, session, limit)
    return total, [_kept(chosen, one.stored.id, one.stored.document, one.since) for one in found]


def _kept(chosen: Chosen, user_id: UUID, document: Document, deleted_at: datetime) -> KeptUser:
    return KeptUser(
        id=user_id,
        user_name=document["userName"],
        external_id=document.get("externalId"),
        active=document.get("active"),
        tenant=chosen.tenant.name,
        app=chosen.app.name,
        deleted_at=deleted_at,
    )


async def _restored(caller: Caller, session: Session, found: Hidden) -> Document:
    own = await definitions.load(caller, session)
    registry = application_registry(own.schemas, own.resource_types, version=own.version)
    kind = registry.resource_type(USER)
    assert kind is not None
    request = ScimRequest(registry=registry, method="", base_url="", now=now(), kind=kind)
    writer = Writer(caller, session, request, take(caller, request))
    return (await writer.restore(found.stored, Wanted(document=found.stored.document))).document


async def _named(caller: Caller, session: Session, name_or_id: str) -> Hidden:
    wanted = as_uuid(name_or_id)
    found = await hidden.by_id(caller, session, wanted) if wanted else []
    if not found:
        by_name = [
            *await hidden.by_user_name(caller, session, name_or_id),
            *await hidden.by_external_id(caller, session, name_or_id),
        ]
        found = list({one.stored.id: one for one in by_name}.values())
    if not found:
        latest = await hidden.latest(caller, session, _MAX_NAMED)
        names = [str(one.stored.document["userName"]) for one in latest]
        raise unknown("hidden user", name_or_id, names, where=f" in application '{caller.app}'")
    if len(found) > 1:
        raise OperatorError(f"'{name_or_id}' fits several hidden users; name one by its id: {_listed(found)}")
    return found[0]


def _listed(found: Sequence[Hidden]) -> str:
    return ", ".join(
        f"{one.stored.id} ('{one.stored.document['userName']}', deleted {printed(one.since)})" for one in found
    )
