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
