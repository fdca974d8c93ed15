"""`pyscim user restore` and `pyscim app guard`, on what a client deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scim.db.database import Database
from scim.db.url import parse_database_url
from tests.cli.support import Commands
from tests.support.http import Scim, account, serving


@asynccontextmanager
async def opened(pyscim: Commands) -> AsyncIterator[Database]:
    """The database of the commands."""
    database = Database(parse_database_url(pyscim.url), pool_min=1, pool_max=4)
    await database.open()
    yield database
    await database.close()


async def deleted(pyscim: Commands, *, guard_users: int | None = None) -> tuple[str, str]:
    """An application that keeps users, two of whom were to be deleted; its id and the id of the first."""
    settings = {"on_delete": "deactivate"} | ({"guard_users": guard_users} if guard_users is not None else {})
    async with opened(pyscim) as database, serving(database) as client:
        scim = Scim(client, await account(database, settings=settings))
        users = [await scim.user("kim", externalId="e-1"), await scim.user("bo")]
        await scim.group("Team", users[0]["id"])
        for user in users:
            await scim.delete(f"/Users/{user['id']}")
    return str(scim.owner.app_id), users[0]["id"]


async def test_restore_shows_who_is_back(pyscim: Commands) -> None:
    app, kim = await deleted(pyscim)
    assert pyscim.json("app", "info", app)["hidden_users"] == 2
    told = pyscim.done("user", "restore", "kim", "--app", app)
    assert "kim" in told
    assert kim in told
    assert pyscim.json("user", "restore", "bo", "--app", app).keys() == {
        *("id", "user_name", "external_id", "active", "tenant", "app", "deleted_at")
    }
    found = pyscim.json("app", "info", app)
    assert (found["hidden_users"], found["resources"]["User"], found["pending_references"]["members"]) == (0, 2, 0)


async def test_restore_says_who_there_is(pyscim: Commands) -> None:
    app, _ = await deleted(pyscim)
    refused = pyscim.refused("user", "restore", "kym", "--app", app)
    assert "no hidden user 'kym' in application 'app'; did you mean 'kim'?" in refused


async def test_guard_is_shown_and_released(pyscim: Commands) -> None:
    app, _ = await deleted(pyscim, guard_users=1)
    found = pyscim.json("app", "guard", app)
    assert (found["enabled"], found["closed"], found["deprovisioned"], found["refused"]) == (True, True, 1, 1)
    assert pyscim.json("app", "info", app)["guard"] == found
    shown = pyscim.done("app", "guard", app)
    assert "closed" in shown
    assert "1 user within 60 minutes" in shown
    assert "--release" in shown
    assert "closed, refused 1 request" in pyscim.done("app", "info", app)
    assert "released until" in pyscim.done("app", "guard", app, "--release")
    assert pyscim.json("app", "guard", app)["refused"] == 0


def test_guard_that_is_off_says_how_to_turn_it_on(pyscim: Commands) -> None:
    assert "--set guard_users=" in pyscim.done("app", "guard", "default")
    assert "is off" in pyscim.refused("app", "guard", "default", "--release")
