"""F: how a filter is written."""

from __future__ import annotations

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.steps import OWN, done, found, lab_user, refused, refuses_filter, with_type
from tests.conformance.tools import ENTERPRISE, LAB, USER
from tests.support.http import Scim


async def test_F_01_filtering_is_announced(strict: Scim) -> None:
    assert done(await strict.get("/ServiceProviderConfig"))["filter"]["supported"] is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "userName",
        "userName eq",
        "userName eq ",
        'eq "kim"',
        '"kim" eq userName',
        'userName "kim"',
        'userName eq "kim" "x"',
        'userName eq "kim";',
        'userName pr "kim"',
    ],
)
async def test_F_02_a_filter_is_an_attribute_an_operator_and_a_value(strict: Scim, text: str) -> None:
    await strict.user("kim")
    await refuses_filter(strict, text)


@pytest.mark.parametrize(
    "text", ['userName  eq  "kim"', 'userName eq"kim"', '(userName eq "kim")and(active eq true)', ' userName eq "kim" ']
)
async def test_F_03_spaces_are_as_the_grammar_has_them_but_for_lenient_profiles(
    strict: Scim, scim: Scim, text: str
) -> None:
    await strict.user("kim")
    await scim.user("kim")
    await refuses_filter(strict, text)
    assert await found(scim, text) == {"kim"}


KEYWORDS = ("order", "android", "nothing", "prune", "equal-to_1", "A")


@pytest.fixture
async def tools(client: httpx.AsyncClient, database: Database) -> Scim:
    """An application with a type whose attributes have names like keywords, and one resource of it."""
    attributes = [{"name": name} for name in ("displayName", *KEYWORDS)]
    scim = await with_type(client, database, "Tool", *attributes)
    body = {"schemas": [f"{OWN}Tool"], "displayName": "saw"} | dict.fromkeys(KEYWORDS, "x")
    assert (await scim.post("/Tools", body)).status_code == 201
    return scim


@pytest.mark.parametrize("name", KEYWORDS)
async def test_F_04_a_keyword_is_one_only_as_a_whole_word(tools: Scim, name: str) -> None:
    assert await found(tools, f'{name} eq "x" and {name} pr and not ({name} eq "y")', "/Tools") == {"saw"}


async def test_F_04_dollar_ref_is_a_name(strict: Scim) -> None:
    kim = await strict.user("kim")
    await strict.group("Empty")
    await strict.group("Team", kim["id"])
    reference = kim["meta"]["location"]
    assert await found(strict, "members.$ref pr", "/Groups") == {"Team"}
    assert await found(strict, f'members[$ref eq "{reference}"]', "/Groups") == {"Team"}


@pytest.mark.parametrize("text", ['1name eq "x"', '_name eq "x"', '-name eq "x"', 'user name eq "x"', 'user@x eq "x"'])
async def test_F_04_a_name_begins_with_a_letter(strict: Scim, text: str) -> None:
    await refuses_filter(strict, text)


async def test_F_05_names_operators_and_words_ignore_case(strict: Scim) -> None:
    await strict.user("kim")
    await strict.user("bo", title="Lead")
    assert await found(strict, 'USERNAME Eq "kim" AND NOT (title PR)') == {"kim"}
    assert await found(strict, 'username EQ "kim" Or Title pR') == {"kim", "bo"}
    assert await found(strict, 'EMAILS[TYPE EQ "work"]') == set()


async def test_F_06_a_dot_selects_a_part_one_level_deep(strict: Scim) -> None:
    await strict.user("kim", name={"familyName": "Ek", "givenName": "Kim"})
    await strict.user("bo", name={"familyName": "Kim", "givenName": "Ek"})
    assert await found(strict, 'name.familyName eq "Ek"') == {"kim"}
    for text in ("name.familyName.x", "name.", ".familyName", "name..familyName", "name .familyName"):
        await refuses_filter(strict, f'{text} eq "Ek"')


