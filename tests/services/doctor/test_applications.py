"""Checks of applications: tokens, refusals, references, guards, hidden users, profiles."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from scim.db.database import Database
from scim.services import applications, tokens
from scim.services.doctor import expiring, guards, hidden_users, profiles, references, refusals, usable_tokens
from scim.services.doctor.finding import Examined, Level
from scim.services.operator import operator_caller
from scim.services.setup import ensure_defaults
from scim.storage import audit
from scim.storage.audit import Entry, Origin
from scim.utils.clock import now
from tests.services.doctor.conftest import Examine
from tests.support.http import Scim, account


async def happened(examined: Examined, *, user_agent: str = "", method: str = "POST", **entry: Any) -> None:
    """An audit record of the application."""
    [chosen] = examined.applications
    async with examined.database.transaction() as session:
        caller = operator_caller(chosen.tenant, chosen.app)
        origin = Origin(method=method, user_agent=user_agent)
        await audit.record(caller, session, origin, Entry(action="user.create", at=now(), **entry))


class TestTokenExpiry:
    @pytest.mark.parametrize(("days", "level"), [(1, Level.WARN), (13, Level.WARN), (15, Level.OK), (None, Level.OK)])
    async def test_is_told_a_fortnight_before(
        self, database: Database, examine: Examine, days: int | None, level: Level
    ) -> None:
        examined = await examine()
        made = await tokens.create(database, app=str(examined.app_ids[0]), expires_days=days)
        [found] = await expiring.check(examined)
        assert found.level is level
        assert (str(made.info.id) in str(found.remedy)) == (level is Level.WARN)

    async def test_of_another_application_is_not_told(self, database: Database, examine: Examine) -> None:
        examined, other = await examine(), await account(database)
        await tokens.create(database, app=str(other.app_id), expires_days=1)
        [found] = await expiring.check(examined)
        assert found.level is Level.OK

    async def test_of_a_tenant_is_told_unless_one_application_was_named(
        self, database: Database, examine: Examine
    ) -> None:
        examined = await examine()
        made = await tokens.create(database, app=str(examined.app_ids[0]), expires_days=2)
        async with database.transaction() as session:
            await session.execute("UPDATE scim.api_tokens SET app_id = NULL WHERE id = $1", made.info.id)
        [found] = await expiring.check(examined)
        assert found.message.endswith("expires in 2 days.")
        assert f"tenant '{examined.applications[0].tenant.name}'" in found.message
        [found] = await expiring.check(replace(examined, is_whole=False))
        assert found.level is Level.OK


class TestTokens:
    async def test_an_application_with_one_is_content(self, examine: Examine) -> None:
        [found] = await usable_tokens.check(await examine())
        assert found.level is Level.OK

    @pytest.mark.parametrize("change", ["revoked_at = now()", "expires_at = now() - interval '1 s'"])
    async def test_one_that_does_not_work_is_none(self, database: Database, examine: Examine, change: str) -> None:
        examined = await examine()
        async with database.transaction() as session:
            await session.execute(f"UPDATE scim.api_tokens SET {change} WHERE app_id = $1", examined.app_ids[0])
        [found] = await usable_tokens.check(replace(examined, at=now() + timedelta(seconds=1)))
        assert found.level is Level.WARN
        tenant = examined.applications[0].tenant.name
        assert f"`pyscim token create --app app --tenant {tenant}`" in str(found.remedy)

    @pytest.mark.parametrize(
        ("table", "told"),
        [("applications", "Application 'app'"), ("tenants", "The tenant of application 'app'")],
    )
    async def test_an_application_that_is_deactivated_is_told_where_it_was_named(
        self, database: Database, examine: Examine, table: str, told: str
    ) -> None:
        owner = await account(database)
        subject = owner.app_id if table == "applications" else owner.tenant_id
        async with database.transaction() as session:
            await session.execute(f"UPDATE scim.{table} SET active = false WHERE id = $1", subject)
        [found] = await usable_tokens.check(await examine(owner))
        assert found.level is Level.WARN
        assert found.message.startswith(told)

    async def test_the_default_application_may_be_spare(self, own_database: Examined) -> None:
        """Where others are used, nobody needs the one that is always there."""
        database = own_database.database
        await ensure_defaults(database)

        async def look(**changes: Any) -> list[Level]:
            async with database.session() as session:
                named = [await applications.resolve(session, name) for name in names]
            found = await usable_tokens.check(replace(own_database, applications=named, **changes))
            return [finding.level for finding in found]

        names = ["default"]
        assert await look() == [Level.WARN], "nobody can get in at all"
        await tokens.create(database, app="okta-prod")
        names.append("okta-prod")
        assert await look() == [Level.OK]
        names = ["default"]
        assert await look(is_whole=False) == [Level.WARN]


class TestRequests:
    async def test_those_of_the_last_day_are_counted(self, examine: Examine) -> None:
        examined = await examine()
        for _ in range(2):
            await happened(examined, status=409, scim_type="uniqueness")
        await happened(examined, status=500)
        await happened(examined, status=201)
        [found] = await refusals.check(examined)
        assert found.level is Level.WARN
        assert "2 requests refused and 1 request failed within the last day, most with 409 uniqueness" in found.message
        assert "pyscim audit list --app app" in str(found.remedy)
        [found] = await refusals.check(replace(examined, at=now() + timedelta(days=1, seconds=1)))
        assert found.level is Level.OK

    async def test_a_status_without_a_type_has_its_usual_words(self, examine: Examine) -> None:
        examined = await examine()
        await happened(examined, status=404)
        [found] = await refusals.check(examined)
        assert "1 request refused within the last day, most with 404 Not Found." in found.message

    async def test_without_any_all_is_well(self, examine: Examine) -> None:
        examined = await examine()
        await happened(examined, status=201)
        [found] = await refusals.check(examined)
        assert found.level is Level.OK


class TestReferences:
    async def test_that_wait_for_long_are_told(self, database: Database, scim: Scim, examine: Examine) -> None:
        await scim.group("Team", "nobody@example.com", "noone@example.com")
        examined = await examine(scim.owner)
        [found] = await references.check(examined)
        assert found.level is Level.OK
        assert "2 references" in found.message
        [found] = await references.check(replace(examined, at=now() + timedelta(days=3, hours=1)))
        assert found.level is Level.WARN
        assert found.message.endswith("the oldest for 3 days.")
        assert "pyscim app info app" in str(found.remedy)

    async def test_none_is_well(self, examine: Examine) -> None:
        [found] = await references.check(await examine())
        assert (found.level, found.message) == (Level.OK, "None is waiting.")


class TestGuard:
    async def test_that_is_closed_is_told(
        self, client: httpx.AsyncClient, database: Database, examine: Examine
    ) -> None:
        scim = Scim(client, await account(database, settings={"guard_users": 1}))
        first, second = await scim.user("a"), await scim.user("b")
        examined = await examine(scim.owner)
        [found] = await guards.check(examined)
        assert (found.level, found.message) == (Level.OK, "1 guard on, none closed.")
        assert (await scim.delete(f"/Users/{first['id']}")).status_code == 204
        [found] = await guards.check(examined)
        assert (found.level, "1 of 2 users" in found.message) == (Level.WARN, True)
        assert (await scim.delete(f"/Users/{second['id']}")).status_code == 429
        [found] = await guards.check(examined)
        assert (found.level, "1 request to do so were refused" in found.message) == (Level.FAIL, True)
        assert f"`pyscim app guard app --tenant {scim.owner.tenant_id} --release`" in str(found.remedy)

    async def test_none_is_well(self, examine: Examine) -> None:
        [found] = await guards.check(await examine())
        assert (found.level, found.message) == (Level.OK, "None is on.")


class TestHiddenUsers:
    async def test_are_counted_and_told_where_they_are_not_wanted_any_more(
        self, client: httpx.AsyncClient, database: Database, examine: Examine
    ) -> None:
        scim = Scim(client, await account(database, settings={"on_delete": "deactivate"}))
        await scim.delete(f"/Users/{(await scim.user('a'))['id']}")
        [found] = await hidden_users.check(await examine(scim.owner))
        assert (found.level, "1 deleted user" in found.message) == (Level.OK, True)
        await applications.update(database, str(scim.owner.app_id), settings=["on_delete=delete"])
        [found] = await hidden_users.check(await examine(scim.owner))
        assert found.level is Level.WARN

    async def test_none_is_well(self, examine: Examine) -> None:
        [found] = await hidden_users.check(await examine())
        assert found.level is Level.OK


class TestProfiles:
    async def test_one_whose_rules_nobody_needs_is_told(self, examine: Examine) -> None:
        examined = await examine(profile="entra")
        await happened(examined, user_agent="somebody/1.0", rules=["COMMON-33"])
        [found] = await profiles.check(examined)
        assert found.level is Level.WARN
        assert "profile 'entra'" in found.message
        assert "1 write within" in found.message
        assert "--profile auto" in str(found.remedy)
        [found] = await profiles.check(replace(examined, at=now() + timedelta(days=7, seconds=1)))
        assert found.level is Level.OK

    async def test_the_one_that_seems_to_write_is_named(self, examine: Examine) -> None:
        examined = await examine(profile="entra")
        await happened(examined, user_agent="Okta SCIM Client 1.0.0")
        [found] = await profiles.check(examined)
        assert found.message.endswith("They look like okta.")
        assert "--profile okta" in str(found.remedy)

    @pytest.mark.parametrize(
        ("profile", "entry"),
        [
            ("entra", {"rules": ["ENTRA-19"]}),
            ("entra-legacy", {"rules": ["ENTRA-19"]}),
            ("okta", {"user_agent": "Okta SCIM Client 1.0.0"}),
            ("entra", {"method": "GET"}),
            ("auto", {"rules": ["COMMON-33"]}),
            ("auto", {"rules": ["ENTRA-19", "ONELOGIN-09"]}),
            ("strict", {"status": 400, "detail": "No such attribute X-1."}),
            (
                "strict",
                {"status": 400, "detail": "Profile 'auto' would read it by rule COMMON-33 (it is left out)."},
            ),
        ],
    )
    async def test_others_are_well(self, examine: Examine, profile: str, entry: dict[str, Any]) -> None:
        examined = await examine(profile=profile)
        await happened(examined, **entry)
        [found] = await profiles.check(examined)
        assert (found.level, found.remedy) == (Level.OK, None)

    async def test_a_narrower_one_is_proposed_instead_of_auto(self, examine: Examine) -> None:
        examined = await examine()
        await happened(examined, rules=["COMMON-33", "ENTRA-19"])
        [found] = await profiles.check(examined)
        assert found.level is Level.OK
        assert str(found.remedy).endswith("--profile entra`")

    async def test_the_fitting_one_is_proposed_instead_of_strict(self, examine: Examine) -> None:
        examined = await examine(profile="strict")
        detail = "No. Profile 'auto' would read it by rule ENTRA-19 (a sentence)."
        await happened(examined, status=400, scim_type="invalidValue", detail=detail)
        [found] = await profiles.check(examined)
        assert found.level is Level.WARN
        assert "--profile entra" in str(found.remedy)
