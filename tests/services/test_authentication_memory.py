"""What an authenticator remembers, for how long, and what it writes behind the requests' backs (DESIGN §4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from scim.caller import Scope
from scim.db.database import Database
from scim.db.session import measured_work
from scim.db.url import parse_database_url
from scim.exceptions import Forbidden, Unauthorized, Unavailable
from scim.models import Tenant
from scim.services import authentication
from scim.services.authentication import Authenticator, Everybody
from scim.services.setup import ensure_defaults
from scim.storage import tokens
from scim.storage.tokens import NewToken
from scim.utils.clock import now
from scim.utils.tokens import make_token, token_hash
from scim.utils.uuid7 import new_id
from tests.support.http import Account, account


class Quiet:
    """Stands in for the listener: hears what it is told to."""

    def __init__(self) -> None:
        self.generation: int | None = 1

    async def stop(self) -> None:
        """Nothing runs."""


def remembering(database: Any, *, cache_seconds: float = 60) -> tuple[Authenticator, Quiet]:
    authenticator, quiet = Authenticator(database, cache_seconds=cache_seconds), Quiet()
    authenticator._invalidation = quiet  # type: ignore[assignment]
    return authenticator, quiet


async def statements(authenticator: Authenticator, token: str) -> int:
    """How many statements one authentication takes."""
    with measured_work() as work:
        await authenticator.authenticate(token, now(), ip=None)
    return work.statements


async def add_token(database: Database, owner: Account, **different: Any) -> tuple[str, UUID]:
    token, token_id = make_token("x"), new_id(now())
    fields: dict[str, Any] = {
        "id": token_id,
        "tenant_id": owner.tenant_id,
        "app_id": owner.app_id,
        "name": "x",
        "token_hash": token_hash(token),
        "scopes": ("scim:read", "scim:write"),
        "created_at": now(),
    } | different
    async with database.transaction() as session:
        await tokens.insert(session, NewToken(**fields))
    return token, token_id


async def last_used(database: Database, token: str) -> Any:
    async with database.session() as session:
        row = await tokens.find_by_hash(session, token_hash(token))
    assert row is not None
    return row.last_used_at


class TestRemembering:
    async def test_a_token_is_looked_up_once(self, database: Database) -> None:
        owner = await account(database)
        authenticator, _ = remembering(database)
        assert [await statements(authenticator, owner.token) for _ in range(3)] == [1, 0, 0]

    async def test_it_is_forgotten_after_a_while(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        owner, clock = await account(database), [1000.0]
        monkeypatch.setattr(authentication, "time", SimpleNamespace(monotonic=lambda: clock[0]))
        authenticator, _ = remembering(database, cache_seconds=5)
        assert await statements(authenticator, owner.token) == 1
        clock[0] += 4.9
        assert await statements(authenticator, owner.token) == 0
        clock[0] += 0.2
        assert await statements(authenticator, owner.token) == 1

    async def test_with_a_cache_of_no_seconds_it_is_looked_up_each_time(self, database: Database) -> None:
        owner = await account(database)
        authenticator, _ = remembering(database, cache_seconds=0)
        assert [await statements(authenticator, owner.token) for _ in range(2)] == [1, 1]

    async def test_nothing_is_remembered_while_nobody_listens(self, database: Database) -> None:
        owner = await account(database)
        authenticator, quiet = remembering(database)
        quiet.generation = None
        assert [await statements(authenticator, owner.token) for _ in range(2)] == [1, 1]

    @pytest.mark.parametrize(("before", "after"), [(1, 2), (1, None), (None, 1)])
    async def test_nothing_is_remembered_that_may_be_older_than_a_change(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, before: int | None, after: int | None
    ) -> None:
        """A change is heard of after the row was read, and before it is remembered."""
        owner = await account(database)
        authenticator, quiet = remembering(database)
        find = tokens.find_by_hash

        async def slow(*arguments: Any) -> Any:
            row = await find(*arguments)
            quiet.generation = after
            return row

        quiet.generation = before
        with monkeypatch.context() as patch:
            patch.setattr(tokens, "find_by_hash", slow)
            assert await statements(authenticator, owner.token) == 1
        assert await statements(authenticator, owner.token) == 1

    async def test_a_change_of_anything_empties_the_memory(self, database: Database) -> None:
        owner = await account(database)
        authenticator, _ = remembering(database)
        await statements(authenticator, owner.token)
        authenticator._forget()
        assert await statements(authenticator, owner.token) == 1

    async def test_refusals_are_not_remembered(self, database: Database) -> None:
        owner, token = await account(database), make_token("x")
        authenticator, _ = remembering(database)
        with pytest.raises(Unauthorized):
            await authenticator.authenticate(token, now(), ip=None)
        await add_token(database, owner, token_hash=token_hash(token))
        assert (await authenticator.authenticate(token, now(), ip=None)).app_ids == (owner.app_id,)

    async def test_memory_is_bounded(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(authentication, "MAX_REMEMBERED", 2)
        owner = await account(database)
        authenticator, _ = remembering(database)
        made = [(await add_token(database, owner))[0] for _ in range(3)]
        for token in made:
            await statements(authenticator, token)
        assert [await statements(authenticator, token) for token in made[:0:-1]] == [0, 0]
        assert await statements(authenticator, made[0]) == 1

    async def test_neither_tokens_nor_hashes_of_others_are_kept(self, database: Database) -> None:
        owner = await account(database)
        authenticator, _ = remembering(database)
        await statements(authenticator, owner.token)
        assert owner.token not in repr(vars(authenticator))

    async def test_a_malformed_token_costs_no_statement(self, database: Database) -> None:
        authenticator, _ = remembering(database)
        with measured_work() as work, pytest.raises(Unauthorized):
            await authenticator.authenticate(make_token("x")[:-1] + "!", now(), ip=None)
        assert work.statements == 0


class TestWhoMayDoWhat:
    async def test_a_token_of_a_deactivated_tenant_is_refused(self, database: Database) -> None:
        owner = await account(database)
        async with database.transaction() as session:
            await Tenant.filter(id=owner.tenant_id).using_db(session.orm).update(active=False)
        with pytest.raises(Unauthorized, match="deactivated"):
            await remembering(database)[0].authenticate(owner.token, now(), ip=None)

    async def test_an_expired_token_is_refused_before_it_is_ever_remembered(self, database: Database) -> None:
        token, _ = await add_token(database, await account(database), expires_at=now())
        authenticator, _ = remembering(database)
        with pytest.raises(Unauthorized, match="expired"):
            await authenticator.authenticate(token, now(), ip=None)
        assert not authenticator._callers

    async def test_a_tenant_wide_token_reads_and_nothing_else(self, database: Database) -> None:
        owner = await account(database)
        token, token_id = await add_token(database, owner, app_id=None)
        caller = await remembering(database)[0].authenticate(token, now(), ip=None)
        assert caller.is_tenant_wide
        assert caller.app_ids == (owner.app_id,)
        assert caller.token_id == token_id
        assert caller.scopes == {Scope.READ}
        with pytest.raises(Forbidden):
            _ = caller.app_id

    async def test_scopes_of_a_newer_version_are_not_understood_and_not_given(self, database: Database) -> None:
        owner = await account(database, scopes=("scim:read", "scim:everything"))
        caller = await remembering(database)[0].authenticate(owner.token, now(), ip=None)
        assert caller.scopes == {Scope.READ}

    async def test_an_address_counts_for_remembered_tokens_too(self, database: Database) -> None:
        owner = await account(database)
        token, _ = await add_token(database, owner, allow_ips=(ip_network("fd00::/8"), ip_network("10.0.0.0/8")))
        authenticator, _ = remembering(database)
        for good in ("10.1.2.3", "fd00::1"):
            await authenticator.authenticate(token, now(), ip=good)
        for bad in ("192.0.2.1", "2001:db8::1", "nonsense", None):
            with pytest.raises(Unauthorized):
                await authenticator.authenticate(token, now(), ip=bad)

    async def test_a_database_that_is_away_is_unavailable_not_unauthorized(self, database: Database) -> None:
        owner = await account(database)
        async with away() as nowhere:
            authenticator, _ = remembering(nowhere)
            with pytest.raises(Unavailable):
                await authenticator.authenticate(owner.token, now(), ip=None)


@asynccontextmanager
async def away() -> AsyncIterator[Database]:
    """A database that nothing answers for."""
    database = Database(parse_database_url("postgresql://nobody:x@127.0.0.1:1/none"), timeout=2)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


class TestLastUse:
    async def test_it_is_written_every_few_seconds(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(authentication, "FLUSH_SECONDS", 0.02)
        owner, at = await account(database), now()
        authenticator = Authenticator(database, cache_seconds=5)
        await authenticator.start()
        await authenticator.authenticate(owner.token, at, ip=None)
        for _ in range(500):
            if await last_used(database, owner.token) == at:
                break
            await asyncio.sleep(0.02)
        assert await last_used(database, owner.token) == at
        await authenticator.stop()

    async def test_uses_of_many_tokens_are_one_statement_and_none_is_none(self, database: Database) -> None:
        owner = await account(database)
        authenticator, _ = remembering(database)
        for _ in range(3):
            token, _ = await add_token(database, owner)
            await authenticator.authenticate(token, now(), ip=None)
            await authenticator.authenticate(token, now(), ip=None)
        with measured_work() as work:
            await authenticator._flush()
            await authenticator._flush()
        assert work.statements == 1

    async def test_a_refused_token_was_not_used(self, database: Database) -> None:
        owner = await account(database)
        token, token_id = await add_token(database, owner)
        async with database.transaction() as session:
            await tokens.revoke(session, token_id, now())
        authenticator, _ = remembering(database)
        with pytest.raises(Unauthorized):
            await authenticator.authenticate(token, now(), ip=None)
        await authenticator._flush()
        assert await last_used(database, token) is None

    @pytest.mark.parametrize("failure", [Unavailable(), asyncpg.DeadlockDetectedError("x")])
    async def test_what_could_not_be_written_is_written_later(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, failure: Exception, caplog: pytest.LogCaptureFixture
    ) -> None:
        owner, at = await account(database), now()
        authenticator, _ = remembering(database)
        await authenticator.authenticate(owner.token, at, ip=None)

        async def fails(*_arguments: Any) -> None:
            raise failure

        with monkeypatch.context() as patch:
            patch.setattr(tokens, "set_last_used", fails)
            await authenticator._flush()
        assert "not noted" in caplog.text
        assert await last_used(database, owner.token) is None
        await authenticator.stop()
        assert await last_used(database, owner.token) == at


class TestSwitchedOff:
    async def test_everybody_is_the_default_application(self, database: Database) -> None:
        everybody = Everybody(database)
        await everybody.start()
        await ensure_defaults(database)
        caller = await everybody.authenticate("", now(), ip=None)
        assert (len(caller.app_ids), caller.tenant, caller.app) == (1, "default", "default")
        assert (caller.scopes, caller.token_id, caller.is_tenant_wide) == (frozenset(Scope), None, False)
        await everybody.stop()

    async def test_without_one_the_refusal_says_so(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(authentication, "_DEFAULT", "no such name")
        with pytest.raises(Unauthorized, match="default application"):
            await Everybody(database).authenticate("", now(), ip=None)
