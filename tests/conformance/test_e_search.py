"""Searches by POST (rows E-30 to E-33), and how parameters are read from a URL (rows E-37, E-38)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.tools import LIST_RESPONSE, SEARCH_REQUEST, names, refusal, search, users
from tests.support.http import Scim


@pytest.mark.parametrize("path", ["/Users/.search", "/.search"])
async def test_E_30_a_post_to_search_runs_a_query_and_makes_nothing(strict: Scim, path: str) -> None:
    await users(strict, "kim", "bo")
    answer = await search(strict, path, filter='userName eq "kim"')
    assert answer.status_code == 200
    assert answer.json()["schemas"] == [LIST_RESPONSE]
    assert names(answer) == ["kim"]
    assert (await strict.get("/")).json()["totalResults"] == 2


@pytest.mark.parametrize(
    "schemas",
    [
        None,
        [],
        ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "urn:ietf:params:scim:api:messages:2.0:SearchRequest",
    ],
)
@pytest.mark.parametrize("path", ["/Users/.search", "/.search"])
async def test_E_31_a_body_that_is_no_search_request_is_refused(strict: Scim, path: str, schemas: Any) -> None:
    body = {"filter": "userName pr"} | ({} if schemas is None else {"schemas": schemas})
    assert refusal(await strict.post(path, body)) == (400, "invalidSyntax")


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"filter": 'title eq "Lead"'},
        {"sortBy": "userName", "sortOrder": "descending"},
        {"startIndex": 2, "count": 1},
        {"startIndex": -1, "count": -1},
        {"attributes": ["userName", "emails.value"]},
        {"excludedAttributes": ["emails.type", "title"]},
        {"filter": "title pr", "sortBy": "title", "startIndex": 1, "count": 1, "attributes": ["title"]},
    ],
)
@pytest.mark.parametrize("path", ["/Users", ""])
async def test_E_32_all_parts_of_a_search_work_as_they_do_in_a_url(
    strict: Scim, path: str, parts: dict[str, Any]
) -> None:
    await strict.user("kim", title="Lead", emails=[{"value": "k@example.org", "type": "work"}])
    await strict.user("bo", title="Aide")
    await strict.user("cy")
    in_url = {name: ",".join(value) if isinstance(value, list) else value for name, value in parts.items()}
    asked = await strict.get(path, **in_url)
    posted = await search(strict, f"{path}/.search", **parts)
    assert asked.status_code == posted.status_code == 200
    assert posted.json() == asked.json()


@pytest.mark.parametrize(
    "parts",
    [
        {"count": "5"},
        {"count": 1.5},
        {"count": True},
        {"startIndex": [1]},
        {"filter": 5},
        {"filter": ["title pr"]},
        {"sortBy": {"title": "ascending"}},
        {"sortOrder": 1},
        {"attributes": {"userName": True}},
        {"attributes": [1]},
        {"attributes": "userName"},
    ],
)
async def test_E_33_a_part_of_a_wrong_type_is_refused(strict: Scim, parts: dict[str, Any]) -> None:
    assert refusal(await search(strict, "/Users/.search", **parts)) in (
        (400, "invalidSyntax"),
        (400, "invalidValue"),
    )


async def test_E_33_nothing_but_an_object_is_a_search(strict: Scim) -> None:
    assert refusal(await strict.post("/Users/.search", [SEARCH_REQUEST])) == (400, "invalidSyntax")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("filter=userName%20eq%20%22kim%22", ["kim"]),
        ("filter=userName+eq+%22kim%22", ["kim"]),
        ("filter=userName%20eq%20%22k%2Bm%22", ["k+m"]),
        ("filter=userName%20eq%20%22a+b%22", ["a b"]),
        ("filter=userName%20eq%20%22a%2520b%22", ["a%20b"]),
        ("filter=userName%20eq%20%22%C3%A9va%22", ["éva"]),
    ],
)
async def test_E_37_values_in_a_url_are_decoded_once(strict: Scim, query: str, found: list[str]) -> None:
    await users(strict, "kim", "k+m", "k m", "a b", "a%20b", "éva")
    assert names(await strict.get(f"/Users?{query}")) == found


async def test_E_38_a_parameter_given_twice_with_two_values_is_refused(strict: Scim) -> None:
    await users(strict, "kim", "bo")
    assert refusal(await strict.get("/Users?count=1&count=2")) == (400, "invalidValue")
    assert names(await strict.get("/Users?count=1&count=1")) == ["kim"]
