"""The enterprise extension of users (rows S-01 to S-05 and S-07 to S-10)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.tools import ENTERPRISE, USER, names, refusal
from tests.support.bulks import create_managed, create_user, id_of, results_of
from tests.support.http import SCIM, Scim

TEXTS = ("employeeNumber", "costCenter", "organization", "division", "department")
NOBODY = "00000000-0000-7000-8000-000000000000"


def body(name: str, **attributes: Any) -> dict[str, Any]:
    """A user with these attributes of the extension."""
    return {"schemas": [USER, ENTERPRISE], "userName": name, ENTERPRISE: attributes}


async def employee(scim: Scim, name: str, **attributes: Any) -> dict[str, Any]:
    """The same, made, as answered."""
    answer = await scim.post("/Users", body(name, **attributes))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def published(scim: Scim) -> dict[str, dict[str, Any]]:
    """The attributes of the extension's schema by name."""
    return {one["name"]: one for one in (await scim.get(f"/Schemas/{ENTERPRISE}")).json()["attributes"]}


async def test_S_01_the_extension_has_its_urn_and_six_attributes(strict: Scim) -> None:
    attributes = await published(strict)
    assert attributes.keys() == {*TEXTS, "manager"}
    assert {name: one["type"] for name, one in attributes.items() if name != "manager"} == dict.fromkeys(
        TEXTS, "string"
    )
    assert attributes["manager"]["type"] == "complex"
    assert not [one for one in attributes.values() if one["required"]]
    values = {name: f"{name} 7" for name in TEXTS}
    made = await employee(strict, "kim", **values)
    assert made["schemas"] == [USER, ENTERPRISE]
    assert made[ENTERPRISE] == values
    for name in TEXTS:
        one = await employee(strict, name, **{name: "x"})
        assert one[ENTERPRISE] == {name: "x"}
        refused = await strict.post("/Users", body("bo", **{name: 7}))
        assert refusal(refused) == (400, "invalidValue")


async def test_S_02_a_manager_is_shown_with_id_place_and_name(strict: Scim) -> None:
    parts = {one["name"]: one for one in (await published(strict))["manager"]["subAttributes"]}
    assert parts.keys() == {"value", "$ref", "displayName"}
    assert not [one for one in parts.values() if one["required"]]
    assert parts["displayName"]["mutability"] == "readOnly"
    lead = await strict.user("lead", displayName="Lea D")
    kim = await employee(strict, "kim", manager={"value": lead["id"]})
    shown = {"value": lead["id"], "$ref": f"{SCIM}/Users/{lead['id']}", "displayName": "Lea D"}
    assert kim[ENTERPRISE]["manager"] == shown
    assert (await strict.get("/Users", filter='userName eq "kim"')).json()["Resources"] == [kim]


async def test_S_03_the_name_of_a_manager_is_not_the_clients_to_set(strict: Scim) -> None:
    lead = await strict.user("lead", displayName="Lea D")
    claimed = {"value": lead["id"], "displayName": "Someone"}
    kim = await employee(strict, "kim", manager=claimed)
    path = f"/Users/{kim['id']}"
    replaced = await strict.put(path, body("kim", manager=claimed, department="x"))
    for one in (kim, replaced.json()):
        assert one[ENTERPRISE]["manager"]["displayName"] == "Lea D"
    nameless = await employee(strict, "bo", manager={"value": NOBODY, "displayName": "Someone"})
    assert nameless[ENTERPRISE]["manager"] == {"value": NOBODY}
    name = f"{ENTERPRISE}:manager.displayName"
    for operation in (
        {"op": "add", "path": name, "value": "Someone"},
        {"op": "replace", "path": name, "value": "Someone"},
        {"op": "remove", "path": name},
    ):
        assert refusal(await strict.patch(path, operation)) == (400, "mutability"), operation
    assert (await strict.get(path)).json() == replaced.json()


async def test_S_04_the_id_of_a_manager_is_compared_with_case(strict: Scim) -> None:
    [value] = [one for one in (await published(strict))["manager"]["subAttributes"] if one["name"] == "value"]
    assert value["caseExact"] is True
    await employee(strict, "kim", manager={"value": "Lead-7"})
    for text, found in (("Lead-7", ["kim"]), ("lead-7", [])):
        assert names(await strict.get("/Users", filter=f'{ENTERPRISE}:manager.value eq "{text}"')) == found


