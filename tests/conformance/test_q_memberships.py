"""The groups of a user (rows Q-08 to Q-11, Q-14)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.tools import GROUP, USER, names, refusal, users
from tests.support.http import SCIM, Scim


async def groups(scim: Scim, user: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups that a user is shown to be in, in the order of their names."""
    shown: list[dict[str, Any]] = (await scim.get(f"/Users/{user['id']}")).json().get("groups", [])
    return sorted(shown, key=lambda one: str(one["display"]))


async def displays(scim: Scim, user: dict[str, Any]) -> list[str]:
    """The names of those groups."""
    return [one["display"] for one in await groups(scim, user)]


async def test_Q_08_memberships_are_not_changed_through_the_user(strict: Scim) -> None:
    kim = await strict.user("kim")
    team, other = await strict.group("Team", kim["id"]), await strict.group("Other")
    wanted = [{"value": other["id"]}]
    made = await strict.user("bo", groups=wanted)
    assert "groups" not in made
    path = f"/Users/{kim['id']}"
    replaced = await strict.put(path, {"schemas": [USER], "userName": "kim", "groups": wanted})
    assert (replaced.status_code, [one["value"] for one in replaced.json()["groups"]]) == (200, [team["id"]])
    for operation in (
        {"op": "add", "path": "groups", "value": wanted},
        {"op": "replace", "path": "groups", "value": wanted},
        {"op": "replace", "value": {"groups": wanted}},
        {"op": "remove", "path": "groups"},
        {"op": "remove", "path": f'groups[value eq "{team["id"]}"]'},
        {"op": "replace", "path": f'groups[value eq "{team["id"]}"].display', "value": "x"},
    ):
        assert refusal(await strict.patch(path, operation)) == (400, "mutability"), operation
    assert await displays(strict, kim) == ["Team"]
    assert "members" not in (await strict.get(f"/Groups/{other['id']}")).json()


async def test_Q_09_a_membership_tells_the_group_its_place_and_its_name(strict: Scim) -> None:
    kim = await strict.user("kim")
    team = await strict.group("Team", kim["id"])
    [shown] = await groups(strict, kim)
    assert shown == {
        "value": team["id"],
        "$ref": f"{SCIM}/Groups/{team['id']}",
        "display": "Team",
        "type": "direct",
    }
    assert shown["$ref"] == team["meta"]["location"]


async def test_Q_10_a_membership_is_direct_or_through_another_group(strict: Scim) -> None:
    kim = await strict.user("kim")
    inner = await strict.group("Inner", kim["id"])
    middle = await strict.group("Middle", inner["id"])
    await strict.group("Outer", middle["id"])
    assert [(one["display"], one["type"]) for one in await groups(strict, kim)] == [
        ("Inner", "direct"),
        ("Middle", "indirect"),
        ("Outer", "indirect"),
    ]


async def test_Q_11_memberships_follow_the_groups(strict: Scim) -> None:
    kim = await strict.user("kim")
    one, two = await strict.group("One", kim["id"]), await strict.group("Two")
    member = [{"value": kim["id"]}]
    added = await strict.patch(f"/Groups/{two['id']}", {"op": "add", "path": "members", "value": member})
    assert added.status_code == 200
    assert await displays(strict, kim) == ["One", "Two"]
    renamed = await strict.put(f"/Groups/{two['id']}", {"schemas": [GROUP], "displayName": "Deux", "members": member})
    assert renamed.status_code == 200
    assert await displays(strict, kim) == ["Deux", "One"]
    removed = await strict.patch(f"/Groups/{two['id']}", {"op": "remove", "path": f'members[value eq "{kim["id"]}"]'})
    assert removed.status_code == 200
    assert await displays(strict, kim) == ["One"]
    [listed] = (await strict.get("/Users")).json()["Resources"]
    assert [group["value"] for group in listed["groups"]] == [one["id"]]
    assert (await strict.delete(f"/Groups/{one['id']}")).status_code == 204
    assert "groups" not in (await strict.get(f"/Users/{kim['id']}")).json()


@pytest.mark.parametrize("form", ['{}.value eq "{}"', '{}[value eq "{}"]', '{} eq "{}"'])
async def test_Q_14_groups_are_found_by_member_and_users_by_group(strict: Scim, form: str) -> None:
    kim, bo, _ = await users(strict, "kim", "bo", "cy")
    team, pair = await strict.group("Team", kim["id"]), await strict.group("Pair", kim["id"], bo["id"])
    for member, expected in ((kim, [team, pair]), (bo, [pair])):
        found = (await strict.get("/Groups", filter=form.format("members", member["id"]))).json()["Resources"]
        assert [one["id"] for one in found] == [one["id"] for one in expected]
    assert names(await strict.get("/Users", filter=form.format("groups", team["id"]))) == ["kim"]
    assert names(await strict.get("/Users", filter=form.format("groups", pair["id"]))) == ["kim", "bo"]
    assert names(await strict.get("/Users", filter="not (groups pr)")) == ["cy"]
