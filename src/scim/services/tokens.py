"""What the operator does with tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Final
from uuid import UUID

from scim.caller import Scope
from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError, UsageError
from scim.models import Application, Tenant
from scim.services import applications as application_services
from scim.services import tenants as tenant_services
from scim.services.applications import DEFAULT_APPLICATION, Chosen
from scim.services.names import as_uuid, checked_name, unknown
from scim.services.operator import created, operator_caller, record
from scim.services.tenants import DEFAULT_TENANT
from scim.storage import applications, references, resources, tenants, tokens
from scim.storage.fields import as_id
from scim.storage.tokens import NewToken, TokenRow
from scim.utils.clock import now
from scim.utils.tokens import make_token, token_hash
from scim.utils.uuid7 import new_id

ALL_SCOPES: Final = (Scope.READ, Scope.WRITE)
_PREFIX: Final = "scim:"


class State(StrEnum):
    """Whether a token works, and if not, why."""

    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"
    INACTIVE = "inactive"
    """Its application or tenant is deactivated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInfo:
    """A token without the token; `app` is None where it is for the whole tenant."""

    id: UUID
    name: str
    description: str | None
    tenant: str
    app: str | None
    app_id: UUID | None
    subject_id: UUID | None
    scopes: tuple[str, ...]
    state: State
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token, to be shown once; `app_created` tells that its application is new too."""

    token: str
    info: TokenInfo
    app_created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a new token shall be good for; without an application it reads the whole tenant."""

    tenant: Tenant
    app: Application | None
    name: str
    scopes: Sequence[str]
    description: str | None = None
    subject_id: UUID | None = None
    allow_ips: Sequence[IPv4Network | IPv6Network] = ()
    expires_at: datetime | None = None


async def create(
    database: Database,
    *,
    name: str | None = None,
    app: str = DEFAULT_APPLICATION,
    tenant: str | None = None,
    description: str | None = None,
    expires_days: int | None = None,
    scopes: Sequence[Scope] = ALL_SCOPES,
    subject: str | None = None,
) -> IssuedToken:
    """A new token; its application is made where the tenant has none of that name. Without a name it has the application's.

    `subject` is the id or userName of the resource that `/Me` stands for.

    Raises:
        UsageError: a name that cannot be one.
        OperatorError: no such tenant or subject; the tenant or application is deactivated.
    """
    async with database.transaction() as session:
        chosen, is_new = await _application(session, app, tenant)
        check_active(chosen.tenant, chosen.app)
        at = now()
        grant = Grant(
            tenant=chosen.tenant,
            app=chosen.app,
            subject_id=None if subject is None else await _subject(session, chosen, subject),
            name=checked_name(chosen.app.name if name is None else name, "a token"),
            description=description,
            scopes=[str(scope) for scope in ALL_SCOPES if scope in scopes],
            expires_at=_end(at, expires_days),
        )
        token, stored = await issue(session, grant, at)
    return IssuedToken(token, token_info(stored, at), is_new)


async def create_tenant_wide(
    database: Database,
    *,
    name: str | None = None,
    tenant: str | None = None,
    description: str | None = None,
    expires_days: int | None = None,
) -> IssuedToken:
    """A new token that reads all applications of a tenant and writes nothing. Without a name it has the tenant's.

    Raises:
        UsageError: a name that cannot be one.
        OperatorError: no such tenant, or it is deactivated.
    """
    async with database.transaction() as session:
        owner = await tenant_services.resolve(session, tenant or DEFAULT_TENANT)
        check_active(owner, None)
        at = now()
        grant = Grant(
            tenant=owner,
            app=None,
            name=checked_name(owner.name if name is None else name, "a token"),
            description=description,
            scopes=[str(Scope.READ)],
            expires_at=_end(at, expires_days),
        )
        token, stored = await issue(session, grant, at)
    return IssuedToken(token, token_info(stored, at), app_created=False)


async def list_tokens(
    database: Database, *, app: str | None = None, tenant: str | None = None, include_inactive: bool = False
) -> list[TokenInfo]:
    """Tokens that work, or all of them: of an application, of a tenant, or everywhere.

    Raises:
        OperatorError: no such application or tenant.
    """
    async with database.session() as session:
        chosen = await application_services.resolve(session, app, tenant=tenant) if app else None
        owner = await tenant_services.resolve(session, tenant) if tenant else None
        rows = await tokens.list_tokens(
            session,
            tenant_id=owner.id if owner else None,
            app_id=chosen.app.id if chosen else None,
            include_inactive=include_inactive,
        )
    at = now()
    return [token_info(row, at) for row in rows]


async def info(database: Database, name_or_id: str) -> TokenInfo:
    """One token.

    Raises:
        OperatorError: there is none of that id or name, or several of that name.
    """
    async with database.session() as session:
        return token_info(await resolve(session, name_or_id), now())


async def revoke(database: Database, name_or_id: str) -> tuple[TokenInfo, bool]:
    """Revoke a token in every worker at once; whether it worked before.

    Raises:
        OperatorError: as `info`.
    """
    async with database.transaction() as session:
        found = await resolve(session, name_or_id)
        at = now()
        done = await tokens.revoke(session, found.id, at)
        if done:
            caller = operator_caller(*await owner_of(session, found))
            await record(caller, session, "token.revoke", found.id, {"revoked_at": (None, text_of(at))})
        fresh = await tokens.get(session, found.id)
        assert fresh is not None
    return token_info(fresh, at), done


async def has_usable_token(database: Database) -> bool:
    """Whether any token works, so that somebody can get in."""
    async with database.session() as session:
        return bool(await tokens.list_tokens(session))


