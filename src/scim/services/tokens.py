"""What the operator does with tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from scim.caller import Caller, Scope
from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError, UsageError
from scim.models import Application, Tenant
from scim.services import applications as application_services
from scim.services import tenants as tenant_services
from scim.services.applications import DEFAULT_APPLICATION, Chosen
from scim.services.names import as_uuid, checked_name
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
        _check_active(chosen)
        at, token = now(), make_token(chosen.app.name)
        row = NewToken(
            id=new_id(at),
            tenant_id=chosen.tenant.id,
            app_id=chosen.app.id,
            subject_id=None if subject is None else await _subject(session, chosen, subject),
            name=checked_name(chosen.app.name if name is None else name, "a token"),
            description=description,
            token_hash=token_hash(token),
            scopes=[str(scope) for scope in ALL_SCOPES if scope in scopes],
            expires_at=None if expires_days is None else at + timedelta(days=expires_days),
            created_at=at,
        )
        await tokens.insert(session, row)
        await _record_created(session, chosen, row)
        stored = await tokens.get(session, row.id)
        assert stored is not None
    return IssuedToken(token, token_info(stored, at), is_new)


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
        return token_info(await _resolve(session, name_or_id), now())


async def revoke(database: Database, name_or_id: str) -> tuple[TokenInfo, bool]:
    """Revoke a token in every worker at once; whether it worked before.

    Raises:
        OperatorError: as `info`.
    """
    async with database.transaction() as session:
        found = await _resolve(session, name_or_id)
        at = now()
        done = await tokens.revoke(session, found.id, at)
        if done:
            await record(
                await _caller(session, found), session, "token.revoke", found.id, {"revoked_at": (None, _text(at))}
            )
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


def _check_active(chosen: Chosen) -> None:
    if not chosen.tenant.active:
        raise OperatorError(f"tenant '{chosen.tenant.name}' is deactivated; its tokens would not work")
    if not chosen.app.active:
        raise OperatorError(f"application '{chosen.app.name}' is deactivated; its tokens would not work")


async def _record_created(session: Session, chosen: Chosen, row: NewToken) -> None:
    values = {
        "name": row.name,
        "description": row.description,
        "scopes": list(row.scopes),
        "subject_id": str(row.subject_id) if row.subject_id else None,
        "expires_at": _text(row.expires_at),
    }
    await record(operator_caller(chosen.tenant, chosen.app), session, "token.create", row.id, created(values))


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


async def _resolve(session: Session, name_or_id: str) -> TokenRow:
    wanted = as_uuid(name_or_id)
    found = await tokens.get(session, wanted) if wanted else None
    if found is not None:
        return found
    everything = await tokens.list_tokens(session, include_inactive=True)
    named = [row for row in everything if row.name == name_or_id]
    if not named:
        raise OperatorError(f"no token '{name_or_id}'; `pyscim token list --all` shows all of them")
    if len(named) > 1:
        raise OperatorError(_ambiguous(name_or_id, named))
    return named[0]


def _ambiguous(name: str, rows: Sequence[TokenRow]) -> str:
    at = now()
    lines = [f"  {row.id}  {row.owner.tenant}/{row.owner.app or '*'}  {_state(row, at)}" for row in rows]
    return "\n".join([f"{len(rows)} tokens are named '{name}'; use an id:", *lines])


async def _caller(session: Session, row: TokenRow) -> Caller:
    tenant: Tenant | None = await tenants.by_id(session, row.owner.tenant_id)
    app: Application | None = await applications.by_id(session, row.owner.app_id) if row.owner.app_id else None
    assert tenant is not None
    return operator_caller(tenant, app)
