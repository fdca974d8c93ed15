"""Whatever is sent, the answer is a SCIM answer: never a 500 (row M-17)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scim.protocol.grammar.printer import to_text
from scim.utils.clock import now
from scim.utils.uuid7 import new_id
from tests.support.documents import documents, filters
from tests.support.http import Scim
from tests.support.patches import any_json, operations
from tests.support.registry import kind

USER, GROUP = kind("User"), kind("Group")
ENDPOINTS = {"User": "/Users", "Group": "/Groups"}

quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def is_scim(answer: Any) -> bool:
    """A success, or an error of the client's with the Error message."""
    if answer.status_code < 300:
        return True
    body = answer.json()
    return 400 <= answer.status_code < 500 and body["status"] == str(answer.status_code) and bool(body["detail"])


@pytest.mark.parametrize("of", [USER, GROUP], ids=lambda of: str(of.name))
@quick
@given(data=st.data())
async def test_bodies(scim: Scim, of: Any, data: st.DataObject) -> None:
    document = data.draw(documents(of))
    valid = document | {"userName": f"x{new_id(now())}", "displayName": "y"}
    body = data.draw(st.one_of(any_json(), st.just(document), st.just(valid)))
    sent = data.draw(st.lists(operations(of), min_size=1, max_size=3))
    answer = await scim.post(ENDPOINTS[of.name], body)
    assert is_scim(answer), answer.text
    if answer.status_code == 201:
        path = f"{ENDPOINTS[of.name]}/{answer.json()['id']}"
        changed = await scim.patch(path, *sent)
        assert is_scim(changed), changed.text
        again = await scim.put(path, (await scim.get(path)).json())
        assert again.status_code == 200, again.text
        assert (await scim.delete(path)).status_code == 204


@pytest.mark.parametrize("of", [USER, GROUP], ids=lambda of: str(of.name))
@quick
@given(data=st.data())
async def test_queries(scim: Scim, of: Any, data: st.DataObject) -> None:
    text = data.draw(st.one_of(st.text(max_size=30), filters(of).map(to_text)))
    names = [str(target) for target in of.targets()] + ["nope", "a..b", ""]
    answer = await scim.get(
        ENDPOINTS[of.name],
        filter=text,
        sortBy=data.draw(st.sampled_from(names)),
        attributes=data.draw(st.sampled_from(names)),
        count=data.draw(st.sampled_from(["0", "3", "x", "-1", "9" * 30])),
        startIndex=data.draw(st.sampled_from(["0", "1", "999999999999999999", ""])),
    )
    assert is_scim(answer), answer.text


def grammar_text() -> st.SearchStrategy[str]:
    """Words of the filter language in any order: much of it nearly parses."""
    words = ["userName", "emails", "[", "]", "(", ")", " ", " eq ", " pr", " and ", " or ", "not ", '"a"', ".", ":"]
    words += ["urn:x:y", "value", "type", "1", "true", "null", "\\", '"', "'", "$ref", "\u00e9", "%", "members"]
    return st.lists(st.sampled_from(words), max_size=12).map("".join)


@quick
@given(text=st.one_of(grammar_text(), st.text(max_size=30)), data=st.data())
async def test_the_grammar(scim: Scim, text: str, data: st.DataObject) -> None:
    """Filters and paths that may or may not be some."""
    for endpoint in ("/Users", "/Groups", "/"):
        answer = await scim.get(endpoint, filter=text, sortBy=data.draw(grammar_text()), attributes=text)
        assert is_scim(answer), answer.text
    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": text, "cursor": text}
    assert is_scim(await scim.post("/.search", search))
    made = await scim.user(f"x{new_id(now())}", emails=[{"value": "a", "type": "work"}])
    op = data.draw(st.sampled_from(["add", "replace", "remove"]))
    answer = await scim.patch(f"/Users/{made['id']}", {"op": op, "path": text, "value": data.draw(any_json())})
    assert is_scim(answer), answer.text


def bulk_operations() -> st.SearchStrategy[Any]:
    """Operations that refer to each other, fitting or not."""
    bulk_ids = st.sampled_from(["a", "b", "c", "d"])
    paths = st.sampled_from(["/Users", "/Groups", "/Users/x", "/Bulk", "Users", "", "/Users/%ff", "/Users?count=x"])
    referring = bulk_ids.map(lambda one: f"/Users/bulkId:{one}")

    def group(names: list[str]) -> dict[str, Any]:
        members = [{"value": f"bulkId:{name}"} for name in names]
        return {"schemas": [GROUP.schema.id], "displayName": "g", "members": members}

    def user(name: str) -> dict[str, Any]:
        return {"schemas": [USER.schema.id], "userName": f"{name}{new_id(now())}"}

    data = st.one_of(any_json(), documents(USER), bulk_ids.map(user), st.lists(bulk_ids, max_size=3).map(group))
    patches = st.lists(operations(USER), max_size=2).map(
        lambda ops: {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": ops}
    )
    well_formed = st.fixed_dictionaries(
        {
            "method": st.sampled_from(["POST", "PUT", "PATCH", "DELETE", "get"]),
            "path": st.one_of(paths, referring),
        },
        optional={
            "bulkId": bulk_ids,
            "version": st.sampled_from(['W/"1"', "*", "x"]),
            "data": st.one_of(data, patches),
        },
    )
    created = st.builds(
        lambda name, body, endpoint: {"method": "POST", "path": endpoint, "bulkId": name, "data": body},
        bulk_ids,
        st.one_of(bulk_ids.map(user), st.lists(bulk_ids, max_size=3).map(group)),
        st.sampled_from(["/Users", "/Groups"]),
    )
    return st.one_of(created, created, well_formed, any_json())


@quick
@given(sent=st.lists(bulk_operations(), max_size=6), limit=st.one_of(st.none(), st.integers(-1, 3)))
async def test_bulk(scim: Scim, sent: list[Any], limit: int | None) -> None:
    answer = await scim.bulk(*sent, **({} if limit is None else {"failOnErrors": limit}))
    assert is_scim(answer), answer.text
    for result in answer.json()["Operations"] if answer.status_code == 200 else ():
        assert int(result["status"]) < 500, result
        assert ("response" in result) == (int(result["status"]) >= 400)
