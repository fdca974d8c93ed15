"""Groups and their members (rows Q-01 to Q-07, Q-12, Q-13, Q-15, Q-16)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.tools import GROUP, refusal, users
from tests.support.http import SCIM, Scim

NOBODY = "00000000-0000-7000-8000-000000000000"


def group(**attributes: Any) -> dict[str, Any]:
    """The body of a group."""
    return {"schemas": [GROUP], "displayName": "Team"} | attributes


def ids(answered: dict[str, Any]) -> list[str]:
    """The ids of a group's members, sorted."""
    return sorted(one["value"] for one in answered.get("members", []))


async def test_Q_01_a_group_needs_a_display_name_which_others_may_have(strict: Scim) -> None:
    for wrong in ({"displayName": None}, {"displayName": 5}):
        assert refusal(await strict.post("/Groups", group(**wrong))) == (400, "invalidValue")
    assert refusal(await strict.post("/Groups", {"schemas": [GROUP]})) == (400, "invalidValue")
    made = [await strict.group("Team"), await strict.group("Team")]
    assert refusal(await strict.put(f"/Groups/{made[0]['id']}", {"schemas": [GROUP]})) == (400, "invalidValue")
    assert (await strict.get("/Groups", filter='displayName eq "team"')).json()["totalResults"] == 2
    [name] = [
        one for one in (await strict.get(f"/Schemas/{GROUP}")).json()["attributes"] if one["name"] == "displayName"
    ]
    assert (name["required"], name["uniqueness"]) == (True, "none")


async def test_Q_02_members_are_users_and_groups(strict: Scim) -> None:
    [kim] = await users(strict, "kim", displayName="Kim K")
    inner = await strict.group("Inner")
    made = await strict.group("Team", kim["id"], inner["id"])
    shown = {one["value"]: one for one in made["members"]}
    assert shown == {
        kim["id"]: {"value": kim["id"], "$ref": f"{SCIM}/Users/{kim['id']}", "type": "User", "display": "Kim K"},
        inner["id"]: {
            "value": inner["id"],
            "$ref": f"{SCIM}/Groups/{inner['id']}",
            "type": "Group",
            "display": "Inner",
        },
    }
    for one in shown.values():
        assert (await strict.client.get(one["$ref"], headers=strict.owner.headers)).json()["id"] == one["value"]


@pytest.mark.parametrize("part", ["value", "$ref", "type", "display"])
async def test_Q_03_the_parts_of_a_member_are_not_edited(strict: Scim, part: str) -> None:
    kim, bo = await users(strict, "kim", "bo", displayName="Same")
    made = await strict.group("Team", kim["id"])
    new = {"value": bo["id"], "$ref": f"{SCIM}/Users/{bo['id']}", "type": "Group", "display": "Other"}
    path = f'members[value eq "{kim["id"]}"].{part}'
    answer = await strict.patch(f"/Groups/{made['id']}", {"op": "replace", "path": path, "value": new[part]})
    assert refusal(answer) == (400, "mutability")
    assert (await strict.get(f"/Groups/{made['id']}")).json() == made


async def test_Q_03_members_are_added_and_removed(strict: Scim) -> None:
    kim, bo = await users(strict, "kim", "bo")
    made = await strict.group("Team", kim["id"])
    path = f"/Groups/{made['id']}"
    added = await strict.patch(path, {"op": "add", "path": "members", "value": [{"value": bo["id"]}]})
    assert ids(added.json()) == sorted([kim["id"], bo["id"]])
    removed = await strict.patch(path, {"op": "remove", "path": f'members[value eq "{kim["id"]}"]'})
    assert ids(removed.json()) == [bo["id"]]


async def test_Q_04_the_display_of_members_is_published(strict: Scim) -> None:
    attributes = (await strict.get(f"/Schemas/{GROUP}")).json()["attributes"]
    [members] = [one for one in attributes if one["name"] == "members"]
    parts = {one["name"]: one for one in members["subAttributes"]}
    assert parts.keys() == {"value", "$ref", "type", "display"}
    assert parts["display"]["mutability"] == "immutable"


async def test_Q_05_a_member_needs_a_value_only(strict: Scim) -> None:
    [kim] = await users(strict, "kim", displayName="Kim K")
    wanted = {"value": kim["id"], "$ref": f"{SCIM}/Users/{kim['id']}", "type": "User", "display": "Kim K"}
    made = await strict.post("/Groups", group(members=[{"value": kim["id"]}]))
    assert (made.status_code, made.json()["members"]) == (201, [wanted])
    path = f"/Groups/{made.json()['id']}"
    assert (await strict.put(path, group(members=[]))).json().get("members", []) == []
    added = await strict.patch(path, {"op": "add", "path": "members", "value": {"value": kim["id"]}})
    assert added.json()["members"] == [wanted]


