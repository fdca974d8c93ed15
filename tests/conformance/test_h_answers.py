"""H: what a PATCH answers."""

from __future__ import annotations

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.steps import at, done, found, lab_user, now, refused, secret
from tests.conformance.tools import LAB
from tests.support.http import Scim, account

TITLE = {"op": "add", "path": "title", "value": "Lead"}
MINIMAL = {"prefer": "return=minimal"}


@pytest.fixture
async def small(client: httpx.AsyncClient, database: Database) -> Scim:
    """An application in which a group of two members is large."""
    return Scim(client, await account(database, profile="strict", settings={"patch_answer_members": 1}))


@pytest.mark.parametrize("op", ["add", "replace"])
async def test_H_10_a_write_only_value_is_set_and_not_shown(strict: Scim, database: Database, op: str) -> None:
    kim = await strict.user("kim")
    before = None
    for operation in (
        {"op": op, "path": "password", "value": "Geheim-7"},
        {"op": op, "value": {"password": "Geheim-8"}},
    ):
        answer = await strict.patch(at(kim), operation)
        assert "password" not in done(answer)
        assert "Geheim" not in answer.text
        stored = await secret(database, kim)
        assert stored not in (None, before)
        before = stored
    assert "password" not in await now(strict, kim)


@pytest.mark.parametrize("op", ["add", "replace"])
async def test_H_10_nor_is_one_of_an_extension(lab: Scim, op: str) -> None:
    kim = await lab_user(lab, "kim", level=1)
    seen = [kim["meta"]["version"]]
    for operation in (
        {"op": op, "path": f"{LAB}:pin", "value": "9911"},
        {"op": op, "value": {LAB: {"pin": "9922"}}},
    ):
        answer = await lab.patch(f"{at(kim)}?attributes={LAB}:pin,{LAB}:level", operation)
        assert done(answer)[LAB] == {"level": 1}
        assert answer.headers["etag"] not in seen
        seen.append(answer.headers["etag"])
    assert (await now(lab, kim))[LAB] == {"level": 1}


async def test_H_14_success_is_the_whole_resource(strict: Scim) -> None:
    kim = await strict.user("kim", nickName="K", emails=[{"value": "a@x"}])
    patched = done(await strict.patch(at(kim), TITLE))
    assert patched == await now(strict, kim)
    assert {**patched, "meta": None} == {**kim, "title": "Lead", "meta": None}


async def test_H_14_or_no_body_where_the_client_prefers_that(strict: Scim) -> None:
    kim = await strict.user("kim")
    answer = await strict.patch(at(kim), TITLE, headers=MINIMAL)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await now(strict, kim))["title"] == "Lead"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("attributes=title", {"title"}),
        ("attributes=userName", {"userName"}),
        ("excludedAttributes=title", {"userName"}),
    ],
)
async def test_H_15_with_parameters_success_is_200_with_what_they_select(
    strict: Scim, query: str, shown: set[str]
) -> None:
    kim = await strict.user("kim")
    for headers in ({}, MINIMAL):
        patched = done(await strict.patch(f"{at(kim)}?{query}", TITLE, headers=headers))
        assert patched["id"] == kim["id"]
        assert patched.keys() & {"title", "userName"} == shown
    assert (await now(strict, kim))["title"] == "Lead"


@pytest.mark.parametrize(
    "operation",
    [TITLE, {"op": "replace", "value": {"title": "Lead"}}, {"op": "remove", "path": "nickName"}],
    ids=["add", "replace", "remove"],
)
async def test_H_16_a_change_moves_time_and_version(strict: Scim, operation: dict[str, str]) -> None:
    kim = await strict.user("kim", nickName="K")
    meta = done(await strict.patch(at(kim), operation))["meta"]
    assert meta["lastModified"] > kim["meta"]["lastModified"]
    assert meta["version"] != kim["meta"]["version"]
    assert meta["created"] == kim["meta"]["created"]


