"""POST of a resource (rows C-01 to C-19)."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.tools import (
    ENTERPRISE,
    GROUP,
    LAB,
    THING,
    USER,
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

TEAM = {"schemas": [GROUP], "displayName": "Team"}
BODIES = [("/Users", "User", user()), ("/Groups", "Group", TEAM), ("/Things", "Thing", thing())]
CLIENTS = 8


@pytest.mark.parametrize(("path", "kind", "body"), BODIES)
async def test_C_01_a_post_creates_a_resource(lab: Scim, path: str, kind: str, body: dict[str, Any]) -> None:
    answer = await lab.post(path, body)
    assert answer.status_code == 201
    assert (await lab.get(path)).json()["Resources"] == [answer.json()]


@pytest.mark.parametrize(("path", "kind", "body"), BODIES)
async def test_C_02_the_location_header_is_the_location_in_meta(
    lab: Scim, path: str, kind: str, body: dict[str, Any]
) -> None:
    answer = await lab.post(path, body)
    location = answer.headers["location"]
    assert location == answer.json()["meta"]["location"]
    assert (await lab.get(location.removeprefix(SCIM))).json() == answer.json()


async def test_C_03_the_answer_is_the_whole_resource_as_stored(lab: Scim) -> None:
    body = lab_user(level=3, tags=["red"]) | {
        "schemas": [USER, ENTERPRISE, LAB],
        "name": {"givenName": "Kim"},
        "emails": [{"value": "k@h.example.org", "type": "work", "primary": True}],
        "active": False,
        ENTERPRISE: {"costCenter": "7"},
    }
    made = await created(lab, "/Users", body)
    assert made == made | body
    assert made.keys() == body.keys() | {"id", "meta"}
    assert (await lab.get(f"/Users/{made['id']}")).json() == made


@pytest.mark.parametrize(("path", "kind", "body"), BODIES)
async def test_C_04_the_endpoint_decides_the_resource_type(
    lab: Scim, path: str, kind: str, body: dict[str, Any]
) -> None:
    made = await created(lab, path, body | {"meta": {"resourceType": "Other"}})
    assert made["meta"]["resourceType"] == kind


async def test_C_05_read_only_values_are_ignored(lab: Scim) -> None:
    plain = await created(lab, "/Users", user("bo"))
    body = lab_user("kim", audit={"by": "me"}) | {
        "id": "mine",
        "meta": {"version": 'W/"9"', "location": "http://h.example.org/"},
        "groups": [{"value": "g"}],
        ENTERPRISE: {"manager": {"value": plain["id"], "displayName": "me"}},
    }
    made = await created(lab, "/Users", body)
    assert made["id"] != "mine"
    assert made["meta"]["version"] == plain["meta"]["version"]
    assert made["meta"]["location"] == f"{SCIM}/Users/{made['id']}"
    assert not {"groups", LAB} & made.keys()
    assert made[ENTERPRISE]["manager"].get("displayName") != "me"


async def test_C_06_what_is_absent_may_have_a_default(strict: Scim) -> None:
    assert (await strict.user("kim"))["active"] is True


async def test_C_06_null_asks_for_no_value_also_where_there_is_a_default(strict: Scim) -> None:
    made = await strict.user("kim", active=None)
    assert "active" not in made
    assert "active" not in (await strict.get(f"/Users/{made['id']}")).json()


@pytest.mark.parametrize("name", ["kim", "KIM"])
async def test_C_07_a_unique_value_that_is_taken_is_a_conflict(strict: Scim, name: str) -> None:
    kim = await strict.user("kim")
    assert refusal(await strict.post("/Users", user(name))) == (409, "uniqueness")
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/Users", {"schemas": [USER]}),
        ("/Users", user(userName=None)),
        ("/Users", user(userName=5)),
        ("/Users", user(active="yes")),
        ("/Users", user(name="Kim")),
        ("/Users", user(emails={"value": "k@h.example.org"})),
        ("/Groups", {"schemas": [GROUP]}),
        ("/Groups", TEAM | {"members": ["7"]}),
        ("/Groups", TEAM | {"members": [{"type": "User"}]}),
        ("/Things", {"schemas": [THING]}),
        ("/Things", thing(size="4")),
    ],
)
async def test_C_08_a_missing_or_misfitting_value_is_refused(lab: Scim, path: str, body: dict[str, Any]) -> None:
    assert refusal(await lab.post(path, body)) == (400, "invalidValue")
    assert await total(lab, path) == 0


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "kim",
        "[]",
        '{"userName": "kim"}',
        '{"schemas": [], "userName": "kim"}',
        '{"schemas": "urn:ietf:params:scim:schemas:core:2.0:User", "userName": "kim"}',
    ],
)
async def test_C_09_a_body_without_form_is_refused(strict: Scim, content: str) -> None:
    headers = {"content-type": "application/scim+json"}
    answer = await strict.send("POST", "/Users", content=content, headers=headers)
    assert refusal(answer) == (400, "invalidSyntax")
    assert await total(strict, "/Users") == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/Users", TEAM),
        ("/Users", TEAM | {"userName": "kim"}),
        ("/Users", user(schemas=[ENTERPRISE])),
        ("/Groups", user(displayName="Team")),
    ],
)
async def test_C_10_a_body_of_another_type_is_refused(strict: Scim, path: str, body: dict[str, Any]) -> None:
    assert refusal(await strict.post(path, body))[0] == 400
    assert await total(strict, path) == 0


async def test_C_11_immutable_and_write_only_values_may_be_set(lab: Scim) -> None:
    made = await created(lab, "/Users", lab_user(badge="Ab", pin="1234") | {"password": "Secret-7"})
    assert made[LAB] == {"badge": "Ab"}
    assert (await created(lab, "/Things", thing(kind="Saw")))["kind"] == "Saw"


@pytest.mark.parametrize(("path", "kind", "body"), BODIES)
async def test_C_12_the_answer_has_the_version(lab: Scim, path: str, kind: str, body: dict[str, Any]) -> None:
    answer = await lab.post(path, body)
    assert answer.headers["etag"]
    assert answer.headers["etag"] == answer.json()["meta"]["version"]


@pytest.mark.parametrize(
    ("cut", "shown"),
    [
        ("attributes=userName", {"userName"}),
        ("attributes=name.givenName,meta.version", {"name", "meta"}),
        ("excludedAttributes=name,meta", {"userName", "title", "active"}),
    ],
)
async def test_C_13_the_answer_is_cut_by_the_parameters(strict: Scim, cut: str, shown: set[str]) -> None:
    body = user(title="Lead") | {"name": {"givenName": "Kim", "familyName": "Ek"}}
    answer = await strict.post(f"/Users?{cut}", body)
    assert answer.status_code == 201
    made = answer.json()
    assert made.keys() == shown | {"schemas", "id"}
    if "attributes=name.givenName" in cut:
        assert made["name"] == {"givenName": "Kim"}
    assert (await strict.get(f"/Users/{made['id']}")).json()["name"] == body["name"]


async def test_C_14_a_post_to_a_resource_is_no_create(strict: Scim) -> None:
    kim = await strict.user("kim")
    for path in (f"/Users/{kim['id']}", "/Users/nobody"):
        assert refusal(await strict.post(path, user("bo")))[0] in (404, 405)
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


async def test_C_15_a_name_freed_by_delete_is_free_at_once(strict: Scim) -> None:
    kim = await strict.user("kim")
    await strict.delete(f"/Users/{kim['id']}")
    again = await strict.user("Kim")
    assert (await strict.get("/Users")).json()["Resources"] == [again]


async def test_C_16_a_user_is_active_unless_told_otherwise(strict: Scim) -> None:
    kim, bo = await strict.user("kim"), await strict.user("bo", active=False)
    assert (kim["active"], bo["active"]) == (True, False)
    assert (await strict.get(f"/Users/{kim['id']}")).json()["active"] is True
    assert await total(strict, "/Users", filter="active eq true") == 1


async def test_C_17_a_refused_group_leaves_no_group_and_no_member(strict: Scim) -> None:
    kim = await strict.user("kim")
    body = TEAM | {"members": [{"value": kim["id"]}, {"value": "nobody"}]}
    assert refusal(await strict.post("/Groups", body)) == (400, "invalidValue")
    assert await total(strict, "/Groups") == 0
    assert (await strict.get(f"/Users/{kim['id']}")).json() == kim


async def test_C_17_a_refused_create_reserves_no_name(client: httpx.AsyncClient, database: Database) -> None:
    unique = [{"name": name, "uniqueness": "server"} for name in ("first", "second")]
    scim = await boxes(client, database, *unique)
    await created(scim, "/Boxes", box(second="taken"))
    assert refusal(await scim.post("/Boxes", box(first="free", second="taken"))) == (409, "uniqueness")
    await created(scim, "/Boxes", box(first="free"))
    assert refusal(await scim.post("/Users", user(active="?"))) == (400, "invalidValue")
    await scim.user("kim")


async def test_C_18_nobody_signs_up_without_a_token(strict: Scim) -> None:
    answer = await strict.client.post(f"{SCIM}/Users", json=user())
    assert refusal(answer) == (401, None)
    assert await total(strict, "/Users") == 0


@pytest.mark.parametrize(("path", "body"), [("/Users", user()), ("/Things", thing())])
async def test_C_19_of_creates_at_once_with_one_unique_value_one_wins(
    lab: Scim, path: str, body: dict[str, Any]
) -> None:
    answers = await asyncio.gather(*(lab.post(path, body) for _ in range(CLIENTS)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLIENTS - 1}
    assert {refusal(answer) for answer in answers if answer.status_code != 201} == {(409, "uniqueness")}
    assert await total(lab, path) == 1
