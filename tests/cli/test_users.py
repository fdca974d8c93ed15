"""`pyscim user` and `pyscim app guard`, on what a client made and deleted."""

from __future__ import annotations

import httpx
import pytest

from tests.cli.support import Commands, connected, opened
from tests.support.bulks import ENTERPRISE, USER
from tests.support.http import Scim, account, serving

PUBLIC = "https://scim.example.com/scim/v2"


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


class TestList:
    async def test_shows_users_and_how_many_more_there_are(self, pyscim: Commands) -> None:
        async with connected(pyscim) as scim:
            kim = await scim.user("kim", displayName="Kim Lee")
            await scim.user("bo", active=False)
        app = str(scim.owner.app_id)
        shown = pyscim.run("user", "list", "--app", app)
        assert [line.split() for line in shown.stdout.splitlines()[2:]] == [
            ["kim", "Kim", "Lee", "yes", kim["id"]],
            ["bo", "-", "no", shown.stdout.split()[-1]],
        ]
        assert shown.stderr == ""
        cut = pyscim.run("user", "list", "--app", app, "--limit", "1")
        assert kim["id"] in cut.stdout
        assert cut.stderr == "1 of 2 are shown; --limit and --filter choose others.\n"

    async def test_json_is_what_scim_answers(self, pyscim: Commands) -> None:
        async with connected(pyscim) as scim:
            boss = await scim.user("boss", displayName="The Boss")
            kim = await scim.user(
                "kim", schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"manager": {"value": "boss"}, "department": "Ops"}}
            )
            await scim.group("Team", kim["id"])
            answered = (await scim.get("/Users", count=10)).json()["Resources"]
        found = pyscim.json("user", "list", "--app", str(scim.owner.app_id))
        assert [one["userName"] for one in found] == ["boss", "kim"]
        assert found == moved(answered, "http://127.0.0.1:8000/scim/v2")
        assert found[1][ENTERPRISE]["manager"]["$ref"] == f"http://127.0.0.1:8000/scim/v2/Users/{boss['id']}"

    async def test_locations_start_with_the_public_url(self, pyscim: Commands) -> None:
        async with connected(pyscim) as scim:
            kim = await scim.user("kim")
        arguments = ("user", "show", "kim", "--app", str(scim.owner.app_id), "--json")
        told = pyscim.run(*arguments, PYSCIM_PUBLIC_URL="https://scim.example.com")
        assert f'"location": "{PUBLIC}/Users/{kim["id"]}"' in told.stdout
        told = pyscim.run(*arguments, PYSCIM_HOST="0.0.0.0", PYSCIM_PORT="8123")
        assert f'"location": "http://127.0.0.1:8123/scim/v2/Users/{kim["id"]}"' in told.stdout

    async def test_filters_are_read_by_the_profile_of_the_application(self, pyscim: Commands) -> None:
        async with connected(pyscim) as scim, connected(pyscim, profile="strict") as strict:
            for one in (scim, strict):
                await one.user("kim")
                await one.user("bo", active=False)
        sloppy = "active eq 'false'"
        [found] = pyscim.json("user", "list", "--app", str(scim.owner.app_id), "--filter", sloppy)
        assert found["userName"] == "bo"
        assert "character" in pyscim.refused("user", "list", "--app", str(strict.owner.app_id), "--filter", sloppy)

    async def test_walks_over_as_many_pages_as_it_takes(self, pyscim: Commands) -> None:
        async with connected(pyscim) as scim:
            names = [(await scim.user(f"user{number}"))["userName"] for number in range(5)]
        arguments = ("user", "list", "--app", str(scim.owner.app_id), "--json", "--limit")
        assert [
            name for name in names if f'"{name}"' in pyscim.run(*arguments, "4", PYSCIM_MAX_PAGE_SIZE="3").stdout
        ] == names[:4]
        assert all(f'"{name}"' in pyscim.run(*arguments, "9", PYSCIM_MAX_PAGE_SIZE="2").stdout for name in names)

    async def test_hidden_users_are_listed_with_when(self, pyscim: Commands) -> None:
        app, kim = await deleted(pyscim)
        found = pyscim.json("user", "list", "--hidden", "--app", app)
        assert [one["user_name"] for one in found] == ["bo", "kim"]
        assert found[1]["id"] == kim
        assert found[1].keys() == pyscim.json("user", "restore", "bo", "--app", app).keys()
        shown = pyscim.done("user", "list", "--hidden", "--app", app)
        assert kim in shown
        assert " UTC" in shown
        assert pyscim.json("user", "list", "--app", app, "--filter", 'userName eq "kim"') == []

    async def test_hidden_users_have_a_limit_and_no_filter(self, pyscim: Commands) -> None:
        app, _ = await deleted(pyscim)
        assert pyscim.run("user", "list", "--hidden", "--app", app, "--limit", "1").stderr.startswith("1 of 2 ")
        assert "exclude" in pyscim.refused("user", "list", "--hidden", "--filter", "active pr", status=2)


