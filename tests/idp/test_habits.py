"""What identity providers rely on that needs no rewriting and that no recording shows: each in the IdP's own profile."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from tests.support.http import Scim, account

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


async def application(client: httpx.AsyncClient, database: Database, profile: str) -> Scim:
    return Scim(client, await account(database, profile=profile))


@pytest.fixture
async def onelogin(client: httpx.AsyncClient, database: Database) -> Scim:
    return await application(client, database, "onelogin")


@pytest.fixture
async def jumpcloud(client: httpx.AsyncClient, database: Database) -> Scim:
    return await application(client, database, "jumpcloud")


@pytest.fixture
async def ping(client: httpx.AsyncClient, database: Database) -> Scim:
    return await application(client, database, "ping")


@pytest.fixture
async def google(client: httpx.AsyncClient, database: Database) -> Scim:
    return await application(client, database, "google")


@pytest.fixture
async def keycloak(client: httpx.AsyncClient, database: Database) -> Scim:
    return await application(client, database, "keycloak")


@pytest.fixture
async def authentik(client: httpx.AsyncClient, database: Database) -> Scim:
    return await application(client, database, "authentik")


def user(**attributes: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": "kim"} | attributes


async def test_onelogin_08_and_16_text_that_says_nothing_is_not_stored(onelogin: Scim, scim: Scim) -> None:
    sent = {"title": "", "name": {"formatted": " "}, ENTERPRISE: {"department": "", "manager": {"value": ""}}}
    made = await onelogin.user("omar", **sent)
    assert made.keys() == {"schemas", "id", "userName", "active", "meta"}
    assert made["schemas"] == [USER]
    stored = await scim.user("omar", **sent)
    assert (stored["title"], stored["name"], stored[ENTERPRISE]) == ("", {"formatted": " "}, {"department": ""})


async def test_onelogin_08_a_put_of_empty_text_clears_and_of_an_empty_user_name_is_refused(onelogin: Scim) -> None:
    omar = await onelogin.user("omar", title="Lead")
    answer = await onelogin.put(f"/Users/{omar['id']}", user(userName="omar", title=""))
    assert "title" not in answer.json()
    refused = await onelogin.put(f"/Users/{omar['id']}", user(userName=""))
    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidValue")


async def test_onelogin_16_a_user_name_of_blanks_is_refused_as_an_empty_one_is(onelogin: Scim, scim: Scim) -> None:
    omar, team = await onelogin.user("omar"), await onelogin.group("Team")
    for answer in (
        await onelogin.post("/Users", user(userName=" ")),
        await onelogin.put(f"/Users/{omar['id']}", user(userName=" \t")),
        await onelogin.patch(f"/Users/{omar['id']}", {"op": "replace", "path": "userName", "value": " "}),
        await onelogin.put(f"/Groups/{team['id']}", {"schemas": [GROUP], "displayName": " "}),
    ):
        assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert (await scim.user(" "))["userName"] == " "


async def test_onelogin_13_a_group_patch_of_scim_1_changes_the_members_that_it_names(onelogin: Scim) -> None:
    ids = [(await onelogin.user(name))["id"] for name in ("dana", "omar", "pia")]
    team = await onelogin.group("Team", ids[0], ids[1])
    members = [{"value": ids[0], "operation": "delete"}, {"value": ids[2]}]
    body = {"schemas": ["urn:scim:schemas:core:1.0"], "members": members, "displayName": "Crew"}
    answer = await onelogin.send("PATCH", f"/Groups/{team['id']}", body)
    assert answer.json()["displayName"] == "Crew"
    assert {member["value"] for member in answer.json()["members"]} == {ids[1], ids[2]}


async def test_onelogin_14_and_15_an_old_manager_id_of_nobody_yet_is_kept_as_the_value(onelogin: Scim) -> None:
    old = {"urn:scim:schemas:extension:enterprise:1.0": {"manager": {"managerId": "e-9"}}}
    dana = await onelogin.user("dana", **old)
    assert dana[ENTERPRISE] == {"manager": {"value": "e-9"}}


async def test_jumpcloud_07_null_and_empty_lists_clear(jumpcloud: Scim) -> None:
    kim = await jumpcloud.user("kim", emails=[{"value": "a@b"}], phoneNumbers=[{"value": "1"}], title="T")
    sent = user(id=kim["id"], emails=None, phoneNumbers=[], addresses=[], title=None)
    answer = await jumpcloud.put(f"/Users/{kim['id']}", sent)
    assert answer.json().keys() == {"schemas", "id", "userName", "active", "meta"}


async def test_jumpcloud_08_an_extension_that_holds_nothing_is_not_named_in_the_answer(jumpcloud: Scim) -> None:
    assert (await jumpcloud.user("kim", schemas=[ENTERPRISE, USER]))["schemas"] == [USER]
    with_object = {"schemas": [ENTERPRISE, USER], ENTERPRISE: {"division": "N"}}
    assert set((await jumpcloud.user("bo", **with_object))["schemas"]) == {USER, ENTERPRISE}


async def test_jumpcloud_09_phones_and_photos_are_kept_as_sent(jumpcloud: Scim) -> None:
    phones = [{"value": "tel:555-555-8377", "type": "work"}]
    photos = [{"value": "https://example.com/kim.png"}]
    made = await jumpcloud.user("kim", phoneNumbers=phones, photos=photos)
    assert (made["phoneNumbers"], made["photos"]) == (phones, photos)


async def test_jumpcloud_11_and_keycloak_09_a_list_without_parameters_is_one_page_and_the_total(
    jumpcloud: Scim, keycloak: Scim
) -> None:
    size = Settings().default_page_size
    for one in (jumpcloud, keycloak):
        for number in range(size + 1):
            await one.user(f"u{number}")
        page = (await one.get("/Users")).json()
        assert (len(page["Resources"]), page["totalResults"]) == (size, size + 1)


async def test_ping_10_groups_are_read_to_the_end_and_members_go_by_filter_and_by_value(ping: Scim) -> None:
    ids = [(await ping.user(name))["id"] for name in ("hana", "leo", "mia")]
    teams = [await ping.group(f"Team {number}", *ids) for number in range(5)]
    pages = [(await ping.get("/Groups", startIndex=start, count=2)).json()["Resources"] for start in (1, 3, 5)]
    assert [group["id"] for page in pages for group in page] == [team["id"] for team in teams]
    path = f"/Groups/{teams[0]['id']}"
    await ping.patch(path, {"op": "remove", "path": f'members[value eq "{ids[0]}"]'})
    left = await ping.patch(path, {"op": "remove", "path": "members", "value": [{"value": ids[1]}]})
    assert [member["value"] for member in left.json()["members"]] == [ids[2]]


async def test_ping_11_what_a_put_leaves_out_is_cleared_and_the_same_put_is_no_new_version(ping: Scim) -> None:
    kim = await ping.user("kim", title="Lead", password="correct horse")
    path = f"/Users/{kim['id']}"
    assert "title" not in (await ping.put(path, user())).json()
    assert (await ping.put(path, user())).headers["etag"] == 'W/"2"'


async def test_ping_12_and_google_03_plain_json_is_taken_whoever_sends_it(ping: Scim, google: Scim) -> None:
    for one, agent in ((ping, ""), (google, "Google-Auto-Provisioning")):
        headers = {"content-type": "application/json", "user-agent": agent}
        answer = await one.post("/Users/", user(), headers=headers)
        assert answer.status_code == httpx.codes.CREATED


async def test_ping_13_a_refusal_of_the_token_names_the_scheme(ping: Scim) -> None:
    answer = await ping.send("GET", "/Users", headers={"authorization": f"OAuth {ping.owner.token}"})
    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_google_04_users_are_looked_for_before_they_are_created(google: Scim) -> None:
    for params in ({"filter": 'userName eq "kim"'}, {"count": 1}):
        answer = await google.get("/Users", **params)
        assert (answer.status_code, answer.json()["totalResults"]) == (200, 0)


async def test_google_05_who_is_suspended_stays_visible_until_deleted(google: Scim) -> None:
    kim = await google.user("kim")
    path = f"/Users/{kim['id']}"
    await google.patch(path, {"op": "replace", "path": "active", "value": False})
    assert (await google.get(path)).json()["active"] is False
    assert (await google.get("/Users", filter='userName eq "kim"')).json()["totalResults"] == 1
    assert (await google.delete(path)).status_code == httpx.codes.NO_CONTENT
    assert (await google.get("/Users", filter='userName eq "kim"')).json()["totalResults"] == 0


async def test_google_06_all_schemas_are_published_without_nulls(google: Scim) -> None:
    answer = (await google.get("/Schemas")).json()
    assert {USER, GROUP, ENTERPRISE} <= {schema["id"] for schema in answer["Resources"]}
    assert "null" not in (await google.get("/Schemas")).text


async def test_keycloak_08_a_put_says_the_version_it_knows_and_reads_again_after_412(keycloak: Scim) -> None:
    kim = await keycloak.user("kim")
    path = f"/Users/{kim['id']}"
    version = (await keycloak.get(path)).headers["etag"]
    done = await keycloak.put(path, user(title="T"), headers={"if-match": version})
    assert done.headers["etag"] != version
    late = await keycloak.put(path, user(title="U"), headers={"if-match": version})
    assert late.status_code == httpx.codes.PRECONDITION_FAILED
    assert (await keycloak.get(path)).headers["etag"] == done.headers["etag"]


async def test_keycloak_10_an_id_of_the_clients_is_ignored(keycloak: Scim) -> None:
    made = await keycloak.user("kim", id="f3a2")
    assert made["id"] != "f3a2"
    assert (await keycloak.get("/Users", filter='userName eq "kim"')).json()["Resources"][0]["id"] == made["id"]


async def test_authentik_10_a_patch_may_have_as_many_operations_as_a_bulk_request(authentik: Scim) -> None:
    most = (await authentik.get("/ServiceProviderConfig")).json()["bulk"]["maxOperations"]
    assert most >= 1000
    kim, team = await authentik.user("kim"), await authentik.group("Team")
    operation = {"op": "add", "path": "members", "value": [{"value": kim["id"]}]}
    answer = await authentik.patch(f"/Groups/{team['id']}", *[operation] * most)
    assert [member["value"] for member in answer.json()["members"]] == [kim["id"]]


async def test_authentik_11_members_may_have_a_type(authentik: Scim) -> None:
    kim, team = await authentik.user("kim"), await authentik.group("Team")
    members = [{"value": kim["id"], "type": "user"}]
    answer = await authentik.patch(f"/Groups/{team['id']}", {"op": "add", "path": "members", "value": members})
    assert answer.json()["members"][0]["value"] == kim["id"]


async def test_authentik_12_an_empty_family_name_is_kept(authentik: Scim) -> None:
    name = {"formatted": "Ada", "givenName": "Ada", "familyName": ""}
    assert (await authentik.user("ada", name=name))["name"] == name


async def test_rippling_01_external_ids_are_found_by_their_case(scim: Scim) -> None:
    await scim.user("kim", externalId="user@example.com")
    for value, found in (("user@example.com", 1), ("User@example.com", 0)):
        answer = await scim.get("/Users", filter=f'externalId eq "{value}"')
        assert (answer.status_code, answer.json()["totalResults"]) == (200, found)


async def test_rauthy_01_a_put_needs_no_id(scim: Scim) -> None:
    kim = await scim.user("kim")
    assert (await scim.put(f"/Users/{kim['id']}", user(title="T"))).json()["id"] == kim["id"]