async def test_F_07_a_name_may_carry_its_urn(strict: Scim) -> None:
    await strict.user("kim", name={"familyName": "Ek"}, **{ENTERPRISE: {"manager": {"value": "7"}}})
    await strict.user("bo", **{ENTERPRISE: {"manager": {"value": "8"}}})
    for urn in (ENTERPRISE, ENTERPRISE.upper(), ENTERPRISE.lower()):
        assert await found(strict, f'{urn}:manager.value eq "7"') == {"kim"}
        assert await found(strict, f'{urn}:manager[value eq "7"]') == {"kim"}
    assert await found(strict, f'{USER}:name.familyName eq "Ek"') == {"kim"}
    assert await found(strict, f'{USER.upper()}:userName eq "kim"') == {"kim"}
    for text in (
        f'{USER}: eq "x"',
        ':userName eq "kim"',
        f'{USER}:department eq "x"',
        'urn:example:x:userName eq "kim"',
    ):
        await refuses_filter(strict, text)


async def test_F_17_a_value_is_a_json_literal_number_or_text(lab: Scim) -> None:
    await lab_user(lab, "kim", verified=True, level=1)
    for text in (f"{LAB}:verified eq true", f"{LAB}:verified ne false", f"{LAB}:level eq 1", "title eq null"):
        assert await found(lab, text) == {"kim"}


@pytest.mark.parametrize(
    "value", ["kim", "'kim'", "TRUE", "False", "NULL", "yes", '["kim"]', '{"value": "kim"}', "userName", '"kim', 'kim"']
)
async def test_F_17_bare_words_single_quotes_and_documents_are_no_values(strict: Scim, value: str) -> None:
    await strict.user("kim")
    await refuses_filter(strict, f"userName eq {value}")
    await refuses_filter(strict, f"active eq {value}")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a \"b\" ]", 'a "b" ]'),
        (r"a\\b\/c", "a\\b/c"),
        (r"\b\f\n\r\t", "\b\f\n\r\t"),
        (r"\u00e5sen", "åsen"),
        (r"\ud83d\ude00", "😀"),
        ("😀 åsen", "😀 åsen"),
        ("x) and (y or not [z]", "x) and (y or not [z]"),
        ("O'Moe", "O'Moe"),
        ("  ", "  "),
    ],
)
async def test_F_18_texts_are_json_strings(strict: Scim, written: str, meant: str) -> None:
    await strict.user("kim", title=meant)
    await strict.user("bo", title="other")
    assert await found(strict, f'title eq "{written}"') == {"kim"}
    assert await found(strict, f'(title co "{written}" or nickName pr)') == {"kim"}


@pytest.mark.parametrize("written", ['a"b', r"a\x41", r"\u12G4", "a\nb", "a\tb", "a\x01b", r"\ud83d", "a\\"])
async def test_F_18_what_json_does_not_take_is_refused(strict: Scim, written: str) -> None:
    await refuses_filter(strict, f'title eq "{written}"')


@pytest.mark.parametrize("number", ["-1500", "-1.5e3", "-1500.0", "-15E+2", "-150000e-2"])
async def test_F_19_numbers_are_json_numbers(lab: Scim, number: str) -> None:
    await lab_user(lab, "kim", score=-1500)
    await lab_user(lab, "bo", score=1500)
    assert await found(lab, f"{LAB}:score eq {number}") == {"kim"}


@pytest.mark.parametrize(
    "number", ["007", "+7", ".5", "5.", "0x1F", "1e", "--1", "NaN", "Infinity", "1_000", "1,5", "-"]
)
async def test_F_19_other_numbers_are_refused(lab: Scim, number: str) -> None:
    await refuses_filter(lab, f"{LAB}:score eq {number}")


async def test_F_30_and_and_or_join_two_whole_expressions(strict: Scim) -> None:
    await strict.user("kim", title="Lead")
    await strict.user("bo", title="Cook")
    await strict.user("eli")
    assert await found(strict, 'title pr and userName sw "b"') == {"bo"}
    assert await found(strict, 'title eq "Lead" or userName eq "eli"') == {"kim", "eli"}
    for text in (
        "title pr and",
        "or title pr",
        "title pr and and active pr",
        "title pr active pr",
        'title eq "a" or "b"',
    ):
        await refuses_filter(strict, text)