class TestShow:
    @pytest.mark.parametrize("name", ["KIM", "E-1", "kim lee", "id"])
    async def test_finds_by_id_user_name_external_id_and_display_name(self, pyscim: Commands, name: str) -> None:
        async with connected(pyscim) as scim:
            kim = await scim.user("kim", externalId="E-1", displayName="Kim Lee")
            await scim.user("bo", externalId="e-1", displayName="Bo")
        given = kim["id"].upper() if name == "id" else name
        assert pyscim.json("user", "show", given, "--app", str(scim.owner.app_id))["id"] == kim["id"]

    async def test_lists_those_whom_a_name_fits(self, pyscim: Commands) -> None:
        async with connected(pyscim) as scim:
            ids = [(await scim.user(name, externalId=external))["id"] for name, external in (("kim", "7"), ("7", "x"))]
        told = pyscim.refused("user", "show", "7", "--app", str(scim.owner.app_id))
        assert "'7' fits several users; name one by its id:" in told
        assert f"  {ids[0]}  kim  (externalId 7)\n  {ids[1]}  7  (externalId x)" in told

    async def test_says_who_there_is(self, pyscim: Commands) -> None:
        async with connected(pyscim) as scim:
            await scim.user("kim@example.com")
            await scim.user("bo@example.com")
        told = pyscim.refused("user", "show", "kim@exmaple.com", "--app", str(scim.owner.app_id))
        assert "no user 'kim@exmaple.com' in application 'app'; did you mean 'kim@example.com'?" in told
        told = pyscim.refused("user", "show", "zoe", "--app", str(scim.owner.app_id))
        assert "there are: 'bo@example.com', 'kim@example.com'" in told
        assert "no application 'nosuch'" in pyscim.refused("user", "show", "kim", "--app", "nosuch")

    async def test_says_that_a_user_is_hidden(self, pyscim: Commands) -> None:
        app, kim = await deleted(pyscim)
        for name in ("kim", kim):
            assert "`pyscim user restore`" in pyscim.refused("user", "show", name, "--app", app)

    async def test_people_see_attributes_by_name_and_who_is_awaited(self, pyscim: Commands) -> None:
        async with connected(pyscim) as scim:
            await scim.user(
                "kim",
                schemas=[USER, ENTERPRISE],
                name={"givenName": "Kim", "familyName": "Lee"},
                emails=[{"value": "kim@example.com", "type": "work", "primary": True}, {"value": "k@example.org"}],
                **{ENTERPRISE: {"manager": {"value": "the.boss"}, "department": "Ops"}},
            )
        lines = pyscim.done("user", "show", "kim", "--app", str(scim.owner.app_id)).splitlines()
        words = [" ".join(line.split()) for line in lines]
        for expected in (
            "userName kim",
            "name givenName: Kim",
            "familyName: Lee",
            "emails kim@example.com (work, primary)",
            "active yes",
            "not here yet the.boss",
            ENTERPRISE,
            "department Ops",
        ):
            assert expected in words
        assert max(map(len, lines)) <= 80


def moved(resources: list[dict[str, object]], base: str) -> object:
    """The same resources, as a server at another address shows them."""
    return httpx.Response(
        200, text=httpx.Response(200, json=resources).text.replace("http://test/scim/v2", base)
    ).json()