async def test_Q_06_a_member_that_does_not_exist_is_refused(strict: Scim) -> None:
    [kim] = await users(strict, "kim")
    made = await strict.group("Team", kim["id"])
    path, wrong = f"/Groups/{made['id']}", [{"value": kim["id"]}, {"value": NOBODY}]
    for answer in (
        await strict.post("/Groups", group(displayName="Other", members=wrong)),
        await strict.put(path, group(members=wrong)),
        await strict.patch(path, {"op": "add", "path": "members", "value": wrong}),
        await strict.patch(path, {"op": "replace", "path": "members", "value": wrong}),
    ):
        assert refusal(answer) == (400, "invalidValue")
    assert (await strict.get("/Groups")).json()["Resources"] == [made]


async def test_Q_07_groups_may_be_in_groups_but_not_in_themselves(strict: Scim) -> None:
    inner = await strict.group("Inner")
    middle = await strict.group("Middle", inner["id"])
    outer = await strict.group("Outer", middle["id"])
    path = f"/Groups/{inner['id']}"
    for one in (inner, middle, outer):
        cycle = [{"value": one["id"]}]
        added = await strict.patch(path, {"op": "add", "path": "members", "value": cycle})
        assert refusal(added) == (400, "invalidValue")
        assert refusal(await strict.put(path, group(displayName="Inner", members=cycle))) == (400, "invalidValue")
    assert (await strict.get(path)).json() == inner


async def test_Q_12_a_member_is_not_listed_twice(strict: Scim) -> None:
    [kim] = await users(strict, "kim")
    twice = [{"value": kim["id"]}, {"value": kim["id"]}]
    made = await strict.group("Team", kim["id"])
    path = f"/Groups/{made['id']}"
    for answer in (
        await strict.post("/Groups", group(displayName="Other", members=twice)),
        await strict.put(path, group(members=twice)),
        await strict.patch(path, {"op": "replace", "path": "members", "value": twice}),
    ):
        assert refusal(answer) == (400, "invalidValue")
    again = await strict.patch(path, {"op": "add", "path": "members", "value": twice[:1]})
    assert again.json() == made
    assert (await strict.get("/Groups")).json()["Resources"] == [made]


async def test_Q_13_a_group_can_be_read_without_its_members(strict: Scim) -> None:
    [kim] = await users(strict, "kim")
    made = await strict.group("Team", kim["id"])
    path, shown = f"/Groups/{made['id']}", {key: value for key, value in made.items() if key != "members"}
    assert (await strict.get(path, excludedAttributes="members")).json() == shown
    assert (await strict.get("/Groups", excludedAttributes="members")).json()["Resources"] == [shown]
    change = {"op": "add", "path": "members", "value": [{"value": kim["id"]}]}
    changed = await strict.send(
        "PATCH",
        path,
        {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [change]},
        params={"excludedAttributes": "members"},
    )
    assert (changed.status_code, changed.json()) == (200, shown)


async def test_Q_15_a_change_of_members_is_a_new_version_of_the_group(strict: Scim) -> None:
    [kim] = await users(strict, "kim")
    made = await strict.group("Team")
    path, operation = f"/Groups/{made['id']}", {"path": "members", "value": [{"value": kim["id"]}]}
    added = (await strict.patch(path, {"op": "add"} | operation)).json()
    removed = (await strict.patch(path, {"op": "remove", "path": "members"})).json()
    versions = [one["meta"]["version"] for one in (made, added, removed)]
    times = [one["meta"]["lastModified"] for one in (made, added, removed)]
    assert len(set(versions)) == 3
    assert times == sorted(set(times))


async def test_Q_16_a_group_has_an_external_id(strict: Scim) -> None:
    made = await strict.post("/Groups", group(externalId="G-7"))
    assert (made.status_code, made.json()["externalId"]) == (201, "G-7")
    for text, found in (('externalId eq "G-7"', 1), ('externalId eq "g-7"', 0)):
        assert (await strict.get("/Groups", filter=text)).json()["totalResults"] == found
    changed = await strict.patch(f"/Groups/{made.json()['id']}", {"op": "remove", "path": "externalId"})
    assert "externalId" not in changed.json()
