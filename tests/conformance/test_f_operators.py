"""F: what the operators mean."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.steps import done, found, lab_user, refuses_filter
from tests.conformance.tools import LAB
from tests.support.http import Scim

ORDER = ("gt", "ge", "lt", "le")
PARTS = ("co", "sw", "ew")


@pytest.mark.parametrize(
    ("name", "stored", "operand", "other"),
    [
        ("hint", "Grey", '"Grey"', '"Gre"'),
        ("badge", "B-1", '"B-1"', '"B-2"'),
        ("level", 3, "3", "4"),
        ("score", 0.1, "0.1", "0.10000001"),
        ("verified", False, "false", "true"),
        ("joined", "2025-01-02T03:04:05Z", '"2025-01-02T03:04:05Z"', '"2025-01-02T03:04:06Z"'),
        ("blob", "aGVsbG8=", '"aGVsbG8="', '"aGVsbG9="'),
        ("site", "https://a.example/x", '"https://a.example/x"', '"https://a.example/y"'),
    ],
)
async def test_F_10_eq_is_equality_by_the_type(lab: Scim, name: str, stored: Any, operand: str, other: str) -> None:
    await lab_user(lab, "kim", **{name: stored})
    await lab_user(lab, "bo")
    assert await found(lab, f"{LAB}:{name} eq {operand}") == {"kim"}
    assert await found(lab, f"{LAB}:{name} eq {other}") == set()


async def test_F_11_ne_is_the_negation_of_eq(strict: Scim) -> None:
    await strict.user("kim", title="Lead", emails=[{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "home"}])
    await strict.user("bo", title="Cook", emails=[{"value": "c@x", "type": "home"}])
    await strict.user("eli")
    assert await found(strict, 'title ne "lead"') == {"bo", "eli"}
    assert await found(strict, 'emails.type ne "work"') == {"bo", "eli"}
    assert await found(strict, 'emails[type ne "work"]') == {"kim", "bo"}
    assert await found(strict, 'not (title ne "Lead")') == {"kim"}
    assert await found(strict, "active ne true") == set()


async def test_F_12_co_finds_a_part_of_the_value(strict: Scim) -> None:
    await _titles(strict, "Head of Food", "Food", "of", "50%_off", "a\\b")
    assert await _found_titles(strict, 'title co "OF F"') == {"Head of Food"}
    assert await _found_titles(strict, 'title co "foo"') == {"Head of Food", "Food"}
    for sign in ("%", "_", "%_"):
        assert await _found_titles(strict, f'title co "{sign}"') == {"50%_off"}
    assert await _found_titles(strict, r'title co "\\"') == {"a\\b"}


async def test_F_13_sw_finds_the_start_and_the_whole(strict: Scim) -> None:
    await _titles(strict, "Food Head", "Food", "My Food", "_")
    assert await _found_titles(strict, 'title sw "_"') == {"_"}
    assert await _found_titles(strict, 'title sw "food"') == {"Food Head", "Food"}
    assert await _found_titles(strict, 'title sw "Food Head of"') == set()


async def test_F_14_ew_finds_the_end_and_the_whole(strict: Scim) -> None:
    await _titles(strict, "Food Head", "Food", "My Food", "%")
    assert await _found_titles(strict, 'title ew "%"') == {"%"}
    assert await _found_titles(strict, 'title ew "food"') == {"My Food", "Food"}
    assert await _found_titles(strict, 'title ew "Not My Food"') == set()


async def test_F_15_pr_asks_for_a_value_that_is_not_empty(lab: Scim) -> None:
    await lab_user(lab, "full", level=0, verified=False, tags=["a"], desk={"floor": 0}, contracts=[{"value": "c"}])
    await lab_user(lab, "null", level=None, verified=None, tags=[], desk={"room": None}, contracts=[])
    for name in ("level", "verified", "tags", "desk", "desk.floor", "contracts", "contracts.value"):
        assert await found(lab, f"{LAB}:{name} pr") == {"full"}, name
    for name in ("desk.room", "contracts.type"):
        assert await found(lab, f"{LAB}:{name} pr") == set(), name
    await lab.user("texts", title="", name={"givenName": ""}, emails=[{"value": ""}])
    for name in ("title", "name", "name.givenName", "emails", "emails.value"):
        assert await found(lab, f"{name} pr") == set(), name
    assert await found(lab, "active pr") == {"full", "null", "texts"}
    await refuses_filter(lab, "title pr null")


async def test_F_16_texts_are_ordered_without_case_where_case_does_not_matter(strict: Scim) -> None:
    await _titles(strict, "ant", "Bee", "cat", "Cats")
    assert await _found_titles(strict, 'title gt "bee"') == {"cat", "Cats"}
    assert await _found_titles(strict, 'title ge "bee"') == {"Bee", "cat", "Cats"}
    assert await _found_titles(strict, 'title lt "CAT"') == {"ant", "Bee"}
    assert await _found_titles(strict, 'title le "CAT"') == {"ant", "Bee", "cat"}


async def test_F_16_texts_are_ordered_with_case_where_it_matters(lab: Scim) -> None:
    for name, badge in (("u1", "B"), ("u2", "a"), ("u3", "b")):
        await lab_user(lab, name, badge=badge)
    assert await found(lab, f'{LAB}:badge gt "B"') == {"u2", "u3"}
    assert await found(lab, f'{LAB}:badge lt "a"') == {"u1"}
    assert await found(lab, f'{LAB}:badge ge "b"') == {"u3"}


@pytest.mark.parametrize("operator", ["eq", "ne", *PARTS, *ORDER])
async def test_F_20_a_complex_value_has_no_comparison(strict: Scim, operator: str) -> None:
    for name in ("name", "addresses", "meta"):
        await refuses_filter(strict, f'{name} {operator} "x"')


async def test_F_20_a_list_of_complex_values_alone_means_their_value(strict: Scim) -> None:
    await strict.user("kim", emails=[{"value": "kim@north.example", "type": "south"}])
    await strict.user("bo", emails=[{"value": "bo@south.example", "display": "north"}])
    assert await found(strict, 'emails co "north"') == {"kim"}
    assert await found(strict, 'emails eq "bo@south.example"') == {"bo"}


@pytest.mark.parametrize(
    "text",
    ["userName eq 5", "userName co true", 'active eq "true"', "active eq 1", "meta.created gt 2025"]
    + [f"{LAB}:{rest}" for rest in ('level eq "3"', "level gt true", 'score lt "1"', "blob eq 1", "tags eq 1")],
)
async def test_F_20_an_operand_of_another_type_is_refused(lab: Scim, text: str) -> None:
    await refuses_filter(lab, text)


async def test_F_21_booleans_take_eq_ne_and_pr(strict: Scim) -> None:
    await strict.user("kim", active=False)
    await strict.user("bo")
    assert await found(strict, "active eq false") == await found(strict, "active ne true") == {"kim"}
    for operator in (*ORDER, *PARTS):
        await refuses_filter(strict, f"active {operator} true")
        await refuses_filter(strict, f"emails[primary {operator} true]")


async def test_F_22_numbers_compare_by_number(lab: Scim) -> None:
    for name, level, score in (("nine", 9, 9.5), ("ten", 10, 4), ("minus", -10, -0.5)):
        await lab_user(lab, name, level=level, score=score)
    for text, names in (
        ("level gt 9", {"ten"}),
        ("level lt 9", {"minus"}),
        ("level ge 9.0", {"nine", "ten"}),
        ("level le 9.5", {"nine", "minus"}),
        ("level eq 10.0", {"ten"}),
        ("score eq 4.0", {"ten"}),
        ("score eq 40e-1", {"ten"}),
        ("score gt -1", {"nine", "ten", "minus"}),
        ("score le 4", {"ten", "minus"}),
    ):
        assert await found(lab, f"{LAB}:{text}") == names, text


@pytest.mark.parametrize("operator", PARTS)
async def test_F_22_numbers_have_no_parts(lab: Scim, operator: str) -> None:
    for text in ("level {} 1", 'level {} "1"', "score {} 1", "contracts[hours {} 1]"):
        await refuses_filter(lab, f"{LAB}:{text.format(operator)}")


async def test_F_23_date_times_compare_as_instants(lab: Scim) -> None:
    await lab_user(lab, "kim", joined="2025-01-01T00:00:00Z")
    await lab_user(lab, "bo", joined="2025-01-01T00:30:00.5+01:00")
    name = f"{LAB}:joined"
    for operand in ("2025-01-01T01:00:00+01:00", "2024-12-31T23:00:00.000-01:00", "2025-01-01T00:00:00"):
        assert await found(lab, f'{name} eq "{operand}"') == {"kim"}
    assert await found(lab, f'{name} eq "2024-12-31T23:30:00.50Z"') == {"bo"}
    assert await found(lab, f'{name} lt "2025-01-01T00:00:00Z"') == {"bo"}
    assert await found(lab, f'{name} gt "2024-12-31T23:30:00.4Z"') == {"kim", "bo"}
    assert await found(lab, f'{name} le "2024-12-31T23:30:00.4Z"') == set()


async def test_F_23_the_times_of_meta_are_found_as_they_are_shown(strict: Scim) -> None:
    made = await strict.user("kim")
    for name in ("created", "lastModified"):
        assert await found(strict, f'meta.{name} eq "{made["meta"][name]}"') == {"kim"}
        assert await found(strict, f'meta.{name} le "{made["meta"][name]}"') == {"kim"}
        assert await found(strict, f'meta.{name} gt "{made["meta"][name]}"') == set()


@pytest.mark.parametrize("operand", ["today", "2025-01-01", "2025-13-01T00:00:00Z", "2025-01-01 00:00:00Z", "", "1e3"])
async def test_F_23_a_text_that_is_no_date_time_is_refused(strict: Scim, operand: str) -> None:
    await refuses_filter(strict, f'meta.created gt "{operand}"')


@pytest.mark.parametrize("operator", PARTS)
async def test_F_23_date_times_have_no_parts(strict: Scim, operator: str) -> None:
    await refuses_filter(strict, f'meta.created {operator} "2025-01-01T00:00:00Z"')


async def test_F_24_binaries_take_eq_ne_and_pr_with_case(lab: Scim) -> None:
    await lab_user(lab, "kim", blob="aGVsbG8=")
    await lab_user(lab, "bo", blob="AGVsbG8=")
    await lab_user(lab, "eli")
    assert await found(lab, f'{LAB}:blob eq "aGVsbG8="') == {"kim"}
    assert await found(lab, f'{LAB}:blob ne "aGVsbG8="') == {"bo", "eli"}
    assert await found(lab, f"{LAB}:blob pr") == {"kim", "bo"}
    for operator in ORDER:
        await refuses_filter(lab, f'{LAB}:blob {operator} "aGVsbG8="')


async def test_F_25_null_stands_for_no_value(strict: Scim) -> None:
    await strict.user("kim", title="Lead", emails=[{"value": "a@x"}])
    await strict.user("bo")
    for name in ("title", "emails", "emails.value", "name.givenName", "nickName"):
        without = {"bo"} if name in ("title", "emails", "emails.value") else {"kim", "bo"}
        assert await found(strict, f"{name} eq null") == without, name
        assert await found(strict, f"{name} ne null") == {"kim", "bo"} - without, name
    for operator in (*PARTS, *ORDER):
        await refuses_filter(strict, f"title {operator} null")


@pytest.mark.parametrize(
    ("stored", "operand"),
    [("Åse", "ÅSE"), ("ÅSE", "åse"), ("Straße", "STRASSE"), ("ΟΔΟΣ", "οδος"), ("Привет", "ПРИВЕТ"), ("kim", "KIM")],
)
async def test_F_26_case_does_not_matter_outside_ascii_either(strict: Scim, stored: str, operand: str) -> None:
    await strict.user("kim", displayName=stored, emails=[{"value": stored}])
    await strict.user("bo", displayName="other", emails=[{"value": "other"}])
    assert await found(strict, f'displayName eq "{operand}"') == {"kim"}
    assert await found(strict, f'displayName sw "{operand[:2]}"') == {"kim"}
    assert await found(strict, f'emails[value eq "{operand}"]') == {"kim"}
    assert await found(strict, f'emails.value co "{operand[1:]}"') == {"kim"}


async def test_F_27_case_matters_where_the_schema_says_so(lab: Scim) -> None:
    inside = {"badge": "Abc", "blob": "aGVsbG8=", "codes": ["Xa"], "site": "https://a.example/X"}
    kim = await lab_user(lab, "kim", **inside)
    await lab.put(f"/Users/{kim['id']}", kim | {"externalId": "Ext-1", "profileUrl": "https://a.example/Kim"})
    for name, value in (
        ("id", kim["id"]),
        ("externalId", "Ext-1"),
        ("profileUrl", "https://a.example/Kim"),
        ("meta.resourceType", "User"),
        ("meta.version", r"W/\"2\""),
        ("meta.location", kim["meta"]["location"]),
        *((f"{LAB}:{name}", value[0] if isinstance(value, list) else value) for name, value in inside.items()),
    ):
        assert await found(lab, f'{name} eq "{value}"') == {"kim"}, name
        assert await found(lab, f'{name} eq "{value.swapcase()}"') == set(), name
        assert await found(lab, f'{name} ne "{value.swapcase()}"') == {"kim"}, name


@pytest.mark.parametrize(
    ("stored", "operand"),
    [
        ("José", "jose\u0301"),
        ("jose\u0301", "JOSÉ"),
        ("\uff4b\uff49\uff4d", "Kim"),
        ("kim", "\uff2b\uff29\uff2d"),
        ("Straße", "strasse"),
    ],
)
async def test_F_28_user_names_are_prepared_as_they_are_stored(strict: Scim, stored: str, operand: str) -> None:
    await strict.user(stored)
    await strict.user("other")
    assert await found(strict, f'userName eq "{operand}"') == {stored}
    assert await found(strict, f'userName sw "{operand[:3]}"') == {stored}
    assert await found(strict, f'userName ne "{operand}"') == {"other"}


async def _titles(scim: Scim, *titles: str) -> None:
    for position, title in enumerate(titles):
        await scim.user(f"u{position}", title=title)


async def _found_titles(scim: Scim, text: str) -> set[str]:
    return {one["title"] for one in done(await scim.get("/Users", filter=text))["Resources"]}
