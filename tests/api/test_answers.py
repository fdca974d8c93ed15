"""With what a write is answered, and on which conditions it is done (RFC 7644 §3.5.2, §3.14; RFC 7240; RFC 6585 §3)."""

from __future__ import annotations

import httpx
import pytest

from scim.db.database import Database
from tests.support.http import Scim, account

MINIMAL, WHOLE = {"prefer": "return=minimal"}, {"prefer": "return=representation"}
TITLE = {"op": "replace", "path": "title", "value": "Lead"}
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture
async def small(client: httpx.AsyncClient, database: Database) -> Scim:
    """An application in which a group with more than two members is a large one."""
    return Scim(client, await account(database, settings={"patch_answer_members": 2}))


async def team(scim: Scim, members: int) -> str:
    """The path of a new group."""
    ids = [(await scim.user(f"u{number}"))["id"] for number in range(members)]
    return f"/Groups/{(await scim.group('Team', *ids))['id']}"


RENAME = {"op": "replace", "path": "displayName", "value": "Crew"}


class TestPatch:
    async def test_a_user_is_answered_whole(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        answer = await scim.patch(f"/Users/{kim['id']}", TITLE)
        assert (answer.status_code, answer.json()["title"]) == (200, "Lead")
        assert "preference-applied" not in answer.headers

    @pytest.mark.parametrize(("members", "status"), [(0, 200), (2, 200), (3, 204)])
    async def test_a_group_is_while_it_is_small(self, small: Scim, members: int, status: int) -> None:
        path = await team(small, members)
        answer = await small.patch(path, RENAME)
        assert answer.status_code == status
        assert answer.headers["etag"] == 'W/"2"'
        assert answer.headers["location"].endswith(path)
        assert bool(answer.content) == (status == 200)

    @pytest.mark.parametrize("query", ["attributes=displayName", "excludedAttributes=members"])
    async def test_a_large_group_is_where_attributes_are_asked_for(self, small: Scim, query: str) -> None:
        path = await team(small, 3)
        answer = await small.patch(f"{path}?{query}", RENAME)
        assert (answer.status_code, answer.json()["displayName"]) == (200, "Crew")
        assert "members" not in answer.json()
        minimal = await small.patch(f"{path}?{query}", RENAME, headers=MINIMAL)
        assert minimal.status_code == 200
        assert "preference-applied" not in minimal.headers

    async def test_what_the_client_prefers_decides(self, small: Scim) -> None:
        path = await team(small, 3)
        answer = await small.patch(path, RENAME, headers=WHOLE)
        assert (answer.status_code, len(answer.json()["members"])) == (200, 3)
        assert answer.headers["preference-applied"] == "return=representation"
        kim = await small.user("kim")
        answer = await small.patch(f"/Users/{kim['id']}", TITLE, headers=MINIMAL)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["preference-applied"] == "return=minimal"
        assert answer.headers["etag"] == 'W/"2"'

    async def test_it_decides_over_what_a_profile_is_used_to(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        entra = Scim(client, await account(database, profile="entra"))
        path = await team(entra, 1)
        assert (await entra.patch(path, RENAME)).status_code == 204
        assert (await entra.patch(path, RENAME, headers=WHOLE)).status_code == 200


class TestOthers:
    async def test_a_preference_holds_for_create_and_replace_too(self, scim: Scim) -> None:
        body = {"schemas": [USER], "userName": "kim"}
        made = await scim.post("/Users", body, headers=MINIMAL)
        assert (made.status_code, made.content) == (201, b"")
        assert made.headers["preference-applied"] == "return=minimal"
        path = "/Users/" + made.headers["location"].rpartition("/")[2]
        put = await scim.put(path, body | {"title": "Lead"}, headers=MINIMAL)
        assert (put.status_code, put.content, put.headers["etag"]) == (204, b"", 'W/"2"')
        assert (await scim.put(path, body, headers=WHOLE)).headers["preference-applied"] == "return=representation"


class TestConditions:
    async def test_an_application_may_demand_the_version(self, client: httpx.AsyncClient, database: Database) -> None:
        careful = Scim(client, await account(database, settings={"require_if_match": True}))
        kim = await careful.user("kim")
        path = f"/Users/{kim['id']}"
        body = {"schemas": [USER], "userName": "kim"}
        for answer in (await careful.patch(path, TITLE), await careful.put(path, body), await careful.delete(path)):
            assert answer.status_code == 428
            assert answer.json()["status"] == "428"
        assert (await careful.patch("/Users/nobody", TITLE)).status_code == 404
        assert (await careful.patch(path, TITLE, headers={"if-match": 'W/"1"'})).status_code == 200
        assert (await careful.put(path, body, headers={"if-match": "*"})).status_code == 200
        [result] = (await careful.bulk({"method": "DELETE", "path": path})).json()["Operations"]
        assert result["status"] == "428"
        assert (await careful.delete(path, headers={"if-match": 'W/"7", W/"3"'})).status_code == 204

    async def test_a_create_only_if_there_is_none_is_412_where_there_is_one(self, scim: Scim) -> None:
        body, none = {"schemas": [USER], "userName": "kim"}, {"if-none-match": "*"}
        assert (await scim.post("/Users", body, headers=none)).status_code == 201
        assert (await scim.post("/Users", body, headers=none)).status_code == 412
        assert (await scim.post("/Users", body)).status_code == 409

    async def test_304_is_given_only_where_nothing_derived_is_in_the_answer(self, scim: Scim) -> None:
        enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        boss = await scim.user("boss")
        kim = await scim.user("kim", schemas=[USER, enterprise], **{enterprise: {"manager": {"value": boss["id"]}}})
        group = await scim.group("Team", kim["id"])
        cases = [
            (f"/Users/{boss['id']}", 200),
            (f"/Users/{boss['id']}?excludedAttributes=groups", 304),
            (f"/Users/{kim['id']}?excludedAttributes=groups", 200),
            (f"/Users/{kim['id']}?attributes=userName", 304),
            (f"/Users/{kim['id']}?attributes={enterprise}:manager.value", 304),
            (f"/Users/{kim['id']}?attributes={enterprise}:manager", 200),
            (f"/Groups/{group['id']}", 200),
            (f"/Groups/{group['id']}?excludedAttributes=members.display", 304),
            (f"/Groups/{group['id']}?attributes=members.value", 304),
            (f"/Groups/{group['id']}?excludedAttributes=members", 304),
        ]
        for path, status in cases:
            answer = await scim.send("GET", path, headers={"if-none-match": 'W/"1"'})
            assert answer.status_code == status, path
            assert answer.headers["etag"] == 'W/"1"'
