"""Writes that name a version (rows L-05, L-06, L-08 to L-11, L-13)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.tools import USER, refusal
from tests.support.http import Scim, account

TITLE = {"op": "replace", "path": "title", "value": "Lead"}
WRITES = pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])


async def write(scim: Scim, method: str, identifier: str, **headers: str) -> httpx.Response:
    """A write of kim's title, or kim's end, under the conditions of these headers."""
    path = f"/Users/{identifier}"
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if method == "PUT":
        return await scim.put(path, {"schemas": [USER], "userName": "kim", "title": "Lead"}, headers=sent)
    if method == "PATCH":
        return await scim.patch(path, TITLE, headers=sent)
    return await scim.delete(path, headers=sent)


async def is_unchanged(scim: Scim, made: dict[str, Any]) -> bool:
    """Whether a resource is still as it was answered when it was made."""
    answer = await scim.get(f"/Users/{made['id']}")
    return answer.status_code == 200 and bool(answer.json() == made)


@WRITES
async def test_L_05_a_write_is_done_only_to_the_version_it_names(strict: Scim, method: str) -> None:
    kim = await strict.user("kim")
    for other in ('W/"99"', '"99"', 'W/"x", W/"y"'):
        assert refusal(await write(strict, method, kim["id"], if_match=other)) == (412, None)
        assert await is_unchanged(strict, kim)
    done = await write(strict, method, kim["id"], if_match=kim["meta"]["version"])
    assert done.is_success
    assert not await is_unchanged(strict, kim)


@WRITES
async def test_L_05_an_asterisk_asks_that_there_is_such_a_resource(strict: Scim, method: str) -> None:
    kim = await strict.user("kim")
    assert (await write(strict, method, kim["id"], if_match="*")).is_success
    assert not await is_unchanged(strict, kim)


@WRITES
@pytest.mark.parametrize("form", ['W/"{}"', '"{}"', 'W/"x", W/"{}"', '"x","{}"'])
async def test_L_06_tags_are_compared_as_text_weak_or_not(strict: Scim, method: str, form: str) -> None:
    kim = await strict.user("kim")
    opaque = kim["meta"]["version"].removeprefix("W/").strip('"')
    assert (await write(strict, method, kim["id"], if_match=form.format(opaque))).is_success
    assert not await is_unchanged(strict, kim)


@WRITES
async def test_L_08_the_status_of_a_misfit_is_412(strict: Scim, method: str) -> None:
    kim = await strict.user("kim")
    changed = await strict.patch(f"/Users/{kim['id']}", {"op": "add", "path": "nickName", "value": "K"})
    assert refusal(await write(strict, method, kim["id"], if_match=kim["meta"]["version"])) == (412, None)
    assert await is_unchanged(strict, changed.json())


@WRITES
async def test_L_09_a_write_needs_no_version(strict: Scim, method: str) -> None:
    kim = await strict.user("kim")
    assert (await write(strict, method, kim["id"])).is_success
    assert not await is_unchanged(strict, kim)


@WRITES
async def test_L_09_an_application_may_demand_the_version(
    client: httpx.AsyncClient, database: Database, method: str
) -> None:
    scim = Scim(client, await account(database, profile="strict", settings={"require_if_match": True}))
    kim = await scim.user("kim")
    assert refusal(await write(scim, method, kim["id"])) == (428, None)
    assert await is_unchanged(scim, kim)
    assert (await write(scim, method, kim["id"], if_match=kim["meta"]["version"])).is_success


async def test_L_10_of_writes_at_once_that_name_one_version_one_is_done(strict: Scim) -> None:
    kim = await strict.user("kim")
    path, headers = f"/Users/{kim['id']}", {"if-match": kim["meta"]["version"]}
    titles = [f"Lead {number}" for number in range(6)]
    answers = await asyncio.gather(
        *(strict.patch(path, TITLE | {"value": title}, headers=headers) for title in titles[:3]),
        *(
            strict.put(path, {"schemas": [USER], "userName": "kim", "title": title}, headers=headers)
            for title in titles[3:]
        ),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    assert (await strict.get(path)).json() == won


@WRITES
async def test_L_11_a_write_may_ask_that_the_version_is_another(strict: Scim, method: str) -> None:
    kim = await strict.user("kim")
    for condition in ("*", kim["meta"]["version"]):
        assert refusal(await write(strict, method, kim["id"], if_none_match=condition)) == (412, None)
        assert await is_unchanged(strict, kim)
    assert (await write(strict, method, kim["id"], if_none_match='W/"99"')).is_success


@WRITES
@pytest.mark.parametrize("condition", ['W/"1"', "*"])
async def test_L_13_an_unknown_id_is_not_found_whatever_version_is_named(
    strict: Scim, method: str, condition: str
) -> None:
    kim = await strict.user("kim")
    assert (await strict.delete(f"/Users/{kim['id']}")).status_code == 204
    assert refusal(await write(strict, method, kim["id"], if_match=condition)) == (404, None)
