"""Several tenants on one server (rows N-10 to N-13)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.tools import ENTERPRISE, GROUP, USER, another_token, names, refusal, search, users
from tests.support.http import Scim, account


@pytest.fixture
async def other(client: httpx.AsyncClient, database: Database) -> Scim:
    """An application of another tenant."""
    return Scim(client, await account(database, profile="strict"))


def in_body(query: dict[str, str]) -> dict[str, Any]:
    """A query with its numbers as a body has them."""
    return {name: int(value) if name == "count" else value for name, value in query.items()}


async def test_N_10_clients_of_one_application_share_its_resources(strict: Scim, database: Database) -> None:
    second = Scim(strict.client, await another_token(database, strict.owner))
    kim = await strict.user("kim")
    assert (await second.get(f"/Users/{kim['id']}")).json() == kim
    assert refusal(await second.post("/Users", {"schemas": [USER], "userName": "kim"})) == (409, "uniqueness")


async def test_N_11_the_tenant_comes_from_the_token(strict: Scim, other: Scim) -> None:
    await strict.user("kim")
    await other.user("bo")
    assert names(await strict.get("/Users")) == ["kim"]
    assert names(await other.get("/Users")) == ["bo"]


async def test_N_12_an_external_id_is_the_tenants_own(strict: Scim, other: Scim) -> None:
    for tenant, name in ((strict, "kim"), (other, "bo")):
        await tenant.user(name, externalId="7")
    assert names(await strict.get("/Users", filter='externalId eq "7"')) == ["kim"]
    assert names(await other.get("/Users", filter='externalId eq "7"')) == ["bo"]


async def test_N_13_a_resource_of_another_tenant_is_as_one_that_is_not_there(strict: Scim, other: Scim) -> None:
    kim = await strict.user("kim")
    gone = await other.user("gone")
    assert (await other.delete(f"/Users/{gone['id']}")).status_code == 204

    async def answers(identifier: str) -> list[tuple[int, str]]:
        path, body = f"/Users/{identifier}", {"schemas": [USER], "userName": "x"}
        done = (
            await other.get(path),
            await other.put(path, body),
            await other.put(path, body, headers={"if-match": kim["meta"]["version"]}),
            await other.patch(path, {"op": "replace", "path": "title", "value": "x"}),
            await other.delete(path),
        )
        return [(answer.status_code, answer.text.replace(identifier, "")) for answer in done]

    foreign = await answers(kim["id"])
    assert [status for status, _ in foreign] == [404] * 5
    assert foreign == await answers(gone["id"])
    assert (await strict.get(f"/Users/{kim['id']}")).json() == kim


async def test_N_13_no_filter_order_or_count_shows_another_tenant(strict: Scim, other: Scim) -> None:
    kim = await strict.user("kim", title="Lead")
    team = await strict.group("Team", kim["id"])
    for path, query in (
        ("/Users", {"filter": f'id eq "{kim["id"]}"'}),
        ("/Users", {"filter": 'userName eq "kim" or not (userName eq "kim")'}),
        ("/Users", {"filter": f'groups.value eq "{team["id"]}"'}),
        ("/Groups", {"filter": f'members[value eq "{kim["id"]}"]'}),
        ("/Users", {"sortBy": "userName", "sortOrder": "descending"}),
        ("/Users", {"count": "0"}),
        ("", {"filter": "id pr"}),
    ):
        for answer in (await other.get(path, **query), await search(other, f"{path}/.search", **in_body(query))):
            assert answer.status_code == 200
            assert answer.json()["totalResults"] == 0
            assert answer.json().get("Resources", []) == []


async def test_N_13_what_is_taken_in_another_tenant_is_free(strict: Scim, other: Scim) -> None:
    kim = await strict.user("kim")
    [mine, bo] = await users(other, "kim", "bo")
    assert mine["id"] != kim["id"]
    taken = {"schemas": [USER], "userName": "cy"}
    assert (await strict.post("/Users", taken)).status_code == 201
    assert (await other.put(f"/Users/{bo['id']}", taken)).status_code == 200


async def test_N_13_no_reference_leads_into_another_tenant(strict: Scim, other: Scim) -> None:
    kim = await strict.user("kim", displayName="Kim K")
    team: dict[str, Any] = {"schemas": [GROUP], "displayName": "Team"}
    for member in (kim["id"], "00000000-0000-7000-8000-000000000000"):
        refused = await other.post("/Groups", team | {"members": [{"value": member}]})
        assert refusal(refused) == (400, "invalidValue")
        assert "Kim" not in refused.text
    made = await other.user("bo", schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"manager": {"value": kim["id"]}}})
    assert made[ENTERPRISE]["manager"] == {"value": kim["id"]}
    assert (await other.get("/Groups")).json()["totalResults"] == 0
    assert "groups" not in (await strict.get(f"/Users/{kim['id']}")).json()


async def test_N_13_a_cursor_does_not_lead_into_another_tenant(strict: Scim, other: Scim) -> None:
    await users(strict, "a", "b", "c")
    await users(other, "x", "y", "z")
    cursor = (await strict.get("/Users", cursor="", count=1)).json()["nextCursor"]
    assert refusal(await other.get("/Users", cursor=cursor, count=1)) == (400, "invalidCursor")
