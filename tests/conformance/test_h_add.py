"""H: `add`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.steps import at, done, found, lab_user, now, refused
from tests.conformance.tools import ENTERPRISE, LAB
from tests.support.http import Scim

WORK, HOME = {"type": "work", "value": "a@x"}, {"type": "home", "value": "b@x"}


def add(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


async def test_H_21_without_a_path_each_attribute_of_the_value_is_added(strict: Scim) -> None:
    kim = await strict.user("kim", title="Lead", emails=[WORK], name={"givenName": "Kim"})
    value = {
        "nickName": "K",
        "title": "Cook",
        "emails": [HOME],
        "name": {"familyName": "Ek"},
        ENTERPRISE: {"department": "Field"},
    }
    patched = done(await strict.patch(at(kim), {"op": "add", "value": value}))
    assert (patched["nickName"], patched["title"]) == ("K", "Cook")
    assert patched["emails"] == [WORK, HOME]
    assert patched["name"] == {"givenName": "Kim", "familyName": "Ek"}
    assert patched[ENTERPRISE] == {"department": "Field"}
    assert await now(strict, kim) == patched


@pytest.mark.parametrize("value", ["Lead", 5, True, None, [], [{"title": "Lead"}]])
async def test_H_21_without_a_path_the_value_is_an_object(strict: Scim, value: Any) -> None:
    kim = await strict.user("kim")
    refused(await strict.patch(at(kim), {"op": "add", "value": value}), 400)
    assert await now(strict, kim) == kim


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", "Lead"),
        ("active", False),
        ("name", {"givenName": "Kim"}),
        ("emails", [WORK]),
        (f"{LAB}:level", 0),
        (f"{LAB}:tags", ["a", "b"]),
        (f"{LAB}:desk", {"floor": 1}),
    ],
)
async def test_H_22_what_has_no_value_is_set(lab: Scim, path: str, value: Any) -> None:
    kim = await lab.user("kim")
    if path == "active":
        kim = done(await lab.patch(at(kim), {"op": "remove", "path": "active"}))
    patched = done(await lab.patch(at(kim), add(path, value)))
    name = path.rpartition(":")[2]
    assert (patched[LAB] if path.startswith(LAB) else patched)[name] == value
    assert await now(lab, kim) == patched


async def test_H_23_parts_of_a_complex_value_that_are_not_named_stay(strict: Scim) -> None:
    kim = await strict.user("kim", name={"givenName": "Kim", "familyName": "Ek"})
    patched = done(await strict.patch(at(kim), add("name", {"familyName": "Berg", "middleName": "Q"})))
    assert patched["name"] == {"givenName": "Kim", "familyName": "Berg", "middleName": "Q"}
    for wrong in ("Kim Ek", ["x"], 5):
        refused(await strict.patch(at(kim), add("name", wrong)), 400, "invalidValue")


async def test_H_24_entries_are_appended_to_a_list(lab: Scim) -> None:
    kim, bo, eli = (
        await lab.user("kim", emails=[WORK], **{LAB: {"tags": ["a"]}}),
        await lab.user("bo"),
        await lab.user("eli"),
    )
    third = {"value": "c@x", "display": "C"}
    assert done(await lab.patch(at(kim), add("emails", [HOME, third])))["emails"] == [WORK, HOME, third]
    assert done(await lab.patch(at(kim), add("emails", {"value": "d@x"})))["emails"][3] == {"value": "d@x"}
    assert done(await lab.patch(at(kim), add(f"{LAB}:tags", ["b", "c"])))[LAB]["tags"] == ["a", "b", "c"]
    assert done(await lab.patch(at(kim), add(f"{LAB}:tags", "d")))[LAB]["tags"] == ["a", "b", "c", "d"]
    team = await lab.group("Team", kim["id"])
    for more, ids in (
        ([{"value": bo["id"]}], {kim["id"], bo["id"]}),
        ({"value": eli["id"]}, {kim["id"], bo["id"], eli["id"]}),
    ):
        patched = done(await lab.patch(at(team), add("members", more)))
        assert {one["value"] for one in patched["members"]} == ids


async def test_H_25_a_single_value_that_is_set_is_replaced(lab: Scim) -> None:
    kim = await lab.user("kim", title="Lead", name={"givenName": "Kim"}, **{LAB: {"level": 1, "verified": True}})
    for path, value in (("title", "Cook"), ("name.givenName", "K"), (f"{LAB}:level", 2), (f"{LAB}:verified", False)):
        done(await lab.patch(at(kim), add(path, value)))
    after = await now(lab, kim)
    assert (after["title"], after["name"], after[LAB]) == ("Cook", {"givenName": "K"}, {"level": 2, "verified": False})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", "Lead"),
        ("name", {"givenName": "Kim"}),
        ("name.givenName", "Kim"),
        ("emails", [WORK]),
        ("emails", HOME),
        ("emails", [HOME, WORK]),
        ('emails[type eq "work"].value', "a@x"),
        (f"{LAB}:tags", ["b"]),
        (f"{LAB}:score", 4.0),
    ],
)
async def test_H_26_a_value_that_is_there_changes_nothing(lab: Scim, path: str, value: Any) -> None:
    inside = {"tags": ["a", "b"], "score": 4}
    kim = await lab.user("kim", title="Lead", name={"givenName": "Kim"}, emails=[WORK, HOME], **{LAB: inside})
    assert done(await lab.patch(at(kim), add(path, value))) == kim
    assert await now(lab, kim) == kim


async def test_H_26_a_member_who_is_there_changes_nothing(strict: Scim) -> None:
    kim = await strict.user("kim")
    team = await strict.group("Team", kim["id"])
    for value in ([{"value": kim["id"]}], {"value": kim["id"]}, team["members"]):
        assert done(await strict.patch(at(team), add("members", value))) == team


async def test_H_27_a_part_is_set_and_its_parent_made(lab: Scim) -> None:
    kim = await lab.user("kim")
    for path, value in (
        ("name.givenName", "Kim"),
        ("name.familyName", "Ek"),
        (f"{LAB}:desk.floor", 3),
        (f"{ENTERPRISE}:manager.value", "7"),
    ):
        done(await lab.patch(at(kim), add(path, value)))
    after = await now(lab, kim)
    assert after["name"] == {"givenName": "Kim", "familyName": "Ek"}
    assert after[LAB] == {"desk": {"floor": 3}}
    assert after[ENTERPRISE] == {"manager": {"value": "7"}}


async def test_H_28_with_a_value_path_the_part_is_set_in_the_entries_selected(strict: Scim) -> None:
    second = WORK | {"value": "c@x", "display": "old"}
    kim = await strict.user("kim", emails=[WORK, HOME, second])
    patched = done(await strict.patch(at(kim), add('emails[type eq "work"].display', "new")))
    assert patched["emails"] == [WORK | {"display": "new"}, HOME, second | {"display": "new"}]
    patched = done(await strict.patch(at(kim), add('emails[value eq "b@x"].display', "home")))
    assert patched["emails"][1] == HOME | {"display": "home"}


@pytest.mark.parametrize("path", ['emails[type eq "fax"].value', 'addresses[type eq "fax"].locality'])
async def test_H_29_a_value_path_that_selects_nothing_has_no_target(strict: Scim, path: str) -> None:
    kim = await strict.user("kim", emails=[WORK])
    refused(await strict.patch(at(kim), add(path, "n")), 400, "noTarget")
    assert await now(strict, kim) == kim


async def test_H_29_or_makes_the_entry_for_lenient_profiles(scim: Scim) -> None:
    kim = await scim.user("kim", emails=[WORK])
    patched = done(await scim.patch(at(kim), add('emails[type eq "home"].value', "b@x")))
    assert patched["emails"] == [WORK, HOME]
    patched = done(await scim.patch(at(kim), add('addresses[type eq "work"].locality', "Oslo")))
    assert patched["addresses"] == [{"type": "work", "locality": "Oslo"}]


async def test_H_30_a_part_of_a_list_without_a_filter_is_that_of_every_entry(strict: Scim) -> None:
    kim = await strict.user("kim", emails=[WORK, HOME | {"display": "old"}])
    for op, path, value in (("replace", "emails.type", "other"), ("add", "emails.display", "new")):
        done(await strict.patch(at(kim), {"op": op, "path": path, "value": value}))
    emails = (await now(strict, kim))["emails"]
    assert emails == [{"value": value, "type": "other", "display": "new"} for value in ("a@x", "b@x")]
    removed = done(await strict.patch(at(kim), {"op": "remove", "path": "emails.display"}))
    assert removed["emails"] == [{"value": value, "type": "other"} for value in ("a@x", "b@x")]


@pytest.mark.parametrize(
    "entry",
    [
        {"value": "a@x", "type": "WORK"},
        {"value": "A@X", "type": "work"},
        {"value": "a@x", "type": "work", "primary": False},
        {"TYPE": "work", "VALUE": "a@x"},
        {"value": "a@x", "type": "work", "display": None},
    ],
)
async def test_H_66_entries_are_equal_by_the_rules_of_their_parts(strict: Scim, entry: dict[str, Any]) -> None:
    kim = await strict.user("kim", emails=[WORK, HOME | {"primary": False}])
    assert done(await strict.patch(at(kim), add("emails", [entry]))) == kim
    assert done(await strict.patch(at(kim), add("emails", HOME))) == kim


async def test_H_66_entries_of_which_a_part_differs_are_not_equal(lab: Scim) -> None:
    kim = await lab_user(lab, "kim", contracts=[{"value": "c", "type": "open"}], codes=["Xa"])
    patched = done(await lab.patch(at(kim), add(f"{LAB}:contracts", [{"value": "C", "type": "open"}])))
    assert [one["value"] for one in patched[LAB]["contracts"]] == ["c", "C"]
    assert done(await lab.patch(at(kim), add(f"{LAB}:codes", ["xa"])))[LAB]["codes"] == ["Xa", "xa"]


async def test_H_66_of_references_an_equal_value_is_enough(strict: Scim) -> None:
    kim = await strict.user("kim", displayName="Kim")
    team = await strict.group("Team", kim["id"])
    for more in ({"display": "other"}, {"type": "User"}, {"$ref": "http://test/scim/Users/" + kim["id"]}):
        assert done(await strict.patch(at(team), add("members", [{"value": kim["id"]} | more]))) == team
    assert await found(strict, "members pr", "/Groups") == {"Team"}
