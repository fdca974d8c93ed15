"""Users and groups through the whole stack: what a client gets back."""

from __future__ import annotations

import pytest

from scim.db.database import Database
from tests.support.http import SCIM, Scim

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class TestCreate:
    async def test_answers_201_with_the_resource_its_location_and_its_version(self, scim: Scim) -> None:
        answer = await scim.post(
            "/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "kim"}
        )
        body = answer.json()
        assert answer.status_code == 201
        assert answer.headers["content-type"] == "application/scim+json"
        assert answer.headers["location"] == body["meta"]["location"] == f"{SCIM}/Users/{body['id']}"
        assert answer.headers["etag"] == body["meta"]["version"] == 'W/"1"'
        assert body["active"] is True
        assert body["meta"]["created"] == body["meta"]["lastModified"]

    async def test_a_taken_user_name_is_a_conflict_whatever_its_case(self, scim: Scim) -> None:
        await scim.user("Straße")
        answer = await scim.post(
            "/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "STRASSE"}
        )
        assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")

    async def test_a_password_is_never_answered(self, scim: Scim) -> None:
        made = await scim.user("kim", password="Secret-1")
        assert "password" not in made
        assert "password" not in (await scim.get(f"/Users/{made['id']}", attributes="password")).json()


class TestGroups:
    async def test_members_show_who_they_are(self, scim: Scim) -> None:
        kim = await scim.user("kim", displayName="Kim K")
        made = await scim.group("Team", kim["id"])
        [member] = made["members"]
        assert member == {"value": kim["id"], "$ref": f"{SCIM}/Users/{kim['id']}", "type": "User", "display": "Kim K"}
        [group] = (await scim.get(f"/Users/{kim['id']}")).json()["groups"]
        assert group == {
            "value": made["id"],
            "$ref": f"{SCIM}/Groups/{made['id']}",
            "type": "direct",
            "display": "Team",
        }

    async def test_a_member_that_is_not_there_is_refused_in_strict(self, strict: Scim) -> None:
        answer = await strict.post(
            "/Groups",
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "displayName": "T",
                "members": [{"value": "nobody"}],
            },
        )
        assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
        assert (await strict.get("/Groups")).json()["totalResults"] == 0

    async def test_a_group_cannot_contain_itself_through_others(self, scim: Scim) -> None:
        inner = await scim.group("inner")
        outer = await scim.group("outer", inner["id"])
        answer = await scim.patch(
            f"/Groups/{inner['id']}", {"op": "add", "path": "members", "value": [{"value": outer["id"]}]}
        )
        assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")

    async def test_adding_a_member_again_keeps_the_version(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        team = await scim.group("Team", kim["id"])
        answer = await scim.patch(
            f"/Groups/{team['id']}", {"op": "add", "path": "members", "value": [{"value": kim["id"]}]}
        )
        assert answer.json()["meta"] == team["meta"]

    async def test_a_deleted_user_leaves_its_groups_and_they_get_a_new_version(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        team = await scim.group("Team", kim["id"])
        assert (await scim.delete(f"/Users/{kim['id']}")).status_code == 204
        now = (await scim.get(f"/Groups/{team['id']}")).json()
        assert "members" not in now
        assert now["meta"]["version"] == 'W/"2"'


class TestManager:
    async def test_a_manager_who_is_a_user_is_shown_with_name_and_reference(self, scim: Scim) -> None:
        lead = await scim.user("lead", displayName="Lea D")
        kim = await scim.user("kim", **{ENTERPRISE: {"manager": {"value": lead["id"]}}})
        assert kim[ENTERPRISE]["manager"] == {
            "value": lead["id"],
            "$ref": f"{SCIM}/Users/{lead['id']}",
            "displayName": "Lea D",
        }

    async def test_a_manager_who_is_not_there_is_kept_as_sent(self, scim: Scim) -> None:
        kim = await scim.user("kim", **{ENTERPRISE: {"manager": {"value": "lead@example.com", "displayName": "x"}}})
        assert kim[ENTERPRISE]["manager"] == {"value": "lead@example.com"}


class TestPatch:
    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    async def test_an_empty_password_is_none(self, scim: Scim, database: Database, method: str) -> None:
        made = await scim.user("kim", password="Secret-1")
        path = f"/Users/{made['id']}"
        if method == "PUT":
            answer = await scim.put(path, {"schemas": made["schemas"], "userName": "kim", "password": ""})
        else:
            answer = await scim.patch(path, {"op": "replace", "path": "password", "value": ""})
        assert answer.status_code == 200
        async with database.session() as session:
            assert not await session.fetchval(
                "SELECT count(secret) FROM scim.resources WHERE app_id = $1", scim.owner.app_id
            )

    async def test_a_password_can_be_set_and_removed_without_a_trace_in_answers(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        for operation in ({"op": "replace", "value": {"password": "Geheim-7"}}, {"op": "remove", "path": "password"}):
            answer = await scim.patch(f"/Users/{kim['id']}", operation)
            assert answer.status_code == 200
            assert "Geheim-7" not in answer.text
        assert answer.headers["etag"] == 'W/"3"'

    async def test_what_changes_nothing_keeps_version_and_time(self, scim: Scim) -> None:
        kim = await scim.user("kim", title="Lead")
        answer = await scim.patch(f"/Users/{kim['id']}", {"op": "add", "path": "title", "value": "Lead"})
        assert answer.json()["meta"] == kim["meta"]

    async def test_a_failing_operation_undoes_those_before_it(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        answer = await scim.patch(
            f"/Users/{kim['id']}",
            {"op": "add", "path": "title", "value": "Lead"},
            {"op": "remove", "path": "userName"},
        )
        assert (answer.status_code, answer.json()["scimType"]) == (400, "mutability")
        assert (await scim.get(f"/Users/{kim['id']}")).json() == kim


class TestDiscovery:
    async def test_it_is_open_and_takes_no_filter(self, scim: Scim) -> None:
        for path in ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/ResourceTypes/User"):
            assert (await scim.client.get(SCIM + path)).status_code == 200
        assert (await scim.client.get(f"{SCIM}/Schemas?filter=x")).status_code == 403
        assert (await scim.client.get(f"{SCIM}/Schemas", headers={"authorization": "Bearer x"})).status_code == 401


class TestErrors:
    async def test_unknown_paths_and_methods_are_scim_errors(self, scim: Scim) -> None:
        for method, path, status in (
            ("GET", "/Widgets", 404),
            ("GET", "/Users/1/2/3", 404),
            ("DELETE", "/Users", 405),
            ("POST", "/Users/7", 405),
        ):
            answer = await scim.send(method, path)
            assert answer.status_code == status, (method, path)
            assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
            assert answer.json()["status"] == str(status)

    async def test_malformed_json_is_invalid_syntax(self, scim: Scim) -> None:
        answer = await scim.client.post(
            f"{SCIM}/Users", content=b"{", headers=scim.owner.headers | {"content-type": "application/json"}
        )
        assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidSyntax")

    async def test_no_token_is_401_with_a_challenge(self, scim: Scim) -> None:
        answer = await scim.client.get(f"{SCIM}/Users")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="scim"')


class TestTextsThatCannotBeStored:
    async def test_a_member_or_a_name_with_nul_is_nobody(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        team = await scim.group("Team", kim["id"])
        answer = await scim.patch(f"/Groups/{team['id']}", {"op": "remove", "path": 'members[value eq "k\\u0000"]'})
        assert (answer.status_code, answer.json()["meta"]) == (200, team["meta"])
        for text in (
            'userName eq "k\\u0000"',
            'externalId sw "\\u0000"',
            'emails[value eq "\\u0000"]',
            'id eq "\\u0000"',
        ):
            assert (await scim.get("/Users", filter=text)).json()["totalResults"] == 0

    async def test_a_name_of_any_length_is_stored_found_and_unique(self, scim: Scim) -> None:
        name = "N" * 20_000
        await scim.user(name, externalId=name, displayName=name)
        answer = await scim.post(
            "/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name.lower()}
        )
        assert answer.status_code == 409
