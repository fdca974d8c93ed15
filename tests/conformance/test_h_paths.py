"""H: what a PATCH path may be, and what names in a value may be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.steps import at, done, lab_user, now, refused
from tests.conformance.tools import ENTERPRISE, LAB, USER
from tests.support.http import Scim

WORK, HOME = {"type": "work", "value": "a@x"}, {"type": "home", "value": "b@x"}


async def kim_of(scim: Scim) -> dict[str, Any]:
    return await scim.user("kim", title="Lead", name={"givenName": "Kim"}, emails=[WORK, HOME])


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("title", {"title": "n"}),
        ("name.givenName", {"name": {"givenName": "n"}}),
        ('emails[type eq "work"].value', {"emails": [WORK | {"value": "n"}, HOME]}),
        ('emails[type eq "home" and value co "@"].display', {"emails": [WORK, HOME | {"display": "n"}]}),
    ],
)
async def test_H_05_a_path_is_a_name_or_a_value_path_with_or_without_a_part(
    strict: Scim, path: str, changed: dict[str, Any]
) -> None:
    kim = await kim_of(strict)
    patched = done(await strict.patch(at(kim), {"op": "replace", "path": path, "value": "n"}))
    assert {**patched, "meta": None} == {**kim, **changed, "meta": None}
    removed = done(await strict.patch(at(kim), {"op": "remove", "path": 'emails[type eq "work"]'}))
    assert [one["type"] for one in removed["emails"]] == ["home"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        " ",
        "name.",
        ".givenName",
        "name..givenName",
        "name.givenName.x",
        "title title",
        "title eq",
        'title eq "Lead"',
        'emails[type eq "work"].',
        'emails[type eq "work"].value.x',
        'emails[type eq "work"][value pr]',
        'emails[type eq "work"]value',
        'emails.value[type eq "work"]',
        'emails[type eq "work"] and title',
        "emails]",
        "*",
        "$.title",
        "title,nickName",
    ],
)
async def test_H_05_anything_else_is_no_path(strict: Scim, path: str) -> None:
    kim = await kim_of(strict)
    refused(await strict.patch(at(kim), {"op": "replace", "path": path, "value": "n"}), 400, "invalidPath")
    refused(await strict.patch(at(kim), {"op": "remove", "path": path}), 400, "invalidPath")
    assert await now(strict, kim) == kim


@pytest.mark.parametrize("path", [5, ["title"], {"title": 1}, True])
async def test_H_05_a_path_is_a_text(strict: Scim, path: Any) -> None:
    kim = await kim_of(strict)
    refused(await strict.patch(at(kim), {"op": "replace", "path": path, "value": "n"}), 400, "invalidPath")


@pytest.mark.parametrize(
    "path",
    [
        'EMAILS[TYPE eq "work"].VALUE',
        'emails[type EQ "WORK"].value',
        f'{USER}:emails[type eq "work"].value',
        f'{USER.upper()}:Emails[Type Eq "work"].Value',
    ],
)
async def test_H_06_paths_ignore_case_and_may_carry_the_urn(strict: Scim, path: str) -> None:
    kim = await kim_of(strict)
    patched = done(await strict.patch(at(kim), {"op": "replace", "path": path, "value": "n"}))
    assert patched["emails"] == [WORK | {"value": "n"}, HOME]


async def test_H_06_names_in_a_value_ignore_case_and_may_carry_the_urn(strict: Scim) -> None:
    kim = await kim_of(strict)
    value = {"TITLE": "Cook", "Name": {"FAMILYNAME": "Ek"}, ENTERPRISE.upper(): {"DEPARTMENT": "Field"}}
    patched = done(await strict.patch(at(kim), {"op": "add", "value": value}))
    assert (patched["title"], patched["name"]) == ("Cook", {"givenName": "Kim", "familyName": "Ek"})
    assert patched[ENTERPRISE] == {"department": "Field"}
    entry = {"VALUE": "c@x", "Type": "other"}
    patched = done(await strict.patch(at(kim), {"op": "add", "path": "emails", "value": entry}))
    assert {"value": "c@x", "type": "other"} in patched["emails"]


@pytest.mark.parametrize(
    "path",
    [
        "emails[0]",
        "emails[0].value",
        "emails.0",
        "emails[-1]",
        "emails[]",
        "/emails/0",
        "/title",
        "emails/-",
        "#/title",
    ],
)
async def test_H_07_there_is_no_index_and_no_json_pointer(strict: Scim, path: str) -> None:
    kim = await kim_of(strict)
    for operation in ({"op": "replace", "value": "n"}, {"op": "add", "value": "n"}, {"op": "remove"}):
        refused(await strict.patch(at(kim), operation | {"path": path}), 400, "invalidPath", "invalidFilter")
    assert await now(strict, kim) == kim


@pytest.mark.parametrize(
    "path",
    [
        "shoeSize",
        "name.petName",
        "title.short",
        'emails[type eq "work"].colour',
        "department",
        f"{ENTERPRISE}:shoeSize",
        f"{ENTERPRISE}:manager.petName",
        "urn:example:none:User:title",
        "urn:example:none:User",
        "members",
    ],
)
async def test_H_51_a_path_to_what_the_type_does_not_have_is_refused(strict: Scim, path: str) -> None:
    kim = await kim_of(strict)
    for operation in ({"op": "add", "value": "n"}, {"op": "replace", "value": "n"}, {"op": "remove"}):
        refused(await strict.patch(at(kim), operation | {"path": path}), 400, "invalidPath", "noTarget")
    assert await now(strict, kim) == kim


@pytest.mark.parametrize(
    "path",
    [
        "emails[type is 'work']",
        "emails[type eq work]",
        "emails[type]",
        'emails["work"]',
        'emails[type eq "work"',
        'emails[(type eq "work"]',
        "emails[colour pr]",
        "emails[primary gt true]",
        "emails[type eq 5]",
        "emails[emails.type pr]",
        'emails[phoneNumbers[type eq "work"]]',
    ],
)
async def test_H_53_an_error_in_the_brackets_is_refused(strict: Scim, path: str) -> None:
    kim = await kim_of(strict)
    for operation in ({"op": "replace", "value": WORK}, {"op": "remove"}):
        refused(await strict.patch(at(kim), operation | {"path": path}), 400, "invalidFilter", "invalidPath")
    assert await now(strict, kim) == kim


@pytest.mark.parametrize(
    "path", ['name[givenName eq "Kim"]', 'name[givenName eq "Kim"].familyName', 'title[value eq "Lead"]']
)
async def test_H_53_a_value_path_needs_a_list(strict: Scim, path: str) -> None:
    kim = await kim_of(strict)
    refused(
        await strict.patch(at(kim), {"op": "remove", "path": path}), 400, "invalidPath", "invalidFilter", "noTarget"
    )
    assert await now(strict, kim) == kim


async def test_H_54_an_entry_of_simple_values_is_selected_by_itself(lab: Scim) -> None:
    kim = await lab_user(lab, "kim", tags=["red", "Blue", "green"], codes=["Xa", "xa"])
    for operation, name, left in (
        ({"op": "remove", "path": f'{LAB}:tags[value eq "BLUE"]'}, "tags", ["red", "green"]),
        ({"op": "replace", "path": f'{LAB}:tags[value eq "red"]', "value": "grey"}, "tags", ["grey", "green"]),
        ({"op": "remove", "path": f'{LAB}:codes[value eq "xa"]'}, "codes", ["Xa"]),
        ({"op": "remove", "path": f'{LAB}:tags[value sw "gr"]'}, "tags", None),
    ):
        assert done(await lab.patch(at(kim), operation))[LAB].get(name) == left, operation


async def test_H_55_extension_attributes_are_reached_by_full_path(strict: Scim) -> None:
    kim = await kim_of(strict)
    for path, value in (("department", "Field"), ("costCenter", "7"), ("manager.value", "9")):
        done(await strict.patch(at(kim), {"op": "add", "path": f"{ENTERPRISE}:{path}", "value": value}))
    removal = {"op": "remove", "path": f"{ENTERPRISE.lower()}:costCenter"}
    patched = done(await strict.patch(at(kim), removal))
    assert patched[ENTERPRISE] == {"department": "Field", "manager": {"value": "9"}}


@pytest.mark.parametrize("op", ["add", "replace"])
async def test_H_55_or_inside_the_extensions_object(strict: Scim, op: str) -> None:
    kim = await strict.user("kim", **{ENTERPRISE: {"department": "Field", "costCenter": "7"}})
    value = {"title": "Lead", ENTERPRISE: {"department": "Ops", "division": "North"}}
    patched = done(await strict.patch(at(kim), {"op": op, "value": value}))
    assert patched["title"] == "Lead"
    assert patched[ENTERPRISE] == {"department": "Ops", "division": "North", "costCenter": "7"}


async def test_H_59_an_extensions_urn_may_be_the_path(strict: Scim) -> None:
    kim = await kim_of(strict)
    for op, value, after in (
        ("add", {"department": "Field", "costCenter": "7"}, {"department": "Field", "costCenter": "7"}),
        ("replace", {"department": "Ops"}, {"department": "Ops", "costCenter": "7"}),
    ):
        assert done(await strict.patch(at(kim), {"op": op, "path": ENTERPRISE, "value": value}))[ENTERPRISE] == after
    patched = done(await strict.patch(at(kim), {"op": "remove", "path": ENTERPRISE}))
    assert ENTERPRISE not in patched
    assert patched["schemas"] == [USER]


@pytest.mark.parametrize("op", ["add", "replace"])
async def test_H_60_keys_with_dots_or_urns_are_paths_for_lenient_profiles(strict: Scim, scim: Scim, op: str) -> None:
    value = {"name.familyName": "Ek", f"{ENTERPRISE}:department": "Field", "title": "Cook"}
    kim = await kim_of(strict)
    refused(await strict.patch(at(kim), {"op": op, "value": value}), 400)
    assert await now(strict, kim) == kim
    patched = done(await scim.patch(at(await kim_of(scim)), {"op": op, "value": value}))
    assert patched["name"] == {"givenName": "Kim", "familyName": "Ek"}
    assert (patched[ENTERPRISE], patched["title"]) == ({"department": "Field"}, "Cook")
