"""All checks in their order: those that need no database, then those that need one, then those that need its tables.

Nothing is changed, and nothing is migrated. A check that fails itself says so, and the others go on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Final, TypeVar

from scim.config import Settings
from scim.db.database import Database
from scim.db.embedded.place import find_data
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.services import applications as application_services
from scim.services import tenants as tenant_services
from scim.services.applications import Chosen
from scim.services.doctor import (
    clock,
    connections,
    disk,
    expiring,
    guards,
    hidden_users,
    indexes,
    migrated,
    profiles,
    public_url,
    reachable,
    references,
    refusals,
    row_security,
    safety,
    usable_tokens,
)
from scim.services.doctor.finding import Examined, Finding, Installation, Level
from scim.services.runtime import open_database
from scim.storage import applications, tenants
from scim.utils.clock import now
from scim.utils.logs import mask_credentials

E = TypeVar("E", bound=Installation)
Check = Callable[[E], Awaitable[list[Finding]]]

MOST_LINES: Final = 20
"""Lines that one check may fill."""

WITHOUT_DATABASE: Final[Sequence[tuple[str, Check[Installation]]]] = (
    (safety.NAME, safety.check),
    (disk.NAME, disk.check),
    (public_url.NAME, public_url.check),
)
OF_THE_SERVER: Final[Sequence[tuple[str, Check[Examined]]]] = (
    (clock.NAME, clock.check),
    (connections.NAME, connections.check),
)
OF_THE_TABLES: Final[Sequence[tuple[str, Check[Examined]]]] = (
    (indexes.NAME, indexes.check),
    (row_security.NAME, row_security.check),
    (usable_tokens.NAME, usable_tokens.check),
    (expiring.NAME, expiring.check),
    (refusals.NAME, refusals.check),
    (profiles.NAME, profiles.check),
    (references.NAME, references.check),
    (guards.NAME, guards.check),
    (hidden_users.NAME, hidden_users.check),
)

_WORST_FIRST: Final = (Level.FAIL, Level.WARN, Level.OK)


async def examine(settings: Settings, *, app: str | None = None, tenant: str | None = None) -> list[Finding]:
    """Look at the installation, and at all active applications, those of a tenant, or one.

    Raises:
        OperatorError: no such application or tenant.
    """
    about = Installation(settings=settings, at=now())
    found = [finding for name, check in WITHOUT_DATABASE for finding in await run(name, check, about)]
    if not settings.database_url.get_secret_value() and find_data(settings.data_dir) is None:
        message = f"There is no embedded database in {settings.data_dir} yet."
        return [_nothing_yet(message), *found]
    async with AsyncExitStack() as stack:
        try:
            database = await stack.enter_async_context(open_database(settings))
        except OperatorError as error:
            return [reachable.away(str(error)), *found]
        return [*await _of_database(settings, database, app, tenant), *found]


async def run(name: str, check: Check[E], about: E) -> list[Finding]:
    """What a check finds, the worst first, in so many lines as people read."""
    try:
        found = sorted(await check(about), key=lambda finding: _WORST_FIRST.index(finding.level))
    except Exception as error:  # noqa: BLE001 - a check that fails must not hide what the others find
        return [_failed(name, error)]
    if len(found) <= MOST_LINES:
        return found
    rest = found[MOST_LINES - 1 :]
    more = f"{len(rest)} more like this."
    remedy = "Look at one application with --app."
    return [*found[: MOST_LINES - 1], Finding(name=name, level=rest[0].level, message=more, remedy=remedy)]


async def _of_database(settings: Settings, database: Database, app: str | None, tenant: str | None) -> list[Finding]:
    about = Examined(settings=settings, at=now(), database=database)
    found = await run(reachable.NAME, reachable.check, about)
    if found[0].level is not Level.OK:
        return found
    state = await run(migrated.NAME, migrated.check, about)
    found += state
    for name, check in OF_THE_SERVER:
        found += await run(name, check, about)
    if state[0].level is not Level.OK:
        return found
    try:
        async with database.session() as session:
            about = replace(about, applications=await _chosen(session, app, tenant), is_whole=app is None)
    except OperatorError:
        raise
    except Exception as error:  # noqa: BLE001 - what was found before is still to be told
        return [*found, _failed("applications", error)]
    for name, check in OF_THE_TABLES:
        found += await run(name, check, about)
    return found


async def _chosen(session: Session, app: str | None, tenant: str | None) -> list[Chosen]:
    """The application that was named, else all that are active."""
    if app is not None:
        return [await application_services.resolve(session, app, tenant=tenant)]
    owner = await tenant_services.resolve(session, tenant) if tenant else None
    owners = {one.id: one for one in await tenants.list_tenants(session)}
    found = await applications.list_applications(session, tenant_id=owner.id if owner else None)
    chosen = [Chosen(owners[one.tenant_id], one) for one in found if one.tenant_id in owners]
    return sorted(chosen, key=lambda one: (one.tenant.name, one.app.name))


def _failed(name: str, error: Exception) -> Finding:
    told = mask_credentials(f"The check itself failed: {type(error).__name__}: {error}")
    return Finding(name=name, level=Level.FAIL, message=told)


def _nothing_yet(message: str) -> Finding:
    remedy = "Start the server (`pyscim run dev`), which makes it, or set DATABASE_URL."
    return Finding(name=reachable.NAME, level=Level.FAIL, message=message, remedy=remedy)
