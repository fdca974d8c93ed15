"""Deleting applications with all they hold: in batches, each its own transaction.

First the application is deactivated, so that nobody adds to it; last goes its own row. In between it may be interrupted,
and is gone on with by the same command. Each batch locks the application, so that two who delete at once take turns.
Audit records stay, until they are pruned.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

from scim.caller import Caller
from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.models import Application, Tenant
from scim.models.settings import STRICT
from scim.services import applications as application_services
from scim.services.applications import Chosen
from scim.services.operator import operator_caller, record
from scim.services.transactions import retried
from scim.storage import applications, removal, tokens
from scim.storage.removal import Batch, Key
from scim.storage.tokens import Change
from scim.utils.clock import now

Tell: TypeAlias = Callable[[int], None]
"""Is told, again and again, how many more rows are gone."""

_Remove: TypeAlias = Callable[[Session, Key | None], Awaitable[Batch | None]]

_LOST: Final = ("display_name", "description", "external_id", "settings")
"""What the record of a deletion keeps of an application or tenant besides its name, where there is something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """How much goes with an application or a tenant; `resources` counts by type, and `rows` what `Tell` is told of."""

    applications: int = 0
    resources: Mapping[str, int] = field(default_factory=dict)
    hidden_users: int = 0
    memberships: int = 0
    tokens: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What is to be deleted, or was: an application, or a tenant where `app` is None."""

    id: UUID
    tenant: str
    app: str | None
    content: Content


def quiet(_rows: int) -> None:
    """Nobody wants to know."""


async def look(database: Database, name_or_id: str, *, tenant: str | None = None) -> Removal:
    """What would go with an application.

    Raises:
        OperatorError: no such application.
    """
    async with database.session() as session:
        return await look_at(session, await application_services.resolve(session, name_or_id, tenant=tenant))


async def look_at(session: Session, chosen: Chosen) -> Removal:
    """The same of an application that is chosen already."""
    counts = await applications.resource_counts(session, [chosen.app.id])
    found = await removal.content(_caller(chosen), session)
    content = Content(
        resources={kind: number for kind, number in counts[chosen.app.id].items() if number},
        hidden_users=found.hidden_users,
        memberships=found.memberships,
        tokens=found.tokens,
        rows=found.rows,
    )
    return Removal(id=chosen.app.id, tenant=chosen.tenant.name, app=chosen.app.name, content=content)


async def delete(database: Database, name_or_id: str, *, tenant: str | None = None, tell: Tell = quiet) -> Removal:
    """Delete an application with all it holds.

    Raises:
        OperatorError: no such application, or it was activated meanwhile.
    """
    async with database.session() as session:
        chosen = await application_services.resolve(session, name_or_id, tenant=tenant)
    return await delete_chosen(database, chosen, tell)


async def delete_chosen(database: Database, chosen: Chosen, tell: Tell) -> Removal:
    """The same of an application that is chosen already; somebody else may have deleted it meanwhile."""
    async with database.session() as session:
        found = await look_at(session, chosen)
    await _begin(database, chosen, found.content)
    while not await retried(partial(_finish, database, chosen)):
        for table in removal.KEYS:
            await _empty(database, partial(_remove_some, chosen, table), tell)
    return found


async def sweep(database: Database) -> int:
    """Remove what requests that were on their way wrote after their application was deleted; how many those were of."""
    async with database.session() as session:
        left = await removal.leftovers(session)
    for tenant_id, app_id in left:
        caller = Caller(
            tenant_id=tenant_id,
            app_ids=(app_id,),
            scopes=frozenset(),
            profile=STRICT,
            tenant="",
            app="",
            actor="server",
        )
        for table in removal.KEYS:
            await _empty(database, partial(_sweep_some, caller, table), quiet)
        async with database.transaction() as session:
            await removal.finish(caller, session)
    return len(left)


def counted(content: Content) -> dict[str, tuple[Any, Any]]:
    """How much there is, as changes of an audit record."""
    counts = {"resources": dict(content.resources), "memberships": content.memberships, "tokens": content.tokens}
    return {name: (number, None) for name, number in counts.items() if number}


def lost(subject: Application | Tenant) -> dict[str, tuple[Any, Any]]:
    """What an application or tenant was, as changes of an audit record."""
    values = {name: getattr(subject, name) for name in _LOST}
    return {"name": (subject.name, None)} | {name: (value, None) for name, value in values.items() if value}


async def _begin(database: Database, chosen: Chosen, content: Content) -> None:
    """Deactivate the application, and write down that it is being deleted."""
    async with database.transaction() as session:
        app = await applications.lock(session, chosen.app.id)
        if app is None:
            return
        if app.active:
            await applications.update(session, app.id, {"active": False}, at=now())
        changes = {"active": (app.active, False)} | counted(content)
        await record(_caller(chosen), session, "app.delete.begin", app.id, changes)
        await tokens.notify(session, Change.APP, app.id)


async def _empty(database: Database, remove: _Remove, tell: Tell) -> None:
    """Batch after batch, until one finds nothing behind the one before."""
    after: Key | None = None
    while True:
        batch = await retried(partial(_one_batch, database, remove, after))
        if batch is None:
            return
        tell(batch.rows)
        after = batch.last


async def _one_batch(database: Database, remove: _Remove, after: Key | None) -> Batch | None:
    async with database.transaction() as session:
        return await remove(session, after)


async def _remove_some(chosen: Chosen, table: str, session: Session, after: Key | None) -> Batch | None:
    if await _locked(session, chosen) is None:
        return None
    return await removal.remove_some(_caller(chosen), session, table, after=after)


async def _sweep_some(caller: Caller, table: str, session: Session, after: Key | None) -> Batch | None:
    return await removal.remove_some(caller, session, table, after=after)


async def _locked(session: Session, chosen: Chosen) -> Application | None:
    """The application, locked; None where somebody else deleted it.

    Raises:
        OperatorError: somebody activated it.
    """
    app = await applications.lock(session, chosen.app.id)
    if app is not None and app.active:
        raise OperatorError(
            f"application '{app.name}' was activated while it was being deleted; what is left of it stays"
        )
    return app


async def _finish(database: Database, chosen: Chosen) -> bool:
    """Remove the application itself, if nothing is left in it."""
    caller = _caller(chosen)
    async with database.transaction() as session:
        app = await _locked(session, chosen)
        if app is None:
            return True
        if not await removal.is_empty(caller, session):
            return False
        await removal.finish(caller, session)
        await record(caller, session, "app.delete", app.id, lost(app) | {"profile": (app.profile, None)})
        await tokens.notify(session, Change.APP, app.id)
    return True


def _caller(chosen: Chosen) -> Caller:
    return operator_caller(chosen.tenant, chosen.app)
