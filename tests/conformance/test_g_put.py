"""G: PUT."""

from __future__ import annotations

from typing import Any

import pytest

from scim.db.database import Database
from tests.conformance.steps import at, done, found, lab_user, now, refused, secret, thing
from tests.conformance.tools import ENTERPRISE, GROUP, LAB, THING, USER
from tests.support.http import Scim


def body(name: str, /, **attributes: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": name} | attributes


async def test_G_01_put_answers_200_with_the_whole_resource(strict: Scim) -> None:
    kim = await strict.user("kim")
    replaced = done(await strict.put(at(kim), body("kim", title="Lead", emails=[{"value": "a@x"}])))
    assert (replaced["title"], replaced["emails"]) == ("Lead", [{"value": "a@x"}])
    assert (replaced["id"], replaced["meta"]["resourceType"]) == (kim["id"], "User")
    assert replaced == await now(strict, kim)


@pytest.mark.parametrize("identifier", ["0198f0a0-0000-7000-8000-000000000000", "nobody", "kim"])
async def test_G_02_put_never_creates(strict: Scim, identifier: str) -> None:
    refused(await strict.put(f"/Users/{identifier}", body("kim", id=identifier)), 404)
    answer = await strict.put("/Users", body("kim"))
    assert answer.status_code in (404, 405)
    assert done(await strict.get("/Users"))["totalResults"] == 0


async def test_G_02_an_id_of_another_type_is_unknown(strict: Scim) -> None:
    kim = await strict.user("kim")
    refused(await strict.put(f"/Groups/{kim['id']}", {"schemas": [GROUP], "displayName": "kim"}), 404)
    assert await now(strict, kim) == kim


async def test_G_03_values_in_the_body_replace_what_was_there_as_a_whole(strict: Scim) -> None:
    emails = [{"value": "a@x", "type": "work", "primary": True}, {"value": "b@x", "type": "home"}]
    kim = await strict.user("kim", title="Lead", emails=emails, name={"givenName": "Kim", "familyName": "Ek"})
    sent = body("kim2", title="Cook", emails=[{"value": "b@x"}], name={"familyName": "Ek"})
    replaced = done(await strict.put(at(kim), sent))
    assert {name: replaced[name] for name in sent} == sent
    assert await now(strict, kim) == replaced


async def test_G_03_a_password_in_the_body_replaces_the_one_there_was(strict: Scim, database: Database) -> None:
    kim = await strict.user("kim", password="Geheim-7")
    before = await secret(database, kim)
    answer = await strict.put(at(kim), body("kim", password="Geheim-8"))
    after = await secret(database, kim)
    assert "password" not in done(answer)
    assert "Geheim" not in answer.text
    assert after not in (None, before)


async def test_G_04_what_is_not_in_the_body_is_cleared_but_the_password_is_kept(
    strict: Scim, database: Database
) -> None:
    more = {"title": "Lead", "emails": [{"value": "a@x"}], "externalId": "e", "name": {"givenName": "Kim"}}
    kim = await strict.user("kim", password="Geheim-7", **more)
    before = await secret(database, kim)
    replaced = done(await strict.put(at(kim), body("kim")))
    assert not more.keys() & replaced.keys()
    assert replaced["active"] is True
    assert await secret(database, kim) == before is not None


@pytest.mark.parametrize("nothing", [None, []], ids=["null", "[]"])
async def test_G_05_null_and_an_empty_list_clear(strict: Scim, nothing: Any) -> None:
    kim = await strict.user("kim", title="Lead", emails=[{"value": "a@x"}], name={"givenName": "Kim"})
    sent = body("kim", title=None, emails=nothing, name=None)
    assert not {"title", "emails", "name"} & done(await strict.put(at(kim), sent)).keys()
    assert not {"title", "emails", "name"} & (await now(strict, kim)).keys()


async def test_G_05_null_clears_an_extension_and_what_is_in_it(strict: Scim) -> None:
    for nothing in (None, {}, {"department": None}):
        kim = await strict.user("kim", **{ENTERPRISE: {"department": "Field"}})
        replaced = done(await strict.put(at(kim), body("kim", **{ENTERPRISE: nothing})))
        assert (replaced["schemas"], replaced.get(ENTERPRISE)) == ([USER], None)
        await strict.delete(at(kim))


async def test_G_05_null_clears_also_where_there_is_a_default(strict: Scim) -> None:
    kim = await strict.user("kim")
    assert kim["active"] is True
    assert "active" not in done(await strict.put(at(kim), body("kim", active=None)))
    assert await found(strict, "active pr") == set()


async def test_G_05_null_clears_a_password(strict: Scim, database: Database) -> None:
    kim = await strict.user("kim", password="Geheim-7")
    assert await secret(database, kim) is not None
    done(await strict.put(at(kim), body("kim", password=None)))
    assert await secret(database, kim) is None


class TestImmutable:
    async def test_G_06_the_same_value_or_none_keeps_it(self, lab: Scim) -> None:
        box = await thing(lab, "box", kind="Box")
        for more in ({"kind": "Box"}, {}):
            replaced = done(await lab.put(at(box), {"schemas": [THING], "name": "box", "size": 3} | more))
            assert (replaced["kind"], replaced["size"]) == ("Box", 3)

    @pytest.mark.parametrize("value", ["Bag", "box", ""])
    async def test_G_06_another_value_is_refused(self, lab: Scim, value: str) -> None:
        box = await thing(lab, "box", kind="Box")
        answer = await lab.put(at(box), {"schemas": [THING], "name": "box", "kind": value, "size": 3})
        refused(answer, 400, "mutability")
        assert await now(lab, box) == box

    async def test_G_06_a_value_is_taken_where_there_was_none(self, lab: Scim) -> None:
        box = await thing(lab, "box")
        for _ in range(2):
            sent = {"schemas": [THING], "name": "box", "kind": "Box"}
            assert done(await lab.put(at(box), sent))["kind"] == "Box"

    async def test_G_06_it_holds_inside_extensions_and_complex_values(self, lab: Scim) -> None:
        inside = {"badge": "B", "desk": {"code": "W", "floor": 1}, "contracts": [{"value": "c", "serial": "S"}]}
        kim = await lab_user(lab, "kim", **inside)
        for more in ({"badge": "C"}, {"desk": {"code": "V"}}, {"contracts": [{"value": "c", "serial": "T"}]}):
            refused(await lab.put(at(kim), body("kim", schemas=[USER, LAB], **{LAB: inside | more})), 400, "mutability")
        assert await now(lab, kim) == kim
        left_out = {"desk": {"floor": 2}, "contracts": [{"value": "c", "hours": 4}]}
        replaced = done(await lab.put(at(kim), body("kim", schemas=[USER, LAB], **{LAB: left_out})))
        assert replaced[LAB]["badge"] == "B"
        assert replaced[LAB]["desk"] == {"code": "W", "floor": 2}
        assert replaced[LAB]["contracts"] == [{"value": "c", "serial": "S", "hours": 4}]

    async def test_G_06_a_member_keeps_its_type(self, strict: Scim) -> None:
        kim = await strict.user("kim")
        team = await strict.group("Team", kim["id"])
        changed = {"schemas": [GROUP], "displayName": "Team", "members": [{"value": kim["id"], "type": "Group"}]}
        refused(await strict.put(at(team), changed), 400, "mutability")
        assert await now(strict, team) == team


async def test_G_07_read_only_values_in_the_body_are_ignored(lab: Scim) -> None:
    boss = await lab.user("boss", displayName="Boss")
    kim = await lab.user("kim", **{ENTERPRISE: {"manager": {"value": boss["id"]}}})
    team = await lab.group("Team", kim["id"])
    sent = body(
        "kim",
        id="mine",
        meta={"resourceType": "Group", "created": "2001-01-01T00:00:00Z", "version": 'W/"99"', "location": "x"},
        groups=[{"value": "g"}],
        title="Lead",
        **{
            LAB: {"audit": {"by": "me"}, "contracts": [{"value": "c", "seal": "wax"}]},
            ENTERPRISE: {"manager": {"value": boss["id"], "displayName": "Me"}},
        },
    )
    replaced = done(await lab.put(at(kim), sent))
    assert (replaced["id"], replaced["title"]) == (kim["id"], "Lead")
    assert replaced["meta"] == kim["meta"] | {
        "lastModified": replaced["meta"]["lastModified"],
        "version": replaced["meta"]["version"],
    }
    assert replaced["meta"]["version"] != 'W/"99"'
    assert [group["value"] for group in replaced["groups"]] == [team["id"]]
    assert replaced[LAB] == {"contracts": [{"value": "c"}]}
    assert replaced[ENTERPRISE]["manager"]["displayName"] == "Boss"


@pytest.mark.parametrize("name", [{}, {"userName": None}, {"userName": ""}, {"userName": []}])
async def test_G_08_required_attributes_must_be_in_the_body(strict: Scim, name: dict[str, Any]) -> None:
    kim = await strict.user("kim")
    refused(await strict.put(at(kim), {"schemas": [USER], "title": "Lead"} | name), 400, "invalidValue")
    assert await now(strict, kim) == kim


async def test_G_08_required_parts_must_be_in_the_body(lab: Scim) -> None:
    team, saw = await lab.group("Team"), await thing(lab, "saw", owner={"value": "7"})
    refused(await lab.put(at(team), {"schemas": [GROUP]}), 400, "invalidValue")
    without = {"schemas": [THING], "name": "saw", "owner": {"$ref": "http://test/scim/v2/Users/7"}}
    refused(await lab.put(at(saw), without), 400, "invalidValue")
    assert await now(lab, saw) == saw


async def test_G_09_a_unique_value_of_another_resource_is_a_conflict(lab: Scim) -> None:
    kim, saw = await lab.user("kim"), await thing(lab, "saw")
    await lab.user("Bo")
    await thing(lab, "Axe")
    refused(await lab.put(at(kim), body("bO")), 409, "uniqueness")
    refused(await lab.put(at(saw), {"schemas": [THING], "name": "aXe"}), 409, "uniqueness")
    assert await now(lab, kim) == kim
    assert await now(lab, saw) == saw
    assert done(await lab.put(at(kim), body("KIM", title="Lead")))["userName"] == "KIM"
    assert done(await lab.put(at(saw), {"schemas": [THING], "name": "SAW"}))["name"] == "SAW"


async def test_G_10_a_change_moves_time_and_version_and_leaves_the_rest(strict: Scim) -> None:
    kim = await strict.user("kim")
    meta = done(await strict.put(at(kim), body("kim", title="Lead")))["meta"]
    assert meta["lastModified"] > kim["meta"]["lastModified"]
    assert meta["version"] != kim["meta"]["version"]
    for part in ("created", "location", "resourceType"):
        assert meta[part] == kim["meta"][part]


async def test_G_10_a_put_that_changes_nothing_leaves_time_and_version_alone(strict: Scim) -> None:
    kim = await strict.user("kim", emails=[{"value": "a@x", "primary": True}], **{ENTERPRISE: {"department": "Field"}})
    assert done(await strict.put(at(kim), kim)) == kim
    team = await strict.group("Team", kim["id"])
    assert done(await strict.put(at(team), team)) == team


async def test_G_11_if_match_that_does_not_fit_is_412(strict: Scim) -> None:
    kim = await strict.user("kim")
    for tag in ('W/"99"', '"x"'):
        refused(await strict.put(at(kim), body("kim", title="Lead"), headers={"if-match": tag}), 412)
    assert await now(strict, kim) == kim
    fitting = {"if-match": kim["meta"]["version"]}
    assert done(await strict.put(at(kim), body("kim", title="Lead"), headers=fitting))["title"] == "Lead"


@pytest.mark.parametrize(
    ("query", "shown"), [("attributes=title", {"title"}), ("excludedAttributes=name", {"userName", "title"})]
)
async def test_G_12_parameters_shape_the_answer_not_the_change(strict: Scim, query: str, shown: set[str]) -> None:
    kim = await strict.user("kim")
    sent = body("kim", title="Lead", name={"givenName": "Kim"})
    replaced = done(await strict.put(f"{at(kim)}?{query}", sent))
    assert replaced.keys() & {"userName", "title", "name"} == shown
    assert replaced["id"] == kim["id"]
    stored = await now(strict, kim)
    assert {name: stored[name] for name in sent} == sent


@pytest.mark.parametrize("schemas", [None, [], "x", [GROUP], [USER, USER], [USER, "urn:example:none"], [ENTERPRISE]])
async def test_G_13_schemas_is_checked(strict: Scim, schemas: Any) -> None:
    kim = await strict.user("kim")
    refused(await strict.put(at(kim), body("kim", title="x", schemas=schemas)), 400, "invalidSyntax", "invalidValue")
    assert await now(strict, kim) == kim


async def test_G_13_an_extension_that_is_left_out_is_cleared(strict: Scim) -> None:
    kim = await strict.user("kim", schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"department": "Field"}})
    replaced = done(await strict.put(at(kim), body("kim")))
    assert ENTERPRISE not in replaced
    assert replaced["schemas"] == [USER]
    assert await found(strict, f"{ENTERPRISE}:department pr") == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"active": "yes"},
        {"emails": [{"value": "a@x", "primary": True}, {"value": "b@x", "primary": True}]},
        {"emails": {"value": 5}},
        {"shoeSize": 44},
        {ENTERPRISE: {"department": 5}},
    ],
)
async def test_G_14_a_refused_put_changes_nothing(strict: Scim, database: Database, wrong: dict[str, Any]) -> None:
    kim = await strict.user("kim", title="Lead")
    refused(await strict.put(at(kim), body("bo", title="Cook", password="Geheim-7", **wrong)), 400)
    assert await now(strict, kim) == kim
    assert await secret(database, kim) is None
    assert (await strict.user("bo"))["userName"] == "bo"


