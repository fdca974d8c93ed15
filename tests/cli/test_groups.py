"""`pyscim group`, on what a client made."""

from __future__ import annotations

from tests.cli.support import Commands, connected
from tests.support.bulks import GROUP

BASE = "http://127.0.0.1:8000/scim/v2"


async def test_list_counts_members(pyscim: Commands) -> None:
    async with connected(pyscim) as scim:
        kim = await scim.user("kim")
        team, empty = await scim.group("Team", kim["id"]), await scim.group("Nobody")
    app = str(scim.owner.app_id)
    lines = [line.split() for line in pyscim.done("group", "list", "--app", app).splitlines()]
    assert ["Team", "-", "1", team["id"]] in lines
    assert ["Nobody", "-", "0", empty["id"]] in lines
    [found] = pyscim.json("group", "list", "--app", app, "--filter", 'displayName eq "team"')
    assert found["members"] == [{"value": kim["id"], "$ref": f"{BASE}/Users/{kim['id']}", "type": "User"}]


async def test_show_is_whole_as_json_and_short_for_people(pyscim: Commands) -> None:
    async with connected(pyscim) as scim:
        kim = await scim.user("kim", displayName="Kim Lee")
        body = {"schemas": [GROUP], "displayName": "Team", "members": [{"value": kim["id"]}, {"value": "later"}]}
        team = (await scim.post("/Groups", body)).json()
    app = str(scim.owner.app_id)
    shown = pyscim.done("group", "show", "team", "--app", app)
    words = [" ".join(line.split()) for line in shown.splitlines()]
    assert "members 1" in words
    assert "not here yet later" in words
    assert kim["id"] not in shown
    assert f"`pyscim group members {team['id']}`" in shown
    found = pyscim.json("group", "show", team["id"], "--app", app)
    assert found["members"] == [
        {"value": kim["id"], "$ref": f"{BASE}/Users/{kim['id']}", "type": "User", "display": "Kim Lee"}
    ]
    assert found["meta"]["location"] == f"{BASE}/Groups/{team['id']}"


async def test_several_of_one_name_are_told_apart(pyscim: Commands) -> None:
    async with connected(pyscim) as scim:
        ids = [(await scim.group("Team"))["id"] for _ in range(2)]
        for _ in range(11):
            await scim.group("Crowd")
    app = str(scim.owner.app_id)
    told = pyscim.refused("group", "members", "Team", "--app", app)
    assert f"'Team' fits several groups; name one by its id:\n  {ids[0]}  Team\n  {ids[1]}  Team" in told
    told = pyscim.refused("group", "show", "crowd", "--app", app)
    assert told.count("  Crowd\n") == 10
    assert told.endswith("  and more\n")
    assert "did you mean 'Team'?" in pyscim.refused("group", "show", "Teem", "--app", app)


async def test_members_are_listed_by_name_and_filtered(pyscim: Commands) -> None:
    async with connected(pyscim) as scim:
        kim, bo = await scim.user("kim", displayName="Kim Lee"), await scim.user("bo")
        inner = await scim.group("Inner")
        await scim.group("Team", kim["id"], bo["id"], inner["id"])
    app = str(scim.owner.app_id)
    lines = [line.split() for line in pyscim.done("group", "members", "Team", "--app", app).splitlines()[2:]]
    assert lines == [
        ["kim", "Kim", "Lee", "User", kim["id"]],
        ["bo", "-", "User", bo["id"]],
        ["Inner", "Inner", "Group", inner["id"]],
    ]
    found = pyscim.json("group", "members", "Team", "--app", app, "--filter", 'type eq "Group"')
    assert [one["value"] for one in found] == [inner["id"]]
    cut = pyscim.run("group", "members", "Team", "--app", app, "--limit", "2")
    assert cut.stderr == "2 of 3 are shown; --limit and --filter choose others.\n"
    assert "userName" in pyscim.refused("group", "members", "Team", "--app", app, "--filter", 'userName eq "kim"')
