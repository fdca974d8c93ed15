"""GET of one resource (rows D-01 to D-03, D-15 to D-20)."""

from __future__ import annotations

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.tools import LAB, USER, created, lab_user, refusal, thing, user
from tests.support.http import Scim, account

NOBODY = "00000000-0000-7000-8000-000000000000"


async def test_D_01_a_resource_is_read_by_its_id(lab: Scim) -> None:
    kim = await lab.user("kim")
    team = await lab.group("Team", kim["id"])
    kim = kim | {
        "groups": [{"value": team["id"], "$ref": team["meta"]["location"], "type": "direct", "display": "Team"}]
    }
    saw = await created(lab, "/Things", thing())
    for path, one in (("/Users", kim), ("/Groups", team), ("/Things", saw)):
        answer = await lab.get(f"{path}/{one['id']}")
        assert (answer.status_code, answer.json()) == (200, one)


@pytest.mark.parametrize("identifier", [NOBODY, "nobody", "1", "%00", "ä", "x" * 3000])
async def test_D_01_an_unknown_id_is_not_found(strict: Scim, identifier: str) -> None:
    await strict.user("kim")
    assert refusal(await strict.get(f"/Users/{identifier}")) == (404, None)


async def test_D_01_a_deleted_resource_is_not_found(strict: Scim) -> None:
    kim = await strict.user("kim")
    await strict.delete(f"/Users/{kim['id']}")
    assert refusal(await strict.get(f"/Users/{kim['id']}"))[0] == 404


async def test_D_02_an_id_in_the_url_is_compared_with_case(strict: Scim) -> None:
    kim = await strict.user("kim")
    assert kim["id"] != kim["id"].upper()
    for identifier in (kim["id"].upper(), kim["id"].replace("-", ""), f"{{{kim['id']}}}"):
        assert (await strict.get(f"/Users/{identifier}")).status_code == 404


async def test_D_03_without_parameters_the_default_set_is_answered(lab: Scim) -> None:
    body = lab_user(level=1, hint="h", pin="1234") | {"title": "Lead", "password": "Secret-7"}
    made = await created(lab, "/Users", body)
    read = (await lab.get(f"/Users/{made['id']}")).json()
    assert read == made | {LAB: {"level": 1}}
    assert read.keys() == {"schemas", "id", "userName", "title", "active", LAB, "meta"}


async def test_D_15_the_answer_has_location_and_version(strict: Scim) -> None:
    kim = await strict.user("kim")
    answer = await strict.get(f"/Users/{kim['id']}", attributes="userName")
    assert answer.headers["location"] == kim["meta"]["location"]
    assert answer.headers["etag"] == kim["meta"]["version"]


async def test_D_16_a_filter_on_one_resource_is_ignored(strict: Scim) -> None:
    kim = await strict.user("kim")
    answer = await strict.get(f"/Users/{kim['id']}", filter='userName eq "bo"')
    assert (answer.status_code, answer.json()) == (200, kim)


@pytest.mark.parametrize("query", ["foo=1", "foo=", "foo", "api-version=2.0&aadOptscim062020", "foo=1&foo=2"])
async def test_D_17_parameters_that_are_not_known_are_ignored(strict: Scim, query: str) -> None:
    kim = await strict.user("kim")
    answer = await strict.get(f"/Users/{kim['id']}?{query}")
    assert (answer.status_code, answer.json()) == (200, kim)
    assert (await strict.get(f"/Users?{query}")).json()["Resources"] == [kim]


async def test_D_18_a_resource_is_not_found_under_another_endpoint(lab: Scim) -> None:
    kim, team = await lab.user("kim"), await lab.group("Team")
    for path in (f"/Users/{team['id']}", f"/Groups/{kim['id']}", f"/Things/{kim['id']}"):
        for answer in (await lab.get(path), await lab.delete(path)):
            assert refusal(answer) == (404, None)
    assert (await lab.get(f"/Users/{kim['id']}")).json() == kim
    assert (await lab.get(f"/Groups/{team['id']}")).json() == team


async def test_D_19_head_answers_as_get_without_a_body(strict: Scim) -> None:
    kim = await strict.user("kim")
    paths = (f"/Users/{kim['id']}", "/Users", "/Users/nobody", "/ServiceProviderConfig", f"/Schemas/{USER}")
    for path in paths:
        got, head = await strict.get(path), await strict.send("HEAD", path)
        assert head.content == b""
        assert head.status_code == got.status_code
        for name in ("content-type", "content-length", "etag", "location"):
            assert head.headers.get(name) == got.headers.get(name), (path, name)


async def test_D_20_a_resource_of_another_tenant_is_not_found(
    strict: Scim, client: httpx.AsyncClient, database: Database
) -> None:
    kim = await strict.user("kim")
    path = f"/Users/{kim['id']}"
    other = Scim(client, await account(database, profile="strict"))
    answer, nobody = await other.get(path), await other.get(f"/Users/{NOBODY}")
    assert refusal(answer) == refusal(nobody) == (404, None)
    assert answer.text.replace(kim["id"], NOBODY) == nobody.text
    title = {"op": "add", "path": "title", "value": "x"}
    for refused in (await other.put(path, user()), await other.patch(path, title), await other.delete(path)):
        assert refusal(refused) == (404, None)
    assert (await strict.get(path)).json() == kim
