"""What is special about attributes of users, and how bodies are written (rows B-53 to B-60)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.db.database import Database
from tests.conformance.tools import ENTERPRISE, assert_refused, created, refusal, total, user
from tests.support.http import Scim

PASSWORD = "Correct-Horse-7"
JSON = {"content-type": "application/scim+json"}


async def test_B_53_a_user_name_is_required_unique_and_compared_without_case(strict: Scim) -> None:
    kim, bo = await strict.user("Kim"), await strict.user("bo")
    for name in (None, ""):
        assert refusal(await strict.post("/Users", user("x", userName=name))) == (400, "invalidValue")
    for name in ("Kim", "kIM"):
        assert refusal(await strict.post("/Users", user(name))) == (409, "uniqueness")
        assert refusal(await strict.put(f"/Users/{bo['id']}", user(name))) == (409, "uniqueness")
        assert await total(strict, "/Users", filter=f'userName eq "{name}"') == 1
    assert (await strict.get("/Users")).json()["Resources"] == [kim, bo]


async def stored(database: Database, scim: Scim) -> list[str]:
    """All rows of the application's resources and of its audit record, as text."""
    async with database.session() as session:
        tables = ("scim.resources", "scim.audit_log")
        found = [
            await session.fetch(f"SELECT t::text AS row FROM {table} t WHERE app_id = $1", scim.owner.app_id)
            for table in tables
        ]
    return [record["row"] for records in found for record in records]


async def test_B_54_a_password_is_in_no_answer_and_stored_only_as_a_hash(strict: Scim, database: Database) -> None:
    answers = [await strict.post("/Users", user(password=PASSWORD))]
    path = f"/Users/{answers[0].json()['id']}"
    answers += [
        await strict.patch(path, {"op": "replace", "path": "password", "value": PASSWORD}),
        await strict.put(path, user(password=PASSWORD)),
        await strict.get(path, attributes="password"),
        await strict.get("/Users", attributes="userName,password"),
        await strict.post("/Users", user("kim", password=PASSWORD)),
        await strict.post("/Users", user("bo", password=PASSWORD, active="?")),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200, 409, 400]
    for text in (PASSWORD, "argon2"):
        assert not [answer for answer in answers if text in answer.text]
    rows = await stored(database, strict)
    assert not [row for row in rows if PASSWORD in row]
    assert len([row for row in rows if "$argon2id$" in row]) == 1


@pytest.mark.parametrize("country", ["NO", "France"])
async def test_B_55_a_country_is_kept_as_sent(strict: Scim, country: str) -> None:
    made = await strict.user("kim", addresses=[{"type": "work", "country": country}])
    assert made["addresses"] == [{"type": "work", "country": country}]


async def test_B_56_mail_and_phone_are_kept_as_sent(strict: Scim) -> None:
    emails = [{"value": "Kim@H.Example.ORG", "display": "KIM@h.example.org"}]
    phones = [{"value": "+47 22 33 44 55", "type": "work"}]
    made = await strict.user("kim", emails=emails, phoneNumbers=phones)
    assert (made["emails"], made["phoneNumbers"]) == (emails, phones)
    assert await total(strict, "/Users", filter='emails.value eq "kim@h.example.org"') == 1


async def test_B_57_a_certificate_is_base64(strict: Scim) -> None:
    certificates = [{"value": "MIIBCgKC"}, {"value": "MIIBCgKD", "type": "work"}]
    assert (await strict.user("kim", x509Certificates=certificates))["x509Certificates"] == certificates


@pytest.mark.parametrize("value", ["-----BEGIN CERTIFICATE-----", ["MIIBCgKC", "MIIBCgKD"], 7])
async def test_B_57_an_entry_is_one_base64_text(strict: Scim, value: Any) -> None:
    await assert_refused(strict, user(x509Certificates=[{"value": value}]))


@pytest.mark.parametrize("locale", ["nb-NO", "nb_NO"])
async def test_B_58_language_locale_and_timezone_are_kept_as_sent(strict: Scim, locale: str) -> None:
    sent = {"preferredLanguage": "nb-NO, en;q=0.8", "locale": locale, "timezone": "Europe/Oslo"}
    made = await strict.user("kim", **sent)
    assert made == made | sent


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ren\u00e9", "rene\u0301"),
        ("\uff4b\uff49\uff4d", "Kim"),
        ("\u00c5se", "\u00e5SE"),
        ("\u212bse", "\u00e5se"),
        ("\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c3"),
    ],
)
async def test_B_59_user_names_are_prepared_before_they_are_compared(strict: Scim, first: str, second: str) -> None:
    made = await strict.user(first)
    assert made["userName"] == first
    assert refusal(await strict.post("/Users", user(second))) == (409, "uniqueness")
    assert await total(strict, "/Users", filter=f'userName eq "{second}"') == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"schemas":',
        b"[]",
        b'"kim"',
        b"null",
        b"7",
        b"{'userName': 'kim'}",
        b'{"userName": "kim",}',
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "k\xff\xfe"}',
        '{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "kim"}'.encode("utf-16"),
    ],
)
async def test_B_60_a_body_that_is_no_json_object_in_utf_8_is_refused(strict: Scim, content: bytes) -> None:
    kim = await strict.user("kim")
    for method, path in (("POST", "/Users"), ("PUT", f"/Users/{kim['id']}"), ("PATCH", f"/Users/{kim['id']}")):
        answer = await strict.send(method, path, content=content, headers=JSON)
        assert refusal(answer) == (400, "invalidSyntax"), method
    assert (await strict.get("/Users")).json()["Resources"] == [kim]


async def test_B_60_text_of_any_script_comes_back_as_it_was_sent(strict: Scim) -> None:
    sent = "Åse 日本語 \U0001f600 \u0645\u0631\u062d\u0628\u0627"
    made = await created(strict, "/Users", user(title=sent, **{ENTERPRISE: {"division": sent}}))
    answer = await strict.get(f"/Users/{made['id']}")
    assert answer.json()["title"] == answer.json()[ENTERPRISE]["division"] == sent
    assert sent.encode() in answer.content
