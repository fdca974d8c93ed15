"""H: the PatchOp message."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.steps import at, done, now, refused
from tests.conformance.tools import USER
from tests.support.http import Scim

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
TITLE = {"op": "add", "path": "title", "value": "Lead"}


async def test_H_01_patch_is_announced_and_there(strict: Scim) -> None:
    assert done(await strict.get("/ServiceProviderConfig"))["patch"]["supported"] is True
    kim = await strict.user("kim")
    assert done(await strict.patch(at(kim), TITLE))["title"] == "Lead"


@pytest.mark.parametrize(
    "schemas",
    [{}, {"schemas": None}, {"schemas": []}, {"schemas": PATCH_OP}, {"schemas": [USER]}, {"schemas": [PATCH_OP + "x"]}],
)
async def test_H_02_the_body_says_that_it_is_a_patch(strict: Scim, schemas: dict[str, Any]) -> None:
    kim = await strict.user("kim")
    refused(await strict.send("PATCH", at(kim), schemas | {"Operations": [TITLE]}), 400, "invalidSyntax")
    assert await now(strict, kim) == kim


@pytest.mark.parametrize("more", [{"title": "x"}, {"Operation": []}, {"Operations": [TITLE | {"from": "nickName"}]}])
async def test_H_02_members_that_a_patch_does_not_have_are_refused(strict: Scim, more: dict[str, Any]) -> None:
    kim = await strict.user("kim")
    answer = await strict.send("PATCH", at(kim), {"schemas": [PATCH_OP], "Operations": [TITLE]} | more)
    refused(answer, 400, "invalidSyntax")
    assert await now(strict, kim) == kim


@pytest.mark.parametrize(
    "operations",
    [
        {},
        {"Operations": None},
        {"Operations": []},
        {"Operations": TITLE},
        {"Operations": "add"},
        {"Operations": [TITLE, "x"]},
        {"Operations": [[TITLE]]},
        {"Operations": [TITLE, None]},
    ],
)
async def test_H_03_operations_are_a_list_of_objects(strict: Scim, operations: dict[str, Any]) -> None:
    kim = await strict.user("kim")
    refused(await strict.send("PATCH", at(kim), {"schemas": [PATCH_OP]} | operations), 400, "invalidSyntax")
    assert await now(strict, kim) == kim


@pytest.mark.parametrize("key", ["Operations", "operations", "OPERATIONS"])
async def test_H_03_the_key_is_matched_without_case(strict: Scim, key: str) -> None:
    kim = await strict.user("kim")
    answer = await strict.send("PATCH", at(kim), {"schemas": [PATCH_OP], key: [TITLE]})
    assert done(answer)["title"] == "Lead"


@pytest.mark.parametrize(
    "op", [{}, {"op": None}, {"op": ""}, {"op": "move"}, {"op": 1}, {"op": ["add"]}, {"op": "add", "OP": "remove"}]
)
async def test_H_04_op_is_add_remove_or_replace(strict: Scim, op: dict[str, Any]) -> None:
    kim = await strict.user("kim")
    answer = await strict.patch(at(kim), TITLE, {"path": "nickName", "value": "x"} | op)
    refused(answer, 400, "invalidSyntax", "invalidValue")
    assert await now(strict, kim) == kim


@pytest.mark.parametrize("op", ["Add", "ADD", "Replace", "rePlace"])
async def test_H_04_the_case_of_op_is_ignored(strict: Scim, op: str) -> None:
    kim = await strict.user("kim")
    assert done(await strict.patch(at(kim), TITLE | {"op": op}))["title"] == "Lead"
    assert "title" not in done(await strict.patch(at(kim), {"op": "Remove", "path": "title"}))


@pytest.mark.parametrize("op", ["add", "replace"])
@pytest.mark.parametrize("path", [{"path": "title"}, {"path": 'emails[type eq "work"].value'}, {}])
async def test_H_20_add_and_replace_need_a_value(strict: Scim, op: str, path: dict[str, str]) -> None:
    kim = await strict.user("kim", title="Lead", emails=[{"value": "a@x", "type": "work"}])
    refused(await strict.patch(at(kim), {"op": op} | path), 400, "invalidValue", "invalidSyntax")
    assert await now(strict, kim) == kim


@pytest.mark.parametrize("path", [{}, {"path": None}])
async def test_H_31_a_remove_needs_a_path(strict: Scim, path: dict[str, Any]) -> None:
    kim = await strict.user("kim", title="Lead")
    refused(await strict.patch(at(kim), {"op": "remove"} | path), 400, "noTarget")
    refused(await strict.patch(at(kim), {"op": "remove", "value": {"title": "Lead"}} | path), 400, "noTarget")
    assert await now(strict, kim) == kim


@pytest.mark.parametrize("identifier", ["0198f0a0-0000-7000-8000-000000000000", "nobody", "kim"])
async def test_H_57_an_unknown_id_is_404_and_nothing_is_created(strict: Scim, identifier: str) -> None:
    operation = {"op": "add", "value": {"userName": "kim", "displayName": "Kim"}}
    for endpoint in ("/Users", "/Groups"):
        refused(await strict.patch(f"{endpoint}/{identifier}", operation), 404)
    assert done(await strict.get("/"))["totalResults"] == 0


async def test_H_57_an_id_of_another_type_is_404(strict: Scim) -> None:
    kim = await strict.user("kim")
    refused(await strict.patch(f"/Groups/{kim['id']}", {"op": "add", "path": "displayName", "value": "x"}), 404)
    assert await now(strict, kim) == kim


@pytest.mark.parametrize("path", ["/Users", "/Users/", "/Groups"])
async def test_H_68_a_patch_is_of_one_resource(strict: Scim, path: str) -> None:
    kim, team = await strict.user("kim"), await strict.group("Team")
    answer = await strict.patch(path, {"op": "add", "path": "displayName", "value": "x"})
    assert answer.status_code in (404, 405)
    assert await now(strict, kim) == kim
    assert await now(strict, team) == team
