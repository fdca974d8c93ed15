"""Lists, and what counts as no value (rows B-29 to B-37, B-61, B-62)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.conformance.tools import ENTERPRISE, GROUP, LAB, USER, assert_refused, created, lab_user, thing, total, user
from tests.support.http import SCIM, Scim

WORK = {"type": "work", "value": "k@w.example.org"}
HOME = {"type": "home", "value": "k@h.example.org"}


async def test_B_29_a_list_holds_simple_values_or_objects(lab: Scim) -> None:
    made = await created(lab, "/Users", lab_user(tags=["red", "Blue"]) | {"emails": [WORK, HOME]})
    assert made[LAB]["tags"] == ["red", "Blue"]
    assert made["emails"] == [WORK, HOME]


@pytest.mark.parametrize(
    "body", [user(emails=WORK), user(emails="k@h.example.org"), lab_user(tags="red"), lab_user(tags={"value": "red"})]
)
async def test_B_29_a_bare_value_is_no_list(lab: Scim, body: dict[str, Any]) -> None:
    await assert_refused(lab, body)


@pytest.mark.parametrize("body", [user(title=["Lead"]), user(name=[{"givenName": "Kim"}]), lab_user(level=[3])])
async def test_B_29_a_list_is_no_single_value(lab: Scim, body: dict[str, Any]) -> None:
    await assert_refused(lab, body)


@pytest.mark.parametrize(
    "body",
    [
        user(emails=[WORK | {"primary": True}, HOME | {"primary": True}]),
        lab_user(contracts=[{"value": "1", "primary": True}, {"value": "2", "primary": True}]),
    ],
)
async def test_B_30_only_one_entry_is_primary(lab: Scim, body: dict[str, Any]) -> None:
    await assert_refused(lab, body)


async def test_B_30_one_entry_of_each_list_may_be_primary(strict: Scim) -> None:
    emails, phones = [WORK | {"primary": True}, HOME | {"primary": False}], [{"value": "+47 1", "primary": True}]
    made = await strict.user("kim", emails=emails, phoneNumbers=phones)
    assert (made["emails"], made["phoneNumbers"]) == (emails, phones)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("emails[primary eq false]", 1),
        ("emails.primary eq false", 1),
        ("emails[primary ne true]", 1),
        ("emails[not (primary eq true)]", 1),
        ("emails[primary eq true]", 0),
    ],
)
async def test_B_31_a_missing_primary_counts_as_false(strict: Scim, text: str, count: int) -> None:
    await strict.user("kim", emails=[WORK])
    assert await total(strict, "/Users", filter=text) == count


async def test_B_31_missing_primaries_are_not_several(strict: Scim) -> None:
    assert (await strict.user("kim", emails=[WORK | {"primary": True}, HOME]))["emails"][0]["primary"] is True


@pytest.mark.parametrize("second", [WORK, WORK | {"type": "WORK"}, WORK | {"display": "K"}])
async def test_B_32_the_same_type_and_value_are_not_listed_twice(lab: Scim, second: dict[str, str]) -> None:
    await assert_refused(lab, user(emails=[WORK, second]))


async def test_B_32_the_same_value_may_have_several_types(strict: Scim) -> None:
    emails = [WORK, WORK | {"type": "home"}, {"value": WORK["value"]}]
    assert (await strict.user("kim", emails=emails))["emails"] == emails


async def test_B_33_parts_of_a_standard_name_have_their_set_meaning(lab: Scim) -> None:
    types = {"type": "string", "primary": "boolean", "display": "string", "$ref": "reference"}
    for kind in (await lab.get("/ResourceTypes")).json()["Resources"]:
        for urn in (kind["schema"], *(one["schema"] for one in kind.get("schemaExtensions", []))):
            attributes = (await lab.get(f"/Schemas/{urn}")).json()["attributes"]
            lists = [one for one in attributes if one["multiValued"] and one["type"] == "complex"]
            for part in (part for one in lists for part in one["subAttributes"]):
                assert part["type"] == types.get(part["name"], part["type"])
                assert not (part["name"] in {*types, "value"} and part["multiValued"])


async def test_B_33_display_of_a_users_lists_may_be_changed(strict: Scim) -> None:
    kim = await strict.user("kim", emails=[WORK | {"display": "old"}])
    operation = {"op": "replace", "path": "emails.display", "value": "new"}
    changed = await strict.patch(f"/Users/{kim['id']}", operation)
    assert changed.json()["emails"] == [WORK | {"display": "new"}]


async def test_B_34_values_that_are_not_canonical_are_taken(lab: Scim) -> None:
    ferry = {"value": "k@f.example.org", "type": "ferry"}
    contract = {"value": "1", "type": "Weekend"}
    made = await created(lab, "/Users", lab_user(contracts=[contract]) | {"emails": [ferry]})
    assert (made["emails"], made[LAB]["contracts"]) == ([ferry], [contract])
    assert await total(lab, "/Users", filter='emails.type eq "FERRY"') == 1


UNASSIGNED: dict[str, Any] = {"title": None, "emails": [], "name": None, "phoneNumbers": None, "nickName": None}
ASSIGNED: dict[str, Any] = {
    "title": "Lead",
    "emails": [WORK],
    "name": {"givenName": "Kim"},
    "phoneNumbers": [{"value": "+47 1"}],
    "nickName": "K",
}


async def test_B_35_null_and_empty_lists_are_the_same_as_absence(strict: Scim) -> None:
    plain, empty = await strict.user("kim"), await created(strict, "/Users", user("bo", **UNASSIGNED))
    assert empty.keys() == plain.keys()
    for name in UNASSIGNED:
        assert await total(strict, "/Users", filter=f"{name} pr") == 0


async def test_B_35_putting_null_or_an_empty_list_clears(strict: Scim) -> None:
    kim = await created(strict, "/Users", user(**ASSIGNED))
    replaced = await strict.put(f"/Users/{kim['id']}", user(**UNASSIGNED))
    assert replaced.status_code == 200
    assert not replaced.json().keys() & UNASSIGNED.keys()


@pytest.mark.parametrize("name", UNASSIGNED)
async def test_B_35_replacing_by_null_or_an_empty_list_clears(strict: Scim, name: str) -> None:
    kim = await created(strict, "/Users", user(**ASSIGNED))
    operation = {"op": "replace", "path": name, "value": UNASSIGNED[name]}
    changed = await strict.patch(f"/Users/{kim['id']}", operation)
    assert changed.status_code == 200
    assert kim.keys() - changed.json().keys() == {name}
    assert await total(strict, "/Users", filter=f"{name} pr") == 0


async def test_B_36_attributes_without_a_value_are_left_out(lab: Scim) -> None:
    name = {"givenName": "Kim", "familyName": None}
    made = await created(lab, "/Users", user(emails=[WORK | {"display": None}], name=name))
    assert made["emails"] == [WORK]
    assert made["name"] == {"givenName": "Kim"}
    assert "null" not in (await lab.get("/Users")).text
    assert made.keys() == {"schemas", "id", "userName", "active", "name", "emails", "meta"}


@pytest.mark.parametrize("parts", [{}, {"givenName": None}, {"givenName": None, "familyName": None}])
async def test_B_37_a_complex_value_without_parts_is_none(strict: Scim, parts: dict[str, Any]) -> None:
    body = user(name=parts, emails=[{}, {"value": None}], **{ENTERPRISE: {"costCenter": None}})
    made = await created(strict, "/Users", body)
    assert not {"name", "emails", ENTERPRISE} & made.keys()
    assert made["schemas"] == [USER]
    assert await total(strict, "/Users", filter="name pr or emails pr") == 0


async def test_B_37_a_complex_value_goes_with_its_last_part(strict: Scim) -> None:
    kim = await created(strict, "/Users", user(name={"givenName": "Kim"}))
    changed = await strict.patch(f"/Users/{kim['id']}", {"op": "remove", "path": "name.givenName"})
    assert "name" not in changed.json()


async def test_B_61_the_order_of_keys_means_nothing(strict: Scim) -> None:
    body = user(name={"givenName": "Kim", "familyName": "Ek"}, title="Lead", emails=[WORK])
    kim = await created(strict, "/Users", body)
    turned = {
        "emails": [dict(reversed(WORK.items()))],
        "title": "Lead",
        "name": {"familyName": "Ek", "givenName": "Kim"},
        "userName": "kim",
        "schemas": [USER],
    }
    assert orjson.dumps(turned) != orjson.dumps(body)
    assert (await strict.put(f"/Users/{kim['id']}", turned)).json() == kim


async def test_B_61_the_order_of_entries_is_kept(strict: Scim) -> None:
    emails = [{"value": f"{name}@h.example.org"} for name in "cab"]
    kim = await strict.user("kim", emails=emails)
    path = f"/Users/{kim['id']}"
    await strict.patch(path, {"op": "add", "path": "title", "value": "Lead"})
    last = {"value": "0@h.example.org"}
    changed = await strict.patch(path, {"op": "add", "path": "emails", "value": [last]})
    assert changed.json()["emails"] == (await strict.get(path)).json()["emails"] == [*emails, last]


REFERENCES = ("http://test/scim/v2/Users/{}", "http://test/scim/Users/{}", "http://test/scim/v1/Users/{}")


@pytest.mark.parametrize("reference", REFERENCES)
async def test_B_62_a_reference_of_another_api_version_is_the_same(strict: Scim, reference: str) -> None:
    kim = await strict.user("kim")
    member = {"value": kim["id"], "$ref": reference.format(kim["id"])}
    body = {"schemas": [GROUP], "displayName": "Team", "members": [member]}
    team = await created(strict, "/Groups", body)
    assert team["members"][0]["$ref"] == f"{SCIM}/Users/{kim['id']}"
    assert (await strict.put(f"/Groups/{team['id']}", body)).json() == team


@pytest.mark.parametrize("reference", REFERENCES)
async def test_B_62_a_reference_of_another_api_version_is_found(strict: Scim, reference: str) -> None:
    kim, bo = await strict.user("kim"), await strict.user("bo")
    await strict.group("Team", kim["id"])
    for member, count in ((kim, 1), (bo, 0)):
        assert await total(strict, "/Groups", filter=f'members.$ref eq "{reference.format(member["id"])}"') == count


@pytest.mark.parametrize("reference", REFERENCES)
async def test_B_62_this_holds_for_every_reference_to_a_resource(lab: Scim, reference: str) -> None:
    owner = {"value": "7", "$ref": f"{SCIM}/Users/7"}
    await created(lab, "/Things", thing(owner=owner))
    assert await total(lab, "/Things", filter=f'owner.$ref eq "{reference.format(7)}"') == 1
    assert await total(lab, "/Things", filter=f'owner.$ref eq "{reference.format(8)}"') == 0