async def test_S_05_a_manager_who_is_not_there_is_kept_as_sent(strict: Scim) -> None:
    kim = await employee(strict, "kim", manager={"value": "lead@example.org"})
    assert kim[ENTERPRISE]["manager"] == {"value": "lead@example.org"}
    own = await strict.patch(
        f"/Users/{kim['id']}", {"op": "replace", "path": f"{ENTERPRISE}:manager", "value": {"value": kim["id"]}}
    )
    assert own.json()[ENTERPRISE]["manager"]["$ref"] == kim["meta"]["location"]


async def test_S_07_attributes_are_reached_by_their_full_path(strict: Scim) -> None:
    lead = await strict.user("lead")
    kim = await employee(strict, "kim", department="B", costCenter="1", manager={"value": lead["id"]})
    await employee(strict, "bo", department="A", costCenter="2")
    department, manager = f"{ENTERPRISE}:department", f"{ENTERPRISE}:manager.value"
    for text, found in (
        (f'{department} eq "b"', ["kim"]),
        (f'{manager} eq "{lead["id"]}"', ["kim"]),
        (f"{department.upper()} pr", ["kim", "bo"]),
        (f'{ENTERPRISE}:costCenter gt "1" and {department} pr', ["bo"]),
    ):
        assert names(await strict.get("/Users", filter=text)) == found, text
    assert names(await strict.get("/Users", sortBy=department)) == ["bo", "kim", "lead"]
    path = f"/Users/{kim['id']}"
    shown = (await strict.get(path, attributes=f"{department},{manager}")).json()
    assert shown[ENTERPRISE] == {"department": "B", "manager": {"value": lead["id"]}}
    assert "userName" not in shown
    without = (await strict.get(path, excludedAttributes=f"{department},{ENTERPRISE}:manager")).json()
    assert without[ENTERPRISE] == {"costCenter": "1"}
    changed = await strict.patch(
        path,
        {"op": "replace", "path": department, "value": "C"},
        {"op": "remove", "path": f"{ENTERPRISE}:manager"},
        {"op": "add", "path": f"{ENTERPRISE}:division", "value": "D"},
    )
    assert changed.json()[ENTERPRISE] == {"department": "C", "costCenter": "1", "division": "D"}


async def test_S_06_a_manager_may_be_made_in_the_same_bulk_request(strict: Scim) -> None:
    lead, kim = results_of(await strict.bulk(create_user("lead"), create_managed("kim", "bulkId:lead")))
    shown = (await strict.get(f"/Users/{id_of(kim)}")).json()[ENTERPRISE]["manager"]
    assert (shown["value"], shown["$ref"]) == (id_of(lead), lead["location"])


async def test_S_08_an_employee_number_is_text(strict: Scim) -> None:
    kim = await employee(strict, "kim", employeeNumber="00701")
    assert (await strict.get(f"/Users/{kim['id']}")).json()[ENTERPRISE]["employeeNumber"] == "00701"
    for text, found in (("00701", ["kim"]), ("701", [])):
        assert names(await strict.get("/Users", filter=f'{ENTERPRISE}:employeeNumber eq "{text}"')) == found


async def test_S_09_the_type_of_users_lists_the_extension_as_optional(strict: Scim) -> None:
    extensions = (await strict.get("/ResourceTypes/User")).json()["schemaExtensions"]
    assert extensions == [{"schema": ENTERPRISE, "required": False}]
    plain = await strict.user("kim")
    assert (plain["schemas"], ENTERPRISE in plain) == ([USER], False)


@pytest.mark.parametrize("path", ["/Users/{}", "/Users/{}?attributes=" + ENTERPRISE + ":manager"])
async def test_S_10_a_renamed_manager_is_shown_by_the_new_name(strict: Scim, path: str) -> None:
    lead = await strict.user("lead", displayName="Lea D")
    kim = await employee(strict, "kim", manager={"value": lead["id"]})
    tag = (await strict.get(f"/Users/{kim['id']}")).headers["etag"]
    change = {"op": "replace", "path": "displayName", "value": "Lea E"}
    assert (await strict.patch(f"/Users/{lead['id']}", change)).status_code == 200
    read = await strict.send("GET", path.format(kim["id"]), headers={"if-none-match": tag})
    assert (read.status_code, read.json()[ENTERPRISE]["manager"]["displayName"]) == (200, "Lea E")
    found = await strict.get("/Users", filter=f'{ENTERPRISE}:manager.displayName eq "Lea E"')
    assert names(found) == ["kim"]