async def test_H_16_a_change_of_members_moves_time_and_version(strict: Scim) -> None:
    kim, team = await strict.user("kim"), await strict.group("Team")
    tags, times = {team["meta"]["version"]}, [team["meta"]["lastModified"]]
    for operation in (
        {"op": "add", "path": "members", "value": [{"value": kim["id"]}]},
        {"op": "remove", "path": f'members[value eq "{kim["id"]}"]'},
        {"op": "replace", "path": "members", "value": [{"value": kim["id"]}]},
        {"op": "remove", "path": "members"},
    ):
        meta = done(await strict.patch(at(team), operation))["meta"]
        tags.add(meta["version"])
        times.append(meta["lastModified"])
    assert len(tags) == 5
    assert times == sorted(set(times))


async def test_H_16_what_is_there_already_moves_nothing(strict: Scim) -> None:
    kim = await strict.user("kim", title="Lead", name={"givenName": "Kim"}, emails=[{"value": "a@x", "type": "work"}])
    operations = (
        TITLE,
        {"op": "add", "path": "name", "value": {"givenName": "Kim"}},
        {"op": "add", "path": "emails", "value": [{"value": "a@x", "type": "work"}]},
        {"op": "add", "value": {"title": "Lead", "name": {"givenName": "Kim"}}},
    )
    for sent in (*((one,) for one in operations), operations):
        answer = await strict.patch(at(kim), *sent)
        assert done(answer) == kim
        assert answer.headers["etag"] == kim["meta"]["version"]


@pytest.mark.parametrize("headers", [{}, MINIMAL], ids=["200", "204"])
async def test_H_16_both_answers_name_place_and_version(strict: Scim, headers: dict[str, str]) -> None:
    kim = await strict.user("kim")
    answer = await strict.patch(at(kim), TITLE, headers=headers)
    assert answer.headers["location"] == kim["meta"]["location"]
    assert answer.headers["etag"] == (await now(strict, kim))["meta"]["version"] != kim["meta"]["version"]


async def test_H_56_a_clash_on_a_unique_value_is_409_and_changes_nothing(strict: Scim) -> None:
    kim = await strict.user("kim")
    await strict.user("Bo")
    for operation in (
        {"op": "replace", "path": "userName", "value": "bO"},
        {"op": "replace", "value": {"userName": "BO"}},
        {"op": "add", "path": "userName", "value": "Bo"},
    ):
        refused(await strict.patch(at(kim), TITLE, operation), 409, "uniqueness")
        assert await now(strict, kim) == kim
    for own in ("KIM", "kim"):
        assert done(await strict.patch(at(kim), {"op": "replace", "path": "userName", "value": own}))["userName"] == own
    assert await found(strict, 'userName eq "bo"') == {"Bo"}


async def test_H_58_if_match_that_does_not_fit_is_412(strict: Scim) -> None:
    kim, team = await strict.user("kim"), await strict.group("Team")
    members = {"op": "add", "path": "members", "value": [{"value": kim["id"]}]}
    for resource, operation in ((kim, TITLE), (team, members)):
        for tag in ('W/"99"', '"x"'):
            refused(await strict.patch(at(resource), operation, headers={"if-match": tag}), 412)
        assert await now(strict, resource) == resource
        fitting = {"if-match": resource["meta"]["version"]}
        done(await strict.patch(at(resource), operation, headers=fitting))
        refused(await strict.patch(at(resource), operation, headers=fitting), 412)


async def test_H_65_a_large_group_is_changed_without_its_list(small: Scim) -> None:
    kim, bo, eli = [await small.user(name) for name in ("kim", "bo", "eli")]
    team = await small.group("Team", kim["id"], bo["id"])
    answer = await small.patch(at(team), {"op": "add", "path": "members", "value": [{"value": eli["id"]}]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["location"] == team["meta"]["location"]
    gone = {"op": "remove", "path": f'members[value eq "{kim["id"]}"]'}
    slim = done(await small.patch(f"{at(team)}?excludedAttributes=members", gone))
    assert "members" not in slim
    assert slim["displayName"] == "Team"
    whole = await now(small, team)
    assert {one["value"] for one in whole["members"]} == {bo["id"], eli["id"]}
    assert whole["meta"] == slim["meta"]


async def test_H_65_a_small_group_is_answered_whole(small: Scim) -> None:
    kim, team = await small.user("kim"), await small.group("Team")
    patched = done(await small.patch(at(team), {"op": "add", "path": "members", "value": [{"value": kim["id"]}]}))
    assert [one["value"] for one in patched["members"]] == [kim["id"]]
