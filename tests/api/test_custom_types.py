"""Schemas and resource types that an application has of its own, through the whole stack."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest import mock

import httpx
import orjson
import pytest

from scim.config import Settings
from scim.db.database import Database
from scim.exceptions import OperatorError, UsageError
from scim.services.definitions.resource_types import add_resource_types, remove_resource_type
from scim.services.definitions.schemas import add_schemas, remove_schema
from scim.storage import definitions
from tests.support.http import Scim, account, serving
from tests.vectors import read_vectors

LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"
THING = "urn:example:params:scim:schemas:core:2.0:Thing"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


async def thing(scim: Scim, name: str, **attributes: Any) -> httpx.Response:
    return await scim.post("/Things", {"schemas": [THING], "name": name} | attributes)


class TestThing:
    async def test_is_created_read_found_changed_and_deleted(self, lab: Scim) -> None:
        made = (await thing(lab, "Saw", size=4, labels=["a", "B"], parts=[{"value": "p", "qty": 2}])).json()
        assert made["meta"]["resourceType"] == "Thing"
        path = f"/Things/{made['id']}"
        assert (await lab.get(path)).json() == made
        for text in ('name eq "SAW"', "size gt 3", 'labels eq "b"', 'parts[value eq "p" and qty eq 2]'):
            assert (await lab.get("/Things", filter=text)).json()["totalResults"] == 1, text
        changed = await lab.patch(path, {"op": "add", "path": "labels", "value": ["c"]})
        assert changed.json()["labels"] == ["a", "B", "c"]
        assert (await lab.delete(path)).status_code == 204
        assert (await lab.get("/Things")).json()["totalResults"] == 0

    async def test_a_unique_value_is_taken_whatever_its_case_and_free_again(self, lab: Scim) -> None:
        made = (await thing(lab, "Saw")).json()
        answer = await thing(lab, "SAW")
        assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
        assert (await thing(lab, "Axe")).status_code == 201
        renamed = await lab.patch(f"/Things/{made['id']}", {"op": "replace", "path": "name", "value": "Plane"})
        assert renamed.status_code == 200
        assert (await thing(lab, "saw")).status_code == 201

    async def test_of_creates_at_once_with_one_unique_value_one_wins(self, lab: Scim) -> None:
        answers = await asyncio.gather(*(thing(lab, name) for name in ("saw", "Saw", "SAW", "sAw")))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]

    async def test_is_shown_by_discovery_to_its_application_only(self, lab: Scim, scim: Scim) -> None:
        assert (await lab.get("/ResourceTypes/Thing")).json()["endpoint"] == "/Things"
        assert (await lab.get(f"/Schemas/{THING}")).json()["name"] == "Thing"
        assert LAB in [one["schema"] for one in (await lab.get("/ResourceTypes/User")).json()["schemaExtensions"]]
        for other in (
            await scim.get("/ResourceTypes/Thing"),
            await scim.get("/Things"),
            await scim.get(f"/Schemas/{LAB}"),
        ):
            assert other.status_code == 404


class TestExtension:
    async def test_its_attributes_are_read_found_patched_and_projected(self, lab: Scim) -> None:
        body = {"schemas": [USER, LAB], "userName": "kim", LAB: {"tags": ["x"], "level": 3, "pin": "1234"}}
        made = (await lab.post("/Users", body)).json()
        assert made[LAB] == {"tags": ["x"], "level": 3}
        assert made["schemas"] == [USER, LAB]
        assert (await lab.get("/Users", filter=f"{LAB}:level ge 3")).json()["totalResults"] == 1
        path = f"/Users/{made['id']}"
        changed = await lab.patch(path, {"op": "replace", "path": f"{LAB}:level", "value": 4})
        assert changed.json()[LAB]["level"] == 4
        shown = (await lab.get(path, attributes=f"{LAB}:tags")).json()
        assert shown[LAB] == {"tags": ["x"]}
        assert (await lab.get("/Users", sortBy=f"{LAB}:level")).json()["totalResults"] == 1

    async def test_is_there_at_once_and_gone_at_once(self, scim: Scim, database: Database) -> None:
        app = str(scim.owner.app_id)
        assert (await scim.get(f"/Schemas/{LAB}")).status_code == 404
        await add_schemas(database, [read_vectors("schemas/lab_user")], app=app)
        await scim.until(f"/Schemas/{LAB}", 200)
        made = await scim.user("kim", schemas=[USER, LAB], **{LAB: {"level": 1}})
        assert made[LAB] == {"level": 1}
        with pytest.raises(OperatorError, match="1 resource has values"):
            await remove_schema(database, LAB, app=app)
        assert await remove_schema(database, LAB, app=app, force=True) == 1
        shown = (await scim.get(f"/Users/{made['id']}")).json()
        assert LAB not in shown
        assert shown["schemas"] == [USER]
        assert shown["meta"]["version"] == 'W/"2"'

    async def test_what_a_removed_schema_left_does_not_come_back_with_another_one(
        self, lab: Scim, database: Database
    ) -> None:
        app = str(lab.owner.app_id)
        body = {"schemas": [USER, LAB], "userName": "kim", LAB: {"level": 3}}
        made = (await lab.post("/Users", body)).json()
        await remove_schema(database, LAB, app=app, force=True)
        other = {"id": LAB, "attributes": [{"name": "level", "type": "string"}]}
        await add_schemas(database, [other], app=app)
        await lab.until(f"/Schemas/{LAB}", 200)
        assert LAB not in (await lab.get(f"/Users/{made['id']}")).json()


async def test_unique_parts_of_lists_are_unique_too(client: httpx.AsyncClient, database: Database) -> None:
    scim = Scim(client, await account(database))
    app = str(scim.owner.app_id)
    badge = {
        "id": "urn:example:Badge",
        "attributes": [
            {
                "name": "cards",
                "type": "complex",
                "multiValued": True,
                "subAttributes": [{"name": "value", "uniqueness": "server"}, {"name": "type"}],
            },
            {"name": "serials", "type": "integer", "multiValued": True, "uniqueness": "server"},
        ],
    }
    await add_schemas(database, [badge], app=app)
    await add_resource_types(
        database, [{"name": "Badge", "endpoint": "/Badges", "schema": "urn:example:Badge"}], app=app
    )
    await scim.until("/Schemas/urn:example:Badge", 200)
    first = {"schemas": ["urn:example:Badge"], "cards": [{"value": "A"}, {"value": "b"}], "serials": [1, 2]}
    made = await scim.post("/Badges", first)
    assert made.status_code == 201
    for clash in ({"cards": [{"value": "B", "type": "x"}]}, {"serials": [3, 2]}):
        answer = await scim.post("/Badges", {"schemas": ["urn:example:Badge"]} | clash)
        assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness"), clash
    again = await scim.put(f"/Badges/{made.json()['id']}", first | {"serials": [2]})
    assert again.status_code == 200
    assert (await scim.post("/Badges", {"schemas": ["urn:example:Badge"], "serials": [1]})).status_code == 201


async def test_a_schema_that_a_type_is_made_of_goes_only_with_the_type(lab: Scim, database: Database) -> None:
    app = str(lab.owner.app_id)
    with pytest.raises(OperatorError, match="resource type 'Thing' is made of"):
        await remove_schema(database, THING, app=app)
    await thing(lab, "Saw")
    assert await remove_schema(database, THING, app=app, force=True) == 1
    await lab.until("/Things", 404)


async def test_a_schema_in_use_changes_only_where_its_values_stay_good(lab: Scim, database: Database) -> None:
    app = str(lab.owner.app_id)
    await lab.post("/Users", {"schemas": [USER, LAB], "userName": "kim", LAB: {"level": 3}})
    body = read_vectors("schemas/lab_user")
    [level] = [one for one in body["attributes"] if one["name"] == "level"]
    changed = body | {
        "attributes": [one for one in body["attributes"] if one is not level] + [level | {"type": "string"}]
    }
    with pytest.raises(
        OperatorError, match=r"1 resource has values[^\n]*\n- 'level': type would change from integer to string"
    ):
        await add_schemas(database, [changed], app=app)
    grown = body | {"attributes": [*body["attributes"], {"name": "seat"}]}
    [added] = await add_schemas(database, [grown], app=app)
    assert not added.is_new


async def test_an_extension_that_is_in_use_is_not_lost_by_the_way(lab: Scim, database: Database) -> None:
    app = str(lab.owner.app_id)
    made = (await lab.post("/Users", {"schemas": [USER, LAB], "userName": "kim", LAB: {"level": 3}})).json()
    bare = {"name": "User", "endpoint": "/Users", "schema": USER, "schemaExtensions": []}
    with pytest.raises(OperatorError, match=r"1 resource has values of .* which 'User' would lose"):
        await add_resource_types(database, [bare], app=app)
    await add_resource_types(database, [bare], app=app, force=True)
    assert LAB not in (await lab.get(f"/Users/{made['id']}")).json()
    async with database.session() as session:
        stored = await session.fetchval("SELECT document::text FROM scim.resources WHERE app_id = $1", lab.owner.app_id)
    assert LAB not in stored


async def test_an_extension_of_two_types_goes_from_the_one_that_loses_it(lab: Scim, database: Database) -> None:
    app, lent = str(lab.owner.app_id), "urn:example:Lent"
    schema = {"id": lent, "attributes": [{"name": "to"}, {"name": "pin", "returned": "never"}]}
    await add_schemas(database, [schema], extends="User", app=app)
    both = {
        "name": "Thing",
        "endpoint": "/Things",
        "schema": THING,
        "schemaExtensions": [{"schema": lent, "required": False}],
    }
    await add_resource_types(database, [both], app=app)
    await lab.until("/ResourceTypes/Thing", lambda answer: lent in answer.text)
    user = (await lab.post("/Users", {"schemas": [USER, lent], "userName": "kim", lent: {"to": "a"}})).json()
    saw = (await thing(lab, "Saw", **{"schemas": [THING, lent], lent: {"to": "b", "pin": "1"}})).json()
    bare = both | {"schemaExtensions": []}
    with pytest.raises(OperatorError, match=r"1 resource has values of urn:example:Lent, which 'Thing' would lose"):
        await add_resource_types(database, [bare], app=app)
    await add_resource_types(database, [bare], app=app, force=True)
    assert (await lab.get(f"/Users/{user['id']}")).json() == user
    assert lent not in (await lab.get(f"/Things/{saw['id']}")).json()
    async with database.session() as session:
        told = await session.fetchval(
            "SELECT changes::text FROM scim.audit_log WHERE app_id = $1 ORDER BY id DESC LIMIT 1", lab.owner.app_id
        )
    assert orjson.loads(told) == [
        {"path": f"{lent}:to", "old": "b", "new": None},
        {"path": f"{lent}:pin", "old": "***", "new": None},
    ]


async def test_a_type_is_removed_with_its_resources_only_by_force(lab: Scim, database: Database) -> None:
    app = str(lab.owner.app_id)
    await thing(lab, "Saw")
    with pytest.raises(OperatorError, match="resources of type 'Thing': 1"):
        await remove_resource_type(database, "Thing", app=app)
    assert await remove_resource_type(database, "Thing", app=app, force=True) == 1
    await lab.until("/Things", 404)
    async with database.session() as session:
        assert not await session.fetchval(
            "SELECT sum(n) FROM scim.resource_counts WHERE app_id = $1 AND resource_type = 'Thing'", lab.owner.app_id
        )


async def test_a_write_that_was_read_by_older_schemas_is_not_written(lab: Scim, database: Database) -> None:
    """Where a worker has not heard of a change yet, it answers 503 instead of storing what nobody knows."""
    made = (await lab.post("/Users", {"schemas": [USER], "userName": "kim"})).json()
    async with database.session() as session:
        await session.execute(
            "UPDATE scim.applications SET registry_version = registry_version + 1 WHERE id = $1", lab.owner.app_id
        )
    answer = await lab.patch(f"/Users/{made['id']}", {"op": "replace", "path": f"{LAB}:level", "value": 4})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


async def test_the_openapi_document_shows_the_types_of_the_token(database: Database) -> None:
    owner, other = await account(database, lab=True), await account(database)
    async with serving(database, Settings(docs_enabled=True)) as client:
        for headers, shown in ((owner.headers, True), (other.headers, False), ({}, False)):
            answer = await client.get("http://test/openapi.json", headers=headers)
            assert ("/scim/v2/Things/{id}" in answer.json()["paths"]) is shown
        bad = await client.get("http://test/openapi.json", headers={"authorization": "Bearer x"})
        assert bad.status_code == 401


async def test_what_was_not_taken_away_yet_goes_with_the_next_change(lab: Scim, database: Database) -> None:
    """A change that comes between the removal of a schema and the removal of its values leaves none of them."""
    app = str(lab.owner.app_id)
    made = (await lab.post("/Users", {"schemas": [USER, LAB], "userName": "kim", LAB: {"level": 3}})).json()
    with mock.patch.object(definitions, "lock_some_of_schema", mock.AsyncMock(return_value=[])):
        await remove_schema(database, LAB, app=app, force=True)
    await lab.until("/ResourceTypes/User", lambda answer: LAB not in answer.text)
    changed = await lab.patch(f"/Users/{made['id']}", {"op": "replace", "path": "title", "value": "x"})
    assert changed.status_code == 200
    await add_schemas(database, [{"id": LAB, "attributes": [{"name": "level", "type": "string"}]}], app=app)
    await lab.until(f"/Schemas/{LAB}", 200)
    assert LAB not in (await lab.get(f"/Users/{made['id']}")).json()
    assert (await lab.get("/Users", sortBy=f"{LAB}:level")).status_code == 200


class TestRequired:
    async def test_an_extension_becomes_required_where_every_resource_has_it(
        self, lab: Scim, database: Database
    ) -> None:
        app = str(lab.owner.app_id)
        await lab.post("/Users", {"schemas": [USER, LAB], "userName": "kim", LAB: {"level": 3}})
        await add_schemas(database, [read_vectors("schemas/lab_user")], required=True, app=app)
        await lab.until("/ResourceTypes/User", lambda answer: '"required":true' in answer.text)
        assert (await lab.post("/Users", {"schemas": [USER], "userName": "lee"})).status_code == 400

    async def test_and_not_where_one_lacks_it(self, lab: Scim, database: Database) -> None:
        app = str(lab.owner.app_id)
        await lab.user("kim")
        with pytest.raises(OperatorError, match="cannot be required of User: 1 resource has no values of it"):
            await add_schemas(database, [read_vectors("schemas/lab_user")], required=True, app=app)
        listed = [{"schema": LAB, "required": True}]
        user = {"name": "User", "endpoint": "/Users", "schema": USER, "schemaExtensions": listed}
        with pytest.raises(OperatorError, match="cannot be required of User"):
            await add_resource_types(database, [user], app=app)

    async def test_nor_of_a_type_that_is_not_there(self, scim: Scim, database: Database) -> None:
        schema = {"id": "urn:example:extension:x:1.0:Nope", "attributes": [{"name": "a"}]}
        with pytest.raises(UsageError, match="no resource type 'Nope'"):
            await add_schemas(database, [schema], required=True, app=str(scim.owner.app_id))


async def test_a_bound_extension_is_bound_to_nothing_else_by_a_change(scim: Scim, database: Database) -> None:
    app, urn = str(scim.owner.app_id), "urn:example:extension:x:1.0:User"
    await add_schemas(database, [{"id": urn, "attributes": [{"name": "a"}]}], extends="Group", app=app)
    [changed] = await add_schemas(database, [{"id": urn, "attributes": [{"name": "a"}, {"name": "b"}]}], app=app)
    assert changed.schema.extends == ("Group",)


async def test_a_base_schema_gains_no_attribute_that_an_extension_of_its_type_has(
    lab: Scim, database: Database
) -> None:
    app, lent = str(lab.owner.app_id), "urn:example:Lent"
    await add_schemas(database, [{"id": lent, "attributes": [{"name": "lender"}]}], extends="Thing", app=app)
    body = read_vectors("schemas/thing")
    with pytest.raises(OperatorError, match=r"urn:example:Lent cannot extend Thing:\n.*defines 'lender'"):
        await add_schemas(database, [body | {"attributes": [*body["attributes"], {"name": "Lender"}]}], app=app)


async def test_numbers_are_unique_by_their_value(scim: Scim, database: Database) -> None:
    app, urn = str(scim.owner.app_id), "urn:example:Part"
    attributes = [{"name": "size", "type": "decimal", "uniqueness": "server"}]
    await add_schemas(database, [{"id": urn, "attributes": attributes}], app=app)
    await add_resource_types(database, [{"name": "Part", "endpoint": "/Parts", "schema": urn}], app=app)
    await scim.until("/Parts", 200)
    statuses = [
        (await scim.send("POST", "/Parts", content=f'{{"schemas":["{urn}"],"size":{size}}}')).status_code
        for size in ("4", "4.0", "40e-1", "0", "-0.0", "0.1", "1e-1", "4.5")
    ]
    assert statuses == [201, 409, 409, 201, 409, 201, 409, 201]


async def test_a_list_inside_a_complex_attribute_is_sorted_by_its_first_value(scim: Scim, database: Database) -> None:
    app, urn = str(scim.owner.app_id), "urn:example:Box"
    parts = [{"name": "sizes", "type": "integer", "multiValued": True}]
    attributes = [
        {"name": "one", "type": "complex", "subAttributes": parts},
        {"name": "many", "type": "complex", "multiValued": True, "subAttributes": parts},
        {"name": "label"},
    ]
    await add_schemas(database, [{"id": urn, "attributes": attributes}], app=app)
    await add_resource_types(database, [{"name": "Box", "endpoint": "/Boxes", "schema": urn}], app=app)
    await scim.until("/Boxes", 200)
    for label, sizes in (("a", [10, 1]), ("b", [9, 99]), ("c", [])):
        entry = {"sizes": sizes} if sizes else None
        body = {"schemas": [urn], "label": label, "one": entry, "many": [entry] if entry else []}
        assert (await scim.post("/Boxes", body)).status_code == 201
    for path in ("one.sizes", "many.sizes"):
        found = (await scim.get("/Boxes", sortBy=path)).json()["Resources"]
        assert [one["label"] for one in found] == ["b", "a", "c"], path


async def test_a_walk_does_not_go_on_by_values_of_another_type(scim: Scim, database: Database) -> None:
    app, urn = str(scim.owner.app_id), "urn:example:extension:x:1.0:User"
    query = {"sortBy": f"{urn}:a", "count": 1}
    await add_schemas(database, [{"id": urn, "attributes": [{"name": "a"}]}], app=app)
    await scim.until(f"/Schemas/{urn}", 200)
    for name in ("kim", "lee"):
        await scim.user(name, schemas=[USER, urn], **{urn: {"a": name}})
    cursor = (await scim.get("/Users", cursor="", **query)).json()["nextCursor"]
    assert (await scim.get("/Users", startIndex=1, **query)).status_code == 200
    await remove_schema(database, urn, app=app, force=True)
    await add_schemas(database, [{"id": urn, "attributes": [{"name": "a", "type": "integer"}]}], app=app)
    await scim.until(f"/Schemas/{urn}", lambda answer: '"integer"' in answer.text)
    answer = await scim.get("/Users", cursor=cursor, **query)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidCursor")
    assert (await scim.get("/Users", startIndex=2, **query)).status_code == 200
