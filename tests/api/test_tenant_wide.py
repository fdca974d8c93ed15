"""A token for a whole tenant reads its applications, tells which is which, and writes nothing (DESIGN §4)."""

from __future__ import annotations

import httpx
import pytest

from scim.db.database import Database
from scim.models import Application
from scim.storage import tokens
from scim.storage.tokens import NewToken
from scim.utils.clock import now
from scim.utils.tokens import make_token, token_hash
from scim.utils.uuid7 import new_id
from tests.support.http import Account, Scim, account

ORIGIN = "urn:pyscim:params:scim:schemas:extension:origin:1.0"


@pytest.fixture
async def tenant(client: httpx.AsyncClient, database: Database) -> tuple[Scim, Scim, Scim]:
    """Two applications of one tenant, and a reader of both."""
    first = await account(database)
    second_id, second_token, wide_token = new_id(now()), make_token("second"), make_token("wide")
    stamps = {"created_at": now(), "modified_at": now()}
    async with database.transaction() as session:
        await Application.create(
            using_db=session.orm,
            id=second_id,
            tenant_id=first.tenant_id,
            name="other",
            profile="auto",
            settings={},
            **stamps,
        )
        for token, app_id in ((second_token, second_id), (wide_token, None)):
            made = NewToken(
                id=new_id(now()),
                tenant_id=first.tenant_id,
                app_id=app_id,
                name="t",
                token_hash=token_hash(token),
                scopes=["scim:read", "scim:write"],
                created_at=now(),
            )
            await tokens.insert(session, made)
    owners = (first, Account(first.tenant_id, second_id, second_token), Account(first.tenant_id, second_id, wide_token))
    one, other, wide = (Scim(client, owner) for owner in owners)
    return one, other, wide


async def test_it_reads_all_applications_and_tells_the_origin(tenant: tuple[Scim, Scim, Scim]) -> None:
    one, other, wide = tenant
    kim, bo = await one.user("kim"), await other.user("bo")
    await other.group("Team", bo["id"])
    listed = (await wide.get("/Users")).json()
    assert listed["totalResults"] == 2
    assert {user["userName"]: user[ORIGIN]["application"] for user in listed["Resources"]} == {
        "kim": "app",
        "bo": "other",
    }
    read = (await wide.get(f"/Users/{kim['id']}")).json()
    assert ORIGIN in read["schemas"]
    assert (await wide.get("/Groups")).json()["Resources"][0]["members"][0]["value"] == bo["id"]
    found = (await wide.get("/Users", filter=f'{ORIGIN}:application eq "other"', attributes="userName")).json()
    assert [user["userName"] for user in found["Resources"]] == ["bo"]


@pytest.mark.parametrize("first", [{"startIndex": 1}, {"cursor": ""}])
@pytest.mark.parametrize(("order", "due"), [("ascending", ["kim", "ann", "bo"]), ("descending", ["ann", "bo", "kim"])])
async def test_it_sorts_by_the_origin(
    tenant: tuple[Scim, Scim, Scim], order: str, due: list[str], first: dict[str, str | int]
) -> None:
    one, other, wide = tenant
    await other.user("ann")
    await one.user("kim")
    await other.user("bo")
    seen: list[str] = []
    place: dict[str, str | int] | None = first
    while place is not None:
        found = (await wide.get("/Users", sortBy=f"{ORIGIN}:application", sortOrder=order, count=1, **place)).json()
        seen += [user["userName"] for user in found["Resources"]]
        if "cursor" in first:
            place = {"cursor": found["nextCursor"]} if "nextCursor" in found else None
        else:
            place = {"startIndex": len(seen) + 1} if found["Resources"] else None
    assert seen == due


async def test_the_origin_is_in_its_discovery_only(tenant: tuple[Scim, Scim, Scim]) -> None:
    one, _, wide = tenant
    assert (await wide.get(f"/Schemas/{ORIGIN}")).status_code == 200
    assert (await one.get(f"/Schemas/{ORIGIN}")).status_code == 404
    assert ORIGIN not in (await one.user("kim"))["schemas"]


async def test_it_writes_nothing(tenant: tuple[Scim, Scim, Scim]) -> None:
    one, _, wide = tenant
    kim = await one.user("kim")
    path = f"/Users/{kim['id']}"
    for answer in (
        await wide.post("/Users", {"userName": "x"}),
        await wide.patch(path, {"op": "replace", "path": "title", "value": "x"}),
        await wide.put(path, kim),
        await wide.delete(path),
    ):
        assert answer.status_code == 403
    assert (await one.get(path)).json() == kim