def parse_scopes(text: str) -> tuple[Scope, ...]:
    """`read,write` or `scim:read,scim:write`, in any order.

    Raises:
        UsageError: something else.
    """
    wanted = [part.strip().lower().removeprefix(_PREFIX) for part in text.split(",") if part.strip()]
    known = {str(scope).removeprefix(_PREFIX): scope for scope in ALL_SCOPES}
    wrong = [part for part in wanted if part not in known]
    if wrong or not wanted:
        raise UsageError(f"scopes are '{text}'; accepted: {', '.join(known)}, with commas between them")
    return tuple(known[name] for name in known if name in wanted)


def token_info(row: TokenRow, at: datetime) -> TokenInfo:
    """A stored token as the operator sees it at a moment."""
    return TokenInfo(
        id=row.id,
        name=row.name,
        description=row.description,
        tenant=row.owner.tenant,
        app=row.owner.app or None,
        app_id=row.owner.app_id,
        subject_id=row.subject_id,
        scopes=row.scopes,
        state=_state(row, at),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        created_at=row.created_at,
    )


def _state(row: TokenRow, at: datetime) -> State:
    if row.revoked_at is not None:
        return State.REVOKED
    if row.expires_at is not None and row.expires_at <= at:
        return State.EXPIRED
    return State.ACTIVE if row.is_usable(at) else State.INACTIVE


async def _application(session: Session, name_or_id: str, tenant: str | None) -> tuple[Chosen, bool]:
    """The application, and whether it is new."""
    if as_uuid(name_or_id) is not None:
        return await application_services.resolve(session, name_or_id, tenant=tenant), False
    owner = await tenant_services.resolve(session, tenant or DEFAULT_TENANT)
    found = await applications.by_name(session, owner.id, name_or_id)
    if found is not None:
        return Chosen(owner, found), False
    return Chosen(owner, await application_services.add(session, owner, name=name_or_id)), True


async def _subject(session: Session, chosen: Chosen, given: str) -> UUID:
    """The resource that an id or a userName names in the application."""
    caller = operator_caller(chosen.tenant, chosen.app)
    identifier = as_id(given)
    if identifier is not None and await resources.type_of(caller, session, identifier) is not None:
        return identifier
    found = await references.find_by_user_name(caller, session, [given])
    if given not in found:
        raise OperatorError(f"application '{chosen.app.name}' has no user '{given}'; name one by id or userName")
    return found[given][0].id


def check_active(tenant: Tenant, app: Application | None) -> None:
    """Make sure that a new token would work.

    Raises:
        OperatorError: its tenant or application is deactivated.
    """
    if not tenant.active:
        raise OperatorError(f"tenant '{tenant.name}' is deactivated; its tokens would not work")
    if app is not None and not app.active:
        raise OperatorError(f"application '{app.name}' is deactivated; its tokens would not work")


async def issue(session: Session, grant: Grant, at: datetime) -> tuple[str, TokenRow]:
    """Make a token inside a transaction, with its audit record; the token itself, which nobody will see again."""
    tenant, app, token = grant.tenant, grant.app, make_token((grant.app or grant.tenant).name)
    row = NewToken(
        id=new_id(at),
        tenant_id=tenant.id,
        app_id=app.id if app else None,
        subject_id=grant.subject_id,
        name=grant.name,
        description=grant.description,
        token_hash=token_hash(token),
        scopes=grant.scopes,
        allow_ips=grant.allow_ips,
        expires_at=grant.expires_at,
        created_at=at,
    )
    await tokens.insert(session, row)
    await record(operator_caller(tenant, app), session, "token.create", row.id, created(_recorded(grant)))
    stored = await tokens.get(session, row.id)
    assert stored is not None
    return token, stored


def text_of(at: datetime | None) -> str | None:
    """A time as audit records have it."""
    return at.isoformat() if at else None


async def resolve(session: Session, name_or_id: str) -> TokenRow:
    """The token that an id or a name means, whether it works or not.

    Raises:
        OperatorError: there is none, or several have that name.
    """
    wanted = as_uuid(name_or_id)
    found = await tokens.get(session, wanted) if wanted else None
    if found is not None:
        return found
    everything = await tokens.list_tokens(session, include_inactive=True)
    named = [row for row in everything if row.name == name_or_id]
    if not named:
        raise unknown("token", name_or_id, [row.name for row in everything])
    if len(named) > 1:
        raise OperatorError(_ambiguous(name_or_id, named))
    return named[0]


async def owner_of(session: Session, row: TokenRow) -> tuple[Tenant, Application | None]:
    """The tenant and the application that a token is for."""
    tenant = await tenants.by_id(session, row.owner.tenant_id)
    app = await applications.by_id(session, row.owner.app_id) if row.owner.app_id else None
    assert tenant is not None
    return tenant, app


def _end(at: datetime, days: int | None) -> datetime | None:
    return None if days is None else at + timedelta(days=days)


def _recorded(grant: Grant) -> dict[str, Any]:
    return {
        "name": grant.name,
        "description": grant.description,
        "scopes": list(grant.scopes),
        "subject_id": str(grant.subject_id) if grant.subject_id else None,
        "expires_at": text_of(grant.expires_at),
    }


def _ambiguous(name: str, rows: Sequence[TokenRow]) -> str:
    at = now()
    lines = [f"  {row.id}  {row.owner.tenant}/{row.owner.app or '*'}  {_state(row, at)}" for row in rows]
    return "\n".join([f"{len(rows)} tokens are named '{name}'; use an id:", *lines])
