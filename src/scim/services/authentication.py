"""From a bearer token to a Caller: remembered for a few seconds, forgotten at once when something changes (DESIGN §4)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Protocol
from uuid import UUID

import asyncpg

from scim.caller import Caller, Scope
from scim.db.database import Database
from scim.exceptions import Unauthorized, Unavailable
from scim.models.settings import ApplicationSettings
from scim.services.invalidation import Invalidation
from scim.storage import tokens
from scim.storage.tokens import TokenOwner, TokenRow
from scim.utils.tokens import is_well_formed, token_hash

log = logging.getLogger(__name__)

MAX_REMEMBERED = 10_000
"""Callers kept in memory per worker: a few megabytes."""

FLUSH_SECONDS = 5.0
"""How often `last_used_at` is written."""

_DEFAULT = "default"


class Authenticates(Protocol):
    """What the authentication middleware asks."""

    async def authenticate(self, token: str, now: datetime, *, ip: str | None) -> Caller:
        """The caller behind a token."""

    async def start(self) -> None:
        """Begin background work."""

    async def stop(self) -> None:
        """End background work, and write what is still to be written."""


def refused(detail: str) -> Unauthorized:
    """A 401 for a token that is no good, in the form of RFC 6750 §3 (row N-02)."""
    challenge = f'Bearer realm="scim", error="invalid_token", error_description="{detail}"'
    return Unauthorized(detail, headers={"WWW-Authenticate": challenge})


@dataclass(frozen=True, slots=True)
class _Remembered:
    caller: Caller
    until: float


class Authenticator:
    """Resolves tokens; one per worker."""

    def __init__(self, database: Database, *, cache_seconds: float) -> None:
        self._database = database
        self._cache_seconds = cache_seconds
        self._callers: OrderedDict[bytes, _Remembered] = OrderedDict()
        self._used: dict[UUID, datetime] = {}
        self._invalidation = Invalidation(database, self._forget)
        self._flusher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen for changes, and begin to write when tokens were used."""
        self._invalidation.start()
        self._flusher = asyncio.create_task(self._flush_for_ever())

    async def stop(self) -> None:
        """Stop both; what is not yet written is."""
        await self._invalidation.stop()
        if self._flusher is not None:
            self._flusher.cancel()
            await asyncio.gather(self._flusher, return_exceptions=True)
        await self._flush()

    async def authenticate(self, token: str, now: datetime, *, ip: str | None) -> Caller:
        """The caller of a token.

        Raises:
            Unauthorized: malformed, unknown, revoked, expired, of an inactive application, or from a wrong address.
            Unavailable: the database cannot be reached, and the token is not remembered.
        """
        if not is_well_formed(token):
            raise refused("The token is malformed: it was cut off or mistyped.")
        key = token_hash(token)
        caller = self._recall(key) or await self._resolve(key, now)
        if caller.expires_at is not None and caller.expires_at <= now:
            raise refused("The token has expired.")
        if caller.allow_ips and not _allowed(caller, ip):
            raise refused("The token may not be used from this address.")
        if caller.token_id is not None:
            self._used[caller.token_id] = now
        return caller

    def _recall(self, key: bytes) -> Caller | None:
        remembered = self._callers.get(key)
        if remembered is None or remembered.until < time.monotonic():
            return None
        return remembered.caller

    async def _resolve(self, key: bytes, now: datetime) -> Caller:
        generation = self._invalidation.generation
        async with self._database.session() as session:
            row = await tokens.find_by_hash(session, key)
        caller = _caller(row, now)
        if self._cache_seconds and generation is not None and generation == self._invalidation.generation:
            self._remember(key, caller)
        return caller

    def _remember(self, key: bytes, caller: Caller) -> None:
        self._callers[key] = _Remembered(caller, time.monotonic() + self._cache_seconds)
        self._callers.move_to_end(key)
        while len(self._callers) > MAX_REMEMBERED:
            self._callers.popitem(last=False)

    def _forget(self) -> None:
        """Any change empties the memory: changes are rare, and a look-up costs less than a mistake."""
        self._callers.clear()

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self._flush()

    async def _flush(self) -> None:
        """Write the last uses; what could not be written is tried again with the next ones."""
        used = dict(self._used)
        if not used:
            return
        try:
            async with self._database.transaction() as session:
                await tokens.set_last_used(session, list(used.items()))
        except (Unavailable, asyncpg.PostgresError) as error:
            log.warning("the last use of %d tokens was not noted: %s", len(used), error)
            return
        for token_id, at in used.items():
            if self._used.get(token_id) == at:
                del self._used[token_id]


class Everybody:
    """Authentication switched off, in development only: every request is the default application's (OPERATOR.md)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self) -> None:
        """Nothing runs in the background."""

    async def stop(self) -> None:
        """Nothing to end."""

    async def authenticate(self, _token: str, _now: datetime, *, ip: str | None) -> Caller:  # noqa: ARG002 - the protocol's
        """The caller with all rights on the default application.

        Raises:
            Unauthorized: there is no default application.
        """
        async with self._database.session() as session:
            owner = await tokens.find_application(session, tenant=_DEFAULT, app=_DEFAULT)
        if owner is None:
            raise refused("There is no default application; create one, or switch authentication on.")
        return _acting(owner, scopes=frozenset(Scope), actor="anonymous")


def _caller(row: TokenRow | None, now: datetime) -> Caller:
    if row is None:
        raise refused("The token is not known here.")
    if row.revoked_at is not None:
        raise refused("The token has been revoked.")
    if row.expires_at is not None and row.expires_at <= now:
        raise refused("The token has expired.")
    if not row.owner.tenant_active or not row.owner.app_active:
        raise refused("The token's application or tenant is deactivated.")
    return _acting(row.owner, scopes=_scopes(row), actor=f"token:{row.name}", row=row)


def _scopes(row: TokenRow) -> frozenset[Scope]:
    """What the token allows; one for a whole tenant only reads, whatever its row says (DESIGN §4)."""
    scopes = frozenset(scope for scope in Scope if scope in row.scopes)
    return scopes if row.owner.app_id is not None else scopes & {Scope.READ}


def _acting(owner: TokenOwner, *, scopes: frozenset[Scope], actor: str, row: TokenRow | None = None) -> Caller:
    return Caller(
        tenant_id=owner.tenant_id,
        app_ids=owner.active_app_ids,
        app_names=owner.active_app_names,
        scopes=scopes,
        profile=owner.profile,
        tenant=owner.tenant,
        app=owner.app,
        actor=actor,
        settings=ApplicationSettings.model_validate(owner.settings),
        token_id=row.id if row else None,
        subject_id=row.subject_id if row else None,
        expires_at=row.expires_at if row else None,
        allow_ips=row.allow_ips if row else (),
        registry_version=owner.registry_version,
    )


def _allowed(caller: Caller, ip: str | None) -> bool:
    try:
        address = ip_address(ip or "")
    except ValueError:
        return False
    return any(address in network for network in caller.allow_ips)
