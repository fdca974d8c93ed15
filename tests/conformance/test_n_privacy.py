"""What is kept from whom (rows N-14 to N-19)."""

from __future__ import annotations

import logging
from itertools import pairwise
from uuid import UUID

import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from tests.conformance.tools import LAB, USER, another_token, lab_user, names, refusal, search, users
from tests.support.bulks import change, create_user, statuses_of
from tests.support.http import Scim, account, serving

SECRET = "Geheim-7ä"


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """All that the server has logged, with what is there for machines only."""
    return "\n".join(str(record.__dict__) for record in caplog.records if record.name.startswith("scim"))


async def test_N_14_filters_and_names_are_not_logged(strict: Scim, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await strict.user("kim-the-only", displayName="Kimberley")
    await strict.get("/Users", filter='userName eq "kim-the-only" and displayName co "Kimberley"')
    await strict.get("/Users", filter='userName eq "kim-the-only')
    await search(strict, "/Users/.search", filter='userName eq "kim-the-only"')
    assert "/scim/v2/Users" in logged(caplog)
    assert "kim-the-only" not in logged(caplog)
    assert "Kimberley" not in logged(caplog)


async def test_N_15_a_password_is_stored_as_a_salted_hash(strict: Scim, database: Database) -> None:
    made = await users(strict, "kim", "bo", password=SECRET)
    changed = await strict.patch(f"/Users/{made[0]['id']}", {"op": "replace", "path": "password", "value": SECRET})
    put = await strict.put(f"/Users/{made[1]['id']}", {"schemas": [USER], "userName": "bo", "password": SECRET})
    assert (changed.status_code, put.status_code) == (200, 200)
    async with database.session() as session:
        rows = await session.fetch(
            "SELECT secret, r::text AS whole FROM scim.resources AS r WHERE app_id = $1", strict.owner.app_id
        )
        audit = await session.fetch(
            "SELECT a::text AS whole FROM scim.audit_log AS a WHERE app_id = $1", strict.owner.app_id
        )
    hashes = [row["secret"] for row in rows]
    assert all(one.startswith("$argon2id$") for one in hashes)
    assert len(set(hashes)) == 2
    assert len(audit) == 4
    for row in (*rows, *audit):
        assert SECRET not in row["whole"]


@pytest.mark.parametrize("wrong", [{}, {"active": 5}, {"password": [SECRET]}, {"password": {"value": SECRET}}])
async def test_N_15_a_password_is_neither_answered_nor_logged(
    database: Database, caplog: pytest.LogCaptureFixture, wrong: dict[str, object]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(database, Settings(audit_bodies="all", log_format="rich")) as client:
        scim = Scim(client, await account(database, profile="strict"))
        body = {"schemas": [USER], "userName": "kim", "password": SECRET} | wrong
        made = await scim.post("/Users", body)
        assert made.status_code == (400 if wrong else 201)
        answers = [
            made,
            await scim.get("/Users", attributes="password"),
            await scim.get("/Users", filter=f'password eq "{SECRET}"'),
        ]
        if not wrong:
            path = f"/Users/{made.json()['id']}"
            operation = {"op": "replace", "path": "password", "value": SECRET}
            answers += [await scim.put(path, body), await scim.patch(path, operation)]
    for answer in answers:
        assert SECRET not in answer.text
    ours = [record for record in caplog.records if record.name.startswith("scim")]
    assert ours
    assert SECRET not in "".join(str(record.__dict__) for record in ours)
    async with database.session() as session:
        kept = await session.fetch(
            "SELECT a::text AS whole FROM scim.audit_log AS a WHERE app_id = $1", scim.owner.app_id
        )
    assert SECRET not in "".join(row["whole"] for row in kept)


CODE = 71717171


async def test_N_15_no_secret_is_told_of_in_an_error_or_a_log(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither by a wrong type, nor by a path or a filter, nor by an attribute of one's own that is never returned."""
    caplog.set_level(logging.DEBUG)
    async with serving(database, Settings(audit_bodies="all", log_format="rich")) as client:
        scim = Scim(client, await account(database, profile="strict", lab=True))
        kim = await scim.user("kim")
        path = f"/Users/{kim['id']}"
        bodies = [{"schemas": [USER], "userName": "bo", "password": CODE}, lab_user("bo", pin=CODE)]
        answers = [await scim.post("/Users", body) for body in bodies]
        for name in ("password", "/password", '"password"', "password]", f"{LAB}:pin"):
            operation = {"op": "replace", "path": name, "value": CODE}
            answers += [await scim.patch(path, operation), await scim.bulk(change(path, operation))]
        for name in (f'password[value eq "{SECRET}"]', f'password eq "{SECRET}"', f'{LAB}:pin[value eq "{SECRET}"]'):
            answers.append(await scim.patch(path, {"op": "remove", "path": name}))
            answers.append(await scim.get("/Users", filter=name))
        answers.append(await scim.patch(path, {"op": "replace", "path": f"{LAB}:pin", "value": SECRET}))
        made = await scim.bulk(create_user("bo", None, schemas=[USER, LAB], password=SECRET, **{LAB: {"pin": SECRET}}))
        assert statuses_of(made) == ["201"]
    for secret in (str(CODE), SECRET):
        assert [answer.request.url for answer in (*answers, made) if secret in answer.text] == []
        assert secret not in logged(caplog)
        async with database.session() as session:
            kept = await session.fetchval(
                "SELECT count(*) FROM scim.audit_log AS a WHERE app_id = $1 AND strpos(a::text, $2) > 0",
                scim.owner.app_id,
                secret,
            )
        assert kept == 0


HOSTILE = ["' OR '1'='1", "'; DROP TABLE scim.resources; --", '") OR true --', "$1", "%", "\\", "a\x00b"]


@pytest.mark.parametrize("text", HOSTILE)
async def test_N_16_input_is_never_read_as_part_of_a_statement(strict: Scim, text: str) -> None:
    kim, bo = await users(strict, "kim", "bo")
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\x00", "\\u0000")
    for comparison in ("userName eq", "displayName ne", "externalId sw", "emails.value co", "id eq", "meta.version eq"):
        answer = await strict.get("/Users", filter=f'{comparison} "{quoted}"')
        assert names(answer) == (["kim", "bo"] if comparison == "displayName ne" else [])
    for wrong in (
        await strict.get("/Users", sortBy=text),
        await strict.get("/Users", sortBy="userName", sortOrder=text),
        await strict.get("/Users", filter=text),
        await strict.get("/Users", count=text),
        await strict.get("/Users", cursor=text),
        await strict.patch(f"/Users/{kim['id']}", {"op": "replace", "path": text, "value": "x"}),
    ):
        assert refusal(wrong)[0] == 400
    assert names(await strict.get("/Users")) == ["kim", "bo"]
    assert (await strict.get(f"/Users/{bo['id']}")).json() == bo


async def test_N_17_what_a_caller_may_not_read_is_in_no_answer_and_no_filter(lab: Scim) -> None:
    await lab.user("kim", schemas=[USER, LAB], password=SECRET, **{LAB: {"pin": "1234", "level": 3}})
    for hidden in ("password", f"{LAB}:pin"):
        shown = await lab.get("/Users", attributes=f"{hidden},userName")
        assert "1234" not in shown.text
        assert [set(one) for one in shown.json()["Resources"]] == [{"schemas", "id", "userName"}]
        for condition in (f"{hidden} pr", f'{hidden} eq "1234"', f'not ({hidden} sw "1")'):
            assert refusal(await lab.get("/Users", filter=condition)) == (400, "invalidFilter")
        assert refusal(await lab.get("/Users", sortBy=hidden))[0] == 400


async def test_N_17_rights_differ_from_client_to_client(strict: Scim, database: Database) -> None:
    reader = Scim(strict.client, await another_token(database, strict.owner, scopes=("scim:read",)))
    kim = await strict.user("kim")
    path = f"/Users/{kim['id']}"
    assert (await reader.get(path)).json() == kim
    assert refusal(await reader.delete(path)) == (403, None)
    assert (await strict.delete(path)).status_code == 204


async def test_N_18_ids_tell_nothing_and_cannot_be_guessed(
    strict: Scim, client: httpx.AsyncClient, database: Database
) -> None:
    other = Scim(client, await account(database, profile="strict"))
    made = await users(strict, *(f"kim-{number}" for number in range(20)))
    again = await users(other, *(f"kim-{number}" for number in range(20)))
    ids = [UUID(one["id"]) for one in (*made, *again)]
    random = [one.int & ((1 << 62) - 1) for one in ids]
    assert len(set(random)) == 40
    assert random != sorted(random)
    assert min(abs(one - two) for one, two in pairwise(random)) > 1 << 32
    assert not [one for one in made if one["userName"] in one["id"]]


async def test_N_19_answers_with_personal_data_are_not_cached(strict: Scim) -> None:
    kim = await strict.user("kim")
    path = f"/Users/{kim['id']}"
    for answer in (
        await strict.post("/Users", {"schemas": [USER], "userName": "bo"}),
        await strict.get(path),
        await strict.send("GET", path, headers={"if-none-match": "*"}, params={"attributes": "userName"}),
        await strict.get("/Users"),
        await strict.get("/"),
        await search(strict, "/Users/.search"),
        await strict.put(path, {"schemas": [USER], "userName": "kim", "title": "Lead"}),
        await strict.patch(path, {"op": "remove", "path": "title"}),
        await strict.post("/Users", {"schemas": [USER], "userName": "kim"}),
        await strict.get("/Users", filter='userName eq "'),
    ):
        assert {"no-store", "private"} & {part.strip() for part in answer.headers["cache-control"].split(",")}