@pytest.mark.parametrize("text", ["not(title pr)", "not (title pr)", 'not (title eq "Lead")', 'NOT (title sw "L")'])
async def test_F_31_not_is_true_where_the_inside_is_false(strict: Scim, text: str) -> None:
    await strict.user("kim", title="Lead")
    await strict.user("bo")
    assert await found(strict, text) == {"bo"}
    assert await found(strict, f"not ({text})") == {"kim"}


@pytest.mark.parametrize("text", ["not title pr", "not", "not ()", "title pr not active pr", "not not (title pr)"])
async def test_F_31_not_needs_round_brackets(strict: Scim, text: str) -> None:
    await refuses_filter(strict, text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('userName eq "a" or title pr and nickName pr', {"a", "tn"}),
        ('title pr and nickName pr or userName eq "a"', {"a", "tn"}),
        ('(userName eq "a" or title pr) and nickName pr', {"tn"}),
        ("not (title pr) and nickName pr", {"n"}),
        ("not (title pr and nickName pr)", {"a", "t", "n"}),
        ("not (title pr) or nickName pr", {"a", "n", "tn"}),
        ("title pr or not (title pr) and not (nickName pr)", {"t", "tn", "a"}),
    ],
)
async def test_F_32_not_binds_before_and_and_that_before_or(strict: Scim, text: str, names: set[str]) -> None:
    await strict.user("a")
    await strict.user("t", title="x")
    await strict.user("n", nickName="x")
    await strict.user("tn", title="x", nickName="x")
    assert await found(strict, text) == names


async def test_F_33_round_brackets_group_to_any_depth_there_is(strict: Scim) -> None:
    await strict.user("kim", title="Lead")
    await strict.user("bo")
    assert await found(strict, "(" * 40 + "title pr" + ")" * 40) == {"kim"}
    assert await found(strict, '(userName eq "bo" and (active eq true and (not (title pr))))') == {"bo"}
    for text in (
        "()",
        "(title pr",
        "title pr)",
        "((title pr)",
        "(title) pr",
        'userName eq ("bo")',
        "(title pr) active pr",
    ):
        await refuses_filter(strict, text)


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ('userName regex "k.*"', "regex"),
        ('userName = "kim"', "="),
        ('userName eqq "kim"', "eqq"),
        ('userName eq "kim" and title like "x"', "like"),
        ('emails[value matches "x"]', "matches"),
    ],
)
async def test_F_37_an_unknown_operator_is_named(strict: Scim, text: str, operator: str) -> None:
    assert f"'{operator}'" in await refuses_filter(strict, text)


@pytest.mark.parametrize(
    "rest",
    [
        'and title regex "x"',
        'or nope eq "x"',
        "xor active eq true",
        "and active gt true",
        "or emails[nope pr]",
        "title",
    ],
)
async def test_F_39_a_part_that_is_not_understood_fails_the_whole(strict: Scim, rest: str) -> None:
    await strict.user("kim")
    await refuses_filter(strict, f'userName eq "kim" {rest}')


async def test_F_39_two_filters_in_one_request_are_refused(strict: Scim) -> None:
    await strict.user("kim")
    both = [("filter", 'userName eq "kim"'), ("filter", 'userName eq "bo"')]
    refused(await strict.send("GET", "/Users", params=both), 400)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(" * 10_000 + "title pr" + ")" * 10_000,
        "(" * 2_000 + "title pr" + ")" * 2_000,
        "not (" * 1_000 + "title pr" + ")" * 1_000,
        "emails[" + "(" * 1_000 + "type pr" + ")" * 1_000 + "]",
        " or ".join(["title pr"] * 3_000),
        'title eq "' + "x" * 50_000 + '"',
        f"{LAB}:level eq {'9' * 5_000}",
    ],
    ids=["brackets", "pairs", "fewer", "not", "value path", "long", "text", "number"],
)
async def test_F_47_length_and_depth_are_limited(lab: Scim, text: str) -> None:
    refused(await lab.get("/Users", filter=text), 400, "invalidFilter", "tooMany")
