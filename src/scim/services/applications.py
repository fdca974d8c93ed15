"""What the operator does with applications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.models import Application, Tenant
from scim.protocol.compat.profile import profile as profile_named
from scim.services import tenants as tenant_services
from scim.services.application_settings import with_settings
from scim.services.names import as_uuid, checked_name, unknown
from scim.services.operator import created, operator_caller, record
from scim.services.tenants import DEFAULT_TENANT
from scim.storage import applications, tenants, tokens
from scim.storage.tokens import Change
from scim.utils.clock import now
from scim.utils.uuid7 import new_id

DEFAULT_APPLICATION: Final = "default"
DEFAULT_PROFILE: Final = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationInfo:
    """An application and how much it holds; `resources` counts by type."""

    id: UUID
    name: str
    tenant: str
    tenant_id: UUID
    display_name: str | None
    description: str | None
    active: bool
    profile: str
    resources: Mapping[str, int]
    created_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Chosen:
    """An application and its tenant."""

    tenant: Tenant
    app: Application


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """An application that is active now, or is not, and whether that is new; while its tenant is not, no token gets in."""

    application: ApplicationInfo
    is_new: bool
    tenant_active: bool


async def create(
    database: Database,
    *,
    name: str,
    tenant: str | None = None,
    display_name: str | None = None,
    description: str | None = None,
    profile: str = DEFAULT_PROFILE,
) -> ApplicationInfo:
    """A new application, in the default tenant unless one is named.

    Raises:
        UsageError: the name cannot be one.
        OperatorError: the name is taken in the tenant; no such tenant or profile.
    """
    async with database.transaction() as session:
        owner = await tenant_services.resolve(session, tenant or DEFAULT_TENANT)
        app = await add(session, owner, name=name, display_name=display_name, description=description, profile=profile)
        return described(app, owner.name, {})


async def list_applications(
    database: Database, *, tenant: str | None = None, include_inactive: bool = False
) -> list[ApplicationInfo]:
    """Applications of a tenant, or of all tenants.

    Raises:
        OperatorError: no such tenant.
    """
    async with database.session() as session:
        owner = await tenant_services.resolve(session, tenant) if tenant else None
        found = await applications.list_applications(
            session, tenant_id=owner.id if owner else None, include_inactive=include_inactive
        )
        owners = {one.id: one for one in await tenants.list_tenants(session, include_inactive=True)}
        counts = await applications.resource_counts(session, [app.id for app in found])
    visible = [app for app in found if include_inactive or owners[app.tenant_id].active]
    listed = [described(app, owners[app.tenant_id].name, counts[app.id]) for app in visible]
    return sorted(listed, key=lambda one: (one.tenant, one.name))


async def update(
    database: Database,
    name_or_id: str,
    *,
    tenant: str | None = None,
    name: str | None = None,
    display_name: str | None = None,
    description: str | None = None,
    profile: str | None = None,
    settings: Sequence[str] = (),
) -> ApplicationInfo:
    """Change what is given, and tell every worker; an empty text takes a display name or description away.

    Raises:
        UsageError: the name cannot be one, or a setting is not accepted.
        OperatorError: no such application, tenant or profile; the new name is taken.
    """
    async with database.transaction() as session:
        chosen = await _locked(session, await resolve(session, name_or_id, tenant=tenant))
        values = _changed(chosen.app, name, display_name, description, profile)
        if settings:
            values["settings"] = with_settings(chosen.app.settings, settings)
        await _write(session, chosen, values)
        return await _fresh(session, chosen)


async def set_active(database: Database, name_or_id: str, *, tenant: str | None = None, active: bool) -> Activation:
    """Activate an application, or deactivate it: then its tokens are answered 401 at once, and its data stays.

    Raises:
        OperatorError: no such application.
    """
    async with database.transaction() as session:
        chosen = await _locked(session, await resolve(session, name_or_id, tenant=tenant))
        values = {"active": active} if chosen.app.active != active else {}
        await _write(session, chosen, values, action="app.activate" if active else "app.deactivate")
        application = await _fresh(session, chosen)
        return Activation(application=application, is_new=bool(values), tenant_active=chosen.tenant.active)


async def resolve(session: Session, name_or_id: str, *, tenant: str | None = None) -> Chosen:
    """The application that an id means anywhere, or a name in a tenant (the default one unless named).

    Raises:
        OperatorError: there is none.
    """
    owner = await tenant_services.resolve(session, tenant) if tenant else None
    wanted = as_uuid(name_or_id)
    if wanted is not None:
        app = await applications.by_id(session, wanted)
        if app is not None and (owner is None or app.tenant_id == owner.id):
            return Chosen(owner or await tenant_services.resolve(session, str(app.tenant_id)), app)
    owner = owner or await tenant_services.resolve(session, DEFAULT_TENANT)
    app = None if wanted else await applications.by_name(session, owner.id, name_or_id)
    if app is None:
        raise await _unknown(session, name_or_id, owner)
    return Chosen(owner, app)


async def add(
    session: Session,
    owner: Tenant,
    *,
    name: str,
    display_name: str | None = None,
    description: str | None = None,
    profile: str = DEFAULT_PROFILE,
) -> Application:
    """Make an application inside a transaction; errors as `create`."""
    at = now()
    values = {
        "name": checked_name(name, "an application"),
        "display_name": display_name,
        "description": description,
        "profile": profile_named(profile).name,
    }
    app = Application(id=new_id(at), tenant_id=owner.id, created_at=at, modified_at=at, **values)
    if not await applications.insert(session, app):
        raise _taken(name, owner)
    await record(operator_caller(owner, app), session, "app.create", app.id, created(values))
    return app


async def _locked(session: Session, chosen: Chosen) -> Chosen:
    """The same application as it is now, and stays: two changes of settings at once must both last."""
    app = await applications.lock(session, chosen.app.id)
    if app is None:
        raise OperatorError(f"application '{chosen.app.name}' was deleted meanwhile")
    return Chosen(chosen.tenant, app)


def _changed(
    app: Application, name: str | None, display_name: str | None, description: str | None, profile: str | None
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if name is not None:
        values["name"] = checked_name(name, "an application")
    if display_name is not None:
        values["display_name"] = display_name or None
    if description is not None:
        values["description"] = description or None
    if profile is not None:
        values["profile"] = profile_named(profile).name
    return {key: value for key, value in values.items() if value != getattr(app, key)}


async def _fresh(session: Session, chosen: Chosen) -> ApplicationInfo:
    """An application that is locked, as it is now."""
    app = await applications.by_id(session, chosen.app.id)
    counts = await applications.resource_counts(session, [chosen.app.id])
    assert app is not None
    return described(app, chosen.tenant.name, counts[app.id])


async def _write(session: Session, chosen: Chosen, values: Mapping[str, Any], *, action: str = "app.update") -> None:
    app = chosen.app
    if not values:
        return
    if not await applications.update(session, app.id, values, at=now()):
        raise _taken(values["name"], chosen.tenant)
    changes = {key: (getattr(app, key), value) for key, value in values.items()}
    await record(operator_caller(chosen.tenant, app), session, action, app.id, changes)
    await tokens.notify(session, Change.APP, app.id)


def _taken(name: str, owner: Tenant) -> OperatorError:
    return OperatorError(f"there is an application '{name}' in tenant '{owner.name}' already")


async def _unknown(session: Session, given: str, owner: Tenant) -> OperatorError:
    """What the tenant has instead; an application of that name elsewhere is pointed to."""
    everywhere = await applications.list_applications(session, include_inactive=True)
    elsewhere = [app for app in everywhere if app.name == given]
    where = f" in tenant '{owner.name}'"
    if elsewhere:
        names = {one.id: one.name for one in await tenants.list_tenants(session, include_inactive=True)}
        candidates = ", ".join(f"--tenant {names[app.tenant_id]} ({app.id})" for app in elsewhere)
        return OperatorError(f"no application '{given}'{where}; there is one with {candidates}")
    return unknown("application", given, [app.name for app in everywhere if app.tenant_id == owner.id], where=where)


def described(app: Application, tenant: str, counts: Mapping[str, int]) -> ApplicationInfo:
    """An application as it is shown, with its tenant's name and what it holds by type."""
    return ApplicationInfo(
        id=app.id,
        name=app.name,
        tenant=tenant,
        tenant_id=app.tenant_id,
        display_name=app.display_name,
        description=app.description,
        active=app.active,
        profile=app.profile,
        resources=counts,
        created_at=app.created_at,
        modified_at=app.modified_at,
    )
