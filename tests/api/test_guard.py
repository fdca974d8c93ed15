"""The guard against mass deprovisioning: too many users who go at once are refused, everything else goes on."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest

from scim.db.database import Database
from scim.exceptions import OperatorError
from scim.services import guard_control, users
from scim.services.guard import Limits
from scim.services.guard_control import GuardState
from tests.api.test_references import records
from tests.support.http import Scim, account

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


async def guarded(client: httpx.AsyncClient, database: Database, users: int, **settings: Any) -> tuple[Scim, list[str]]:
    """An application with users, whose guard is on."""
    profile = settings.pop("profile", "auto")
    scim = Scim(client, await account(database, profile=profile, settings=settings))
    return scim, [(await scim.user(f"u{number}"))["id"] for number in range(users)]


async def state(database: Database, scim: Scim) -> GuardState:
    return await guard_control.state(database, str(scim.owner.app_id))


def deactivation() -> dict[str, Any]:
    return {"op": "replace", "path": "active", "value": False}


async def go(scim: Scim, user_id: str, how: str) -> httpx.Response:
    """Deprovision a user in one of the ways that there are."""
    path = f"/Users/{user_id}"
    match how:
        case "DELETE":
            return await scim.delete(path)
        case "PATCH":
            return await scim.patch(path, deactivation())
        case "without a value":
            return await scim.patch(path, {"op": "remove", "path": "active"})
        case "PUT":
            return await scim.put(path, {"schemas": [USER], "userName": user_id, "active": False})
    answer = await scim.bulk({"method": "DELETE", "path": path})
    [one] = answer.json()["Operations"]
    return httpx.Response(int(one["status"]), json=one.get("response"), headers={"retry-after": "600"})


class TestRefusal:
    @pytest.mark.parametrize("how", ["DELETE", "PATCH", "PUT", "bulk", "without a value"])
    @pytest.mark.parametrize("profile", ["auto", "strict"])
    async def test_comes_after_as_many_as_may_go(
        self, client: httpx.AsyncClient, database: Database, how: str, profile: str
    ) -> None:
        scim, ids = await guarded(client, database, 4, guard_users=2, profile=profile)
        answers = [await go(scim, one, how) for one in ids]
        assert [answer.status_code for answer in answers[:2]] == (
            [204, 204] if how in ("DELETE", "bulk") else [200, 200]
        )
        for answer in answers[2:]:
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "600")
            assert "pyscim app guard app --release" in answer.json()["detail"]
        for one in ids[2:]:
            assert (await scim.get(f"/Users/{one}")).json()["active"] is True

    @pytest.mark.parametrize(
        ("percent", "users", "may"), [(50, 4, 2), (30, 10, 3), (33.4, 3, 1), (10, 9, 0), (100, 3, 3)]
    )
    async def test_comes_after_the_share_that_may_go(
        self, client: httpx.AsyncClient, database: Database, percent: float, users: int, may: int
    ) -> None:
        scim, ids = await guarded(client, database, users, guard_percent=percent)
        statuses = [(await go(scim, one, "DELETE")).status_code for one in ids]
        assert Counter(statuses) == Counter({204: may, 429: users - may})

    async def test_comes_at_the_lower_of_both_limits(self, client: httpx.AsyncClient, database: Database) -> None:
        scim, ids = await guarded(client, database, 4, guard_percent=75, guard_users=1)
        assert [(await go(scim, one, "PATCH")).status_code for one in ids] == [200, 429, 429, 429]

    async def test_holds_when_all_come_at_once(self, client: httpx.AsyncClient, database: Database) -> None:
        scim, ids = await guarded(client, database, 12, guard_users=5)
        answers = await asyncio.gather(*(go(scim, one, ("DELETE", "PATCH")[i % 2]) for i, one in enumerate(ids)))
        assert Counter(answer.status_code == 429 for answer in answers) == {False: 5, True: 7}

    async def test_touches_nothing_else(self, client: httpx.AsyncClient, database: Database) -> None:
        scim, [first, second] = await guarded(client, database, 2, guard_users=0)
        assert (await go(scim, first, "DELETE")).status_code == 429
        group = await scim.group("Team", first, second)
        assert (
            await scim.patch(f"/Users/{first}", {"op": "replace", "path": "title", "value": "T"})
        ).status_code == 200
        assert (await scim.delete(f"/Groups/{group['id']}")).status_code == 204
        inactive = await scim.user("new", active=False)
        assert (await scim.patch(f"/Users/{inactive['id']}", deactivation())).status_code == 200
        assert (await scim.delete("/Users/00000000-0000-7000-8000-000000000000")).status_code == 404

    async def test_is_off_by_default(self, scim: Scim, database: Database) -> None:
        ids = [(await scim.user(f"u{number}"))["id"] for number in range(5)]
        assert {(await go(scim, one, "DELETE")).status_code for one in ids} == {204}
        found = await state(database, scim)
        assert (found.enabled, found.closed, found.allowed, found.deprovisioned) == (False, False, None, 0)

    async def test_is_told_in_log_audit_and_state(
        self, client: httpx.AsyncClient, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        scim, ids = await guarded(client, database, 4, guard_users=1)
        with caplog.at_level(logging.INFO, logger="scim.services.guard"):
            for one in ids[:3]:
                await go(scim, one, "DELETE")
        told = [record.levelname for record in caplog.records if record.name == "scim.services.guard"]
        assert told == ["WARNING", "INFO"]
        refused = [one for one in await records(database, scim, "delete") if "guard" in (one["detail"] or "")]
        assert [str(one["resource_id"]) for one in refused] == ids[1:3]
        found = await state(database, scim)
        assert (found.closed, found.deprovisioned, found.users, found.allowed, found.refused) == (True, 1, 4, 1, 2)
        assert found.limits == "1 user within 60 minutes"


@pytest.mark.parametrize(("percent", "users", "may"), [(29, 100, 29), (0.1, 1000, 1), (7, 99, 6), (100, 0, 0)])
def test_shares_are_exact(percent: float, users: int, may: int) -> None:
    assert Limits(percent, None, timedelta(hours=1)).allowed(users) == may


class TestCounting:
    async def test_counts_a_user_who_is_deactivated_and_then_deleted_once(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        scim, ids = await guarded(client, database, 3, guard_users=1)
        assert (await go(scim, ids[0], "PATCH")).status_code == 200
        assert (await go(scim, ids[0], "DELETE")).status_code == 204
        assert (await go(scim, ids[1], "DELETE")).status_code == 429

    async def test_counts_a_user_who_is_active_again_no_more(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        scim, ids = await guarded(client, database, 2, guard_users=1)
        await go(scim, ids[0], "PATCH")
        await scim.patch(f"/Users/{ids[0]}", {"op": "replace", "path": "active", "value": True})
        assert (await go(scim, ids[1], "PATCH")).status_code == 200

    async def test_counts_a_user_who_is_restored_and_inactive(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        """Else everybody could be deactivated by deletions and creates in turn."""
        scim, ids = await guarded(client, database, 3, guard_percent=34, on_delete="deactivate")
        await scim.patch(f"/Users/{ids[0]}", {"op": "add", "path": "externalId", "value": "e-0"})
        assert (await go(scim, ids[0], "DELETE")).status_code == 204
        back = await scim.user("u0", externalId="e-0", active=False)
        assert back["id"] == ids[0]
        found = await state(database, scim)
        assert (found.deprovisioned, found.users) == (1, 3)
        assert (await go(scim, ids[1], "DELETE")).status_code == 429
        await scim.patch(f"/Users/{ids[0]}", {"op": "replace", "path": "active", "value": True})
        assert (await go(scim, ids[1], "DELETE")).status_code == 204

    async def test_counts_a_user_no_more_who_is_restored_and_active(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        scim, [first, second] = await guarded(client, database, 2, guard_users=1, on_delete="deactivate")
        assert (await go(scim, first, "DELETE")).status_code == 204
        await users.restore(database, first, app=str(scim.owner.app_id))
        assert (await state(database, scim)).deprovisioned == 0
        assert (await go(scim, second, "DELETE")).status_code == 204

    async def test_ends_with_the_window(self, client: httpx.AsyncClient, database: Database) -> None:
        scim, ids = await guarded(client, database, 3, guard_users=1, guard_window_minutes=10)
        await go(scim, ids[0], "DELETE")
        assert (await go(scim, ids[1], "DELETE")).status_code == 429
        async with database.session() as session:
            await session.execute(
                "UPDATE scim.deprovisioned SET at = at - interval '10 minutes' WHERE app_id = $1", scim.owner.app_id
            )
        assert (await go(scim, ids[1], "DELETE")).status_code == 204
        assert (await state(database, scim)).refused == 0

    async def test_is_the_applications_own(self, client: httpx.AsyncClient, database: Database) -> None:
        one, [first] = await guarded(client, database, 1, guard_users=1)
        other, [second] = await guarded(client, database, 1, guard_users=1)
        assert (await go(one, first, "DELETE")).status_code == 204
        assert (await go(other, second, "DELETE")).status_code == 204

    async def test_does_not_count_what_failed(self, client: httpx.AsyncClient, database: Database) -> None:
        scim, ids = await guarded(client, database, 2, guard_users=1)
        wrong = {"op": "replace", "path": "userName", "value": "u1"}
        assert (await scim.patch(f"/Users/{ids[0]}", deactivation(), wrong)).status_code == 409
        assert (await go(scim, ids[1], "PATCH")).status_code == 200


class TestRelease:
    async def test_lets_everything_through_for_as_long_as_the_window_is(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        scim, ids = await guarded(client, database, 6, guard_users=1)
        for one in ids[:2]:
            await go(scim, one, "DELETE")
        found = await guard_control.release(database, str(scim.owner.app_id))
        assert (found.closed, found.refused) == (False, 0)
        assert found.released_until is not None
        assert {(await go(scim, one, "DELETE")).status_code for one in ids[1:4]} == {204}
        async with database.session() as session:
            await session.execute("UPDATE scim.guards SET released_until = now() WHERE app_id = $1", scim.owner.app_id)
        assert [(await go(scim, one, "DELETE")).status_code for one in ids[4:]] == [204, 429]
        [record] = await records(database, scim, "app.guard.release")
        assert "released_until" in record["changes"]

    async def test_is_refused_where_the_guard_is_off(self, scim: Scim, database: Database) -> None:
        with pytest.raises(OperatorError, match="is off"):
            await guard_control.release(database, str(scim.owner.app_id))
