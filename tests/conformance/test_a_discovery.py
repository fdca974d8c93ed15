"""Lists and single documents of /ResourceTypes and /Schemas (rows A-07 to A-25)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from scim.db.database import Database
from scim.services.definitions.schemas import add_schemas
from tests.conformance.tools import ENTERPRISE, GROUP, LAB, LIST_RESPONSE, THING, USER, lab_user, refusal, user
from tests.support.http import SCIM, Scim, account

CORE = "urn:ietf:params:scim:schemas:core:2.0"
BADGE = "urn:example:params:scim:schemas:extension:badge:2.0:User"
LISTS = ("/ResourceTypes", "/Schemas")
ALL = ("/ServiceProviderConfig", *LISTS, "/ResourceTypes/User", f"/Schemas/{USER}")


async def entries(scim: Scim, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await scim.get(path)).json()["Resources"]
    return found


async def test_A_07_resource_types_are_a_list_of_all(lab: Scim) -> None:
    answer = await lab.get("/ResourceTypes")
    assert answer.status_code == 200
    assert answer.json()["schemas"] == [LIST_RESPONSE]
    assert sorted(kind["name"] for kind in answer.json()["Resources"]) == ["Group", "Thing", "User"]


@pytest.mark.parametrize("name", ["User", "Group", "Thing"])
async def test_A_08_one_resource_type_is_answered_by_itself(lab: Scim, name: str) -> None:
    answer = await lab.get(f"/ResourceTypes/{name}")
    assert answer.status_code == 200
    assert answer.json()["schemas"] == [f"{CORE}:ResourceType"]
    assert [answer.json()] == [kind for kind in await entries(lab, "/ResourceTypes") if kind["name"] == name]


async def test_A_08_an_unknown_resource_type_is_not_found(strict: Scim) -> None:
    assert refusal(await strict.get("/ResourceTypes/Thing")) == (404, None)


async def test_A_09_a_resource_type_names_schemas_that_there_are(lab: Scim) -> None:
    known = {schema["id"] for schema in await entries(lab, "/Schemas")}
    found = {kind["name"]: kind for kind in await entries(lab, "/ResourceTypes")}
    assert {name: kind["schema"] for name, kind in found.items()} == {"User": USER, "Group": GROUP, "Thing": THING}
    assert found["User"]["schemaExtensions"] == [
        {"schema": ENTERPRISE, "required": False},
        {"schema": LAB, "required": False},
    ]
    for kind in found.values():
        assert {kind["schema"], *(one["schema"] for one in kind.get("schemaExtensions", []))} <= known


async def test_A_10_an_endpoint_is_relative_to_the_base_url(lab: Scim) -> None:
    found = {kind["name"]: kind["endpoint"] for kind in await entries(lab, "/ResourceTypes")}
    assert found == {"User": "/Users", "Group": "/Groups", "Thing": "/Things"}
    for endpoint in found.values():
        assert (await lab.get(endpoint)).json()["schemas"] == [LIST_RESPONSE]


async def test_A_11_schemas_are_a_list_of_all_extensions_too(lab: Scim) -> None:
    answer = await lab.get("/Schemas")
    assert answer.status_code == 200
    assert answer.json()["schemas"] == [LIST_RESPONSE]
    described = {f"{CORE}:{name}" for name in ("ServiceProviderConfig", "ResourceType", "Schema")}
    ids = [schema["id"] for schema in answer.json()["Resources"]]
    assert sorted(ids) == sorted({USER, GROUP, ENTERPRISE, LAB, THING} | described)


@pytest.mark.parametrize("urn", [USER, quote(USER, safe=""), USER.upper(), USER.lower()])
async def test_A_12_one_schema_is_found_by_its_urn_however_it_is_written(strict: Scim, urn: str) -> None:
    answer = await strict.get(f"/Schemas/{urn}")
    assert answer.status_code == 200
    assert [answer.json()] == [schema for schema in await entries(strict, "/Schemas") if schema["id"] == USER]


async def test_A_12_an_unknown_schema_is_not_found(strict: Scim) -> None:
    assert refusal(await strict.get(f"/Schemas/{LAB}")) == (404, None)


async def test_A_13_every_schema_of_a_resource_is_listed_and_no_message(lab: Scim) -> None:
    ids = {schema["id"] for schema in await entries(lab, "/Schemas")}
    made = await lab.post("/Users", lab_user(level=1) | {ENTERPRISE: {"costCenter": "7"}})
    assert set(made.json()["schemas"]) == {USER, ENTERPRISE, LAB}
    assert set(made.json()["schemas"]) <= ids
    assert not [urn for urn in ids if urn.startswith("urn:ietf:params:scim:api:")]


@pytest.mark.parametrize("path", LISTS)
async def test_A_15_paging_and_sorting_are_ignored(lab: Scim, path: str) -> None:
    asked = await lab.get(path, count="1", startIndex="2", sortBy="id", sortOrder="descending")
    assert asked.status_code == 200
    assert asked.json() == (await lab.get(path)).json()


@pytest.mark.parametrize("path", ALL)
async def test_A_16_a_filter_is_forbidden(strict: Scim, path: str) -> None:
    assert refusal(await strict.get(path, filter='name eq "User"')) == (403, None)


@pytest.mark.parametrize("path", LISTS)
async def test_A_17_total_results_counts_the_entries(lab: Scim, path: str) -> None:
    found = (await lab.get(path)).json()
    assert found["totalResults"] == len(found["Resources"]) > 2


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_A_18_discovery_is_read_only_by_get(strict: Scim, method: str, path: str) -> None:
    answer = await strict.send(method, path, {"schemas": [f"{CORE}:Schema"]})
    assert refusal(answer) == (405, None)
    assert "GET" in answer.headers["allow"]


async def test_A_19_meta_says_what_a_document_is_and_where(lab: Scim) -> None:
    documents = [(await lab.get("/ServiceProviderConfig")).json()]
    documents += [one for path in LISTS for one in await entries(lab, path)]
    for document in documents:
        meta = document["meta"]
        assert document["schemas"] == [f"{CORE}:{meta['resourceType']}"]
        assert meta["location"].startswith(f"{SCIM}/")
        assert (await lab.get(meta["location"].removeprefix(SCIM))).json() == document


async def test_A_20_the_endpoint_of_an_added_type_is_its_plural(lab: Scim) -> None:
    kind = (await lab.get("/ResourceTypes/Thing")).json()
    assert kind["endpoint"] == "/Things"
    made = await lab.post(kind["endpoint"], {"schemas": [kind["schema"]], "name": "saw"})
    assert made.status_code == 201


@pytest.mark.parametrize("path", ["/Widgets", "/Widgets/7", "/Things", "/Users/7/emails/1", "/users"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_A_21_a_path_that_is_no_endpoint_is_not_found(strict: Scim, method: str, path: str) -> None:
    answer = await strict.send(method, path, user() if method in ("POST", "PUT", "PATCH") else None)
    assert refusal(answer) == (404, None)


async def test_A_22_a_required_extension_is_in_every_resource(client: httpx.AsyncClient, database: Database) -> None:
    scim = Scim(client, await account(database, profile="strict"))
    badge = {"id": BADGE, "attributes": [{"name": "number", "required": True}, {"name": "colour"}]}
    await add_schemas(database, [badge], app=str(scim.owner.app_id), required=True)
    [extension] = [
        one for one in (await scim.get("/ResourceTypes/User")).json()["schemaExtensions"] if one["schema"] == BADGE
    ]
    assert extension["required"] is True
    for body in (user(), user(schemas=[USER, BADGE]), user(schemas=[USER, BADGE], **{BADGE: {"colour": "red"}})):
        assert refusal(await scim.post("/Users", body)) == (400, "invalidValue")
    made = (await scim.post("/Users", user(schemas=[USER, BADGE], **{BADGE: {"number": "7"}}))).json()
    assert made["schemas"] == [USER, BADGE]
    assert made[BADGE] == {"number": "7"}
    path = f"/Users/{made['id']}"
    assert refusal(await scim.put(path, user())) == (400, "invalidValue")
    assert (await scim.patch(path, {"op": "remove", "path": f"{BADGE}:number"})).status_code == 400
    assert (await scim.get(path)).json() == made


async def test_A_22_an_extension_that_is_not_required_may_be_left_out(strict: Scim) -> None:
    assert (await strict.user("kim"))["schemas"] == [USER]


@pytest.mark.parametrize("path", ALL)
async def test_A_23_attributes_are_ignored(strict: Scim, path: str) -> None:
    whole = (await strict.get(path)).json()
    assert (await strict.get(path, attributes="name")).json() == whole
    assert (await strict.get(path, excludedAttributes="name")).json() == whole


@pytest.mark.parametrize("name", ["ServiceProviderConfig", "ResourceType", "Schema"])
async def test_A_24_all_that_discovery_documents_hold_is_read_only(strict: Scim, name: str) -> None:
    pending = (await strict.get(f"/Schemas/{CORE}:{name}")).json()["attributes"]
    assert pending
    while pending:
        attribute = pending.pop()
        assert attribute["mutability"] == "readOnly", attribute["name"]
        pending += attribute.get("subAttributes", [])


async def test_A_25_a_schema_has_its_id_always_and_the_rest_by_default(lab: Scim) -> None:
    described = (await lab.get(f"/Schemas/{CORE}:Schema")).json()["attributes"]
    assert {attribute["name"]: attribute["returned"] for attribute in described} == {
        "id": "always",
        "name": "default",
        "description": "default",
        "attributes": "default",
    }
    for schema in await entries(lab, "/Schemas"):
        assert schema.keys() == {"schemas", "id", "name", "description", "attributes", "meta"}
    cut = (await lab.get(f"/Schemas/{USER}", excludedAttributes="id")).json()
    assert cut["id"] == USER
