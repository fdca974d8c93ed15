"""The order of lists (rows E-17 to E-24)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.tools import ENTERPRISE, LAB, USER, names, refusal, users
from tests.support.http import Scim


async def test_E_17_sorting_is_announced_and_done(strict: Scim) -> None:
    assert (await strict.get("/ServiceProviderConfig")).json()["sort"] == {"supported": True}
    await users(strict, "cy", "ab", "bo")
    assert names(await strict.get("/Users", sortBy="userName")) == ["ab", "bo", "cy"]


async def test_E_18_the_order_is_ascending_unless_it_is_descending(strict: Scim) -> None:
    await users(strict, "bo", "ab", "cy")
    assert names(await strict.get("/Users", sortBy="userName", sortOrder="ascending")) == ["ab", "bo", "cy"]
    assert names(await strict.get("/Users", sortBy="userName", sortOrder="descending")) == ["cy", "bo", "ab"]
    unsorted = names(await strict.get("/Users"))
    assert names(await strict.get("/Users", sortOrder="descending")) == unsorted
    assert refusal(await strict.get("/Users", sortBy="userName", sortOrder="up")) == (400, "invalidValue")


@pytest.mark.parametrize(
    ("attribute", "ascending"),
    [
        pytest.param("title", ["bo", "Cy", "dag", "zoe", "élan"], id="text without case"),
        pytest.param("badge", ["B", "C", "a", "b"], id="text with case"),
        pytest.param("level", [-5, 9, 10], id="integer"),
        pytest.param("score", [-1.5, 0.25, 3, 20.5], id="decimal"),
        pytest.param(
            "joined", ["2025-01-01T01:00:00+02:00", "2025-01-01T00:00:00Z", "2024-12-31T22:30:00-02:00"], id="dateTime"
        ),
        pytest.param("verified", [False, True], id="boolean"),
    ],
)
async def test_E_19_values_are_sorted_by_their_type(lab: Scim, attribute: str, ascending: list[Any]) -> None:
    for place, value in reversed([*enumerate(ascending)]):
        if attribute == "title":
            await lab.user(f"u{place}", title=value)
        else:
            await lab.user(f"u{place}", schemas=[USER, LAB], **{LAB: {attribute: value}})
    by = attribute if attribute == "title" else f"{LAB}:{attribute}"
    expected = [f"u{place}" for place in range(len(ascending))]
    assert names(await lab.get("/Users", sortBy=by)) == expected
    assert names(await lab.get("/Users", sortBy=by, sortOrder="descending")) == expected[::-1]


@pytest.mark.parametrize("by", ["emails", "emails.value"])
async def test_E_20_a_list_sorts_by_its_primary_entry_or_else_by_its_first(strict: Scim, by: str) -> None:
    await strict.user("x", emails=[{"value": "a@example.org"}, {"value": "x@example.org", "primary": True}])
    await strict.user("n", emails=[{"value": "n@example.org"}, {"value": "b@example.org"}])
    await strict.user("d", emails=[{"value": "d@example.org"}])
    assert names(await strict.get("/Users", sortBy=by)) == ["d", "n", "x"]


async def test_E_21_a_complex_attribute_is_sorted_by_one_of_its_parts(strict: Scim) -> None:
    for user, family in (("a", "Zu"), ("b", "Ek")):
        body = {"schemas": [USER], "userName": user, "name": {"familyName": family, "givenName": user}}
        assert (await strict.post("/Users", body)).status_code == 201
    assert names(await strict.get("/Users", sortBy="name.familyName")) == ["b", "a"]
    assert names(await strict.get("/Users", sortBy="name.givenName")) == ["a", "b"]
    assert refusal(await strict.get("/Users", sortBy="name"))[0] == 400


async def test_E_22_no_value_comes_last_ascending_and_first_descending(strict: Scim) -> None:
    await strict.user("none")
    await strict.user("b", title="B")
    await strict.user("a", title="A")
    assert names(await strict.get("/Users", sortBy="title")) == ["a", "b", "none"]
    assert names(await strict.get("/Users", sortBy="title", sortOrder="descending")) == ["none", "b", "a"]


@pytest.mark.parametrize(
    "by",
    ["TITLE", f"{USER}:title", f"{USER.upper()}:Title", f"{ENTERPRISE}:department", f"{ENTERPRISE.upper()}:DEPARTMENT"],
)
async def test_E_23_what_to_sort_by_is_named_with_or_without_urn_in_any_case(strict: Scim, by: str) -> None:
    for value in ("B", "A"):
        await strict.user(value, title=value, schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"department": value}})
    assert names(await strict.get("/Users", sortBy=by)) == ["A", "B"]
    assert refusal(await strict.get("/Users", sortBy="nope")) == (400, "invalidPath")


@pytest.mark.parametrize("order", ["ascending", "descending"])
async def test_E_24_equals_keep_one_order_over_all_pages(strict: Scim, order: str) -> None:
    made = [f"u{number}" for number in range(7)]
    await users(strict, *made, title="Same")
    query = {"sortBy": "title", "sortOrder": order, "count": 2}
    whole = names(await strict.get("/Users", sortBy="title", sortOrder=order))
    paged = [name for start in (1, 3, 5, 7) for name in names(await strict.get("/Users", startIndex=start, **query))]
    assert sorted(paged) == made
    assert paged == whole
