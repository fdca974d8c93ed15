"""`id`, `externalId` and `meta`, which every resource has (rows B-10 to B-18, B-52)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.tools import ENTERPRISE, GROUP, USER, box, boxes, created, refusal, thing, total, user
from tests.support.http import SCIM, Scim, account

META = {"resourceType", "created", "lastModified", "location", "version"}
EXTERNAL_ID = "e-Ab"
FOREIGN_META = {
    "resourceType": "Group",
    "created": "2001-01-01T00:00:00Z",
    "lastModified": "2001-01-01T00:00:00Z",
    "location": "http://h.example.org/1",
    "version": 'W/"9"',
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def one_of_each(lab: Scim) -> list[tuple[str, str, dict[str, Any]]]:
    """(endpoint, name of the type, resource) of a new user, a new group and a new thing."""
    kim = await lab.user("kim")
    team = await lab.group("Team", kim["id"])
    saw = await created(lab, "/Things", thing())
    return [("/Users", "User", kim), ("/Groups", "Group", team), ("/Things", "Thing", saw)]


async def test_B_10_ids_are_given_by_the_server_unique_and_lasting(lab: Scim) -> None:
    made = await one_of_each(lab)
    ids = [one["id"] for _, _, one in made]
    assert len(set(ids)) == 3
    for path, _, one in made:
        assert one["id"]
        assert "bulkid" not in one["id"].lower()
        changed = await lab.patch(f"{path}/{one['id']}", {"op": "add", "path": "externalId", "value": "e"})
        assert changed.json()["id"] == one["id"]


async def test_B_10_the_id_of_a_deleted_resource_is_not_given_again(strict: Scim) -> None:
    kim = await strict.user("kim")
    assert (await strict.delete(f"/Users/{kim['id']}")).status_code == 204
    assert (await strict.user("kim"))["id"] != kim["id"]
    assert (await strict.get(f"/Users/{kim['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/Users", user(schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"manager": {"value": ""}}})),
        ("/Groups", {"schemas": [GROUP], "displayName": "Team", "members": [{"value": ""}]}),
        ("/Things", thing(owner={"value": ""})),
    ],
)
async def test_B_10_no_reference_names_an_empty_id(lab: Scim, path: str, body: dict[str, Any]) -> None:
    assert refusal(await lab.post(path, body)) == (400, "invalidValue")
    assert await total(lab, path) == 0


async def test_B_11_an_id_of_the_client_is_ignored(strict: Scim) -> None:
    made = await created(strict, "/Users", user(id="mine"))
    assert made["id"] != "mine"
    replaced = await strict.put(f"/Users/{made['id']}", user(id="mine", title="Lead"))
    assert replaced.status_code == 200
    assert (replaced.json()["id"], replaced.json()["title"]) == (made["id"], "Lead")


async def test_B_12_the_id_is_in_every_answer_with_a_resource(strict: Scim) -> None:
    body = user()
    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
    for cut in ("attributes=userName", "excludedAttributes=id", "attributes=nope"):
        made = await strict.post(f"/Users?{cut}", body)
        path = f"/Users/{made.json()['id']}?{cut}"
        operation = {"op": "add", "path": "title", "value": "Lead"}
        answers = [made, await strict.get(path), await strict.patch(path, operation), await strict.put(path, body)]
        name, _, value = cut.partition("=")
        found = await strict.post("/Users/.search", search | {name: [value]})
        shown = [answer.json() for answer in answers]
        shown += (await strict.get(f"/Users?{cut}")).json()["Resources"] + found.json()["Resources"]
        assert {one["id"] for one in shown} == {made.json()["id"]}
        await strict.delete(path)


async def test_B_12_the_id_is_compared_with_case(strict: Scim) -> None:
    kim = await strict.user("kim")
    assert await total(strict, "/Users", filter=f'id eq "{kim["id"]}"') == 1
    assert kim["id"] != kim["id"].upper()
    assert await total(strict, "/Users", filter=f'id eq "{kim["id"].upper()}"') == 0


class TestExternalId:
    async def test_B_13_is_set_changed_and_removed_by_the_client_only(self, strict: Scim) -> None:
        assert "externalId" not in await strict.user("bo")
        kim = await strict.user("kim", externalId=EXTERNAL_ID)
        assert kim["externalId"] == EXTERNAL_ID
        path = f"/Users/{kim['id']}"
        changed = await strict.patch(path, {"op": "replace", "path": "externalId", "value": "e-2"})
        assert changed.json()["externalId"] == "e-2"
        assert "externalId" not in (await strict.put(path, user())).json()

    async def test_B_13_is_compared_with_case_and_need_not_be_unique(self, strict: Scim) -> None:
        for name in ("kim", "bo"):
            assert (await strict.user(name, externalId=EXTERNAL_ID))["externalId"] == EXTERNAL_ID
        assert await total(strict, "/Users", filter=f'externalId eq "{EXTERNAL_ID}"') == 2
        assert await total(strict, "/Users", filter=f'externalId eq "{EXTERNAL_ID.lower()}"') == 0

    async def test_B_13_is_known_within_the_clients_domain_only(
        self, strict: Scim, client: httpx.AsyncClient, database: Database
    ) -> None:
        await strict.user("kim", externalId=EXTERNAL_ID)
        other = Scim(client, await account(database, profile="strict"))
        assert await total(other, "/Users", filter=f'externalId eq "{EXTERNAL_ID}"') == 0


async def test_B_14_meta_of_the_client_is_ignored(strict: Scim) -> None:
    made = await created(strict, "/Users", user(meta=FOREIGN_META))
    replaced = (await strict.put(f"/Users/{made['id']}", user(meta=FOREIGN_META, title="Lead"))).json()
    for one in (made, replaced):
        assert one["meta"].keys() == META
        assert not {text for text in one["meta"].values() if text in FOREIGN_META.values()}


async def test_B_14_meta_is_not_patched(strict: Scim) -> None:
    kim = await strict.user("kim")
    path = f"/Users/{kim['id']}"
    for part in META:
        operation = {"op": "replace", "path": f"meta.{part}", "value": FOREIGN_META[part]}
        assert refusal(await strict.patch(path, operation)) == (400, "mutability"), part
    assert (await strict.get(path)).json() == kim


async def test_B_15_meta_names_the_resource_type_and_compares_it_with_case(lab: Scim) -> None:
    for path, kind, one in await one_of_each(lab):
        assert one["meta"]["resourceType"] == kind
        assert await total(lab, path, filter=f'meta.resourceType eq "{kind}"') == 1
        assert await total(lab, path, filter=f'meta.resourceType eq "{kind.lower()}"') == 0


async def test_B_16_times_are_equal_at_first_and_only_the_last_change_moves(lab: Scim) -> None:
    for path, _, one in await one_of_each(lab):
        meta = one["meta"]
        assert meta["created"] == meta["lastModified"]
        assert at(meta["created"]).tzinfo is not None
        operation = {"op": "add", "path": "externalId", "value": "e"}
        changed, again = [(await lab.patch(f"{path}/{one['id']}", operation)).json() for _ in range(2)]
        assert changed["meta"]["created"] == meta["created"]
        assert at(changed["meta"]["lastModified"]) > at(meta["lastModified"])
        assert again["meta"] == changed["meta"]
        assert (await lab.get(f"{path}/{one['id']}")).json()["meta"] == changed["meta"]


async def test_B_16_a_change_of_members_is_a_change(strict: Scim) -> None:
    kim, team = await strict.user("kim"), await strict.group("Team")
    added = {"op": "add", "path": "members", "value": [{"value": kim["id"]}]}
    changed = (await strict.patch(f"/Groups/{team['id']}", added)).json()
    assert changed["meta"]["created"] == team["meta"]["created"]
    assert at(changed["meta"]["lastModified"]) > at(team["meta"]["lastModified"])


async def test_B_17_the_location_is_absolute_and_that_of_the_header(lab: Scim) -> None:
    for path, _, one in await one_of_each(lab):
        location = one["meta"]["location"]
        assert location == f"{SCIM}{path}/{one['id']}"
        answers = [
            await lab.get(f"{path}/{one['id']}"),
            await lab.put(f"{path}/{one['id']}", one),
            await lab.patch(f"{path}/{one['id']}", {"op": "add", "path": "externalId", "value": "e"}),
        ]
        for answer in answers:
            assert answer.headers["location"] == answer.json()["meta"]["location"] == location


async def test_B_18_the_version_is_that_of_the_etag_header(strict: Scim) -> None:
    made = await strict.post("/Users", user())
    path = f"/Users/{made.json()['id']}"
    read = await strict.get(path)
    patched = await strict.patch(path, {"op": "add", "path": "title", "value": "Lead"})
    replaced = await strict.put(path, user())
    for answer in (made, read, patched, replaced):
        assert answer.headers["etag"] == answer.json()["meta"]["version"]
    assert len({answer.headers["etag"] for answer in (read, patched, replaced)}) == 3
    [listed] = (await strict.get("/Users")).json()["Resources"]
    assert listed["meta"]["version"] == replaced.headers["etag"]


async def test_B_52_every_type_has_the_common_attributes_and_no_schema_lists_them(lab: Scim) -> None:
    for path, kind, one in await one_of_each(lab):
        urn = (await lab.get(f"/ResourceTypes/{kind}")).json()["schema"]
        listed = {attribute["name"] for attribute in (await lab.get(f"/Schemas/{urn}")).json()["attributes"]}
        assert not {"schemas", "id", "externalId", "meta"} & listed
        await lab.patch(f"{path}/{one['id']}", {"op": "add", "path": "externalId", "value": EXTERNAL_ID})
        text = f'id eq "{one["id"]}" and externalId eq "{EXTERNAL_ID}" and meta.created pr and schemas eq "{urn}"'
        assert await total(lab, path, filter=text) == 1


async def test_B_52_a_schema_that_lists_the_id_does_not_open_it(client: httpx.AsyncClient, database: Database) -> None:
    listed = {
        "name": "id",
        "caseExact": True,
        "mutability": "readOnly",
        "returned": "always",
        "uniqueness": "server",
    }
    scim = await boxes(client, database, listed, {"name": "label"})
    made = await created(scim, "/Boxes", box(id="mine", label="x"))
    assert made["id"] != "mine"
    assert refusal(await scim.patch(f"/Boxes/{made['id']}", {"op": "replace", "path": "id", "value": "mine"})) == (
        400,
        "mutability",
    )
