"""What the operator does with tokens."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from scim.caller import Scope
from scim.db.database import Database
from scim.exceptions import OperatorError, UsageError
from scim.services import application_details, applications, tenants, tokens
from scim.services.authentication import Authenticator
from scim.services.tokens import State, parse_scopes
from scim.utils.clock import now
from tests.support.http import Scim
from tests.support.notifications import heard
from tests.support.operators import audit_entries, unique


@pytest.fixture
async def tenant(database: Database) -> str:
    return (await tenants.create(database, name=unique("acme"))).name


class TestCreate:
    async def test_the_token_gets_in_with_all_scopes(self, database: Database, tenant: str) -> None:
        issued = await tokens.create(database, name="a", app="okta", tenant=tenant)
        caller = await Authenticator(database, cache_seconds=0).authenticate(issued.token, now(), ip=None)
        assert (caller.token_id, caller.tenant, caller.app) == (issued.info.id, tenant, "okta")
        assert caller.scopes == frozenset(Scope)

    async def test_the_application_is_made_when_its_name_is_new(self, database: Database, tenant: str) -> None:
        first = await tokens.create(database, app="okta", tenant=tenant)
        second = await tokens.create(database, app="okta", tenant=tenant)
        by_id = await tokens.create(database, app=str(first.info.app_id))
        assert [one.app_created for one in (first, second, by_id)] == [True, False, False]
        assert {one.info.app_id for one in (first, second, by_id)} == {first.info.app_id}
        made = await application_details.info(database, "okta", tenant=tenant)
        assert [entry.action for entry in await audit_entries(database, made.application.id)] == ["app.create"]

    async def test_is_named_as_its_application_unless_told(self, database: Database, tenant: str) -> None:
        assert (await tokens.create(database, app="okta", tenant=tenant)).info.name == "okta"
        assert (await tokens.create(database, name="n", app="okta", tenant=tenant)).info.name == "n"

    async def test_scopes_and_expiry_are_kept(self, database: Database, tenant: str) -> None:
        issued = await tokens.create(database, app="a", tenant=tenant, expires_days=30, scopes=(Scope.READ,))
        assert issued.info.scopes == ("scim:read",)
        assert issued.info.expires_at == issued.info.created_at + timedelta(days=30)

    async def test_leaves_a_record_without_the_token(self, database: Database, tenant: str) -> None:
        issued = await tokens.create(database, app="okta", tenant=tenant)
        (entry,) = await audit_entries(database, issued.info.id)
        assert (entry.action, entry.app_id) == ("token.create", issued.info.app_id)
        assert issued.token not in str(entry.changes)

    @pytest.mark.parametrize("bad", [" ", "a\nb"])
    async def test_a_bad_name_makes_no_application_either(self, database: Database, tenant: str, bad: str) -> None:
        with pytest.raises(UsageError):
            await tokens.create(database, name=bad, app="okta", tenant=tenant)
        assert await applications.list_applications(database, tenant=tenant) == []

    @pytest.mark.parametrize("table", ["applications", "tenants"])
    async def test_refuses_what_is_deactivated(self, database: Database, tenant: str, table: str) -> None:
        info = (await tokens.create(database, app="okta", tenant=tenant)).info
        owner = await application_details.info(database, str(info.app_id))
        subject = owner.application.id if table == "applications" else owner.application.tenant_id
        async with database.transaction() as session:
            await session.execute(f"UPDATE scim.{table} SET active = false WHERE id = $1", subject)
        with pytest.raises(OperatorError, match="deactivated"):
            await tokens.create(database, app="okta", tenant=tenant)
        assert (await tokens.info(database, str(info.id))).state is State.INACTIVE


class TestCreateTenantWide:
    async def test_reads_all_applications_and_writes_nothing(self, database: Database, scim: Scim) -> None:
        tenant = str(scim.owner.tenant_id)
        await scim.user("kim")
        other = await tokens.create(database, app="other", tenant=tenant)
        issued = await tokens.create_tenant_wide(database, name="w", tenant=tenant, description="d", expires_days=3)
        assert (issued.info.app, issued.info.app_id, issued.info.scopes) == (None, None, ("scim:read",))
        assert (issued.info.name, issued.info.description, issued.app_created) == ("w", "d", False)
        assert issued.info.expires_at == issued.info.created_at + timedelta(days=3)
        caller = await Authenticator(database, cache_seconds=0).authenticate(issued.token, now(), ip=None)
        assert set(caller.app_ids) == {scim.owner.app_id, other.info.app_id}
        headers = {"authorization": f"Bearer {issued.token}"}
        assert (await scim.send("GET", "/Users", headers=headers)).json()["totalResults"] == 1
        assert (await scim.send("POST", "/Users", {"userName": "x"}, headers=headers)).status_code == 403

    async def test_leaves_a_record_of_the_tenant(self, database: Database, tenant: str) -> None:
        issued = await tokens.create_tenant_wide(database, tenant=tenant)
        assert issued.info.name == tenant
        (entry,) = await audit_entries(database, issued.info.id)
        owner = await tenants.info(database, tenant)
        assert (entry.action, entry.tenant_id, entry.app_id) == ("token.create", owner.id, None)
        assert issued.token not in str(entry.changes)

    async def test_a_bad_name_or_a_deactivated_tenant_is_refused(self, database: Database, tenant: str) -> None:
        with pytest.raises(UsageError):
            await tokens.create_tenant_wide(database, name=" ", tenant=tenant)
        await tenants.update(database, tenant, active=False)
        with pytest.raises(OperatorError, match="deactivated"):
            await tokens.create_tenant_wide(database, tenant=tenant)


class TestListTokens:
    async def test_shows_what_works_of_an_application_a_tenant_or_everywhere(
        self, database: Database, tenant: str
    ) -> None:
        first = (await tokens.create(database, app="a", tenant=tenant)).info
        second = (await tokens.create(database, app="b", tenant=tenant)).info
        await tokens.revoke(database, str(second.id))
        assert [one.id for one in await tokens.list_tokens(database, tenant=tenant)] == [first.id]
        assert await tokens.list_tokens(database, app="b", tenant=tenant) == []
        (revoked,) = await tokens.list_tokens(database, app="b", tenant=tenant, include_inactive=True)
        assert (revoked.id, revoked.state) == (second.id, State.REVOKED)
        assert first.id in {one.id for one in await tokens.list_tokens(database)}

    async def test_an_unknown_application_is_an_error(self, database: Database, tenant: str) -> None:
        with pytest.raises(OperatorError, match="no application"):
            await tokens.list_tokens(database, app="nosuch", tenant=tenant)


class TestInfo:
    async def test_takes_an_id_or_a_name_of_its_own(self, database: Database, tenant: str) -> None:
        name = unique("token")
        made = (await tokens.create(database, name=name, app="a", tenant=tenant)).info
        assert await tokens.info(database, name) == made
        assert await tokens.info(database, str(made.id)) == made

    async def test_a_name_of_several_lists_their_ids(self, database: Database, tenant: str) -> None:
        name = unique("token")
        ids = [(await tokens.create(database, name=name, app="a", tenant=tenant)).info.id for _ in range(2)]
        with pytest.raises(OperatorError) as refusal:
            await tokens.info(database, name)
        assert all(str(one) in str(refusal.value) for one in ids)

    async def test_an_unknown_one_is_an_error(self, database: Database) -> None:
        with pytest.raises(OperatorError, match="no token 'nosuch'"):
            await tokens.info(database, "nosuch")

    async def test_a_misspelled_name_gets_the_nearest(self, database: Database, tenant: str) -> None:
        name = unique("nearest")
        await tokens.create(database, name=name, app="a", tenant=tenant)
        with pytest.raises(OperatorError, match=f"did you mean '{name}'?"):
            await tokens.info(database, name[:-1])

    async def test_says_when_it_expired(self, database: Database, tenant: str) -> None:
        made = (await tokens.create(database, app="a", tenant=tenant, expires_days=1)).info
        async with database.transaction() as session:
            past = now() - timedelta(days=1)
            await session.execute("UPDATE scim.api_tokens SET expires_at = $2 WHERE id = $1", made.id, past)
        assert (await tokens.info(database, str(made.id))).state is State.EXPIRED


class TestRevoke:
    async def test_tells_every_worker_and_leaves_a_record(self, database: Database, tenant: str) -> None:
        made = (await tokens.create(database, app="a", tenant=tenant)).info
        async with heard(database) as messages:
            revoked, done = await tokens.revoke(database, str(made.id))
            assert await asyncio.wait_for(messages.get(), 5) == f"token:{made.id}"
        assert (done, revoked.state) == (True, State.REVOKED)
        assert [entry.action for entry in await audit_entries(database, made.id)] == ["token.create", "token.revoke"]

    async def test_twice_is_no_error_and_no_second_record(self, database: Database, tenant: str) -> None:
        made = (await tokens.create(database, app="a", tenant=tenant)).info
        first, _ = await tokens.revoke(database, str(made.id))
        second, done = await tokens.revoke(database, str(made.id))
        assert (done, second.revoked_at) == (False, first.revoked_at)
        assert len(await audit_entries(database, made.id)) == 2

    async def test_locks_out(self, database: Database, scim: Scim) -> None:
        issued = await tokens.create(database, app=str(scim.owner.app_id))
        headers = {"authorization": f"Bearer {issued.token}"}
        assert (await scim.send("GET", "/Users", headers=headers)).status_code == 200
        await tokens.revoke(database, str(issued.info.id))
        assert await tokens.has_usable_token(database)
        for _ in range(500):  # the notification takes a moment
            if (await scim.send("GET", "/Users", headers=headers)).status_code == 401:
                return
            await asyncio.sleep(0.01)
        pytest.fail("the token still gets in")


class TestParseScopes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("read", (Scope.READ,)),
            ("scim:write", (Scope.WRITE,)),
            ("write, READ", (Scope.READ, Scope.WRITE)),
            ("scim:read,read,", (Scope.READ,)),
        ],
    )
    def test_takes_short_and_long_names(self, text: str, expected: tuple[Scope, ...]) -> None:
        assert parse_scopes(text) == expected

    @pytest.mark.parametrize("text", ["", ",", "admin", "read;write"])
    def test_refuses_the_rest(self, text: str) -> None:
        with pytest.raises(UsageError, match="accepted: read, write"):
            parse_scopes(text)
