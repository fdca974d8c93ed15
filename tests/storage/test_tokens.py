"""Tokens in their table: what a hash is resolved to, and what the operator sees."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from scim.db.database import Database
from scim.db.session import Session, measured_work
from scim.models import Application, Tenant
from scim.storage import tokens
from scim.storage.tokens import CHANNEL, Change, NewToken, TokenRow
from scim.utils.clock import now
from scim.utils.tokens import make_token, token_hash
from scim.utils.uuid7 import new_id
from tests.support.http import Account, account


async def add(session: Session, owner: Account, token: str = "", **different: Any) -> UUID:
    fields: dict[str, Any] = {
        "id": new_id(now()),
        "tenant_id": owner.tenant_id,
        "app_id": owner.app_id,
        "name": "made",
        "token_hash": token_hash(token or make_token("x")),
        "scopes": ("scim:read",),
        "created_at": now(),
    } | different
    await tokens.insert(session, NewToken(**fields))
    added: UUID = fields["id"]
    return added


async def add_application(session: Session, tenant_id: UUID, *, active: bool = True) -> UUID:
    app_id = new_id(now())
    await Application.create(
        using_db=session.orm,
        id=app_id,
        tenant_id=tenant_id,
        name=str(app_id),
        active=active,
        created_at=now(),
        modified_at=now(),
    )
    return app_id


async def found(session: Session, token_id: UUID) -> TokenRow:
    row = await tokens.get(session, token_id)
    assert row is not None
    return row


async def test_a_hash_gives_the_token_with_its_owner_in_one_statement(database: Database) -> None:
    owner = await account(database, profile="okta", settings={"unique_group_names": True})
    with measured_work() as work:
        async with database.session() as session:
            row = await tokens.find_by_hash(session, token_hash(owner.token))
    assert work.statements == 1
    assert row is not None
    assert (row.name, row.scopes, row.owner.registry_version) == ("test", ("scim:read", "scim:write"), 0)
    assert (row.owner.tenant_id, row.owner.app_id, row.owner.app) == (owner.tenant_id, owner.app_id, "app")
    assert (row.owner.profile, row.owner.settings) == ("okta", {"unique_group_names": True})
    assert row.owner.active_app_ids == (owner.app_id,)


async def test_an_unknown_hash_gives_nothing(database: Database) -> None:
    async with database.session() as session:
        assert await tokens.find_by_hash(session, token_hash(make_token("x"))) is None
        assert await tokens.get(session, new_id(now())) is None


async def test_what_was_stored_is_read_again(database: Database) -> None:
    owner = await account(database)
    ends, networks = now() + timedelta(days=1), (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    subject = new_id(now())
    async with database.transaction() as session:
        token_id = await add(
            session, owner, description="for tests", subject_id=subject, expires_at=ends, allow_ips=networks
        )
        row = await found(session, token_id)
    assert (row.description, row.subject_id, row.expires_at, row.allow_ips) == ("for tests", subject, ends, networks)
    assert (row.revoked_at, row.last_used_at) == (None, None)


async def test_a_hash_is_stored_once(database: Database) -> None:
    owner = await account(database)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with database.transaction() as session:
            await add(session, owner, owner.token)


async def test_a_tenant_wide_token_covers_the_active_applications_of_its_tenant(database: Database) -> None:
    owner, stranger = await account(database), await account(database)
    async with database.transaction() as session:
        second = await add_application(session, owner.tenant_id)
        await add_application(session, owner.tenant_id, active=False)
        row = await found(session, await add(session, owner, app_id=None))
    assert (row.owner.app_id, row.owner.app, row.owner.app_active) == (None, "", True)
    assert set(row.owner.active_app_ids) == {owner.app_id, second}
    assert stranger.app_id not in row.owner.active_app_ids


async def test_an_application_is_found_by_its_names(database: Database) -> None:
    owner = await account(database)
    async with database.session() as session:
        known = await tokens.find_application(session, tenant=str(owner.tenant_id), app="app")
        assert await tokens.find_application(session, tenant=str(owner.tenant_id), app="other") is None
        assert await tokens.find_application(session, tenant="other", app="app") is None
    assert known is not None
    assert known.app_id == owner.app_id


@pytest.mark.parametrize("change", ["fine", "expired", "revoked", "app", "tenant"])
async def test_usable_is_what_is_neither_ended_nor_deactivated(database: Database, change: str) -> None:
    owner = await account(database)
    async with database.transaction() as session:
        token_id = await add(session, owner, expires_at=now() + timedelta(hours=-1 if change == "expired" else 1))
        if change == "revoked":
            await tokens.revoke(session, token_id, now())
        elif change == "app":
            await Application.filter(id=owner.app_id).using_db(session.orm).update(active=False)
        elif change == "tenant":
            await Tenant.filter(id=owner.tenant_id).using_db(session.orm).update(active=False)
        row = await found(session, token_id)
        listed = [one.id for one in await tokens.list_tokens(session, app_id=owner.app_id)]
        whole = [one.id for one in await tokens.list_tokens(session, app_id=owner.app_id, include_inactive=True)]
    assert row.is_usable(now()) == (change == "fine")
    assert (token_id in listed) == (change == "fine")
    assert token_id in whole


async def test_lists_are_of_a_tenant_or_of_an_application_oldest_first(database: Database) -> None:
    owner, stranger = await account(database), await account(database)
    async with database.transaction() as session:
        later = await add(session, owner, created_at=now() + timedelta(seconds=2))
        wide = await add(session, owner, app_id=None, created_at=now() + timedelta(seconds=1))
        of_app = [row.id for row in await tokens.list_tokens(session, app_id=owner.app_id)]
        of_tenant = [row.id for row in await tokens.list_tokens(session, tenant_id=owner.tenant_id)]
        every = {row.owner.tenant_id for row in await tokens.list_tokens(session)}
    assert of_app[1:] == [later]
    assert of_tenant[1:] == [wide, later]
    assert {owner.tenant_id, stranger.tenant_id} <= every


async def test_revoking_twice_keeps_the_first_time(database: Database) -> None:
    owner = await account(database)
    first = now()
    async with database.transaction() as session:
        token_id = await add(session, owner)
        assert await tokens.revoke(session, token_id, first)
        assert not await tokens.revoke(session, token_id, first + timedelta(hours=1))
        assert not await tokens.revoke(session, new_id(now()), first)
        assert (await found(session, token_id)).revoked_at == first


async def test_last_uses_only_move_forward(database: Database) -> None:
    owner = await account(database)
    earlier, later = now(), now() + timedelta(seconds=5)
    async with database.transaction() as session:
        one, other = await add(session, owner), await add(session, owner)
        with measured_work() as work:
            await tokens.set_last_used(session, [(one, later), (other, earlier), (new_id(now()), later)])
        assert work.statements == 1
        await tokens.set_last_used(session, [(one, earlier), (other, later)])
        assert [(await found(session, token_id)).last_used_at for token_id in (one, other)] == [later, later]


async def test_workers_that_note_the_same_tokens_do_not_block_each_other(database: Database) -> None:
    owner = await account(database)
    async with database.transaction() as session:
        ids = [await add(session, owner) for _ in range(50)]

    async def write(uses: list[UUID]) -> None:
        for _ in range(10):
            async with database.transaction() as session:
                await tokens.set_last_used(session, [(token_id, now()) for token_id in uses])

    await asyncio.gather(write(ids), write(ids[::-1]), write(ids[25:] + ids[:25]))


async def test_a_notification_is_sent_when_the_transaction_commits(database: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    connection = await database.listener()
    await connection.add_listener(CHANNEL, lambda *notification: heard.put_nowait(notification[-1]))
    changed = new_id(now())
    try:
        async with database.transaction() as session:
            await tokens.notify(session, Change.TENANT, changed)
            await asyncio.sleep(0.05)
            assert heard.empty()
        while (payload := await asyncio.wait_for(heard.get(), 5)) != f"tenant:{changed}":
            assert ":" in payload
    finally:
        await connection.close()
