"""API tokens: what makes a caller out of a hash, and what the operator does with tokens.

A token is looked up before there is a caller, so no function here takes one; `UNSCOPED` names them for the test that
asks every storage function for its scope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Final
from uuid import UUID

import orjson

from scim.db.session import Row as Record
from scim.db.session import Session

CHANNEL: Final = "scim_changed"
"""The channel on which every worker hears what it must not remember any longer."""

UNSCOPED: Final = (
    # They make the caller, so there is none yet.
    "find_by_hash",
    "find_application",
    # They serve the operator, who sees all tenants; the filter is an argument.
    "insert",
    "list_tokens",
    "get",
    "lock",
    "revoke",
    "expire",
    "successor",
    # Off the request path, for the tokens of many callers at once.
    "set_last_used",
    # Sends an id, reads nothing.
    "notify",
)


class Change(StrEnum):
    """What a notification is about; the id in it is the thing's own, for `SCHEMA` the application's."""

    TOKEN = "token"  # noqa: S105 - the word on the wire
    APP = "app"
    TENANT = "tenant"
    SCHEMA = "schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenOwner:
    """The tenant and application that a caller acts in; no application means the whole tenant.

    `registry_version` moves when the schemas of the application change; without schemas of its own it stays 0.
    `active_app_ids` are the active ones of the tenant where there is no application, else that application if active;
    `active_app_names` are their names in the same order.
    """

    tenant_id: UUID
    tenant: str
    tenant_active: bool
    app_id: UUID | None
    app: str
    app_active: bool
    profile: str
    settings: Mapping[str, Any]
    registry_version: int
    active_app_ids: tuple[UUID, ...]
    active_app_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token with its owner; the token itself is nowhere, only its hash is kept."""

    id: UUID
    name: str
    description: str | None
    subject_id: UUID | None
    scopes: tuple[str, ...]
    allow_ips: tuple[IPv4Network | IPv6Network, ...]
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime
    owner: TokenOwner

    def is_usable(self, now: datetime) -> bool:
        """Whether requests with the token are answered at `now`."""
        expired = self.expires_at is not None and self.expires_at <= now
        return not expired and self.revoked_at is None and self.owner.tenant_active and self.owner.app_active


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token to store; without `app_id` it reads the whole tenant."""

    id: UUID
    tenant_id: UUID
    app_id: UUID | None
    name: str
    token_hash: bytes
    scopes: Sequence[str]
    created_at: datetime
    description: str | None = None
    subject_id: UUID | None = None
    allow_ips: Sequence[IPv4Network | IPv6Network] = ()
    expires_at: datetime | None = None


_OWNER = (
    "n.id AS tenant_id, n.name AS tenant, n.active AS tenant_active,"
    " a.id AS app_id, coalesce(a.name, '') AS app, coalesce(a.active, true) AS app_active,"
    " coalesce(a.profile, 'auto') AS profile, coalesce(a.settings, '{}') AS settings,"
    " coalesce(a.registry_version, 0) AS registry_version,"
    " array(SELECT o.id FROM scim.applications AS o WHERE o.tenant_id = n.id AND o.active"
    " AND (a.id IS NULL OR o.id = a.id) ORDER BY o.id) AS active_app_ids,"
    " array(SELECT o.name FROM scim.applications AS o WHERE o.tenant_id = n.id AND o.active"
    " AND (a.id IS NULL OR o.id = a.id) ORDER BY o.id) AS active_app_names"
)
_TOKENS = (
    "SELECT t.id, t.name, t.description, t.subject_id, t.scopes, t.allow_ips, t.expires_at, t.revoked_at,"
    f" t.last_used_at, t.created_at, {_OWNER}"
    " FROM scim.api_tokens AS t JOIN scim.tenants AS n ON n.id = t.tenant_id"
    " LEFT JOIN scim.applications AS a ON a.id = t.app_id"
)
_ACTIVE = (
    "t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now()) AND n.active AND coalesce(a.active, true)"
)


async def find_by_hash(session: Session, token_hash: bytes) -> TokenRow | None:
    """The token with this hash and all that a caller is made of, in one statement; no caller, for it makes one."""
    row = await session.fetchrow(f"{_TOKENS} WHERE t.token_hash = $1", token_hash)
    return None if row is None else _token(row)


async def find_application(session: Session, *, tenant: str, app: str) -> TokenOwner | None:
    """An application by its names, for callers without a token; no caller, for it makes one."""
    row = await session.fetchrow(
        f"SELECT {_OWNER} FROM scim.tenants AS n JOIN scim.applications AS a ON a.tenant_id = n.id"
        " WHERE n.name = $1 AND a.name = $2",
        tenant,
        app,
    )
    return None if row is None else _owner(row)


async def insert(session: Session, token: NewToken) -> None:
    """Store a new token; no caller, for the operator makes tokens of all tenants."""
    await session.execute(
        "INSERT INTO scim.api_tokens (id, tenant_id, app_id, subject_id, name, description, token_hash, scopes,"
        " allow_ips, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        token.id,
        token.tenant_id,
        token.app_id,
        token.subject_id,
        token.name,
        token.description,
        token.token_hash,
        list(token.scopes),
        list(token.allow_ips),
        token.expires_at,
        token.created_at,
    )


async def list_tokens(
    session: Session, *, tenant_id: UUID | None = None, app_id: UUID | None = None, include_inactive: bool = False
) -> list[TokenRow]:
    """Tokens of a tenant, of an application, or all, oldest first; no caller, for the operator sees all tenants.

    Revoked and expired ones, and those of what is deactivated, only with `include_inactive`.
    """
    rows = await session.fetch(
        f"{_TOKENS} WHERE ($1::uuid IS NULL OR t.tenant_id = $1) AND ($2::uuid IS NULL OR t.app_id = $2)"
        f" AND ($3 OR ({_ACTIVE})) ORDER BY t.created_at, t.id",
        tenant_id,
        app_id,
        include_inactive,
    )
    return [_token(row) for row in rows]


async def get(session: Session, token_id: UUID) -> TokenRow | None:
    """A token by its id; no caller, for the operator sees all tenants."""
    row = await session.fetchrow(f"{_TOKENS} WHERE t.id = $1", token_id)
    return None if row is None else _token(row)


async def lock(session: Session, token_id: UUID) -> TokenRow | None:
    """A token that nobody else changes until the transaction ends; no caller, for the operator sees all tenants.

    Two statements: one that waits for a lock sees what was there before it waited.
    """
    await session.fetchval("SELECT 1 FROM scim.api_tokens WHERE id = $1 FOR NO KEY UPDATE", token_id)
    return await get(session, token_id)


async def revoke(session: Session, token_id: UUID, at: datetime) -> bool:
    """Revoke a token and tell every worker; no caller, for the operator revokes tokens of all tenants.

    Returns:
        False where there was nothing to revoke: no such token, or revoked before.
    """
    done = await session.execute(
        "UPDATE scim.api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", token_id, at
    )
    if done:
        await notify(session, Change.TOKEN, token_id)
    return bool(done)


async def expire(session: Session, token_id: UUID, at: datetime) -> None:
    """Let a token work until a moment, and tell every worker; no caller, for the operator changes all tenants' tokens."""
    await session.execute("UPDATE scim.api_tokens SET expires_at = $2 WHERE id = $1", token_id, at)
    await notify(session, Change.TOKEN, token_id)


