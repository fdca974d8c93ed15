"""H: `replace`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.steps import at, done, found, lab_user, now, refused, thing
from tests.conformance.tools import ENTERPRISE, LAB
from tests.support.http import Scim

WORK = {"type": "work", "value": "a@x", "primary": True}
HOME = {"type": "home", "value": "b@x"}


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


async def test_H_41_without_a_path_each_attribute_of_the_value_is_replaced(strict: Scim) -> None:
    more = {"title": "Lead", "nickName": "K", "emails": [WORK, HOME], "name": {"givenName": "Kim", "familyName": "Ek"}}
    kim = await strict.user("kim", **more)
    value = {
        "title": "Cook",
        "emails": [{"value": "c@x"}],
        "name": {"givenName": "K"},
        ENTERPRISE: {"department": "Field"},
    }
    patched = done(await strict.patch(at(kim), {"op": "replace", "value": value}))
    assert (patched["title"], patched["nickName"]) == ("Cook", "K")
    assert patched["emails"] == [{"value": "c@x"}]
    assert patched["name"] == {"givenName": "K", "familyName": "Ek"}
    assert patched[ENTERPRISE] == {"department": "Field"}
    assert await now(strict, kim) == patched


async def test_H_42_a_single_value_or_part_is_set(lab: Scim) -> None:
    kim = await lab.user("kim", title="Lead", name={"givenName": "Kim", "familyName": "Ek"}, **{LAB: {"level": 1}})
    for path, value in (("title", "Cook"), ("name.familyName", "Berg"), ("active", False), (f"{LAB}:level", 2)):
        done(await lab.patch(at(kim), replace(path, value)))
    after = await now(lab, kim)
    assert (after["title"], after["active"], after[LAB]) == ("Cook", False, {"level": 2})
    assert after["name"] == {"givenName": "Kim", "familyName": "Berg"}


async def test_H_43_a_list_is_replaced_whole(lab: Scim) -> None:
    kim, bo = await lab.user("kim", emails=[WORK, HOME], **{LAB: {"tags": ["a", "b"]}}), await lab.user("bo")
    team = await lab.group("Team", kim["id"])
    assert done(await lab.patch(at(kim), replace("emails", [HOME])))["emails"] == [HOME]
    assert done(await lab.patch(at(kim), replace("emails", {"value": "c@x"})))["emails"] == [{"value": "c@x"}]
    assert done(await lab.patch(at(kim), replace(f"{LAB}:tags", ["c"])))[LAB]["tags"] == ["c"]
    patched = done(await lab.patch(at(team), replace("members", [{"value": bo["id"]}])))
    assert [one["value"] for one in patched["members"]] == [bo["id"]]
    assert "groups" not in await now(lab, kim)


@pytest.mark.parametrize(
    ("path", "value", "after"),
    [
        ("title", "Lead", {"title": "Lead"}),
        ("name", {"givenName": "Kim"}, {"name": {"givenName": "Kim"}}),
        ("name.givenName", "Kim", {"name": {"givenName": "Kim"}}),
        ("emails", [WORK], {"emails": [WORK]}),
        (f"{ENTERPRISE}:department", "Field", {ENTERPRISE: {"department": "Field"}}),
        (f"{ENTERPRISE}:manager.value", "7", {ENTERPRISE: {"manager": {"value": "7"}}}),
    ],
)
async def test_H_44_what_has_no_value_is_added(strict: Scim, path: str, value: Any, after: dict[str, Any]) -> None:
    kim = await strict.user("kim")
    patched = done(await strict.patch(at(kim), replace(path, value)))
    assert {**patched, "meta": None, "schemas": None} == {**kim, **after, "meta": None, "schemas": None}


async def test_H_44_members_of_an_empty_group_are_added(strict: Scim) -> None:
    kim, team = await strict.user("kim"), await strict.group("Team")
    patched = done(await strict.patch(at(team), replace("members", [{"value": kim["id"]}])))
    assert [one["value"] for one in patched["members"]] == [kim["id"]]


async def test_H_45_parts_of_a_complex_value_that_are_not_given_stay(lab: Scim) -> None:
    kim = await lab.user(
        "kim", name={"givenName": "Kim", "familyName": "Ek"}, **{LAB: {"desk": {"floor": 1, "room": "r"}}}
    )
    patched = done(await lab.patch(at(kim), replace("name", {"familyName": "Berg", "middleName": "Q"})))
    assert patched["name"] == {"givenName": "Kim", "familyName": "Berg", "middleName": "Q"}
    patched = done(await lab.patch(at(kim), replace(f"{LAB}:desk", {"floor": 2})))
    assert patched[LAB]["desk"] == {"floor": 2, "room": "r"}


async def test_H_46_an_entry_that_is_selected_is_replaced_whole(strict: Scim) -> None:
    kim = await strict.user("kim", emails=[WORK, HOME])
    patched = done(await strict.patch(at(kim), replace('emails[type eq "work"]', {"value": "c@x"})))
    assert patched["emails"] == [{"value": "c@x"}, HOME]
    patched = done(await strict.patch(at(kim), replace('emails[type eq "home"]', {"value": "d@x", "type": "other"})))
    assert patched["emails"] == [{"value": "c@x"}, {"value": "d@x", "type": "other"}]


async def test_H_46_so_is_every_one_of_several(lab: Scim) -> None:
    parts = [{"value": "1", "type": "a"}, {"value": "2", "type": "a"}, {"value": "3", "type": "b"}]
    saw = await thing(lab, "saw", parts=parts)
    patched = done(await lab.patch(at(saw), replace('parts[type eq "a"]', {"qty": 5})))
    assert patched["parts"] == [{"qty": 5}, {"qty": 5}, parts[2]]


async def test_H_47_a_part_is_set_in_every_entry_selected(lab: Scim) -> None:
    contracts: list[dict[str, Any]] = [
        {"value": "a", "type": "open", "hours": 5},
        {"value": "b", "type": "open"},
        {"value": "c", "hours": 9},
    ]
    kim = await lab_user(lab, "kim", contracts=contracts)
    patched = done(await lab.patch(at(kim), replace(f'{LAB}:contracts[type eq "open"].hours', 7)))
    assert patched[LAB]["contracts"] == [contracts[0] | {"hours": 7}, contracts[1] | {"hours": 7}, contracts[2]]
    patched = done(await lab.patch(at(kim), replace(f'{LAB}:contracts[hours gt 8 or value eq "a"].type', "fixed")))
    assert [one["type"] for one in patched[LAB]["contracts"]] == ["fixed", "open", "fixed"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ('emails[type eq "fax"]', {"value": "c@x"}),
        ('emails[type eq "fax"].value', "c@x"),
        ('addresses[type eq "work"]', {"locality": "Oslo"}),
        ('addresses[type eq "work"].locality', "Oslo"),
        (f'{LAB}:tags[value eq "a"]', "b"),
    ],
)
async def test_H_48_a_value_path_that_selects_nothing_has_no_target(lab: Scim, path: str, value: Any) -> None:
    kim = await lab.user("kim", emails=[WORK])
    refused(
        await lab.patch(at(kim), {"op": "add", "path": "title", "value": "x"}, replace(path, value)), 400, "noTarget"
    )
    assert await now(lab, kim) == kim


async def test_H_48_nor_has_a_member_who_is_not_there(strict: Scim) -> None:
    kim, bo = await strict.user("kim"), await strict.user("bo")
    for team in (await strict.group("Team", kim["id"]), await strict.group("Empty")):
        refused(
            await strict.patch(at(team), replace(f'members[value eq "{bo["id"]}"]', {"value": kim["id"]})),
            400,
            "noTarget",
        )
        assert await now(strict, team) == team


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", None),
        ("name", None),
        ("name.givenName", None),
        ("emails", None),
        ("emails", []),
        (f"{LAB}:level", None),
        (f"{LAB}:tags", []),
    ],
)
async def test_H_49_null_and_an_empty_list_unassign(lab: Scim, path: str, value: Any) -> None:
    kim = await lab.user("kim", title="x", name={"givenName": "x"}, emails=[WORK], **{LAB: {"level": 1, "tags": ["x"]}})
    assert await found(lab, f"{path} pr") == {"kim"}
    done(await lab.patch(at(kim), replace(path, value)))
    assert await found(lab, f"{path} pr") == set()


@pytest.mark.parametrize("nothing", [None, []])
async def test_H_49_without_a_path_too(strict: Scim, nothing: Any) -> None:
    kim = await strict.user("kim", title="x", name={"givenName": "x"}, emails=[WORK])
    value = {"title": None, "name": {"givenName": None}, "emails": nothing}
    patched = done(await strict.patch(at(kim), {"op": "replace", "value": value}))
    assert not {"title", "name", "emails"} & patched.keys()


@pytest.mark.parametrize("nothing", [None, [], ""])
async def test_H_49_what_is_required_is_not_unassigned(lab: Scim, nothing: Any) -> None:
    kim, team, saw = await lab.user("kim"), await lab.group("Team"), await thing(lab, "saw", owner={"value": "7"})
    for resource, path in ((kim, "userName"), (team, "displayName"), (saw, "name"), (saw, "owner.value")):
        refused(await lab.patch(at(resource), replace(path, nothing)), 400, "invalidValue", "mutability")
        assert await now(lab, resource) == resource


@pytest.mark.parametrize("path", ["title", "name", "name.givenName", "emails", 'emails[type eq "work"].display'])
async def test_H_49_adding_null_changes_nothing(strict: Scim, path: str) -> None:
    kim = await strict.user("kim", title="x", name={"givenName": "x"}, emails=[WORK])
    answer = await strict.patch(at(kim), {"op": "add", "path": path, "value": None})
    assert answer.status_code in (200, 400)
    assert await now(strict, kim) == kim
