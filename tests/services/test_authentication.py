"""Tokens: who gets in, and how fast a change takes effect in every worker (DESIGN §4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network

import pytest

from scim.db.database import Database
from scim.exceptions import Unauthorized
from scim.models import Application
from scim.services import applications, removal, tenant_removal, tenants
from scim.services.authentication import Authenticator
from scim.storage import tokens
from scim.storage.tokens import Change, NewToken
from scim.utils.clock import now
from scim.utils.tokens import make_token, token_hash
from scim.utils.uuid7 import new_id
from tests.support.http import Account, account


@asynccontextmanager
async def listening(database: Database, *, cache_seconds: float = 60) -> AsyncIterator[Authenticator]:
    authenticator = Authenticator(database, cache_seconds=cache_seconds)
    await authenticator.start()
    until = asyncio.get_running_loop().time() + 10
    while authenticator._invalidation.generation is None:
        assert asyncio.get_running_loop().time() < until
        await asyncio.sleep(0.01)
    yield authenticator
    await authenticator.stop()


async def gets_in(authenticator: Authenticator, token: str, *, ip: str | None = None) -> bool:
    try:
        await authenticator.authenticate(token, now(), ip=ip)
    except Unauthorized as error:
        assert 'error="invalid_token"' in error.headers["WWW-Authenticate"]
        return False
    return True


async def shut_out(authenticator: Authenticator, token: str) -> None:
    """Until the token is refused: notifications take a moment."""
    until = asyncio.get_running_loop().time() + 5
    while await gets_in(authenticator, token):
        assert asyncio.get_running_loop().time() < until, "the token is still accepted"
        await asyncio.sleep(0.01)


async def token_id(database: Database, token: str) -> tokens.TokenRow:
    async with database.session() as session:
        row = await tokens.find_by_hash(session, token_hash(token))
    assert row is not None
    return row


async def test_a_token_gives_its_application_profile_and_scopes(database: Database) -> None:
    owner = await account(database, profile="okta", settings={"unique_group_names": True}, scopes=("scim:read",))
    async with listening(database) as authenticator:
        caller = await authenticator.authenticate(owner.token, now(), ip=None)
    assert (caller.app_ids, caller.tenant_id, caller.profile) == ((owner.app_id,), owner.tenant_id, "okta")
    assert caller.scopes == {"scim:read"}
    assert caller.settings.unique_group_names


@pytest.mark.parametrize("token", ["", "x", make_token("x")[:-1], make_token("x"), "pyscim_a_b_c"])
async def test_other_texts_are_refused(database: Database, token: str) -> None:
    async with listening(database) as authenticator:
        assert not await gets_in(authenticator, token)


async def test_a_revoked_token_is_refused_at_once_in_every_worker(database: Database) -> None:
    owner = await account(database)
    row = await token_id(database, owner.token)
    async with listening(database) as one, listening(database) as other:
        assert await gets_in(one, owner.token)
        assert await gets_in(other, owner.token)
        async with database.transaction() as session:
            assert await tokens.revoke(session, row.id, now())
        await shut_out(one, owner.token)
        await shut_out(other, owner.token)


async def test_a_deactivated_application_is_refused_at_once(database: Database) -> None:
    owner = await account(database)
    async with listening(database) as authenticator:
        assert await gets_in(authenticator, owner.token)
        async with database.transaction() as session:
            await Application.filter(id=owner.app_id).using_db(session.orm).update(active=False)
            await tokens.notify(session, Change.APP, owner.app_id)
        await shut_out(authenticator, owner.token)


@pytest.mark.parametrize("what", ["application", "tenant", "deleted application", "deleted tenant"])
async def test_what_the_operator_takes_away_is_refused_at_once_in_every_worker(database: Database, what: str) -> None:
    owner = await account(database)
    app, tenant = str(owner.app_id), str(owner.tenant_id)
    async with listening(database) as one, listening(database) as other:
        assert await gets_in(one, owner.token)
        assert await gets_in(other, owner.token)
        match what:
            case "application":
                await applications.set_active(database, app, active=False)
            case "tenant":
                await tenants.update(database, tenant, active=False)
            case "deleted application":
                await removal.delete(database, app)
            case _:
                await tenant_removal.delete(database, tenant)
        await shut_out(one, owner.token)
        await shut_out(other, owner.token)


async def test_an_expired_token_is_refused_though_it_is_remembered(database: Database) -> None:
    owner, token = await account(database), make_token("short")
    await add_token(database, owner, token, lives=timedelta(milliseconds=300))
    async with listening(database) as authenticator:
        assert await gets_in(authenticator, token)
        await asyncio.sleep(0.35)
        assert not await gets_in(authenticator, token)


async def test_a_token_bound_to_addresses_is_refused_from_others(database: Database) -> None:
    owner, token = await account(database), make_token("bound")
    await add_token(database, owner, token, allow="10.0.0.0/8")
    async with listening(database) as authenticator:
        assert await gets_in(authenticator, token, ip="10.1.2.3")
        assert not await gets_in(authenticator, token, ip="127.0.0.1")
        assert not await gets_in(authenticator, token, ip=None)


async def add_token(
    database: Database, owner: Account, token: str, *, lives: timedelta | None = None, allow: str | None = None
) -> None:
    async with database.transaction() as session:
        await tokens.insert(
            session,
            NewToken(
                id=new_id(now()),
                tenant_id=owner.tenant_id,
                app_id=owner.app_id,
                name="other",
                token_hash=token_hash(token),
                scopes=["scim:read"],
                created_at=now(),
                expires_at=now() + lives if lives else None,
                allow_ips=[ip_network(allow)] if allow else [],
            ),
        )


async def test_nothing_is_remembered_while_nobody_listens(database: Database) -> None:
    owner = await account(database)
    authenticator = Authenticator(database, cache_seconds=60)
    assert await gets_in(authenticator, owner.token)
    async with database.transaction() as session:
        row = await tokens.find_by_hash(session, token_hash(owner.token))
        assert row is not None
        await tokens.revoke(session, row.id, now())
    assert not await gets_in(authenticator, owner.token)


async def test_a_broken_listener_is_replaced(database: Database) -> None:
    owner = await account(database)
    async with listening(database) as authenticator:
        assert await gets_in(authenticator, owner.token)
        async with database.session() as session:
            await session.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query ILIKE 'LISTEN%'"
            )
        row = await token_id(database, owner.token)
        async with database.transaction() as session:
            await tokens.revoke(session, row.id, now())
        await shut_out(authenticator, owner.token)
        until = asyncio.get_running_loop().time() + 10
        while authenticator._invalidation.generation is None:
            assert asyncio.get_running_loop().time() < until
            await asyncio.sleep(0.01)


async def test_the_last_use_is_written_when_the_worker_ends(database: Database) -> None:
    owner = await account(database)
    async with listening(database) as authenticator:
        at = now()
        await authenticator.authenticate(owner.token, at, ip=None)
        assert (await token_id(database, owner.token)).last_used_at is None
    assert (await token_id(database, owner.token)).last_used_at == at
