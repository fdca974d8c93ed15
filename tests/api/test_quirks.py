"""Quirk rules where they meet HTTP: each is applied, counted in the audit record, and absent in strict."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest

from scim.db.database import Database
from tests.support.http import SCIM, Scim, account

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


async def rules_of(database: Database, scim: Scim) -> list[str]:
    """The rules in the newest audit record of the application."""
    async with database.session() as session:
        found: list[str] = await session.fetchval(
            "SELECT rules FROM scim.audit_log WHERE app_id = $1 ORDER BY id DESC LIMIT 1", scim.owner.app_id
        )
    return found


async def detail_of(database: Database, scim: Scim) -> str | None:
    """What the newest audit record of the application says in words."""
    async with database.session() as session:
        found: str | None = await session.fetchval(
            "SELECT detail FROM scim.audit_log WHERE app_id = $1 ORDER BY id DESC LIMIT 1", scim.owner.app_id
        )
    return found


def body(**attributes: Any) -> bytes:
    return orjson.dumps({"schemas": [USER], "userName": "kim"} | attributes)


@pytest.mark.parametrize(
    ("rule", "path", "headers", "content", "strict_status"),
    [
        ("COMMON-25", "/scim/v2/Users", {}, body(), 404),
        ("COMMON-25", "//Users", {}, body(), 404),
        ("COMMON-28", "/Users", {"content-type": "text/plain"}, body(), 415),
        ("COMMON-10", "/Users", {}, body(active="True"), 400),
        ("COMMON-04", "/Users", {}, orjson.dumps({"userName": "kim"}), 400),
    ],
)
async def test_a_rule_is_applied_in_auto_and_refused_in_strict(
    scim: Scim,
    strict: Scim,
    database: Database,
    rule: str,
    path: str,
    headers: dict[str, str],
    content: bytes,
    strict_status: int,
) -> None:
    sent = {"content-type": "application/json"} | headers
    answer = await scim.send("POST", path, content=content, headers=sent)
    assert answer.status_code == 201, answer.text
    assert await rules_of(database, scim) == [rule]
    assert (await strict.send("POST", path, content=content, headers=sent)).status_code == strict_status


async def test_common_28_reads_no_form(scim: Scim) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert (await scim.send("POST", "/Users", content=body(), headers=headers)).status_code == 415


async def test_common_24_a_slash_at_the_end_is_no_redirect(strict: Scim) -> None:
    assert (
        await strict.send("POST", "/Users/", content=body(), headers={"content-type": "application/json"})
    ).status_code == 201
    assert (await strict.get("/Users/")).json()["totalResults"] == 1


async def test_common_26_empty_parameters_count_as_not_sent(scim: Scim, strict: Scim) -> None:
    for query in ("?", "?count=&startIndex=", "?&", "?filter=&"):
        assert (await scim.client.get(f"{SCIM}/Users{query}", headers=scim.owner.headers)).status_code == 200
    for query, status in (("?", 200), ("?&", 200), ("?count=", 400), ("?filter=", 400)):
        assert (await strict.client.get(f"{SCIM}/Users{query}", headers=strict.owner.headers)).status_code == status


async def test_okta_24_a_bare_token_is_tried_where_the_profile_has_the_rule(
    client: httpx.AsyncClient, database: Database
) -> None:
    for profile, status in (("okta", 200), ("auto", 200), ("strict", 401)):
        owner = await account(database, profile=profile)
        answer = await client.get(f"{SCIM}/Users", headers={"authorization": owner.token})
        assert answer.status_code == status, profile


async def test_entra_26_a_group_patch_is_answered_without_a_body(client: httpx.AsyncClient, database: Database) -> None:
    entra = Scim(client, await account(database, profile="entra"))
    kim, team = await entra.user("kim"), await entra.group("Team")
    path, operation = (
        f"/Groups/{team['id']}",
        {"op": "Add", "path": "members", "value": [{"value": kim["id"], "$ref": None}]},
    )
    answer = await entra.patch(path, operation)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["etag"] == 'W/"2"'
    assert answer.headers["location"] == team["meta"]["location"]
    assert await rules_of(database, entra) == ["ENTRA-39", "ENTRA-26"]
    asked = await entra.patch(path + "?attributes=displayName", operation)
    assert (asked.status_code, asked.json()["displayName"]) == (200, "Team")


async def test_entra_49_a_patch_without_operations_is_answered_with_the_resource(
    client: httpx.AsyncClient, database: Database
) -> None:
    entra = Scim(client, await account(database, profile="entra"))
    for made in (await entra.user("kim"), await entra.group("Team")):
        answer = await entra.patch(made["meta"]["location"].removeprefix(SCIM))
        assert (answer.status_code, answer.json()) == (200, made)


async def test_common_34_members_are_found_by_external_id_and_user_name_but_not_in_strict(
    scim: Scim, strict: Scim
) -> None:
    for one, status in ((scim, 200), (strict, 400)):
        kim, bo = await one.user("kim", externalId="e-1"), await one.user("Bo")
        team = await one.group("Team")
        answer = await one.patch(
            f"/Groups/{team['id']}", {"op": "add", "path": "members", "value": [{"value": "e-1"}, {"value": "BO"}]}
        )
        assert answer.status_code == status, answer.text
        if status == 200:
            assert {member["value"] for member in answer.json()["members"]} == {kim["id"], bo["id"]}


async def test_common_33_unknown_attributes_are_named_in_the_audit_record_or_refused(
    scim: Scim, strict: Scim, database: Database
) -> None:
    made = await scim.user("kim", shoeSize=44)
    assert "shoeSize" not in made
    async with database.session() as session:
        detail = await session.fetchval("SELECT detail FROM scim.audit_log WHERE app_id = $1", scim.owner.app_id)
    assert detail == "Unknown attributes were ignored: shoeSize."
    assert await rules_of(database, scim) == ["COMMON-33"]
    await scim.user("bo", prefferedLanguage="en")
    async with database.session() as session:
        told = await session.fetchval(
            "SELECT detail FROM scim.audit_log WHERE app_id = $1 ORDER BY id DESC LIMIT 1", scim.owner.app_id
        )
    assert told == "Unknown attributes were ignored: prefferedLanguage (near preferredLanguage)."
    team, kim = await scim.group("Team"), await scim.user("ann")
    member = {"value": kim["id"], "shoeSize": 44}
    await scim.patch(f"/Groups/{team['id']}", {"op": "add", "path": "members", "value": [member]})
    assert await rules_of(database, scim) == ["COMMON-33"]
    assert await detail_of(database, scim) == "Unknown attributes were ignored: members.shoeSize."
    answer = await strict.send(
        "POST", "/Users", content=body(shoeSize=44), headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidSyntax")


async def test_common_21_is_counted_only_where_it_made_an_entry(scim: Scim, database: Database) -> None:
    kim = await scim.user("kim")
    operation = {"op": "replace", "path": 'emails[type eq "work"].value', "value": "a@b"}
    made = await scim.patch(f"/Users/{kim['id']}", operation)
    assert made.json()["emails"] == [{"type": "work", "value": "a@b"}]
    assert await rules_of(database, scim) == ["COMMON-21"]
    await scim.patch(f"/Users/{kim['id']}", operation | {"value": "c@d"})
    assert await rules_of(database, scim) == []


async def test_common_32_the_value_of_a_member_decides_wherever_its_ref_points(scim: Scim, strict: Scim) -> None:
    for one, status in ((scim, 200), (strict, 400)):
        kim = await one.user("kim")
        team = await one.group("Team", kim["id"])
        path, group = f"/Groups/{team['id']}", {"schemas": team["schemas"], "displayName": "Team"}
        for foreign in (f"Users/{kim['id']}", f"https://other.example/Users/{kim['id']}", None):
            members = [{"value": kim["id"], "$ref": foreign}]
            assert (await one.put(path, group | {"members": members})).json() == team
        members = [{"value": kim["id"], "$ref": "https://other.example/Users/77"}]
        put = await one.put(path, group | {"members": members})
        patched = await one.patch(path, {"op": "replace", "path": "members", "value": members})
        assert (put.status_code, patched.status_code) == (status, status)
        assert (await one.get(path)).json() == team


async def test_common_21_a_member_that_a_path_describes_is_who_has_the_id(scim: Scim, database: Database) -> None:
    kim, team, inner = await scim.user("kim"), await scim.group("Team"), await scim.group("Inner")
    for kind, value in (("User", kim["id"]), ("Group", inner["id"])):
        operation = {"op": "add", "path": f'members[type eq "{kind}"].value', "value": value}
        answer = await scim.patch(f"/Groups/{team['id']}", operation)
        assert {"value": value, "type": kind}.items() <= answer.json()["members"][-1].items()
        assert await rules_of(database, scim) == ["COMMON-21"]
    circle = {"op": "add", "path": 'members[type eq "Group"].value', "value": team["id"]}
    refused = await scim.patch(f"/Groups/{inner['id']}", circle)
    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidValue")


async def test_entra_52_a_path_that_selects_several_entries_is_told_of_in_the_audit_record(
    client: httpx.AsyncClient, database: Database
) -> None:
    for profile, rules in (("entra", ["ENTRA-52"]), ("auto", ["ENTRA-52"]), ("okta", []), ("strict", [])):
        scim = Scim(client, await account(database, profile=profile))
        kim = await scim.user("kim", phoneNumbers=[{"type": "work", "value": value} for value in ("1", "2")])
        operation = {"op": "replace", "path": 'phoneNumbers[type eq "work"].display', "value": "desk"}
        answer = await scim.patch(f"/Users/{kim['id']}", operation)
        assert [entry["display"] for entry in answer.json()["phoneNumbers"]] == ["desk", "desk"]
        assert await rules_of(database, scim) == rules
        told = "More than one entry was selected by 'phoneNumbers[type eq \"work\"].display': all of them changed."
        assert await detail_of(database, scim) == told
        one = operation | {"path": 'phoneNumbers[value eq "1"].display', "value": "x"}
        await scim.patch(f"/Users/{kim['id']}", one)
        assert (await rules_of(database, scim), await detail_of(database, scim)) == ([], None)


async def test_authentik_04_a_group_without_members_says_so(client: httpx.AsyncClient, database: Database) -> None:
    """authentik adds members only to a group whose list it was shown."""
    for profile, expected in (("authentik", []), ("auto", None), ("entra", None), ("strict", None)):
        scim = Scim(client, await account(database, profile=profile))
        kim = await scim.user("kim")
        empty, full = await scim.group("Empty"), await scim.group("Full", kim["id"])
        assert empty.get("members") == expected
        assert (await scim.get(f"/Groups/{empty['id']}")).json().get("members") == expected
        assert "members" not in (await scim.get(f"/Groups/{empty['id']}", excludedAttributes="members")).json()
        listed = {one["displayName"]: one.get("members") for one in (await scim.get("/Groups")).json()["Resources"]}
        assert listed["Empty"] == expected
        assert [member["value"] for member in listed["Full"]] == [kim["id"]] == [full["members"][0]["value"]]
        assert "members" not in (await scim.get(f"/Users/{kim['id']}")).json()
