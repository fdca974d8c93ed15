"""Queries over all resource types at the base URL (rows E-26, E-27, E-29)."""

from __future__ import annotations

import pytest

from tests.conformance.tools import THING, refusal
from tests.support.http import Scim


@pytest.fixture
async def mixed(lab: Scim) -> Scim:
    """An application with a user, a group and a thing."""
    await lab.user("kim", displayName="Anna")
    await lab.group("Alpha")
    assert (await lab.post("/Things", {"schemas": [THING], "name": "Axe", "size": 4})).status_code == 201
    return lab


async def kinds(scim: Scim, path: str = "/", **query: str) -> list[str]:
    """The types of what a query lists."""
    answer = await scim.get(path, **query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["totalResults"] == len(answer.json()["Resources"])
    return sorted(one["meta"]["resourceType"] for one in answer.json()["Resources"])


@pytest.mark.parametrize("path", ["", "/"])
async def test_E_26_the_base_url_lists_all_types_and_filters_them_all(mixed: Scim, path: str) -> None:
    assert await kinds(mixed, path) == ["Group", "Thing", "User"]
    assert await kinds(mixed, path, filter='displayName sw "a"') == ["Group", "User"]
    assert await kinds(mixed, path, filter="not (displayName pr)") == ["Thing"]
    assert await kinds(mixed, path, filter='size eq 4 or userName eq "kim"') == ["Thing", "User"]
    assert refusal(await mixed.get(path, filter="nope pr")) == (400, "invalidFilter")


async def test_E_27_a_filter_may_choose_among_the_types(mixed: Scim) -> None:
    assert await kinds(mixed, filter='meta.resourceType eq "Group"') == ["Group"]
    assert await kinds(mixed, filter='meta.resourceType ne "Group"') == ["Thing", "User"]


async def test_E_29_the_base_url_lists_no_discovery_resources(mixed: Scim) -> None:
    managed = {one["name"] for one in (await mixed.get("/ResourceTypes")).json()["Resources"]}
    assert set(await kinds(mixed)) == managed == {"User", "Group", "Thing"}
