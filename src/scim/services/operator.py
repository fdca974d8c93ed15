"""The operator at the terminal, as the audit log names them."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from scim.caller import Caller, Scope
from scim.db.session import Session
from scim.models import Application, Tenant
from scim.models.settings import ApplicationSettings
from scim.storage import audit
from scim.storage.audit import Entry, Origin
from scim.utils.clock import now


def operator_caller(tenant: Tenant, app: Application | None = None) -> Caller:
    """The operator acting on an application, or on a tenant as a whole; may do everything."""
    return Caller(
        tenant_id=tenant.id,
        app_ids=(app.id,) if app else (),
        scopes=frozenset(Scope),
        profile=app.profile if app else "auto",
        tenant=tenant.name,
        app=app.name if app else "",
        actor=f"cli:{_user()}",
        settings=ApplicationSettings.model_validate(app.settings) if app else ApplicationSettings(),
        registry_version=app.registry_version if app else 0,
    )


async def record(
    caller: Caller, session: Session, action: str, subject: UUID, changes: Mapping[str, tuple[Any, Any]]
) -> None:
    """Write down what the operator did, in the transaction that does it; `changes` are old and new values by name."""
    listed = [{"path": name, "old": old, "new": new} for name, (old, new) in changes.items() if old != new]
    entry = Entry(
        action=action,
        at=now(),
        resource_type=action.partition(".")[0],
        resource_id=subject,
        changes=listed,
    )
    await audit.record(caller, session, Origin(), entry)


def created(values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The changes of something that is new."""
    return {name: (None, value) for name, value in values.items()}


def _user() -> str:
    """The account's name; its number where the system has no name for it, as in many containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
