"""Rotating tokens: a new one with the same rights, the old one until the overlap is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from ipaddress import ip_network

import pytest

from scim.caller import Scope
from scim.db.database import Database
from scim.exceptions import OperatorError
from scim.services import applications, rotation, tenants, tokens
from scim.services.authentication import Authenticator
from scim.services.tokens import IssuedToken, State
from scim.utils.clock import now
from tests.support.http import Scim
from tests.support.notifications import heard
from tests.support.operators import audit_entries, unique


@pytest.fixture
async def tenant(database: Database) -> str:
    return (await tenants.create(database, name=unique("acme"))).name


@pytest.fixture
async def old(database: Database, tenant: str) -> IssuedToken:
    return await tokens.create(database, name="n", app="okta", tenant=tenant, expires_days=30)


async def rotate(database: Database, issued: IssuedToken, overlap_hours: int = 24) -> rotation.Rotation:
    return await rotation.rotate(database, str(issued.info.id), overlap_hours=overlap_hours)


async def test_the_new_one_has_the_rights_of_the_old_one(database: Database, scim: Scim) -> None:
    user = await scim.user("kim")
    app = str(scim.owner.app_id)
    old = await tokens.create(
        database, name="n", app=app, description="d", scopes=(Scope.READ,), subject=user["id"], expires_days=30
    )
    async with database.transaction() as session:
        await session.execute(
            "UPDATE scim.api_tokens SET allow_ips = $2 WHERE id = $1", old.info.id, [ip_network("127.0.0.0/8")]
        )
    done = await rotate(database, old)
    new = done.issued.info
    for field in ("name", "description", "tenant", "app", "app_id", "scopes", "subject_id"):
        assert getattr(new, field) == getattr(old.info, field), field
    assert (new.id != old.info.id, done.issued.app_created) == (True, False)
    assert new.expires_at == new.created_at + timedelta(days=30)
    caller = await Authenticator(database, cache_seconds=0).authenticate(done.issued.token, now(), ip="127.0.0.1")
    assert (caller.token_id, caller.allow_ips) == (new.id, (ip_network("127.0.0.0/8"),))


async def test_one_for_a_whole_tenant_stays_one(database: Database, tenant: str) -> None:
    old = await tokens.create_tenant_wide(database, tenant=tenant)
    new = (await rotate(database, old)).issued.info
    assert (new.app, new.scopes, new.expires_at) == (None, ("scim:read",), None)


async def test_the_old_one_works_for_the_overlap(database: Database, old: IssuedToken) -> None:
    async with heard(database) as messages:
        done = await rotate(database, old, 2)
        assert await asyncio.wait_for(messages.get(), 5) == f"token:{old.info.id}"
    assert done.replaced.id == old.info.id
    assert done.replaced.state is State.ACTIVE
    assert done.replaced.expires_at == done.issued.info.created_at + timedelta(hours=2)
    assert await tokens.info(database, str(old.info.id)) == done.replaced


async def test_it_never_works_longer_than_before(database: Database, old: IssuedToken) -> None:
    assert (await rotate(database, old, 24 * 31)).replaced.expires_at == old.info.expires_at


async def test_without_an_overlap_it_is_locked_out_at_once(database: Database, scim: Scim) -> None:
    old = await tokens.create(database, app=str(scim.owner.app_id))
    before, after = (
        Scim(scim.client, type(scim.owner)(scim.owner.tenant_id, scim.owner.app_id, token))
        for token in (old.token, (await rotate(database, old, 0)).issued.token)
    )
    await before.until("/Users", 401)
    assert (await after.get("/Users")).status_code == 200
    assert (await tokens.info(database, str(old.info.id))).state is State.EXPIRED


async def test_both_leave_a_record_without_the_token(database: Database, old: IssuedToken) -> None:
    done = await rotate(database, old)
    entry = (await audit_entries(database, old.info.id))[-1]
    assert entry.action == "token.rotate"
    assert {one["path"]: one["new"] for one in entry.changes}["replaced_by"] == str(done.issued.info.id)
    (made,) = await audit_entries(database, done.issued.info.id)
    assert made.action == "token.create"
    assert done.issued.token not in f"{made.changes}{entry.changes}"


async def test_once_is_enough(database: Database, old: IssuedToken, tenant: str) -> None:
    done = await rotate(database, old)
    with pytest.raises(OperatorError, match=f"rotated already; the one that replaces it is {done.issued.info.id}"):
        await rotate(database, old)
    again = await rotate(database, done.issued)
    assert again.issued.info.expires_at == again.issued.info.created_at + timedelta(days=30)
    wide = await tokens.create_tenant_wide(database, tenant=tenant)
    await rotate(database, wide)
    with pytest.raises(OperatorError, match="rotated already"):
        await rotate(database, wide)


async def test_two_at_once_make_one(database: Database, old: IssuedToken) -> None:
    results = await asyncio.gather(rotate(database, old), rotate(database, old), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["OperatorError", "Rotation"]


@pytest.mark.parametrize(
    ("column", "why"), [("revoked_at", "is revoked; make a new one"), ("expires_at", "has expired; make a new one")]
)
async def test_one_that_works_no_longer_is_refused(database: Database, old: IssuedToken, column: str, why: str) -> None:
    async with database.transaction() as session:
        await session.execute(
            f"UPDATE scim.api_tokens SET {column} = $2 WHERE id = $1", old.info.id, now() - timedelta(1)
        )
    with pytest.raises(OperatorError, match=why):
        await rotate(database, old)


async def test_one_of_a_deactivated_application_is_refused(database: Database, old: IssuedToken) -> None:
    await applications.set_active(database, str(old.info.app_id), active=False)
    with pytest.raises(OperatorError, match="is deactivated"):
        await rotate(database, old)
