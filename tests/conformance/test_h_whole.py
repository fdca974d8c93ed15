"""H: rules for a PATCH as a whole: what may be changed, in which order, and all of it or nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.steps import OWN, at, done, found, lab_user, now, refused, thing, with_type
from tests.conformance.tools import ENTERPRISE, LAB, USER
from tests.support.http import Scim

TITLE = {"op": "add", "path": "title", "value": "Lead"}
READ_ONLY = (
    "id",
    "meta",
    "meta.created",
    "meta.version",
    "groups",
    "groups.display",
    'groups[display eq "Team"]',
    f"{ENTERPRISE}:manager.displayName",
    f"{LAB}:audit",
    f"{LAB}:audit.by",
    f"{LAB}:contracts.seal",
    f'{LAB}:contracts[value eq "c"].seal',
)


@pytest.fixture
async def kim(lab: Scim) -> dict[str, Any]:
    """A user of the lab, in a group and with a manager."""
    made = await lab.user("kim", **{ENTERPRISE: {"manager": {"value": "7"}}, LAB: {"contracts": [{"value": "c"}]}})
    await lab.group("Team", made["id"])
    return await now(lab, made)


@pytest.mark.parametrize("path", READ_ONLY)
@pytest.mark.parametrize("op", ["add", "replace"])
async def test_H_08_what_is_read_only_is_not_set_by_path(lab: Scim, kim: dict[str, Any], op: str, path: str) -> None:
    value: Any = [{"value": "x"}] if path == "groups" else {"by": "x"} if path.endswith("audit") else "x"
    refused(await lab.patch(at(kim), TITLE, {"op": op, "path": path, "value": value}), 400, "mutability")
    assert await now(lab, kim) == kim


@pytest.mark.parametrize("path", READ_ONLY)
async def test_H_38_what_is_read_only_is_not_removed(lab: Scim, kim: dict[str, Any], path: str) -> None:
    refused(await lab.patch(at(kim), TITLE, {"op": "remove", "path": path}), 400, "mutability")
    assert await now(lab, kim) == kim


async def test_H_38_what_is_required_is_not_removed(lab: Scim) -> None:
    user = await lab_user(lab, "kim", contracts=[{"value": "c", "type": "open"}])
    team, saw = await lab.group("Team"), await thing(lab, "saw", owner={"value": "7"})
    for resource, path in (
        (user, "userName"),
        (user, f"{LAB}:contracts.value"),
        (user, f'{LAB}:contracts[type eq "open"].value'),
        (team, "displayName"),
        (saw, "name"),
        (saw, "owner.value"),
    ):
        refused(await lab.patch(at(resource), {"op": "remove", "path": path}), 400, "mutability")
        assert await now(lab, resource) == resource


async def test_H_38_what_is_required_is_not_emptied(client: httpx.AsyncClient, database: Database) -> None:
    scim = await with_type(
        client,
        database,
        "Tool",
        {"name": "aliases", "multiValued": True, "required": True},
        {"name": "home", "type": "complex", "required": True, "subAttributes": [{"name": "text"}]},
    )
    body = {"schemas": [f"{OWN}Tool"], "aliases": ["a", "b"], "home": {"text": "shed"}}
    path = f"/Tools/{(await scim.post('/Tools', body)).json()['id']}"
    for gone in ('aliases[value eq "a" or value eq "b"]', "aliases[value pr]", "aliases", "home.text", "home"):
        refused(await scim.patch(path, {"op": "remove", "path": gone}), 400, "mutability")
    patched = done(await scim.patch(path, {"op": "remove", "path": 'aliases[value eq "a"]'}))
    assert patched["aliases"] == ["b"]
    refused(await scim.patch(path, {"op": "remove", "path": 'aliases[value eq "b"]'}), 400, "mutability")
    assert done(await scim.get(path)) == patched


class TestImmutable:
    @pytest.mark.parametrize("op", ["add", "replace"])
    async def test_H_09_it_is_set_while_there_is_no_value(self, lab: Scim, op: str) -> None:
        user = await lab_user(lab, "kim", contracts=[{"value": "c"}])
        for path in ("badge", "desk.code", 'contracts[value eq "c"].serial'):
            done(await lab.patch(at(user), {"op": op, "path": f"{LAB}:{path}", "value": "B"}))
        after = (await now(lab, user))[LAB]
        assert after == {"badge": "B", "desk": {"code": "B"}, "contracts": [{"value": "c", "serial": "B"}]}

    @pytest.mark.parametrize("path", ["badge", "desk.code", 'contracts[value eq "c"].serial', "contracts.serial"])
    async def test_H_09_then_it_is_neither_changed_nor_removed(self, lab: Scim, path: str) -> None:
        inside = {"badge": "B", "desk": {"code": "B"}, "contracts": [{"value": "c", "serial": "B"}]}
        user = await lab_user(lab, "kim", **inside)
        for operation in (
            {"op": "add", "value": "C"},
            {"op": "replace", "value": "b"},
            {"op": "replace", "value": None},
            {"op": "remove"},
        ):
            refused(await lab.patch(at(user), TITLE, operation | {"path": f"{LAB}:{path}"}), 400, "mutability")
        for op in ("add", "replace"):
            assert done(await lab.patch(at(user), {"op": op, "path": f"{LAB}:{path}", "value": "B"})) == user
        assert await now(lab, user) == user

    async def test_H_09_it_holds_without_a_path(self, lab: Scim) -> None:
        box = await thing(lab, "box", kind="Box")
        for op in ("add", "replace"):
            refused(await lab.patch(at(box), {"op": op, "value": {"size": 3, "kind": "Bag"}}), 400, "mutability")
            assert done(await lab.patch(at(box), {"op": op, "value": {"kind": "Box"}})) == box

    async def test_H_09_a_member_is_added_and_removed_but_not_changed(self, strict: Scim) -> None:
        user, other = await strict.user("kim"), await strict.user("bo")
        team = await strict.group("Team", user["id"])
        selected = f'members[value eq "{user["id"]}"]'
        for operation in (
            {"op": "replace", "path": f"{selected}.value", "value": other["id"]},
            {"op": "add", "path": f"{selected}.value", "value": other["id"]},
            {"op": "replace", "path": f"{selected}.type", "value": "Group"},
            {"op": "remove", "path": f"{selected}.value"},
            {"op": "remove", "path": f"{selected}.type"},
        ):
            refused(await strict.patch(at(team), operation), 400, "mutability")
        for part, value in (("value", user["id"]), ("type", "User")):
            operation = {"op": "replace", "path": f"{selected}.{part}", "value": value}
            assert done(await strict.patch(at(team), operation)) == team


async def test_H_11_operations_run_in_order(strict: Scim) -> None:
    user = await strict.user("kim")
    team = await strict.group("Team", user["id"])
    patched = done(
        await strict.patch(
            at(user),
            {"op": "add", "path": "emails", "value": [{"type": "work", "value": "a@x"}]},
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "b@x"},
            {"op": "add", "path": "title", "value": "One"},
            {"op": "replace", "path": "title", "value": "Two"},
            {"op": "add", "path": "nickName", "value": "K"},
            {"op": "remove", "path": "nickName"},
        )
    )
    assert patched["emails"] == [{"type": "work", "value": "b@x"}]
    assert (patched["title"], patched.get("nickName")) == ("Two", None)
    gone, back = {"op": "remove", "path": "members"}, {"op": "add", "path": "members", "value": [{"value": user["id"]}]}
    assert [one["value"] for one in done(await strict.patch(at(team), gone, back))["members"]] == [user["id"]]
    assert "members" not in done(await strict.patch(at(team), back, gone))
    emails = {"op": "remove", "path": "emails"}
    again = {"op": "replace", "path": 'emails[type eq "work"].value', "value": "c@x"}
    refused(await strict.patch(at(user), emails, again), 400, "noTarget")


@pytest.mark.parametrize(
    ("wrong", "scim_type"),
    [
        ({"op": "replace", "path": 'emails[type eq "fax"].value', "value": "x"}, "noTarget"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "replace", "path": "active", "value": "x"}, "invalidValue"),
        ({"op": "replace", "path": "shoe size", "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": "emails[type is 5]", "value": "x"}, "invalidFilter"),
        ({"op": "move", "path": "title"}, "invalidSyntax"),
    ],
)
async def test_H_12_an_operation_that_fails_undoes_all(strict: Scim, wrong: dict[str, Any], scim_type: str) -> None:
    user = await strict.user("kim", nickName="K")
    more = {"op": "remove", "path": "nickName"}
    for operations in ((wrong, TITLE), (TITLE, wrong), (TITLE, more, wrong, more)):
        refused(await strict.patch(at(user), *operations), 400, scim_type)
        assert await now(strict, user) == user


async def test_H_12_members_are_undone_with_the_rest(strict: Scim) -> None:
    user, other = await strict.user("kim"), await strict.user("bo")
    team = await strict.group("Team", user["id"])
    wrong = {"op": "add", "path": "members", "value": [{"value": "nobody"}]}
    rest = (
        {"op": "replace", "path": "displayName", "value": "New"},
        {"op": "remove", "path": "members"},
        {"op": "add", "path": "members", "value": [{"value": other["id"]}]},
    )
    refused(await strict.patch(at(team), *rest, wrong), 400)
    refused(await strict.patch(at(team), *rest, {"op": "remove", "path": "displayName"}), 400, "mutability")
    assert await now(strict, team) == team
    assert "groups" not in await now(strict, other)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "emails", "value": [{"value": "c@x", "primary": True}]},
        {"op": "add", "value": {"emails": [{"value": "c@x", "primary": True}]}},
        {"op": "replace", "path": 'emails[value eq "b@x"].primary', "value": True},
        {"op": "add", "path": 'emails[value eq "b@x"].primary', "value": True},
        {"op": "replace", "path": 'emails[value eq "b@x"]', "value": {"value": "c@x", "primary": True}},
    ],
)
async def test_H_13_one_primary_entry_takes_the_flag_over(strict: Scim, operation: dict[str, Any]) -> None:
    user = await strict.user("kim", emails=[{"value": "a@x", "primary": True}, {"value": "b@x"}])
    emails = done(await strict.patch(at(user), operation))["emails"]
    assert [one["value"] for one in emails if one.get("primary")] in (["c@x"], ["b@x"])
    assert "a@x" in [one["value"] for one in emails]
    assert await found(strict, 'emails[value eq "a@x" and primary eq true]') == set()


@pytest.mark.parametrize("op", ["add", "replace"])
async def test_H_17_the_urn_of_an_extension_comes_and_goes_with_its_attributes(strict: Scim, op: str) -> None:
    user = await strict.user("kim")
    assert user["schemas"] == [USER]
    for path, value in (("department", "Field"), ("manager.value", "7")):
        operation = {"op": op, "path": f"{ENTERPRISE}:{path}", "value": value}
        assert set(done(await strict.patch(at(user), operation))["schemas"]) == {USER, ENTERPRISE}
        assert await found(strict, f'schemas eq "{ENTERPRISE}"') == {"kim"}
        gone = {"op": "remove", "path": f"{ENTERPRISE}:{path}"}
        assert done(await strict.patch(at(user), gone))["schemas"] == [USER]


async def test_H_18_an_operation_may_name_schemas_for_later_ones(strict: Scim) -> None:
    user = await strict.user("kim")
    department = {"op": "add", "path": f"{ENTERPRISE}:department", "value": "Field"}
    for urns in ([ENTERPRISE], [USER, ENTERPRISE]):
        patched = done(await strict.patch(at(user), {"op": "add", "path": "schemas", "value": urns}, department))
        assert set(patched["schemas"]) == {USER, ENTERPRISE}
    gone = {"op": "remove", "path": f"{ENTERPRISE}:department"}
    urn_gone = {"op": "remove", "path": f'schemas[value eq "{ENTERPRISE}"]'}
    patched = done(await strict.patch(at(user), gone, urn_gone))
    assert patched["schemas"] == [USER]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "schemas", "value": ["urn:example:none"]},
        {"op": "replace", "path": "schemas", "value": [USER, "urn:example:none"]},
        {"op": "replace", "value": {"schemas": [USER, "urn:example:none"]}},
        {"op": "replace", "path": "schemas", "value": [ENTERPRISE]},
        {"op": "replace", "path": "schemas", "value": []},
        {"op": "replace", "value": {"schemas": None}},
        {"op": "remove", "path": "schemas"},
        {"op": "remove", "path": f'schemas[value eq "{USER}"]'},
    ],
)
async def test_H_18_foreign_schemas_come_not_in_and_the_base_schema_stays(
    strict: Scim, operation: dict[str, Any]
) -> None:
    user = await strict.user("kim", **{ENTERPRISE: {"department": "Field"}})
    refused(await strict.patch(at(user), TITLE, operation), 400)
    assert await now(strict, user) == user


async def test_H_19_the_result_as_a_whole_is_checked(lab: Scim) -> None:
    saw = await thing(lab, "saw")
    reference = {"op": "add", "path": "owner.$ref", "value": "http://test/scim/v2/Users/7"}
    refused(await lab.patch(at(saw), reference), 400, "invalidValue")
    assert await now(lab, saw) == saw
    owned = done(await lab.patch(at(saw), reference, {"op": "add", "path": "owner.value", "value": "7"}))
    assert owned["owner"]["value"] == "7"
