"""Versions of resources: tags, and when they change (rows L-01 to L-04, L-07, L-12, L-14)."""

from __future__ import annotations

import re

import httpx
import pytest

from scim.db.database import Database
from scim.services.definitions.schemas import add_schemas
from tests.conformance.tools import ENTERPRISE, LAB, THING, USER, lab_user
from tests.support.http import Scim
from tests.vectors import read_vectors

TITLE = {"op": "replace", "path": "title", "value": "Lead"}


@pytest.fixture
async def thing(lab: Scim) -> httpx.Response:
    """A new thing, which has no values that are derived from other resources."""
    answer = await lab.post("/Things", {"schemas": [THING], "name": "Axe"})
    assert answer.status_code == 201
    return answer


async def known(scim: Scim, made: httpx.Response, condition: str) -> httpx.Response:
    """The answer to a read by who knows these versions."""
    return await scim.send("GET", f"/Things/{made.json()['id']}", headers={"if-none-match": condition})


async def test_L_01_versions_are_announced(strict: Scim) -> None:
    assert (await strict.get("/ServiceProviderConfig")).json()["etag"] == {"supported": True}


async def test_L_02_answers_with_one_resource_have_its_tag(strict: Scim) -> None:
    made = await strict.post("/Users", {"schemas": [USER], "userName": "kim"})
    path = f"/Users/{made.json()['id']}"
    changed = await strict.patch(path, TITLE)
    replaced = await strict.put(path, {"schemas": [USER], "userName": "kim"})
    for answer in (made, changed, replaced, await strict.get(path)):
        assert answer.headers["etag"] == answer.json()["meta"]["version"]
    minimal = await strict.patch(path, TITLE, headers={"prefer": "return=minimal"})
    assert minimal.headers["etag"] == (await strict.get(path)).headers["etag"]
    assert (await strict.get(path, attributes="userName")).headers["etag"] == minimal.headers["etag"]


async def test_L_03_a_tag_is_weak_and_quoted(strict: Scim) -> None:
    kim = await strict.user("kim")
    assert re.fullmatch(r'W/"[\x21\x23-\x7e]+"', kim["meta"]["version"])
    assert (await strict.get(f"/Users/{kim['id']}")).headers["etag"] == kim["meta"]["version"]


@pytest.mark.parametrize("condition", ["{}", "*", 'W/"x", {}', 'W/"x",{},"y"', "strong"])
async def test_L_04_who_knows_the_version_is_answered_304(lab: Scim, thing: httpx.Response, condition: str) -> None:
    tag = thing.headers["etag"]
    sent = tag.removeprefix("W/") if condition == "strong" else condition.format(tag)
    answer = await known(lab, thing, sent)
    assert (answer.status_code, answer.content) == (304, b"")
    assert (await known(lab, thing, 'W/"x", "y"')).json()["name"] == "Axe"


async def test_L_04_who_knows_another_version_is_answered_the_resource(lab: Scim, thing: httpx.Response) -> None:
    path = f"/Things/{thing.json()['id']}"
    assert (await lab.patch(path, {"op": "replace", "path": "size", "value": 4})).status_code == 200
    answer = await known(lab, thing, thing.headers["etag"])
    assert (answer.status_code, answer.json()["size"]) == (200, 4)


async def test_L_04_values_of_other_resources_are_never_out_of_date(strict: Scim) -> None:
    kim = await strict.user("kim")
    team = await strict.group("Team", kim["id"])
    path, headers = f"/Users/{kim['id']}", {"if-none-match": (await strict.get(f"/Users/{kim['id']}")).headers["etag"]}
    renamed = await strict.patch(f"/Groups/{team['id']}", {"op": "replace", "path": "displayName", "value": "Crew"})
    assert renamed.status_code == 200
    answer = await strict.send("GET", path, headers=headers)
    assert (answer.status_code, answer.json()["groups"][0]["display"]) == (200, "Crew")
    without = await strict.send("GET", path, headers=headers, params={"excludedAttributes": "groups"})
    assert without.status_code == 304


