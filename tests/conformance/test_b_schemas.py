"""`schemas`, extensions and names of attributes (rows B-01 to B-09)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.tools import BOX, ENTERPRISE, GROUP, LAB, USER, box, boxes, created, refusal, total, user
from tests.support.http import Scim, account

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.mark.parametrize("schemas", [None, [], USER, [USER, USER], [USER, USER.upper()], [5], {}])
async def test_B_01_a_resource_needs_a_list_of_distinct_schemas(strict: Scim, schemas: Any) -> None:
    kim = await strict.user("kim")
    body = user("bo", schemas=schemas)
    assert refusal(await strict.post("/Users", body)) == (400, "invalidSyntax")
    assert refusal(await strict.put(f"/Users/{kim['id']}", body)) == (400, "invalidSyntax")
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


async def test_B_01_a_body_without_schemas_is_refused(strict: Scim) -> None:
    assert refusal(await strict.post("/Users", {"userName": "kim"})) == (400, "invalidSyntax")
    assert await total(strict, "/Users") == 0


@pytest.mark.parametrize("schemas", [None, [], [PATCH_OP, PATCH_OP]])
async def test_B_01_a_message_needs_a_list_of_distinct_schemas(strict: Scim, schemas: Any) -> None:
    kim = await strict.user("kim")
    body = {"schemas": schemas, "Operations": [{"op": "add", "path": "title", "value": "Lead"}]}
    assert refusal(await strict.send("PATCH", f"/Users/{kim['id']}", body)) == (400, "invalidSyntax")
    assert (await strict.get(f"/Users/{kim['id']}")).json() == kim


async def test_B_01_every_answer_is_an_object_with_schemas(lab: Scim) -> None:
    kim = await lab.user("kim", schemas=[USER, LAB], **{LAB: {"level": 1}})
    for path in ("/Users", f"/Users/{kim['id']}", "/Users/nobody", "/ServiceProviderConfig", "/ResourceTypes"):
        schemas = (await lab.get(path)).json()["schemas"]
        assert schemas
        assert len(schemas) == len(set(schemas))


async def test_B_02_the_order_of_schemas_means_nothing(strict: Scim) -> None:
    one, other = [
        await strict.user(name, schemas=schemas, **{ENTERPRISE: {"costCenter": "7"}})
        for name, schemas in (("kim", [USER, ENTERPRISE]), ("bo", [ENTERPRISE, USER]))
    ]
    assert one["schemas"] == other["schemas"]
    assert one[ENTERPRISE] == other[ENTERPRISE]
    same = one | {"schemas": [ENTERPRISE, USER]}
    assert (await strict.put(f"/Users/{one['id']}", same)).json() == one


@pytest.mark.parametrize("urn", [GROUP, LAB, "urn:example:nobody"])
async def test_B_03_schemas_that_the_type_does_not_have_are_refused(strict: Scim, urn: str) -> None:
    status, kind = refusal(await strict.post("/Users", user(schemas=[USER, urn])))
    assert status == 400
    assert kind in ("invalidValue", "invalidSyntax")
    assert await total(strict, "/Users") == 0


async def test_B_04_extension_attributes_are_in_an_object_of_their_own(strict: Scim) -> None:
    body = user(schemas=[USER, ENTERPRISE], title="Lead", **{ENTERPRISE: {"costCenter": "7"}})
    made = await created(strict, "/Users", body)
    read = (await strict.get(f"/Users/{made['id']}")).json()
    assert read == made
    assert read["title"] == "Lead"
    assert read[ENTERPRISE] == {"costCenter": "7"}
    assert "costCenter" not in read


@pytest.mark.parametrize("attributes", [{"costCenter": "7"}, {ENTERPRISE: {"title": "Lead"}}])
async def test_B_04_attributes_in_the_wrong_place_are_not_taken(strict: Scim, attributes: dict[str, Any]) -> None:
    answer = await strict.post("/Users", user(schemas=[USER, ENTERPRISE], **attributes))
    assert refusal(answer)[0] == 400
    assert await total(strict, "/Users") == 0


async def test_B_05_schemas_names_the_extensions_that_have_values(strict: Scim) -> None:
    kim = await strict.user("kim", schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"costCenter": "7"}})
    bo = await strict.user("bo", schemas=[USER, ENTERPRISE])
    assert kim["schemas"] == [USER, ENTERPRISE]
    assert bo["schemas"] == [USER]
    left = await strict.patch(f"/Users/{kim['id']}", {"op": "remove", "path": f"{ENTERPRISE}:costCenter"})
    assert left.json()["schemas"] == [USER]
    assert ENTERPRISE not in left.json()


async def test_B_05_the_urn_of_an_extension_in_the_body_is_added(strict: Scim) -> None:
    made = await strict.user("kim", **{ENTERPRISE: {"costCenter": "7"}})
    assert made["schemas"] == [USER, ENTERPRISE]


async def test_B_06_names_ignore_case_and_are_answered_as_the_schema_has_them(strict: Scim) -> None:
    body = {
        "SCHEMAS": [USER],
        "USERNAME": "kim",
        "Name": {"GIVENNAME": "Kim"},
        "eMails": [{"VALUE": "k@h.example.org"}],
        ENTERPRISE.upper(): {"COSTCENTER": "7"},
    }
    made = await created(strict, "/Users", body)
    assert made["userName"] == "kim"
    assert made["name"] == {"givenName": "Kim"}
    assert made["emails"] == [{"value": "k@h.example.org"}]
    assert made[ENTERPRISE] == {"costCenter": "7"}
    assert not {"USERNAME", "Name", "eMails", "SCHEMAS"} & made.keys()
    path = f"/Users/{made['id']}"
    for text in ('NAME.givenname eq "Kim"', f'{ENTERPRISE.lower()}:COSTcenter eq "7"'):
        assert await total(strict, "/Users", filter=text) == 1, text
    assert (await strict.get(path, ATTRIBUTES="Name.GIVENname")).json()["name"] == {"givenName": "Kim"}
    changed = await strict.patch(path, {"op": "replace", "path": "NAME.GivenName", "value": "Kai"})
    assert changed.json()["name"] == {"givenName": "Kai"}


@pytest.mark.parametrize(
    "attributes",
    [
        {"title": "a", "Title": "b"},
        {"title": "a", "TITLE": "a"},
        {"name": {"givenName": "a", "givenname": "b"}},
        {ENTERPRISE: {"costCenter": "1", "costcenter": "2"}},
        {ENTERPRISE: {"costCenter": "1"}, ENTERPRISE.upper(): {"division": "2"}},
    ],
)
async def test_B_07_one_attribute_is_not_named_twice(strict: Scim, attributes: dict[str, Any]) -> None:
    kim = await strict.user("kim")
    assert refusal(await strict.post("/Users", user("bo", **attributes))) == (400, "invalidSyntax")
    assert refusal(await strict.put(f"/Users/{kim['id']}", user(**attributes))) == (400, "invalidSyntax")
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


async def test_B_08_names_hold_letters_digits_hyphens_and_underscores(
    client: httpx.AsyncClient, database: Database
) -> None:
    scim = await boxes(client, database, {"name": "a-b_1"}, {"name": "b"})
    made = await created(scim, "/Boxes", box(**{"a-b_1": "x", "b": "y"}))
    path = f"/Boxes/{made['id']}"
    assert made["a-b_1"] == "x"
    assert await total(scim, "/Boxes", filter=f'a-b_1 eq "x" and {BOX}:a-b_1 pr') == 1
    assert (await scim.get(path, attributes="a-b_1")).json() == {"schemas": [BOX], "id": made["id"], "a-b_1": "x"}
    assert (await scim.patch(path, {"op": "remove", "path": "a-b_1"})).json().keys() == made.keys() - {"a-b_1"}


async def test_B_08_ref_is_a_name(strict: Scim) -> None:
    kim = await strict.user("kim")
    team = await strict.group("Team", kim["id"])
    assert await total(strict, "/Groups", filter="members.$ref pr") == 1
    read = (await strict.get(f"/Groups/{team['id']}", attributes="members.$ref")).json()
    assert read["members"] == [{"$ref": kim["meta"]["location"]}]


@pytest.mark.parametrize("name", ["1a", "_a", "-a", "a.b.c", "a b", "$a", "ä"])
async def test_B_08_other_names_are_no_names(strict: Scim, name: str) -> None:
    kim = await strict.user("kim")
    assert refusal(await strict.get("/Users", filter=f"{name} pr")) == (400, "invalidFilter")
    operation = {"op": "add", "path": name, "value": "x"}
    assert refusal(await strict.patch(f"/Users/{kim['id']}", operation)) == (400, "invalidPath")


@pytest.mark.parametrize(
    "attributes",
    [{"shoeSize": 44}, {"name": {"nick": "K"}}, {"emails": [{"value": "a", "nick": "K"}]}, {ENTERPRISE: {"shoe": 4}}],
)
class TestUnknownAttributes:
    async def test_B_09_are_refused_in_strict(self, strict: Scim, attributes: dict[str, Any]) -> None:
        kim = await strict.user("kim")
        body = user("bo", **attributes)
        for answer in (await strict.post("/Users", body), await strict.put(f"/Users/{kim['id']}", body)):
            assert refusal(answer) in ((400, "invalidSyntax"), (400, "invalidValue"))
        assert (await strict.get("/Users")).json()["Resources"] == [kim]

    async def test_B_09_are_neither_stored_nor_answered_where_they_are_ignored(
        self, client: httpx.AsyncClient, database: Database, attributes: dict[str, Any]
    ) -> None:
        owner = await account(database, profile="strict", settings={"unknown_attributes": "ignore"})
        scim = Scim(client, owner)
        answers = [await scim.post("/Users", user(**attributes))]
        path = f"/Users/{answers[0].json()['id']}"
        answers += [await scim.put(path, user(**attributes)), await scim.get(path)]
        for answer, status in zip(answers, (201, 200, 200), strict=True):
            assert answer.status_code == status
            assert not {"shoeSize", "nick", "shoe"} & set(answer.text.split('"'))
            assert answer.json()["schemas"] == [USER]
