"""Who may set an attribute, and when (rows B-38 to B-40)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.tools import LAB, created, lab_user, refusal, thing, user
from tests.support.http import Scim

PIN = "Pin-1234"

READ_ONLY = [
    ("/Users", user(groups=[{"value": "g"}]), "groups", [{"value": "g"}]),
    ("/Users", lab_user(audit={"by": "me"}), f"{LAB}:audit", {"by": "me"}),
    ("/Users", lab_user(audit={"by": "me"}), f"{LAB}:audit.by", "me"),
    ("/Users", lab_user(contracts=[{"value": "1", "seal": "me"}]), f"{LAB}:contracts.seal", "me"),
    ("/Things", thing(state="good"), "state", "good"),
    ("/Things", thing(owner={"value": "7", "display": "me"}), "owner.display", "me"),
]
"""Endpoint, a body with a readOnly value, the value's path, and the value."""


def read_only_names(text: str) -> set[str]:
    return {"groups", "audit", "seal", "state", "display"} & set(text.split('"'))


@pytest.mark.parametrize(("path", "body", "attribute", "value"), READ_ONLY)
async def test_B_38_read_only_values_are_ignored_in_post_and_put(
    lab: Scim, path: str, body: dict[str, Any], attribute: str, value: Any
) -> None:
    made = await lab.post(path, body)
    assert made.status_code == 201
    one = f"{path}/{made.json()['id']}"
    replaced = await lab.put(one, body | {"externalId": "e"})
    assert (replaced.status_code, replaced.json()["externalId"]) == (200, "e")
    for answer in (made, replaced, await lab.get(one)):
        assert read_only_names(answer.text) == set()


@pytest.mark.parametrize(("path", "body", "attribute", "value"), READ_ONLY)
@pytest.mark.parametrize("op", ["add", "replace"])
async def test_B_38_read_only_values_are_not_patched(
    lab: Scim, path: str, body: dict[str, Any], attribute: str, value: Any, op: str
) -> None:
    made = await created(lab, path, body)
    one = f"{path}/{made['id']}"
    titled = {"op": "add", "path": "externalId", "value": "e"}
    answer = await lab.patch(one, titled, {"op": op, "path": attribute, "value": value})
    assert refusal(answer) == (400, "mutability")
    assert (await lab.get(one)).json() == made


SERIAL = 'contracts[value eq "1"].serial'
IMMUTABLE = [
    ({"badge": "Ab"}, {"badge": "Cd"}, "badge"),
    ({"desk": {"code": "Ab"}}, {"desk": {"code": "Cd"}}, "desk.code"),
    ({"contracts": [{"value": "1", "serial": "Ab"}]}, {"contracts": [{"value": "1", "serial": "Cd"}]}, SERIAL),
]
"""Lab attributes with an immutable value, the same with another, and its path."""


@pytest.mark.parametrize(("first", "second", "part"), IMMUTABLE)
async def test_B_39_an_immutable_value_is_fixed_once_it_is_set(
    lab: Scim, first: dict[str, Any], second: dict[str, Any], part: str
) -> None:
    made = await created(lab, "/Users", lab_user(**first))
    assert made[LAB] == first
    path = f"/Users/{made['id']}"
    operations = [{"op": op, "path": f"{LAB}:{part}", "value": "Cd"} for op in ("add", "replace")]
    operations.append({"op": "remove", "path": f"{LAB}:{part}"})
    answers = [await lab.put(path, lab_user(**second)), *[await lab.patch(path, one) for one in operations]]
    for answer in answers:
        assert refusal(answer) == (400, "mutability")
    same = await lab.put(path, lab_user(**first))
    assert same.json() == (await lab.get(path)).json() == made


@pytest.mark.parametrize(("first", "second", "part"), IMMUTABLE)
async def test_B_39_an_immutable_value_may_be_set_later(
    lab: Scim, first: dict[str, Any], second: dict[str, Any], part: str
) -> None:
    by_put, by_patch = [await created(lab, "/Users", user(name)) for name in ("kim", "bo")]
    put = await lab.put(f"/Users/{by_put['id']}", lab_user("kim", **first))
    patched = await lab.patch(f"/Users/{by_patch['id']}", {"op": "add", "path": LAB, "value": first})
    for answer in (put, patched):
        assert (answer.status_code, answer.json()[LAB]) == (200, first)
    assert refusal(await lab.put(f"/Users/{by_put['id']}", lab_user("kim", **second))) == (400, "mutability")


async def test_B_40_a_write_only_value_may_be_set_any_time_and_is_never_answered(lab: Scim) -> None:
    answers = [await lab.post("/Users", lab_user(level=1, pin=PIN))]
    path = f"/Users/{answers[0].json()['id']}"
    set_again = {"op": "replace", "path": f"{LAB}:pin", "value": f"{PIN}-2"}
    answers += [
        await lab.patch(path, set_again),
        await lab.put(path, lab_user(level=2, pin=f"{PIN}-3")),
        await lab.get(path),
        await lab.get(path, attributes=f"{LAB}:pin"),
        await lab.get(path, attributes=LAB),
        await lab.get("/Users", attributes=f"{LAB}:pin"),
        await lab.patch(path, {"op": "remove", "path": f"{LAB}:pin"}),
    ]
    for answer in answers:
        assert answer.status_code in (200, 201), answer.text
        assert PIN not in answer.text
        assert '"pin"' not in answer.text


async def test_B_40_a_change_of_a_write_only_value_is_a_change(lab: Scim) -> None:
    made = await created(lab, "/Users", lab_user(pin=PIN))
    set_again = {"op": "replace", "path": f"{LAB}:pin", "value": f"{PIN}-2"}
    changed = await lab.patch(f"/Users/{made['id']}", set_again)
    assert changed.json()["meta"]["version"] != made["meta"]["version"]
