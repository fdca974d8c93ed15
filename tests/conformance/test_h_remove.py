"""H: `remove`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.steps import at, done, found, now, refused
from tests.conformance.tools import ENTERPRISE, LAB, USER
from tests.support.http import Scim

WORK, HOME = {"type": "work", "value": "a@x"}, {"type": "home", "value": "b@x"}
FAX = {"type": "fax", "value": "c@x", "display": "F"}


def remove(path: str) -> dict[str, Any]:
    return {"op": "remove", "path": path}


@pytest.mark.parametrize("name", ["title", "nickName", "externalId", "active", f"{ENTERPRISE}:department"])
async def test_H_32_a_single_value_is_unassigned(strict: Scim, name: str) -> None:
    more: dict[str, Any] = {"title": "Lead", "nickName": "K", "externalId": "e", ENTERPRISE: {"department": "Field"}}
    kim = await strict.user("kim", **more)
    patched = done(await strict.patch(at(kim), remove(name)))
    assert (ENTERPRISE if ":" in name else name) not in patched
    assert await now(strict, kim) == patched
    assert await found(strict, f"{name} pr") == set()
    assert (patched.keys() | {name, ENTERPRISE}) >= kim.keys()


async def test_H_33_a_complex_value_goes_whole_and_a_part_alone(strict: Scim) -> None:
    kim = await strict.user("kim", name={"givenName": "Kim", "familyName": "Ek", "middleName": "Q"})
    assert done(await strict.patch(at(kim), remove("name.middleName")))["name"] == {
        "givenName": "Kim",
        "familyName": "Ek",
    }
    assert "name" not in done(await strict.patch(at(kim), remove("name")))
    done(await strict.patch(at(kim), {"op": "add", "path": "name.givenName", "value": "Kim"}))
    assert "name" not in done(await strict.patch(at(kim), remove("name.givenName")))


async def test_H_34_a_list_goes_whole(lab: Scim) -> None:
    kim = await lab.user("kim", emails=[WORK, HOME], **{LAB: {"tags": ["a", "b"], "level": 1}})
    team = await lab.group("Team", kim["id"])
    assert "emails" not in done(await lab.patch(at(kim), remove("emails")))
    assert done(await lab.patch(at(kim), remove(f"{LAB}:tags")))[LAB] == {"level": 1}
    assert "members" not in done(await lab.patch(at(team), remove("members")))
    assert "groups" not in await now(lab, kim)


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ('type eq "work"', [HOME, FAX]),
        ('type eq "WORK" or value eq "b@x"', [FAX]),
        ("not (display pr)", [FAX]),
        ('value co "@" and not (type eq "fax")', [FAX]),
        ('value eq "c@x"', [WORK, HOME]),
    ],
)
async def test_H_35_every_entry_selected_goes(strict: Scim, condition: str, left: list[dict[str, str]]) -> None:
    kim = await strict.user("kim", emails=[WORK, HOME, FAX])
    assert done(await strict.patch(at(kim), remove(f"emails[{condition}]")))["emails"] == left
    assert (await now(strict, kim))["emails"] == left


async def test_H_35_every_member_selected_goes(strict: Scim) -> None:
    kim, bo, eli = [await strict.user(name, displayName=name) for name in ("kim", "bo", "eli")]
    inner = await strict.group("Inner")
    ids = [one["id"] for one in (kim, bo, eli, inner)]
    for condition, left in (
        (f'value eq "{ids[0]}"', ids[1:]),
        (f'value eq "{ids[0]}" or value eq "{ids[1]}"', ids[2:]),
        ('type eq "Group"', ids[:3]),
        ('display sw "E" or type eq "group"', ids[:2]),
        (f'not (value eq "{ids[0]}")', ids[:1]),
    ):
        team = await strict.group("Team", *ids)
        patched = done(await strict.patch(at(team), remove(f"members[{condition}]")))
        assert {one["value"] for one in patched["members"]} == set(left), condition


async def test_H_36_a_list_without_entries_is_unassigned(strict: Scim) -> None:
    kim = await strict.user("kim", emails=[WORK, HOME])
    team = await strict.group("Team", kim["id"])
    done(await strict.patch(at(kim), remove('emails[type eq "work"]')))
    assert "emails" not in done(await strict.patch(at(kim), remove('emails[type eq "home"]')))
    assert await found(strict, "emails pr") == set()
    assert "members" not in done(await strict.patch(at(team), remove(f'members[value eq "{kim["id"]}"]')))
    assert await found(strict, "members pr", "/Groups") == set()


async def test_H_36_the_last_list_of_an_extension_takes_its_urn_along(lab: Scim) -> None:
    kim = await lab.user("kim", **{LAB: {"contracts": [{"value": "c"}]}})
    patched = done(await lab.patch(at(kim), remove(f'{LAB}:contracts[value eq "c"]')))
    assert LAB not in patched
    assert patched["schemas"] == [USER]


async def test_H_37_a_part_goes_from_every_entry_selected(strict: Scim) -> None:
    kim = await strict.user("kim", emails=[WORK | {"display": "W"}, HOME | {"display": "H"}, FAX])
    path = 'emails[type eq "home" or type eq "fax"].display'
    patched = done(await strict.patch(at(kim), remove(path)))
    assert patched["emails"] == [WORK | {"display": "W"}, HOME, {"type": "fax", "value": "c@x"}]


@pytest.mark.parametrize(
    "path",
    [
        "title",
        "name",
        "name.givenName",
        "phoneNumbers",
        "phoneNumbers.type",
        'phoneNumbers[type eq "work"]',
        'emails[type eq "fax"]',
        'emails[type eq "fax"].display',
        'emails[type eq "work"].display',
        f"{ENTERPRISE}:manager",
        f"{ENTERPRISE}:manager.value",
        ENTERPRISE,
    ],
)
async def test_H_39_removing_what_is_not_there_succeeds_and_changes_nothing(strict: Scim, path: str) -> None:
    kim = await strict.user("kim", emails=[WORK])
    answer = await strict.patch(at(kim), remove(path))
    assert done(answer) == kim
    assert answer.headers["etag"] == kim["meta"]["version"]


@pytest.mark.parametrize("other", ["nobody", "0198f0a0-0000-7000-8000-000000000000", "bo"])
async def test_H_39_nor_does_removing_a_member_who_is_not_there(strict: Scim, other: str) -> None:
    kim, bo = await strict.user("kim"), await strict.user("bo")
    team = await strict.group("Team", kim["id"])
    path = f'members[value eq "{bo["id"] if other == "bo" else other}"]'
    assert done(await strict.patch(at(team), remove(path))) == team


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("emails", [{"value": "a@x"}]),
        ("emails", {"value": "a@x"}),
        ("title", "Lead"),
        ('emails[type eq "work"]', "a@x"),
    ],
)
async def test_H_40_a_remove_with_a_value_is_refused(strict: Scim, path: str, value: Any) -> None:
    kim = await strict.user("kim", title="Lead", emails=[WORK, HOME])
    refused(await strict.patch(at(kim), remove(path) | {"value": value}), 400, "invalidValue")
    assert await now(strict, kim) == kim


async def test_H_40_or_the_value_selects_the_entries_for_lenient_profiles(strict: Scim, scim: Scim) -> None:
    for one in (strict, scim):
        kim, bo = await one.user("kim"), await one.user("bo")
        team = await one.group("Team", kim["id"], bo["id"])
        answer = await one.patch(at(team), remove("members") | {"value": [{"value": kim["id"]}]})
        if one is strict:
            refused(answer, 400, "invalidValue")
            assert await now(one, team) == team
        else:
            assert [member["value"] for member in done(answer)["members"]] == [bo["id"]]
