"""`attributes` and `excludedAttributes` (rows D-04 to D-14)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.tools import ENTERPRISE, USER, created, refusal
from tests.support.http import Scim

ALWAYS = {"schemas", "id"}
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
BODY: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "userName": "kim",
    "title": "Lead",
    "name": {"givenName": "Kim", "familyName": "Ek"},
    "emails": [{"value": "k@w.example.org", "type": "work"}, {"value": "k@h.example.org", "primary": True}],
    ENTERPRISE: {"costCenter": "7", "manager": {"value": "m"}},
}


@pytest.fixture
async def kim(strict: Scim) -> dict[str, Any]:
    """A user with a value of every kind."""
    return await created(strict, "/Users", BODY)


async def read(strict: Scim, kim: dict[str, Any], **query: str) -> dict[str, Any]:
    """The user, cut by the parameters; the same in a list and in a search."""
    answer = await strict.get(f"/Users/{kim['id']}", **query)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    assert (await strict.get("/Users", **query)).json()["Resources"] == [shown]
    lists = {name: text.split(",") for name, text in query.items()}
    assert (await strict.post("/Users/.search", {"schemas": [SEARCH]} | lists)).json()["Resources"] == [shown]
    return shown


async def test_D_04_attributes_are_answered_in_place_of_the_default_set(strict: Scim, kim: dict[str, Any]) -> None:
    assert (await read(strict, kim, attributes="userName")).keys() == ALWAYS | {"userName"}
    shown = await read(strict, kim, attributes="title,name.familyName")
    assert shown.keys() == ALWAYS | {"title", "name"}
    assert (shown["title"], shown["name"]) == ("Lead", {"familyName": "Ek"})


async def test_D_05_excluded_attributes_are_left_out_of_the_default_set(strict: Scim, kim: dict[str, Any]) -> None:
    shown = await read(strict, kim, excludedAttributes="id,emails,name.givenName")
    assert shown == {name: value for name, value in kim.items() if name != "emails"} | {"name": {"familyName": "Ek"}}


async def test_D_06_the_two_parameters_exclude_each_other(strict: Scim, kim: dict[str, Any]) -> None:
    both = {"attributes": "userName", "excludedAttributes": "emails"}
    assert refusal(await strict.get(f"/Users/{kim['id']}", **both)) == (400, "invalidValue")
    assert refusal(await strict.get("/Users", **both)) == (400, "invalidValue")
    answer = await strict.post("/Users?attributes=userName&excludedAttributes=emails", BODY | {"userName": "bo"})
    assert refusal(answer) == (400, "invalidValue")
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("USERNAME", {"userName": "kim"}),
        ("Name.GIVENNAME", {"name": {"givenName": "Kim"}}),
        (f"{USER}:userName", {"userName": "kim"}),
        (f"{USER.lower()}:name.familyname", {"name": {"familyName": "Ek"}}),
        (f"{ENTERPRISE}:costCenter", {ENTERPRISE: {"costCenter": "7"}}),
        (f"{ENTERPRISE.upper()}:MANAGER.VALUE", {ENTERPRISE: {"manager": {"value": "m"}}}),
    ],
)
async def test_D_07_names_may_be_dotted_or_have_a_urn_in_any_case(
    strict: Scim, kim: dict[str, Any], name: str, shown: dict[str, Any]
) -> None:
    found = await read(strict, kim, attributes=name)
    assert {key: value for key, value in found.items() if key not in ALWAYS} == shown


async def test_D_07_names_of_excluded_attributes_too(strict: Scim, kim: dict[str, Any]) -> None:
    shown = await read(strict, kim, excludedAttributes=f"USERNAME,{USER}:name.givenName,{ENTERPRISE}:Manager.value")
    assert "userName" not in shown
    assert shown["name"] == {"familyName": "Ek"}
    assert shown[ENTERPRISE] == {"costCenter": "7"}


async def test_D_08_a_complex_attribute_is_selected_whole_or_by_parts(strict: Scim, kim: dict[str, Any]) -> None:
    assert (await read(strict, kim, attributes="emails"))["emails"] == BODY["emails"]
    parts = await read(strict, kim, attributes="emails.value")
    assert parts["emails"] == [{"value": "k@w.example.org"}, {"value": "k@h.example.org"}]
    assert (await read(strict, kim, attributes="emails.type"))["emails"] == [{"type": "work"}]
    assert (await read(strict, kim, attributes="name.givenName,name"))["name"] == BODY["name"]


async def test_D_09_an_excluded_part_goes_and_its_parent_when_nothing_is_left(
    strict: Scim, kim: dict[str, Any]
) -> None:
    assert (await read(strict, kim, excludedAttributes="name.givenName"))["name"] == {"familyName": "Ek"}
    assert "name" not in await read(strict, kim, excludedAttributes="name.givenName,name.familyName")
    emails = (await read(strict, kim, excludedAttributes="emails.value"))["emails"]
    assert emails == [{"type": "work"}, {"primary": True}]


async def test_D_10_the_urn_of_an_extension_stands_for_all_of_it(strict: Scim, kim: dict[str, Any]) -> None:
    assert await read(strict, kim, attributes=ENTERPRISE) == {
        "schemas": kim["schemas"],
        "id": kim["id"],
        ENTERPRISE: kim[ENTERPRISE],
    }
    assert (await read(strict, kim, excludedAttributes=ENTERPRISE)).keys() == kim.keys() - {ENTERPRISE}


@pytest.mark.parametrize("name", ["nope", "name.nope", "emails[type eq 1]", "urn:x:nope", f"{ENTERPRISE}:nope", "1"])
async def test_D_11_unknown_names_are_ignored(strict: Scim, kim: dict[str, Any], name: str) -> None:
    assert (await read(strict, kim, attributes=name)).keys() == ALWAYS
    assert (await read(strict, kim, attributes=f"{name},title")).keys() == ALWAYS | {"title"}
    assert await read(strict, kim, excludedAttributes=name) == kim


@pytest.mark.parametrize(
    "query", ["attributes=", "attributes", "excludedAttributes=", "attributes=%20", "attributes=,"]
)
async def test_D_12_an_empty_parameter_counts_as_not_given(strict: Scim, kim: dict[str, Any], query: str) -> None:
    assert (await strict.get(f"/Users/{kim['id']}?{query}")).json() == kim


async def test_D_12_spaces_round_commas_are_trimmed(strict: Scim, kim: dict[str, Any]) -> None:
    assert (await read(strict, kim, attributes=" title , userName ,")).keys() == ALWAYS | {"title", "userName"}


async def test_D_13_schemas_are_in_every_cut_answer(strict: Scim, kim: dict[str, Any]) -> None:
    for query in ({"attributes": "title"}, {"attributes": "nope"}, {"excludedAttributes": "schemas"}):
        assert (await read(strict, kim, **query))["schemas"] == [USER, ENTERPRISE]


async def test_D_14_meta_is_in_the_default_set_only(strict: Scim, kim: dict[str, Any]) -> None:
    assert "meta" not in await read(strict, kim, attributes="userName")
    assert "meta" not in await read(strict, kim, excludedAttributes="meta")
    version = {"version": kim["meta"]["version"]}
    assert (await read(strict, kim, attributes="meta.version"))["meta"] == version
    assert (await read(strict, kim, attributes="meta"))["meta"] == kim["meta"]
