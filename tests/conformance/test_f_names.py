"""F: which values a name stands for."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.steps import OWN, at, done, found, lab_user, refused, refuses_filter, thing, with_type
from tests.conformance.tools import ENTERPRISE, GROUP, LAB, USER
from tests.support.http import Scim


async def test_F_08_schemas_can_be_filtered(strict: Scim) -> None:
    await strict.user("kim", **{ENTERPRISE: {"department": "Field"}})
    await strict.user("bo")
    assert await found(strict, f'schemas eq "{ENTERPRISE}"') == {"kim"}
    assert await found(strict, f'schemas eq "{USER}"') == {"kim", "bo"}
    assert await found(strict, f'not (schemas eq "{ENTERPRISE}")') == {"bo"}


async def test_F_09_only_matches_are_returned_and_counted(strict: Scim) -> None:
    for number in range(5):
        await strict.user(f"kim{number}")
    await strict.user("bo")
    page = done(await strict.get("/Users", filter='userName sw "kim"', count=2))
    assert (page["totalResults"], len(page["Resources"])) == (5, 2)
    none = done(await strict.get("/Users", filter='userName eq "eli"'))
    assert (none["totalResults"], none.get("Resources", [])) == (0, [])
    assert done(await strict.get("/Groups", filter='displayName eq "kim0"'))["totalResults"] == 0


async def test_F_29_one_entry_that_matches_is_enough(lab: Scim) -> None:
    emails = [{"type": "work", "value": "a@x"}, {"type": "home", "value": "b@x"}]
    await lab.user("kim", emails=emails, **{LAB: {"tags": ["red", "Blue"], "codes": ["Xa", "Xb"]}})
    await lab.user("bo", emails=emails[1:], **{LAB: {"tags": ["green"]}})
    assert await found(lab, 'emails.type eq "work"') == {"kim"}
    assert await found(lab, 'emails.value sw "B"') == {"kim", "bo"}
    assert await found(lab, f'{LAB}:tags eq "blue"') == {"kim"}
    assert await found(lab, f'{LAB}:tags co "re"') == {"kim", "bo"}
    assert await found(lab, f'{LAB}:codes eq "Xb"') == {"kim"}
    assert await found(lab, 'emails.type eq "work" and emails.value eq "b@x"') == {"kim"}


async def test_F_34_a_value_path_is_about_one_entry(strict: Scim) -> None:
    await strict.user(
        "kim", emails=[{"type": "work", "value": "a@n", "primary": True}, {"type": "home", "value": "b@s"}]
    )
    await strict.user("bo", emails=[{"type": "home", "value": "c@n"}])
    await strict.user("eli")
    for inside, names in (
        ('type eq "home" and value ew "@n"', {"bo"}),
        ('type eq "work" and value ew "@s"', set()),
        ('type eq "work" or value sw "c"', {"kim", "bo"}),
        ("not (primary eq true)", {"kim", "bo"}),
        ('(type eq "work" or type eq "other") and value pr', {"kim"}),
        ('TYPE EQ "work"', {"kim"}),
    ):
        assert await found(strict, f"emails[{inside}]") == names, inside
    assert await found(strict, 'not (emails[type eq "work"])') == {"bo", "eli"}
    assert await found(strict, 'emails[type eq "home"] and active eq true and not (emails[type eq "work"])') == {"bo"}


async def test_F_34_a_value_path_reaches_members_and_groups(strict: Scim) -> None:
    kim = await strict.user("kim", displayName="Kim")
    inner = await strict.group("Inner", kim["id"])
    await strict.group("Outer", inner["id"])
    assert await found(strict, 'members[type eq "User" and display eq "kim"]', "/Groups") == {"Inner"}
    assert await found(strict, 'members[type eq "Group" and display eq "kim"]', "/Groups") == set()
    assert await found(strict, 'groups[type eq "direct" and display eq "Inner"]') == {"kim"}
    assert await found(strict, 'groups[type eq "direct" and display eq "Outer"]') == set()


@pytest.mark.parametrize(
    "text",
    [
        "emails[]",
        "emails[type]",
        "emails[0]",
        'emails["work"]',
        'emails[type eq "work"',
        'emails[type eq "work"]]',
        'emails[[type eq "work"]]',
        'emails[type eq "work"].value',
        'emails[type eq "work"].value eq "x"',
        'emails[type eq "work"] eq "x"',
        'emails[phoneNumbers[type eq "work"]]',
        'emails[type eq "work" and photos[type eq "photo"]]',
        "emails[userName pr]",
        "emails[emails.type pr]",
        '[type eq "work"]',
    ],
)
async def test_F_34_other_brackets_are_refused(strict: Scim, text: str) -> None:
    await refuses_filter(strict, text)


async def test_F_35_brackets_follow_complex_attributes_only(strict: Scim) -> None:
    await strict.user("kim", name={"givenName": "Bo", "familyName": "Ek"})
    await strict.user("bo", name={"givenName": "Bo"})
    for text in ('userName[value eq "kim"]', "active[value eq true]", 'emails.type[value eq "work"]'):
        await refuses_filter(strict, text)
    assert await found(strict, 'name[givenName eq "Bo"]') == {"kim", "bo"}
    assert await found(strict, 'name[givenName eq "Bo" and familyName eq "Ek"]') == {"kim"}


@pytest.mark.parametrize("text", ['shoeSize eq "44"', "name.petName pr", "emails[colour pr]", "not (members pr)"])
async def test_F_36_an_attribute_the_type_does_not_have_is_refused_at_its_endpoint(strict: Scim, text: str) -> None:
    await strict.user("kim")
    await refuses_filter(strict, text)


async def test_F_36_at_the_root_an_attribute_of_another_type_has_no_value(strict: Scim) -> None:
    kim = await strict.user("kim")
    await strict.group("Team", kim["id"])
    assert await found(strict, 'userName eq "kim"', "/") == {"kim"}
    assert await found(strict, 'userName eq "kim" or members pr', "/") == {"kim", "Team"}
    assert await found(strict, "not (members pr)", "/") == {"kim"}
    assert await found(strict, 'userName ne "kim"', "/") == {"Team"}
    for text in ('shoeSize eq "44"', "userName pr or members.colour pr"):
        await refuses_filter(strict, text, "/")


@pytest.mark.parametrize("text", ['password eq "Geheim-7"', "password pr", 'password sw "G"', 'not (password eq "x")'])
async def test_F_40_a_filter_on_password_is_refused_whatever_is_stored(strict: Scim, text: str) -> None:
    before = await refuses_filter(strict, text)
    await strict.user("kim", password="Geheim-7")
    assert await refuses_filter(strict, text) == before


async def test_F_42_what_is_never_returned_is_not_filtered_by(lab: Scim) -> None:
    await lab_user(lab, "kim", pin="1234")
    for text in ('pin eq "1234"', f"{LAB}:pin pr", f'{LAB}:pin ne "1"'):
        await refuses_filter(lab, text)


async def test_F_43_a_default_is_filtered_by_as_it_was_answered(strict: Scim) -> None:
    kim = await strict.user("kim")
    await strict.user("bo", active=False)
    assert kim["active"] is True
    assert await found(strict, "active eq true") == {"kim"}
    assert await found(strict, "active pr") == {"kim", "bo"}
    replaced = done(await strict.put(at(kim), {"schemas": [USER], "userName": "kim", "title": "Lead"}))
    assert replaced["active"] is True
    assert await found(strict, "active eq true") == {"kim"}


async def test_F_44_references_that_differ_only_by_version_are_equal(strict: Scim) -> None:
    kim = await strict.user("kim")
    await strict.group("Team", kim["id"])
    await strict.group("Empty")
    reference = kim["meta"]["location"].replace("/v2/", "/")
    assert reference.endswith(f"/scim/Users/{kim['id']}")
    assert await found(strict, f'members.$ref eq "{reference}"', "/Groups") == {"Team"}
    assert await found(strict, f'members[$ref eq "{reference}"]', "/Groups") == {"Team"}
    assert await found(strict, f'members.$ref eq "{reference}x"', "/Groups") == set()


async def test_F_45_a_bare_name_is_taken_from_the_one_extension_that_has_it(lab: Scim) -> None:
    await lab.user("kim", **{ENTERPRISE: {"department": "Field"}, LAB: {"level": 3}})
    await lab.user("bo", **{ENTERPRISE: {"department": "Ops"}})
    assert await found(lab, 'department eq "field"') == {"kim"}
    assert await found(lab, "level eq 3") == {"kim"}


async def test_F_46_the_brackets_of_a_patch_path_hold_the_same_grammar(strict: Scim) -> None:
    emails: list[dict[str, Any]] = [{"type": "work", "value": "a@n", "primary": True}, {"type": "home", "value": "b@s"}]
    kim = await strict.user("kim", emails=emails)
    inside = r'(TYPE Eq "\u0068ome" or not (value pr)) and NOT (primary eq true) and value co "@"'
    patched = done(await strict.patch(at(kim), {"op": "replace", "path": f"emails[{inside}].display", "value": "x"}))
    assert patched["emails"] == [emails[0], emails[1] | {"display": "x"}]
    for wrong in ("type regex 'x'", "type eq work", "primary gt true", "type", "type eq 5", "colour pr", "not type pr"):
        answer = await strict.patch(at(kim), {"op": "remove", "path": f"emails[{wrong}]"})
        refused(answer, 400, "invalidFilter", "invalidPath")


@pytest.mark.parametrize(
    "inside", ["(" * 10_000, "(" * 1_000 + "type pr" + ")" * 1_000, 'type eq "' + "x" * 100_000 + '"']
)
async def test_F_47_length_and_depth_are_limited_in_a_patch_path_too(strict: Scim, inside: str) -> None:
    kim = await strict.user("kim")
    refused(
        await strict.patch(at(kim), {"op": "remove", "path": f"emails[{inside}]"}), 400, "invalidFilter", "invalidPath"
    )


async def test_F_48_what_the_answer_leaves_out_is_filtered_by_all_the_same(lab: Scim) -> None:
    await lab.user("kim", title="Lead", **{LAB: {"hint": "blue"}})
    await lab.user("bo")
    [kim] = done(await lab.get("/Users", filter="title pr", excludedAttributes="title"))["Resources"]
    assert (kim["userName"], kim.get("title")) == ("kim", None)
    [kim] = done(await lab.get("/Users", filter="title pr", attributes="userName"))["Resources"]
    assert (kim["userName"], kim.get("title")) == ("kim", None)
    assert await found(lab, f'{LAB}:hint eq "blue"') == {"kim"}


async def test_F_49_at_the_root_each_type_is_judged_by_its_own_definitions(
    client: httpx.AsyncClient, database: Database
) -> None:
    scim = await with_type(client, database, "Tool", {"name": "displayName", "caseExact": True})
    for name in ("Saw", "saw"):
        assert (await scim.post("/Tools", {"schemas": [f"{OWN}Tool"], "displayName": name})).status_code == 201
    for name in ("SAW", "axe"):
        assert (await scim.post("/Groups", {"schemas": [GROUP], "displayName": name})).status_code == 201
    assert await found(scim, 'displayName eq "saw"', "/") == {"saw", "SAW"}
    assert await found(scim, 'displayName eq "Saw"', "/") == {"Saw", "SAW"}
    assert await found(scim, 'displayName ne "Saw"', "/") == {"saw", "axe"}


async def test_F_49_one_name_may_be_simple_in_one_type_and_complex_in_another(lab: Scim) -> None:
    await lab.user("kim", name={"givenName": "Kim"})
    await lab.user("bo")
    await thing(lab, "Saw")
    assert await found(lab, "name pr", "/") == {"kim", "Saw"}
    assert await found(lab, 'name.givenName eq "Kim"', "/") == {"kim"}
