"""What a value of each type looks like (rows B-19 to B-28)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.tools import (
    BOX,
    GROUP,
    LAB,
    USER,
    assert_refused,
    box,
    boxes,
    created,
    lab_user,
    refusal,
    thing,
    total,
    user,
)
from tests.support.http import SCIM, Scim


async def kept(lab: Scim, **attributes: Any) -> None:
    """The values are answered as they were sent, then and later."""
    made = await created(lab, "/Users", lab_user(**attributes))
    assert made[LAB] == attributes
    assert (await lab.get(f"/Users/{made['id']}")).json()[LAB] == attributes


async def sent_as_text(lab: Scim, attribute: str, number: str) -> httpx.Response:
    """The answer to a user with a number in exactly this spelling."""
    text = f'{{"schemas": ["{USER}", "{LAB}"], "userName": "kim", "{LAB}": {{"{attribute}": {number}}}}}'
    return await lab.send("POST", "/Users", content=text, headers={"content-type": "application/scim+json"})


async def test_B_19_what_a_definition_leaves_out_has_its_default(client: httpx.AsyncClient, database: Database) -> None:
    scim = await boxes(client, database, {"name": "label"})
    [published] = (await scim.get(f"/Schemas/{BOX}")).json()["attributes"]
    assert published == published | {
        "type": "string",
        "multiValued": False,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    }
    assert "canonicalValues" not in published
    await created(scim, "/Boxes", box())
    made = await created(scim, "/Boxes", box(label="Red"))
    assert made["label"] == "Red"
    await created(scim, "/Boxes", box(label="red"))
    assert await total(scim, "/Boxes", filter='label eq "RED"') == 2
    changed = await scim.patch(f"/Boxes/{made['id']}", {"op": "replace", "path": "label", "value": "blue"})
    assert changed.json()["label"] == "blue"
    assert refusal(await scim.post("/Boxes", box(label=5))) == (400, "invalidValue")


@pytest.mark.parametrize("value", [5, 1.5, True, ["x"], {"value": "x"}])
@pytest.mark.parametrize("part", [False, True])
async def test_B_20_a_string_is_a_json_string(lab: Scim, value: Any, part: bool) -> None:
    await assert_refused(lab, user(**({"name": {"givenName": value}} if part else {"title": value})))


@pytest.mark.parametrize("value", [5, True])
async def test_B_20_an_entry_of_a_list_of_strings_is_one(lab: Scim, value: Any) -> None:
    await assert_refused(lab, lab_user(tags=["red", value]))


@pytest.mark.parametrize("value", [True, False])
async def test_B_21_a_boolean_is_true_or_false(lab: Scim, value: bool) -> None:
    await kept(lab, verified=value)


@pytest.mark.parametrize("value", ["True", "true", "", 1, 0, [True], {"value": True}])
async def test_B_21_anything_else_is_no_boolean(lab: Scim, value: Any) -> None:
    await assert_refused(lab, lab_user(verified=value))
    assert refusal(await lab.post("/Users", user(active=value))) == (400, "invalidValue")


@pytest.mark.parametrize(("number", "value"), [("4", 4), ("4.0", 4), ("-0.5", -0.5), ("1e2", 100)])
async def test_B_22_a_decimal_is_a_number_with_or_without_fraction(lab: Scim, number: str, value: float) -> None:
    answer = await sent_as_text(lab, "score", number)
    assert answer.status_code == 201
    assert answer.json()[LAB]["score"] == value
    assert await total(lab, "/Users", filter=f"{LAB}:score eq {value}") == 1


@pytest.mark.parametrize("value", ["4", True, [4], {"value": 4}])
async def test_B_22_anything_else_is_no_decimal(lab: Scim, value: Any) -> None:
    await assert_refused(lab, lab_user(score=value))


@pytest.mark.parametrize("value", [0, -7, 2**53 + 1])
async def test_B_23_an_integer_is_a_whole_number(lab: Scim, value: int) -> None:
    await kept(lab, level=value)


@pytest.mark.parametrize("number", ["3.5", "3.0", "1e2", "1E2", '"3"', "true", "[3]"])
async def test_B_23_a_fraction_or_an_exponent_is_no_integer(lab: Scim, number: str) -> None:
    assert refusal(await sent_as_text(lab, "level", number)) == (400, "invalidValue")
    assert await total(lab, "/Users") == 0


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-02-03T04:05:06Z", "2025-02-03T04:05:06Z"),
        ("2025-02-03T04:05:06.7+01:00", "2025-02-03T03:05:06.7Z"),
        ("2025-02-03T04:05:06-05:30", "2025-02-03T09:35:06Z"),
        ("2025-02-03T04:05:06", "2025-02-03T04:05:06Z"),
    ],
)
async def test_B_24_a_date_time_has_an_optional_fraction_and_zone(lab: Scim, text: str, instant: str) -> None:
    await kept(lab, joined=text)
    assert await total(lab, "/Users", filter=f'{LAB}:joined eq "{instant}"') == 1


@pytest.mark.parametrize(
    "value",
    [
        "2025-02-03",
        "04:05:06Z",
        "2025-02-03 04:05:06Z",
        "2025-02-03t04:05:06z",
        "2025-13-03T04:05:06Z",
        "last week",
        "",
        1738555506,
    ],
)
async def test_B_24_anything_else_is_no_date_time(lab: Scim, value: Any) -> None:
    await assert_refused(lab, lab_user(joined=value))


@pytest.mark.parametrize("text", ["YWI=", "YWI", "+/+/", "YQ==", "YQ"])
async def test_B_25_a_binary_is_base64_with_or_without_padding(lab: Scim, text: str) -> None:
    await kept(lab, blob=text)


@pytest.mark.parametrize("value", ["%%%", "YWI=YWI=", "A", "Y Q=", 7, True])
async def test_B_25_anything_else_is_no_binary(lab: Scim, value: Any) -> None:
    await assert_refused(lab, lab_user(blob=value))


async def test_B_25_base64url_is_taken_only_where_the_definition_says_so(lab: Scim) -> None:
    await assert_refused(lab, lab_user(blob="-_-_"))


async def test_B_25_a_binary_is_compared_with_case_and_need_not_be_unique(lab: Scim) -> None:
    for name in ("kim", "bo"):
        await created(lab, "/Users", lab_user(name, blob="YWI="))
    assert await total(lab, "/Users", filter=f'{LAB}:blob eq "YWI="') == 2
    assert await total(lab, "/Users", filter=f'{LAB}:blob eq "ywi="') == 0


@pytest.mark.parametrize("text", ["https://h.example.org/A?b=c#d", "Users/9", "/Users/9", "urn:example:A:b"])
async def test_B_26_a_reference_is_a_uri_of_any_kind_and_compared_with_case(lab: Scim, text: str) -> None:
    await kept(lab, site=text)
    assert await total(lab, "/Users", filter=f'{LAB}:site eq "{text}"') == 1
    assert await total(lab, "/Users", filter=f'{LAB}:site eq "{text.swapcase()}"') == 0


@pytest.mark.parametrize("value", [5, True, ["https://h.example.org/"], {"value": "https://h.example.org/"}])
async def test_B_26_anything_else_is_no_reference(lab: Scim, value: Any) -> None:
    await assert_refused(lab, lab_user(site=value))


async def test_B_26_a_relative_reference_is_meant_from_the_base_url(strict: Scim) -> None:
    kim = await strict.user("kim")
    member = {"value": kim["id"], "$ref": f"Users/{kim['id']}"}
    team = await created(strict, "/Groups", {"schemas": [GROUP], "displayName": "Team", "members": [member]})
    assert team["members"][0]["$ref"] == f"{SCIM}/Users/{kim['id']}"


async def test_B_27_a_reference_to_nobody_is_kept(lab: Scim) -> None:
    owner = {"value": "nobody", "$ref": f"{SCIM}/Users/nobody"}
    assert (await created(lab, "/Things", thing(owner=owner)))["owner"] == owner


@pytest.mark.parametrize("value", ["Kim", 5, True, [{"givenName": "Kim"}]])
async def test_B_28_a_complex_value_is_an_object(lab: Scim, value: Any) -> None:
    await assert_refused(lab, user(name=value))


@pytest.mark.parametrize("value", ["k@h.example.org", 5, [{"value": "k@h.example.org"}]])
async def test_B_28_an_entry_of_a_complex_list_is_an_object(lab: Scim, value: Any) -> None:
    await assert_refused(lab, user(emails=[value]))


async def test_B_28_no_part_of_a_complex_value_is_complex(lab: Scim) -> None:
    for schema in (await lab.get("/Schemas")).json()["Resources"]:
        if schema["name"] != "Schema":
            parts = [part for one in schema["attributes"] for part in one.get("subAttributes", [])]
            assert "complex" not in {part["type"] for part in parts}
    await assert_refused(lab, lab_user(desk={"building": {"value": "A"}}))


async def test_B_28_a_part_may_be_a_list_of_simple_values(client: httpx.AsyncClient, database: Database) -> None:
    parts = [{"name": "text"}, {"name": "colours", "multiValued": True}]
    scim = await boxes(client, database, {"name": "side", "type": "complex", "subAttributes": parts})
    side = {"text": "x", "colours": ["red", "blue"]}
    made = await created(scim, "/Boxes", box(side=side))
    assert made["side"] == side
    assert await total(scim, "/Boxes", filter='side.colours eq "blue"') == 1
    assert refusal(await scim.post("/Boxes", box(side={"colours": [{"value": "red"}]}))) == (400, "invalidValue")
