"""What the operator does with applications."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from scim.db.database import Database
from scim.exceptions import OperatorError, UsageError
from scim.services import application_details, applications, tenants, tokens
from scim.services.applications import ApplicationInfo
from tests.support.http import Scim
from tests.support.notifications import heard
from tests.support.operators import audit_entries, unique


@pytest.fixture
async def tenant(database: Database) -> str:
    return (await tenants.create(database, name=unique("acme"))).name


@pytest.fixture
async def okta(database: Database, tenant: str) -> ApplicationInfo:
    return await applications.create(database, name="okta-prod", tenant=tenant)


class TestCreate:
    async def test_makes_an_active_application_and_records_it(self, database: Database, tenant: str) -> None:
        made = await applications.create(
            database, name="okta", tenant=tenant, display_name="Okta", description="d", profile="okta"
        )
        assert (made.name, made.tenant, made.display_name, made.description) == ("okta", tenant, "Okta", "d")
        assert (made.profile, made.active, made.resources) == ("okta", True, {})
        (entry,) = await audit_entries(database, made.id)
        assert (entry.action, entry.tenant_id, entry.app_id) == ("app.create", made.tenant_id, made.id)

    async def test_a_name_is_given_once_in_a_tenant(self, database: Database, okta: ApplicationInfo) -> None:
        with pytest.raises(OperatorError, match=f"application '{okta.name}' in tenant '{okta.tenant}' already"):
            await applications.create(database, name=okta.name, tenant=okta.tenant)
        other = await tenants.create(database, name=unique("other"))
        assert (await applications.create(database, name=okta.name, tenant=other.name)).id != okta.id

    async def test_an_unknown_profile_lists_those_there_are(self, database: Database, tenant: str) -> None:
        with pytest.raises(OperatorError, match=r"(?s)nosuch.*strict"):
            await applications.create(database, name="a", tenant=tenant, profile="nosuch")
        assert await applications.list_applications(database, tenant=tenant) == []

    async def test_an_unknown_tenant_is_an_error(self, database: Database) -> None:
        with pytest.raises(OperatorError, match="no tenant 'nosuchtenant'"):
            await applications.create(database, name="a", tenant="nosuchtenant")


class TestResolve:
    async def test_a_name_counts_in_its_tenant_and_an_id_everywhere(
        self, database: Database, okta: ApplicationInfo
    ) -> None:
        assert (await application_details.info(database, okta.name, tenant=okta.tenant)).application == okta
        assert (await application_details.info(database, str(okta.id))).application == okta

    async def test_an_id_of_another_tenant_is_unknown(self, database: Database, okta: ApplicationInfo) -> None:
        other = await tenants.create(database, name=unique("other"))
        with pytest.raises(OperatorError, match=f"in tenant '{other.name}'"):
            await application_details.info(database, str(okta.id), tenant=other.name)

    async def test_a_misspelled_name_gets_the_nearest(self, database: Database, okta: ApplicationInfo) -> None:
        with pytest.raises(OperatorError) as refusal:
            await application_details.info(database, "okta-prd", tenant=okta.tenant)
        assert str(refusal.value) == f"no application 'okta-prd' in tenant '{okta.tenant}'; did you mean 'okta-prod'?"

    async def test_a_name_of_other_tenants_lists_the_candidates(self, database: Database, tenant: str) -> None:
        name = unique("elsewhere")
        other = await tenants.create(database, name=unique("other"))
        made = await applications.create(database, name=name, tenant=other.name)
        with pytest.raises(OperatorError, match=rf"--tenant {other.name} \({made.id}\)"):
            await application_details.info(database, name, tenant=tenant)

    async def test_an_unknown_id_is_an_error(self, database: Database, tenant: str) -> None:
        with pytest.raises(OperatorError, match="there is none yet"):
            await application_details.info(database, str(uuid4()), tenant=tenant)


class TestListApplications:
    async def test_shows_one_tenant_or_all(self, database: Database, okta: ApplicationInfo) -> None:
        assert await applications.list_applications(database, tenant=okta.tenant) == [okta]
        everywhere = await applications.list_applications(database)
        assert okta in everywhere
        assert len({one.tenant for one in everywhere}) > 1

    @pytest.mark.parametrize("table", ["applications", "tenants"])
    async def test_leaves_out_what_is_deactivated(self, database: Database, okta: ApplicationInfo, table: str) -> None:
        subject = okta.id if table == "applications" else okta.tenant_id
        async with database.transaction() as session:
            await session.execute(f"UPDATE scim.{table} SET active = false WHERE id = $1", subject)
        assert await applications.list_applications(database, tenant=okta.tenant) == []
        (found,) = await applications.list_applications(database, tenant=okta.tenant, include_inactive=True)
        assert found.id == okta.id

    async def test_counts_resources(self, database: Database, scim: Scim) -> None:
        await scim.user("a")
        (found,) = await applications.list_applications(database, tenant=str(scim.owner.tenant_id))
        assert found.resources == {"User": 1}


class TestInfo:
    async def test_shows_settings_with_defaults_and_tokens_that_work(
        self, database: Database, okta: ApplicationInfo
    ) -> None:
        kept = await tokens.create(database, name="kept", app=str(okta.id))
        gone = await tokens.create(database, name="gone", app=str(okta.id))
        await tokens.revoke(database, str(gone.info.id))
        found = await application_details.info(database, str(okta.id))
        assert [row.id for row in found.tokens] == [kept.info.id]
        assert all(setting.is_default for setting in found.settings)

    async def test_last_activity_is_the_identity_providers(self, database: Database, scim: Scim) -> None:
        app = str(scim.owner.app_id)
        await applications.update(database, app, description="by the operator")
        assert (await application_details.info(database, app)).last_activity is None
        await scim.user("a")
        assert (await application_details.info(database, app)).last_activity is not None


class TestUpdate:
    async def test_changes_what_is_given_and_nothing_else(self, database: Database, okta: ApplicationInfo) -> None:
        changed = await applications.update(
            database,
            str(okta.id),
            name="renamed",
            display_name="Okta",
            profile="okta",
            settings=["unique_group_names=true"],
        )
        assert (changed.name, changed.display_name, changed.profile) == ("renamed", "Okta", "okta")
        assert (changed.description, changed.created_at) == (None, okta.created_at)
        assert changed.modified_at > okta.modified_at
        again = await applications.update(
            database, str(okta.id), display_name="", settings=["unknown_attributes=reject"]
        )
        assert again.display_name is None
        found = await application_details.info(database, str(okta.id))
        assert {one.name: one.value for one in found.settings if not one.is_default} == {
            "unique_group_names": True,
            "unknown_attributes": "reject",
        }

    async def test_leaves_a_record_with_old_and_new(self, database: Database, okta: ApplicationInfo) -> None:
        await applications.update(database, str(okta.id), profile="okta")
        entry = (await audit_entries(database, okta.id))[-1]
        assert entry.action == "app.update"
        assert entry.changes == [{"path": "profile", "old": "auto", "new": "okta"}]

    async def test_tells_every_worker(self, database: Database, okta: ApplicationInfo) -> None:
        async with heard(database) as messages:
            await applications.update(database, str(okta.id), profile="okta")
            assert await asyncio.wait_for(messages.get(), 5) == f"app:{okta.id}"

    async def test_without_a_change_nothing_is_written(self, database: Database, okta: ApplicationInfo) -> None:
        assert await applications.update(database, str(okta.id), profile="auto") == okta
        assert len(await audit_entries(database, okta.id)) == 1

    async def test_refuses_a_name_that_is_taken(self, database: Database, okta: ApplicationInfo) -> None:
        await applications.create(database, name="taken", tenant=okta.tenant)
        with pytest.raises(OperatorError, match="there is an application 'taken'"):
            await applications.update(database, str(okta.id), name="taken", description="not written")
        assert (await application_details.info(database, str(okta.id))).application == okta

    async def test_a_bad_setting_changes_nothing(self, database: Database, okta: ApplicationInfo) -> None:
        with pytest.raises(UsageError):
            await applications.update(database, str(okta.id), profile="okta", settings=["unknown_attributes=x"])
        assert (await application_details.info(database, str(okta.id))).application == okta

    async def test_two_at_once_both_last(self, database: Database, okta: ApplicationInfo) -> None:
        await asyncio.gather(
            applications.update(database, str(okta.id), settings=["unique_group_names=true"]),
            applications.update(database, str(okta.id), settings=["unknown_attributes=reject"]),
        )
        found = await application_details.info(database, str(okta.id))
        assert sum(not one.is_default for one in found.settings) == 2


class TestSetActive:
    async def test_deactivated_it_locks_out_at_once_and_keeps_its_data(self, database: Database, scim: Scim) -> None:
        app = str(scim.owner.app_id)
        await scim.user("kim")
        done = await applications.set_active(database, app, active=False)
        assert (done.is_new, done.application.active, done.application.resources) == (True, False, {"User": 1})
        await scim.until("/Users", 401)
        assert (await scim.get("/Users")).headers["WWW-Authenticate"].startswith('Bearer realm="scim"')
        assert (await applications.set_active(database, app, active=True)).application.active
        assert (await scim.get("/Users")).json()["totalResults"] == 1

    async def test_leaves_a_record_each_time_something_changes(self, database: Database, okta: ApplicationInfo) -> None:
        for active in (False, False, True):
            await applications.set_active(database, str(okta.id), active=active)
        _, *entries = await audit_entries(database, okta.id)
        assert [(entry.action, entry.changes) for entry in entries] == [
            ("app.deactivate", [{"path": "active", "old": True, "new": False}]),
            ("app.activate", [{"path": "active", "old": False, "new": True}]),
        ]

    async def test_twice_is_no_error(self, database: Database, okta: ApplicationInfo) -> None:
        first = await applications.set_active(database, str(okta.id), active=False)
        second = await applications.set_active(database, str(okta.id), active=False)
        assert (first.is_new, second.is_new) == (True, False)
        assert first.application == second.application

    async def test_tells_every_worker(self, database: Database, okta: ApplicationInfo) -> None:
        async with heard(database) as messages:
            await applications.set_active(database, str(okta.id), active=False)
            assert await asyncio.wait_for(messages.get(), 5) == f"app:{okta.id}"

    async def test_says_whether_the_tenant_lets_anybody_in(self, database: Database, okta: ApplicationInfo) -> None:
        assert (await applications.set_active(database, str(okta.id), active=True)).tenant_active
        await tenants.update(database, okta.tenant, active=False)
        assert not (await applications.set_active(database, str(okta.id), active=True)).tenant_active