async def test_G_14_a_refused_put_changes_no_members(strict: Scim) -> None:
    kim, bo = await strict.user("kim"), await strict.user("bo")
    team = await strict.group("Team", kim["id"])
    members = [{"value": bo["id"]}, {"value": "nobody"}]
    refused(await strict.put(at(team), {"schemas": [GROUP], "displayName": "New", "members": members}), 400)
    assert await now(strict, team) == team


async def test_G_15_the_answer_names_place_and_version(strict: Scim) -> None:
    kim = await strict.user("kim")
    answer = await strict.put(at(kim), body("kim", title="Lead"))
    assert answer.headers["location"] == done(answer)["meta"]["location"] == kim["meta"]["location"]
    assert answer.headers["etag"] == done(answer)["meta"]["version"]


async def test_G_16_members_are_replaced_as_a_whole_and_matched_by_value(strict: Scim) -> None:
    kim, bo, eli = [await strict.user(name, displayName=name) for name in ("kim", "bo", "eli")]
    team = await strict.group("Team", kim["id"], bo["id"])
    sent = {"schemas": [GROUP], "displayName": "Team", "members": [{"value": bo["id"]}, {"value": eli["id"]}]}
    replaced = done(await strict.put(at(team), sent))
    assert {member["value"] for member in replaced["members"]} == {bo["id"], eli["id"]}
    assert next(one for one in team["members"] if one["value"] == bo["id"]) in replaced["members"]
    assert "groups" not in await now(strict, kim)
    assert "members" not in done(await strict.put(at(team), {"schemas": [GROUP], "displayName": "Team"}))