@pytest.mark.parametrize("part", ["manager.$ref", "manager.displayName", "manager"])
async def test_L_04_what_is_told_of_a_manager_is_never_out_of_date(strict: Scim, part: str) -> None:
    boss = await strict.user("boss", displayName="Boss")
    extension = {ENTERPRISE: {"manager": {"value": boss["id"]}}}
    kim = await strict.user("kim", schemas=[USER, ENTERPRISE], **extension)
    path, params = f"/Users/{kim['id']}", {"attributes": f"{ENTERPRISE}:{part}"}
    headers = {"if-none-match": kim["meta"]["version"]}
    before = await strict.get(path, **params)
    assert (await strict.delete(f"/Users/{boss['id']}")).status_code == 204
    after = await strict.send("GET", path, headers=headers, params=params)
    assert after.status_code == 200
    assert after.json() != before.json()


async def test_L_04_a_change_of_schemas_shows_at_once(lab: Scim, database: Database) -> None:
    made = await lab.post("/Users", lab_user("kim", level=3))
    body = read_vectors("schemas/lab_user")
    hidden = [one | {"returned": "request"} if one["name"] == "level" else one for one in body["attributes"]]
    await add_schemas(database, [body | {"attributes": hidden}], app=str(lab.owner.app_id))
    await lab.until(f"/Schemas/{LAB}", lambda answer: answer.text.count('"request"') == 2)
    path, headers = f"/Users/{made.json()['id']}", {"if-none-match": made.headers["etag"]}
    answer = await lab.send("GET", path, headers=headers, params={"excludedAttributes": "groups"})
    assert answer.status_code == 200
    assert "level" not in answer.json().get(LAB, {})


async def test_L_07_the_tag_changes_with_each_real_change_and_only_then(strict: Scim) -> None:
    kim = await strict.user("kim", nickName="K")
    path, seen = f"/Users/{kim['id']}", [kim["meta"]["version"]]
    whole = {"schemas": [USER], "userName": "kim", "nickName": "K", "title": "Lead"}
    for change in (
        await strict.patch(path, TITLE),
        await strict.put(path, whole | {"title": "Boss"}),
        await strict.patch(path, TITLE),
        await strict.patch(path, {"op": "remove", "path": "active"}),
        await strict.put(path, whole),
    ):
        assert change.status_code == 200
        assert change.headers["etag"] not in seen
        seen.append(change.headers["etag"])
    for nothing in (
        await strict.get(path),
        await strict.patch(path, TITLE),
        await strict.patch(path, {"op": "add", "path": "title", "value": "Lead"}),
        await strict.patch(path, {"op": "remove", "path": "displayName"}),
        await strict.put(path, whole),
    ):
        assert nothing.status_code == 200
    assert (await strict.patch(path, TITLE, headers={"if-match": 'W/"99"'})).status_code == 412
    assert (await strict.get(path)).headers["etag"] == seen[-1]


async def test_L_12_a_version_in_a_body_has_no_effect(strict: Scim) -> None:
    sent = {"schemas": [USER], "userName": "kim", "meta": {"version": 'W/"99"'}}
    made = await strict.post("/Users", sent)
    replaced = await strict.put(f"/Users/{made.json()['id']}", sent | {"title": "Lead"})
    assert (made.status_code, replaced.status_code) == (201, 200)
    assert len({made.headers["etag"], replaced.headers["etag"], 'W/"99"'}) == 3


async def test_L_14_a_304_repeats_tag_and_location(lab: Scim, thing: httpx.Response) -> None:
    answer = await known(lab, thing, thing.headers["etag"])
    assert answer.status_code == 304
    assert answer.headers["etag"] == thing.headers["etag"]
    assert answer.headers["location"] == thing.headers["location"]
