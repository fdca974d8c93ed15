"""What the ServiceProviderConfig says, and that it is true (rows A-01 to A-06)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.config import Settings
from scim.db.database import Database
from tests.conformance.tools import total
from tests.support.http import SCIM, Scim, account, serving

CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
FEATURES = ("patch", "bulk", "filter", "changePassword", "sort", "etag")
NAMED_SCHEMES = ("oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest")


async def config(scim: Scim) -> dict[str, Any]:
    found: dict[str, Any] = (await scim.get("/ServiceProviderConfig")).json()
    return found


async def test_A_01_the_config_is_one_object_of_its_schema(strict: Scim) -> None:
    answer = await strict.get("/ServiceProviderConfig")
    assert answer.status_code == 200
    assert answer.json()["schemas"] == [CONFIG]
    assert "Resources" not in answer.json()


async def test_A_02_every_feature_says_whether_it_is_supported_and_how_far(strict: Scim) -> None:
    found = await config(strict)
    assert {name: type(found[name]["supported"]) for name in FEATURES} == dict.fromkeys(FEATURES, bool)
    assert type(found["bulk"]["maxOperations"]) is int
    assert type(found["bulk"]["maxPayloadSize"]) is int
    assert type(found["filter"]["maxResults"]) is int


async def test_A_03_authentication_schemes_have_a_named_type_and_are_described(strict: Scim) -> None:
    schemes = (await config(strict))["authenticationSchemes"]
    assert schemes
    for scheme in schemes:
        assert scheme["type"] in NAMED_SCHEMES
        assert scheme["name"]
        assert scheme["description"]
        assert scheme.keys() <= {"type", "name", "description", "specUri", "documentationUri", "primary"}


@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"])
async def test_A_04_discovery_answers_without_credentials(strict: Scim, path: str) -> None:
    answer = await strict.client.get(SCIM + path)
    assert answer.status_code == 200
    assert answer.json()["schemas"]


async def test_A_05_the_config_needs_no_id_and_resource_types_are_read_by_theirs(strict: Scim) -> None:
    assert "id" not in await config(strict)
    for kind in (await strict.get("/ResourceTypes")).json()["Resources"]:
        assert (await strict.get(f"/ResourceTypes/{kind['id']}")).json() == kind


async def test_A_06_what_is_marked_supported_works(strict: Scim) -> None:
    found = await config(strict)
    assert {name for name in FEATURES if found[name]["supported"]} >= set(FEATURES) - {"bulk"}
    kim, bo = await strict.user("kim"), await strict.user("bo")
    path = f"/Users/{kim['id']}"
    patched = await strict.patch(path, {"op": "add", "path": "title", "value": "Lead"})
    assert patched.json()["title"] == "Lead"
    assert await total(strict, "/Users", filter='title eq "Lead"') == 1
    listed = (await strict.get("/Users", sortBy="userName")).json()["Resources"]
    assert [one["id"] for one in listed] == [bo["id"], kim["id"]]
    assert (await strict.delete(path, headers={"if-match": kim["meta"]["version"]})).status_code == 412
    changed = await strict.patch(path, {"op": "replace", "path": "password", "value": "Secret-7"})
    assert changed.json()["meta"]["version"] != patched.json()["meta"]["version"]


async def test_A_06_paging_is_as_the_config_says(strict: Scim) -> None:
    paging = (await config(strict))["pagination"]
    for name in ("kim", "bo"):
        await strict.user(name)
    by_index = (await strict.get("/Users", startIndex="2", count="1")).json()
    assert (len(by_index["Resources"]) == 1 and by_index["startIndex"] == 2) is paging["index"]
    by_cursor = (await strict.get("/Users", cursor="", count="1")).json()
    assert ("nextCursor" in by_cursor) is paging["cursor"]


async def test_A_06_no_page_is_larger_than_the_config_says(database: Database) -> None:
    async with serving(database, Settings(max_page_size=2, default_page_size=2)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        for name in ("kim", "bo", "Jo"):
            await scim.user(name)
        assert (await config(scim))["filter"]["maxResults"] == 2
        page = (await scim.get("/Users", count="3")).json()
    assert (page["totalResults"], len(page["Resources"])) == (3, 2)
