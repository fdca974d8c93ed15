"""Every quirk that a strict server refuses, over HTTP: refused in `strict` as the document says, taken where it has a rule."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from scim.config import Settings
from scim.db.database import Database
from scim.protocol.compat.profile import PROFILES, Profile, profile
from tests.api.strict_table import ACCEPTED, CASES, MADE, Case
from tests.protocol.compat.quirks import QUIRKS
from tests.support.http import Scim, account, serving

OF_IDP = {
    section: next((name for name, one in PROFILES.items() if one.rules and one.rules[0].id.startswith(section)), "auto")
    for section in {quirk.id.partition("-")[0] for quirk in QUIRKS}
}
"""The profile of the IdP of each section; `auto` where it has none."""


def test_every_refusal_of_the_document_has_its_case() -> None:
    named = {(quirk.id, outcome) for quirk in QUIRKS if set(quirk.strict) != {ACCEPTED} for outcome in quirk.strict}
    assert {(case.quirk, case.strict) for case in CASES} == named


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.quirk}-{case.strict}")
async def test_a_strict_application_answers_as_the_document_says(
    client: httpx.AsyncClient, database: Database, case: Case
) -> None:
    outcome, counted = await answered(client, database, case, "strict")
    assert outcome == case.strict
    assert not counted


@pytest.mark.parametrize(
    ("case", "name"),
    [(case, name) for case in CASES for name in sorted({"auto", OF_IDP[case.quirk.partition("-")[0]]})],
    ids=lambda one: one if isinstance(one, str) else f"{one.quirk}-{one.strict}",
)
async def test_an_application_that_has_the_rule_takes_it_and_counts_it(
    client: httpx.AsyncClient, database: Database, case: Case, name: str
) -> None:
    outcome, counted = await answered(client, database, case, name)
    assert outcome == case.elsewhere
    names = names_of(case.by or case.quirk, profile(name))
    if case.strict != ACCEPTED == outcome and names and counted is not None:
        assert counted & names


def names_of(quirk: str, chosen: Profile) -> set[str]:
    """By which ids a profile counts the functions of a quirk; none where it lacks them."""
    works = {work for one in PROFILES.values() for rule in one.rules if rule.id == quirk for work in rule.works}
    return {name for work in works if (name := chosen.called(work)) is not None}


async def answered(client: httpx.AsyncClient, database: Database, case: Case, name: str) -> tuple[str, set[str] | None]:
    """The outcome of the case's request in an application of that profile, and the rules that were counted for it.

    None where it changed nothing, and so left no record.
    """
    async with server(client, database, limited=case.limited) as reached:
        scim = Scim(reached, await account(database, profile=name, lab=case.lab))
        ids = {"token": scim.owner.token} | (await made(scim, case))
        for _ in range(case.times):
            answer = await scim.send(
                case.method,
                filled(case.path, ids),
                filled(case.body, ids),
                headers=filled(case.headers, ids),
                params=case.query,
            )
    return outcome_of(answer), await counted_for(database, scim, case.method)


@asynccontextmanager
async def server(client: httpx.AsyncClient, database: Database, *, limited: bool) -> AsyncIterator[httpx.AsyncClient]:
    if not limited:
        yield client
        return
    async with serving(database, Settings(rate_limit_per_second=1)) as opened:
        yield opened


async def made(scim: Scim, case: Case) -> dict[str, str]:
    """The ids of the resources that a request names, and of those that are to be there besides."""
    wanted = f"{case.path} {orjson.dumps(case.body).decode()}"
    members = ("kim", "bo") if "<team>" in wanted else ()
    ids: dict[str, str] = {}
    for name, (endpoint, body) in MADE.items():
        if f"<{name}>" in wanted or name in (*case.given, *members):
            made = await scim.post(endpoint, filled(body, ids))
            assert made.status_code == httpx.codes.CREATED, made.text
            ids[name] = made.json()["id"]
    if "gone" in ids:
        await scim.delete(f"/Users/{ids['gone']}")
    return ids


def filled(sent: Any, ids: dict[str, str]) -> Any:
    """The same with every `<name>` replaced by what it stands for."""
    text = orjson.dumps(sent).decode()
    for name, value in ids.items():
        text = text.replace(f"<{name}>", value)
    return orjson.loads(text)


def outcome_of(answer: httpx.Response) -> str:
    """`accepted`, or status and scimType."""
    if answer.is_success:
        return ACCEPTED
    scim_type = answer.json().get("scimType")
    return f"{answer.status_code} {scim_type}" if scim_type else str(answer.status_code)


async def counted_for(database: Database, scim: Scim, method: str) -> set[str] | None:
    """The rules in the newest audit record of a request by that method."""
    async with database.session() as session:
        found = await session.fetchval(
            "SELECT rules FROM scim.audit_log WHERE app_id = $1 AND method = $2 ORDER BY id DESC LIMIT 1",
            scim.owner.app_id,
            method,
        )
    return None if found is None else set(found)
