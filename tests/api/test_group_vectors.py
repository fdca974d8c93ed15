"""The shared PATCH vectors of groups through HTTP: the set operations give what the document engine gives."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.support.http import Scim
from tests.vectors import read_vectors

VECTORS = [vector for vector in read_vectors("patch")["vectors"] if vector["resourceType"] == "Group"]
OTHERS = {"User": ("4f1c", "0a0a", "77b2"), "Group": ("g-10", "g-12")}
IN_AUTO = {"p072"}
"""Its outcome is a quirk rule's (COMMON-18)."""


def by_id(vector: dict[str, Any]) -> str:
    return f"{vector['id']} {vector['requirement']} {vector['name']}"


async def stored(scim: Scim, vector: dict[str, Any]) -> dict[str, str]:
    """The vector's resource and all that it can refer to; the ids here, by those of the vector."""
    own = vector["resource"]["id"]
    ids = {name: (await scim.user(name, displayName=name))["id"] for name in OTHERS["User"]}
    ids |= {name: (await scim.group(name))["id"] for name in OTHERS["Group"] if name != own}
    body = renamed(vector["resource"], ids) | {"id": None}
    answer = await scim.post("/Groups", body)
    assert answer.status_code == 201, answer.text
    return ids | {own: answer.json()["id"]}


def renamed(value: Any, ids: dict[str, str]) -> Any:
    """JSON with the ids of here for those of the vector."""
    text = orjson.dumps(value).decode()
    for name, identifier in ids.items():
        text = text.replace(f'"{name}"', f'"{identifier}"').replace(f'\\"{name}\\"', f'\\"{identifier}\\"')
    return orjson.loads(text)


def told(document: dict[str, Any]) -> dict[str, Any]:
    """What the vectors speak of: all but what the server adds."""
    kept = {name: value for name, value in document.items() if name not in ("meta", "members", "schemas")}
    return kept | {"members": {one["value"] for one in document.get("members", [])}}


@pytest.mark.parametrize("vector", VECTORS, ids=by_id)
async def test_the_outcome_is_the_vector_s(scim: Scim, strict: Scim, vector: dict[str, Any]) -> None:
    client = scim if vector["id"] in IN_AUTO else strict
    ids = await stored(client, vector)
    path = f"/Groups/{ids[vector['resource']['id']]}"
    before = (await client.get(path)).json()
    answer = await client.patch(path, *renamed(vector["operations"], ids))
    after = (await client.get(path)).json()
    if "error" in vector:
        assert answer.status_code == vector["error"]["status"]
        assert answer.json()["scimType"] in vector["error"].get("scimTypeAnyOf", [vector["error"]["scimType"]])
        assert after == before
        return
    assert answer.status_code == 200, answer.text
    assert told(after) == told(renamed(vector["expected"], ids))
    assert (after["meta"]["version"] == before["meta"]["version"]) is vector.get("unchanged", False)
