"""I: DELETE."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.steps import at, done, found, now, refused, thing
from tests.conformance.tools import ENTERPRISE, THING, USER
from tests.support.http import Scim

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


async def deleted(scim: Scim, resource: dict[str, Any]) -> None:
    answer = await scim.delete(at(resource))
    assert (answer.status_code, answer.content) == (204, b"")


async def test_I_01_delete_answers_204_without_a_body(lab: Scim) -> None:
    for made in (await lab.user("kim"), await lab.group("Team"), await thing(lab, "saw")):
        await deleted(lab, made)


async def test_I_02_what_was_deleted_is_unknown_to_every_method(strict: Scim) -> None:
    kim, team = await strict.user("kim"), await strict.group("Team")
    for made in (kim, team):
        await deleted(strict, made)
        refused(await strict.get(at(made)), 404)
        refused(await strict.put(at(made), made), 404)
        refused(await strict.patch(at(made), {"op": "add", "path": "displayName", "value": "x"}), 404)
        refused(await strict.delete(at(made)), 404)
        refused(await strict.get(at(made)), 404)


async def test_I_03_it_is_in_no_result_and_no_count(strict: Scim) -> None:
    kim, bo = await strict.user("kim", title="x"), await strict.user("bo", title="x")
    team = await strict.group("Team", kim["id"], bo["id"])
    await deleted(strict, kim)
    for endpoint in ("/Users", "/"):
        assert await found(strict, 'title eq "x"', endpoint) == {"bo"}
        assert await found(strict, f'id eq "{kim["id"]}"', endpoint) == set()
    assert done(await strict.get("/Users"))["totalResults"] == 1
    assert done(await strict.get("/Users", count=0))["totalResults"] == 1
    assert done(await strict.get("/"))["totalResults"] == 2
    assert done(await strict.post("/.search", {"schemas": [SEARCH], "filter": "title pr"}))["totalResults"] == 1
    assert await found(strict, f'members.value eq "{kim["id"]}"', "/Groups") == set()
    await deleted(strict, team)
    assert done(await strict.get("/Groups"))["totalResults"] == 0
    assert await found(strict, 'groups.display eq "Team"') == set()


async def test_I_04_its_unique_values_are_free_again(lab: Scim) -> None:
    kim, saw = await lab.user("kim"), await thing(lab, "saw")
    refused(await lab.post("/Users", {"schemas": [USER], "userName": "KIM"}), 409, "uniqueness")
    refused(await lab.post("/Things", {"schemas": [THING], "name": "SAW"}), 409, "uniqueness")
    await deleted(lab, kim)
    await deleted(lab, saw)
    again, other = await lab.user("KIM"), await thing(lab, "SAW")
    assert again["id"] != kim["id"]
    assert other["id"] != saw["id"]
    refused(await lab.get(at(kim)), 404)


@pytest.mark.parametrize("identifier", ["0198f0a0-0000-7000-8000-000000000000", "nobody", "kim"])
async def test_I_05_an_unknown_id_is_404(strict: Scim, identifier: str) -> None:
    await strict.user("kim")
    refused(await strict.delete(f"/Users/{identifier}"), 404)
    assert await found(strict, "id pr") == {"kim"}


async def test_I_05_an_id_of_another_type_is_404(strict: Scim) -> None:
    kim = await strict.user("kim")
    refused(await strict.delete(f"/Groups/{kim['id']}"), 404)
    assert await now(strict, kim) == kim
    await deleted(strict, kim)
    refused(await strict.delete(at(kim)), 404)


async def test_I_06_if_match_that_does_not_fit_is_412(strict: Scim) -> None:
    kim = await strict.user("kim")
    for tag in ('W/"99"', '"x"'):
        refused(await strict.delete(at(kim), headers={"if-match": tag}), 412)
    assert await now(strict, kim) == kim
    answer = await strict.delete(at(kim), headers={"if-match": kim["meta"]["version"]})
    assert answer.status_code == 204


async def test_I_07_a_deleted_member_leaves_its_groups(strict: Scim) -> None:
    kim, bo = await strict.user("kim"), await strict.user("bo")
    inner = await strict.group("Inner", kim["id"])
    outer = await strict.group("Outer", inner["id"], kim["id"], bo["id"])
    await deleted(strict, kim)
    assert "members" not in await now(strict, inner)
    assert {one["value"] for one in (await now(strict, outer))["members"]} == {inner["id"], bo["id"]}
    await deleted(strict, inner)
    assert [one["value"] for one in (await now(strict, outer))["members"]] == [bo["id"]]


async def test_I_07_a_deleted_group_leaves_its_members(strict: Scim) -> None:
    kim = await strict.user("kim")
    inner = await strict.group("Inner", kim["id"])
    outer = await strict.group("Outer", inner["id"])
    await deleted(strict, inner)
    assert "groups" not in await now(strict, kim)
    assert "members" not in await now(strict, outer)


async def test_I_07_a_deleted_manager_is_referred_to_no_more(strict: Scim) -> None:
    boss = await strict.user("boss", displayName="Boss")
    kim = await strict.user("kim", **{ENTERPRISE: {"manager": {"value": boss["id"]}}})
    assert kim[ENTERPRISE]["manager"]["$ref"] == boss["meta"]["location"]
    await deleted(strict, boss)
    assert not {"$ref", "displayName"} & (await now(strict, kim)).get(ENTERPRISE, {}).get("manager", {}).keys()
    assert await found(strict, f"{ENTERPRISE}:manager.$ref pr") == set()


@pytest.mark.parametrize("path", ["/Users", "/Users/", "/Groups", "/", "", '/Users?filter=userName eq "kim"'])
async def test_I_08_delete_never_empties_an_endpoint(strict: Scim, path: str) -> None:
    kim = await strict.user("kim")
    await strict.group("Team", kim["id"])
    assert (await strict.delete(path)).status_code in (404, 405, 501)
    assert done(await strict.get("/"))["totalResults"] == 2


async def test_I_09_a_user_who_is_not_active_can_be_read_and_found(strict: Scim) -> None:
    kim = await strict.user("kim", title="Lead")
    team = await strict.group("Team", kim["id"])
    patched = done(await strict.patch(at(kim), {"op": "replace", "path": "active", "value": False}))
    assert (patched["active"], patched["title"]) == (False, "Lead")
    assert await now(strict, kim) == patched
    for text in ('userName eq "kim"', "active eq false", "id pr"):
        assert await found(strict, text) == {"kim"}
    assert [one["value"] for one in (await now(strict, team))["members"]] == [kim["id"]]
    refused(await strict.post("/Users", {"schemas": [USER], "userName": "kim"}), 409, "uniqueness")
    sent = {"schemas": [USER], "userName": "kim", "active": True}
    assert done(await strict.put(at(kim), sent))["active"] is True


async def test_I_09_a_user_can_be_created_not_active(strict: Scim) -> None:
    kim = await strict.user("kim", active=False)
    assert (await now(strict, kim))["active"] is False
    assert await found(strict, "active eq false") == {"kim"}
