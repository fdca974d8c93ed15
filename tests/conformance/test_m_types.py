"""What each `scimType` stands for (rows M-04, M-06 to M-10, M-12, M-22)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.tools import THING, USER, later, refusal, search, users
from tests.support.http import Scim


async def patched(scim: Scim, path: str, *operations: Any) -> tuple[int, str | None]:
    """The refusal of a PATCH that changes nothing."""
    before = (await scim.get(path)).json()
    answer = await scim.patch(path, {"op": "add", "path": "nickName", "value": "first"}, *operations)
    assert (await scim.get(path)).json() == before
    return refusal(answer)


@pytest.mark.parametrize("text", ["", "userName", "userName eq", "userName xx 1", "(title pr", "active gt true"])
async def test_M_04_a_filter_that_cannot_be_answered_is_invalid_filter(strict: Scim, text: str) -> None:
    kim = await strict.user("kim", emails=[{"value": "k@example.org", "type": "work"}])
    wanted = (400, "invalidFilter")
    assert refusal(await strict.get("/Users", filter=text)) == wanted
    assert refusal(await search(strict, "/Users/.search", filter=text)) == wanted
    path = f"emails[{text.replace('active', 'primary').replace('userName', 'type').replace('title', 'type')}].display"
    operation = {"op": "replace", "path": path, "value": "x"}
    assert await patched(strict, f"/Users/{kim['id']}", operation) == wanted


async def test_M_06_a_change_of_what_is_fixed_is_mutability(lab: Scim) -> None:
    whole = {"schemas": [THING], "name": "Axe", "kind": "tool"}
    made = await lab.post("/Things", whole)
    path = f"/Things/{made.json()['id']}"
    assert refusal(await lab.put(path, whole | {"kind": "toy"})) == (400, "mutability")
    for attribute in ("kind", "state", "id", "meta.created"):
        changed = await lab.patch(path, {"op": "replace", "path": attribute, "value": "2025-01-01T00:00:00Z"})
        assert refusal(changed) == (400, "mutability"), attribute
    assert (await lab.get(path)).json() == made.json()


@pytest.mark.parametrize(
    "body", [[], "x", 5, {}, {"schemas": []}, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"]}]
)
async def test_M_07_a_body_of_another_structure_is_invalid_syntax(strict: Scim, body: Any) -> None:
    kim = await strict.user("kim")
    path, wanted = f"/Users/{kim['id']}", (400, "invalidSyntax")
    for method, where in (("POST", "/Users"), ("PUT", path), ("PATCH", path), ("POST", "/Users/.search")):
        assert refusal(await strict.send(method, where, body)) == wanted, method
        raw = await strict.send(method, where, content=b"{'a': 1}", headers={"content-type": "application/json"})
        assert refusal(raw) == wanted, method
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


@pytest.mark.parametrize("path", ["title.", ".title", "title..x", "1title", "a b", "emails.value.x", "nope", "title]"])
async def test_M_08_a_path_that_is_none_is_invalid_path(strict: Scim, path: str) -> None:
    kim = await strict.user("kim")
    operation = {"op": "replace", "path": path, "value": "x"}
    assert await patched(strict, f"/Users/{kim['id']}", operation) == (400, "invalidPath")


async def test_M_09_a_path_that_finds_nothing_is_no_target(strict: Scim) -> None:
    kim = await strict.user("kim", emails=[{"value": "k@example.org", "type": "work"}])
    for operation in (
        {"op": "replace", "path": 'emails[type eq "home"].display', "value": "x"},
        {"op": "replace", "path": 'phoneNumbers[type eq "work"].value', "value": "x"},
        {"op": "remove"},
    ):
        assert await patched(strict, f"/Users/{kim['id']}", operation) == (400, "noTarget"), operation


@pytest.mark.parametrize(
    "wrong",
    [{"userName": None}, {"userName": ""}, {"userName": 5}, {"active": "yes"}, {"name": "Kim"}, {"title": ["x"]}],
)
async def test_M_10_a_value_that_does_not_fit_is_invalid_value(strict: Scim, wrong: dict[str, Any]) -> None:
    kim = await strict.user("kim")
    path, wanted = f"/Users/{kim['id']}", (400, "invalidValue")
    body = {"schemas": [USER], "userName": "bo"} | wrong
    assert refusal(await strict.post("/Users", body)) == wanted
    assert refusal(await strict.put(path, body)) == wanted
    if None not in wrong.values():
        assert await patched(strict, path, {"op": "replace", "value": wrong}) == wanted
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


async def test_M_12_a_unique_value_that_is_taken_is_a_conflict(strict: Scim) -> None:
    kim, bo = await users(strict, "kim", "bo")
    path, taken = f"/Users/{bo['id']}", {"schemas": [USER], "userName": "KIM"}
    assert refusal(await strict.post("/Users", taken)) == (409, "uniqueness")
    assert refusal(await strict.put(path, taken)) == (409, "uniqueness")
    assert await patched(strict, path, {"op": "replace", "path": "userName", "value": "Kim"}) == (409, "uniqueness")
    assert (await strict.get("/Users")).json()["Resources"] == [kim, bo]


async def test_M_22_faults_of_a_walk_by_cursor_have_types_of_their_own(
    strict: Scim, monkeypatch: pytest.MonkeyPatch
) -> None:
    await users(strict, "a", "b", "c")
    cursor = (await strict.get("/Users", cursor="", count=1)).json()["nextCursor"]
    assert refusal(await strict.get("/Users", cursor="x", count=1)) == (400, "invalidCursor")
    assert refusal(await strict.get("/Users", cursor=cursor, count=2)) == (400, "invalidCount")
    later(monkeypatch, seconds=100 * 24 * 3600)
    assert refusal(await strict.get("/Users", cursor=cursor, count=1)) == (400, "expiredCursor")
