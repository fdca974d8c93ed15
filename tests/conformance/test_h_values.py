"""H: what a value may be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.steps import at, done, lab_user, now, refused
from tests.conformance.tools import ENTERPRISE, LAB, USER
from tests.support.http import Scim

TITLE = {"op": "add", "path": "title", "value": "Lead"}
MISFITS: tuple[tuple[str, Any], ...] = (
    ("title", 7),
    ("title", True),
    ("title", {"value": "Lead"}),
    ("title", ["Lead"]),
    ("active", "no"),
    ("active", 1),
    ("name", "Kim Ek"),
    ("name", ["Kim"]),
    ("name.givenName", 5),
    ("emails", ["a@x"]),
    ("emails", "a@x"),
    ("emails", [{"value": 5}]),
    ("emails", [None]),
    ("emails", [{"value": "c@x", "primary": "yes"}]),
    ('emails[type eq "work"].value', 5),
    ('emails[type eq "work"].primary', "true"),
    (f"{LAB}:level", 2.5),
    (f"{LAB}:level", "2"),
    (f"{LAB}:level", 1e2),
    (f"{LAB}:score", "2.5"),
    (f"{LAB}:score", True),
    (f"{LAB}:joined", "last week"),
    (f"{LAB}:joined", "2024-05-05"),
    (f"{LAB}:joined", 0),
    (f"{LAB}:blob", "%%%"),
    (f"{LAB}:blob", 5),
    (f"{LAB}:site", 5),
    (f"{LAB}:tags", [5]),
    (f"{LAB}:tags", [["a"]]),
    (LAB, "x"),
)


@pytest.fixture
async def kim(lab: Scim) -> dict[str, Any]:
    """A user with an entry in a list."""
    return await lab.user("kim", emails=[{"type": "work", "value": "a@x"}])


@pytest.mark.parametrize(("path", "value"), MISFITS)
@pytest.mark.parametrize("op", ["add", "replace"])
async def test_H_50_a_value_that_does_not_fit_the_type_is_refused(
    lab: Scim, kim: dict[str, Any], op: str, path: str, value: Any
) -> None:
    refused(await lab.patch(at(kim), TITLE, {"op": op, "path": path, "value": value}), 400, "invalidValue")
    assert await now(lab, kim) == kim


@pytest.mark.parametrize(("path", "value"), [one for one in MISFITS if "." not in one[0].removeprefix(LAB)])
async def test_H_50_without_a_path_too(lab: Scim, kim: dict[str, Any], path: str, value: Any) -> None:
    urn, _, name = path.rpartition(":")
    inside = {path: value} if path == LAB or not urn else {LAB: {name: value}}
    refused(await lab.patch(at(kim), TITLE, {"op": "replace", "value": inside}), 400, "invalidValue")
    assert await now(lab, kim) == kim


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "value": {"shoeSize": 44}},
        {"op": "replace", "value": {"title": "Lead", "shoeSize": 44}},
        {"op": "add", "path": "name", "value": {"petName": "Mi"}},
        {"op": "add", "path": "emails", "value": [{"value": "c@x", "colour": "red"}]},
        {"op": "add", "value": {ENTERPRISE: {"shoeSize": 44}}},
        {"op": "add", "value": {"urn:example:none:User": {"shoeSize": 44}}},
    ],
)
async def test_H_52_unknown_attributes_in_a_value_are_refused_or_left_out(
    strict: Scim, scim: Scim, operation: dict[str, Any]
) -> None:
    user = await strict.user("kim")
    refused(await strict.patch(at(user), TITLE, operation), 400, "invalidValue")
    assert await now(strict, user) == user
    answer = await scim.patch(at(await scim.user("kim")), TITLE, operation)
    assert done(answer)["title"] == "Lead"
    assert not any(word in answer.text for word in ("shoeSize", "petName", "colour"))


@pytest.mark.parametrize("text", ["True", "False", "true", "false"])
async def test_H_61_booleans_as_text_are_read_for_lenient_profiles_only(strict: Scim, scim: Scim, text: str) -> None:
    user = await strict.user("kim")
    for operation in (
        {"op": "replace", "path": "active", "value": text},
        {"op": "replace", "value": {"active": text}},
    ):
        refused(await strict.patch(at(user), operation), 400, "invalidValue")
        assert await now(strict, user) == user
    other = await scim.user("kim", active=text.lower() != "true")
    patched = done(await scim.patch(at(other), {"op": "replace", "path": "active", "value": text}))
    assert patched["active"] is (text.lower() == "true")


@pytest.mark.parametrize("op", ["add", "replace"])
@pytest.mark.parametrize(
    "value",
    [
        {"id": "mine"},
        {"meta": {"resourceType": "Robot"}},
        {"groups": [{"value": "g"}]},
        {"title": "Lead", "groups": []},
        {LAB: {"audit": {"by": "me"}}},
    ],
)
async def test_H_62_read_only_attributes_in_a_value_are_refused(
    lab: Scim, kim: dict[str, Any], op: str, value: dict[str, Any]
) -> None:
    refused(await lab.patch(at(kim), TITLE, {"op": op, "value": value}), 400, "mutability")
    assert await now(lab, kim) == kim


@pytest.mark.parametrize("op", ["add", "replace"])
async def test_H_62_but_for_the_resources_own_id(strict: Scim, op: str) -> None:
    user, team = await strict.user("kim"), await strict.group("Team")
    assert done(await strict.patch(at(user), {"op": op, "value": {"id": user["id"]}})) == user
    value = {"id": team["id"], "displayName": "New"}
    assert done(await strict.patch(at(team), {"op": op, "value": value}))["displayName"] == "New"


@pytest.mark.parametrize(
    "operation",
    [
        {
            "op": "add",
            "path": "emails",
            "value": [{"value": "c@x", "primary": True}, {"value": "d@x", "primary": True}],
        },
        {
            "op": "replace",
            "path": "emails",
            "value": [{"value": "c@x", "primary": True}, {"value": "d@x", "primary": True}],
        },
        {"op": "add", "value": {"emails": [{"value": "c@x", "primary": True}, {"value": "d@x", "primary": True}]}},
        {"op": "replace", "path": 'emails[value co "@"].primary', "value": True},
        {"op": "add", "path": "emails.primary", "value": True},
    ],
)
async def test_H_63_two_primary_entries_at_once_are_refused(strict: Scim, operation: dict[str, Any]) -> None:
    user = await strict.user("kim", emails=[{"value": "a@x"}, {"value": "b@x"}])
    refused(await strict.patch(at(user), TITLE, operation), 400, "invalidValue")
    assert await now(strict, user) == user


async def test_H_63_but_of_two_operations_the_later_one_takes_the_flag(strict: Scim) -> None:
    user = await strict.user("kim")
    first, second = [
        {"op": "add", "path": "emails", "value": [{"value": value, "primary": True}]} for value in ("a@x", "b@x")
    ]
    emails = done(await strict.patch(at(user), first, second))["emails"]
    assert [one["value"] for one in emails if one.get("primary")] == ["b@x"]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "contracts", "value": [{"type": "open"}]},
        {"op": "add", "path": "contracts", "value": {"type": "open", "value": None}},
        {"op": "add", "path": "contracts", "value": [{"value": "b"}, {"hours": 5}]},
        {"op": "replace", "path": "contracts", "value": [{"type": "open"}]},
        {"op": "replace", "path": 'contracts[value eq "c"]', "value": {"type": "open"}},
        {"op": "replace", "path": 'contracts[value eq "c"].value', "value": None},
    ],
)
async def test_H_64_an_entry_needs_its_required_parts(lab: Scim, operation: dict[str, Any]) -> None:
    user = await lab_user(lab, "kim", contracts=[{"value": "c", "type": "fixed"}])
    sent = operation | {"path": f"{LAB}:{operation['path']}"}
    refused(await lab.patch(at(user), TITLE, sent), 400, "invalidValue")
    assert await now(lab, user) == user
    without = {"op": "add", "value": {LAB: {"contracts": [{"type": "open"}]}}}
    refused(await lab.patch(at(user), TITLE, without), 400, "invalidValue")


async def test_H_64_a_member_needs_its_value(strict: Scim) -> None:
    user = await strict.user("kim")
    team = await strict.group("Team", user["id"])
    for op in ("add", "replace"):
        for entry in ({"display": "Kim"}, {"value": ""}, {"type": "User"}):
            operation = {"op": op, "path": "members", "value": [{"value": user["id"]}, entry]}
            refused(await strict.patch(at(team), operation), 400, "invalidValue")
    assert await now(strict, team) == team


@pytest.mark.parametrize("op", ["add", "replace"])
async def test_H_67_a_manager_as_bare_id_is_read_for_lenient_profiles_only(strict: Scim, scim: Scim, op: str) -> None:
    for one in (strict, scim):
        boss, user = await one.user("boss"), await one.user("kim")
        answer = await one.patch(at(user), {"op": op, "path": f"{ENTERPRISE}:manager", "value": boss["id"]})
        if one is strict:
            refused(answer, 400, "invalidValue")
            assert await now(one, user) == user
        else:
            assert done(answer)[ENTERPRISE]["manager"]["value"] == boss["id"]
            assert set(done(answer)["schemas"]) == {USER, ENTERPRISE}
