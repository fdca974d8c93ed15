"""What must be there, and what must be there only once (rows B-46 to B-51)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.tools import LAB, assert_refused, box, boxes, created, lab_user, refusal, thing, total, user
from tests.support.http import Scim, account


async def test_B_46_a_value_unique_in_the_server_is_taken_once_in_its_endpoint(lab: Scim) -> None:
    saw, axe = await created(lab, "/Things", thing("saw")), await created(lab, "/Things", thing("axe"))
    path = f"/Things/{axe['id']}"
    for answer in (
        await lab.post("/Things", thing("saw")),
        await lab.put(path, thing("saw")),
        await lab.patch(path, {"op": "replace", "path": "name", "value": "saw"}),
    ):
        assert refusal(answer) == (409, "uniqueness")
    assert (await lab.get("/Things")).json()["Resources"] == [saw, axe]
    await created(lab, "/Users", user("saw"))


async def test_B_46_another_tenant_may_have_the_same_value(
    strict: Scim, client: httpx.AsyncClient, database: Database
) -> None:
    await strict.user("kim")
    await Scim(client, await account(database, profile="strict")).user("kim")


async def test_B_47_a_value_unique_at_large_is_taken_once(client: httpx.AsyncClient, database: Database) -> None:
    scim = await boxes(client, database, {"name": "serial", "uniqueness": "global"})
    await created(scim, "/Boxes", box(serial="7"))
    assert refusal(await scim.post("/Boxes", box(serial="7"))) == (409, "uniqueness")
    assert await total(scim, "/Boxes") == 1
    await created(scim, "/Boxes", box(serial="8"))


async def test_B_48_uniqueness_is_compared_by_case_exact(client: httpx.AsyncClient, database: Database) -> None:
    exact = {"name": "exact", "uniqueness": "server", "caseExact": True}
    scim = await boxes(client, database, exact, {"name": "loose", "uniqueness": "server"})
    await created(scim, "/Boxes", box(exact="Ab", loose="Ab"))
    await created(scim, "/Boxes", box(exact="aB", loose="other"))
    assert refusal(await scim.post("/Boxes", box(exact="Ab"))) == (409, "uniqueness")
    assert refusal(await scim.post("/Boxes", box(loose="aB"))) == (409, "uniqueness")
    await created(scim, "/Users", user("Kim"))
    assert refusal(await scim.post("/Users", user("kim"))) == (409, "uniqueness")


async def test_B_49_case_is_kept_and_compared_where_it_is_exact(lab: Scim) -> None:
    made = await created(lab, "/Users", lab_user("Kim", badge="Ab", codes=["Cd"], tags=["Ef"]))
    assert made["userName"] == "Kim"
    assert made[LAB] == {"badge": "Ab", "codes": ["Cd"], "tags": ["Ef"]}
    for text, count in (
        (f'{LAB}:badge eq "Ab"', 1),
        (f'{LAB}:badge eq "ab"', 0),
        (f'{LAB}:codes eq "Cd"', 1),
        (f'{LAB}:codes eq "CD"', 0),
        (f'{LAB}:tags eq "eF"', 1),
        ('userName eq "KIM"', 1),
    ):
        assert await total(lab, "/Users", filter=text) == count, text


@pytest.mark.parametrize("name", [{}, {"userName": None}, {"userName": ""}, {"userName": []}])
async def test_B_50_a_required_attribute_must_have_a_value(strict: Scim, name: dict[str, Any]) -> None:
    await assert_refused(strict, {"schemas": user()["schemas"], "title": "Lead"} | name)


@pytest.mark.parametrize("name", [{}, {"name": None}])
async def test_B_50_a_required_attribute_of_a_type_of_ones_own_too(lab: Scim, name: dict[str, Any]) -> None:
    saw = await created(lab, "/Things", thing())
    body = {"schemas": saw["schemas"], "kind": "k"} | name
    assert refusal(await lab.post("/Things", body)) == (400, "invalidValue")
    assert refusal(await lab.put(f"/Things/{saw['id']}", body)) == (400, "invalidValue")
    assert (await lab.get("/Things")).json()["Resources"] == [saw]


@pytest.mark.parametrize(
    "contracts", [[{"type": "fixed"}], [{"value": "1"}, {"type": "fixed"}], [{"value": None, "hours": 4}]]
)
async def test_B_51_a_required_part_is_needed_in_each_entry(lab: Scim, contracts: list[dict[str, Any]]) -> None:
    await assert_refused(lab, lab_user(contracts=contracts))


async def test_B_51_a_required_part_is_needed_only_where_its_parent_has_a_value(lab: Scim) -> None:
    for body in (thing("saw"), thing("axe", owner=None), thing("nut", owner={})):
        assert "owner" not in await created(lab, "/Things", body)
    answer = await lab.post("/Things", thing("peg", owner={"$ref": "https://h.example.org/Users/7"}))
    assert refusal(answer) == (400, "invalidValue")
    assert await total(lab, "/Things") == 3