async def successor(session: Session, token: TokenRow) -> str | None:
    """The id of the token by which one was replaced, as the audit log tells; no caller, for it serves the operator."""
    of_app = "app_id = $2" if token.owner.app_id else "app_id IS NULL AND tenant_id = $2"
    found: str | None = await session.fetchval(
        "SELECT change ->> 'new' FROM scim.audit_log, jsonb_array_elements(changes) AS change"
        f" WHERE resource_id = $1 AND {of_app} AND action = 'token.rotate' AND change ->> 'path' = 'replaced_by'"
        " ORDER BY id DESC LIMIT 1",
        token.id,
        token.owner.app_id or token.owner.tenant_id,
    )
    return found


async def set_last_used(session: Session, uses: Sequence[tuple[UUID, datetime]]) -> None:
    """Note when tokens were last used, many in one statement; no caller, for the tokens are of many.

    Rows are locked in the order of ids: several workers write at once.
    """
    await session.execute(
        "WITH used AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, at)),"
        " locked AS (SELECT id FROM scim.api_tokens WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE)"
        " UPDATE scim.api_tokens AS t SET last_used_at = used.at FROM used JOIN locked USING (id)"
        " WHERE t.id = used.id AND (t.last_used_at IS NULL OR t.last_used_at < used.at)",
        [token_id for token_id, _ in uses],
        [at for _, at in uses],
    )


async def notify(session: Session, change: Change, changed_id: UUID) -> None:
    """Tell every worker, when the transaction commits, to forget what it remembers of this; no caller, it reads nothing."""
    await session.execute("SELECT pg_notify($1, $2)", CHANNEL, f"{change}:{changed_id}")


def _owner(row: Record) -> TokenOwner:
    return TokenOwner(
        tenant_id=row["tenant_id"],
        tenant=row["tenant"],
        tenant_active=row["tenant_active"],
        app_id=row["app_id"],
        app=row["app"],
        app_active=row["app_active"],
        profile=row["profile"],
        settings=orjson.loads(row["settings"]),
        registry_version=row["registry_version"],
        active_app_ids=tuple(row["active_app_ids"]),
        active_app_names=tuple(row["active_app_names"]),
    )


def _token(row: Record) -> TokenRow:
    return TokenRow(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        subject_id=row["subject_id"],
        scopes=tuple(row["scopes"]),
        allow_ips=tuple(row["allow_ips"]),
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        last_used_at=row["last_used_at"],
        created_at=row["created_at"],
        owner=_owner(row),
    )
