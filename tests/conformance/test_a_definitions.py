"""Attribute definitions at /Schemas are whole, and the server behaves as they say (row A-14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.conformance.tools import ENTERPRISE, GROUP, LAB, THING, USER, created, refusal, total
from tests.support.http import Scim

Definition = dict[str, Any]

WORDS: Mapping[str, tuple[str, ...]] = {
    "type": ("string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"),
    "mutability": ("readOnly", "readWrite", "immutable", "writeOnly"),
    "returned": ("always", "never", "default", "request"),
}
MISFITS: Mapping[str, Any] = {
    "string": 5,
    "boolean": "yes",
    "decimal": "4",
    "integer": 3.5,
    "dateTime": "last week",
    "binary": "%%%",
    "reference": 5,
    "complex": "x",
}
FITTING: Mapping[str, Any] = {
    "string": "x",
    "boolean": True,
    "decimal": 1.5,
    "integer": 4,
    "dateTime": "2025-02-03T04:05:06Z",
    "binary": "YQ==",
    "reference": "https://h.example.org/a",
}
LEAST: Mapping[str, tuple[str, dict[str, Any]]] = {
    USER: ("/Users", {"schemas": [USER], "userName": "kim"}),
    ENTERPRISE: ("/Users", {"schemas": [USER, ENTERPRISE], "userName": "kim"}),
    LAB: ("/Users", {"schemas": [USER, LAB], "userName": "kim"}),
    GROUP: ("/Groups", {"schemas": [GROUP], "displayName": "Team"}),
    THING: ("/Things", {"schemas": [THING], "name": "saw"}),
}
"""Endpoint and least body of a resource with attributes of a schema."""


async def definitions(scim: Scim, urn: str) -> list[Definition]:
    found: list[Definition] = (await scim.get(f"/Schemas/{urn}")).json()["attributes"]
    return found


def with_parts(attributes: list[Definition]) -> Iterator[Definition]:
    for attribute in attributes:
        yield attribute
        yield from attribute.get("subAttributes", [])


def body_with(urn: str, **attributes: Any) -> dict[str, Any]:
    least = LEAST[urn][1]
    return least | ({urn: attributes} if ":extension:" in urn else attributes)


def listed(definition: Definition, value: Any) -> Any:
    return [value] if definition["multiValued"] else value


def misfits(definition: Definition) -> Iterator[Any]:
    """Values that do not fit a definition; of a complex attribute also those with one part that does not."""
    yield listed(definition, MISFITS[definition["type"]])
    if not definition["multiValued"]:
        yield [MISFITS[definition["type"]]]
    for part in definition.get("subAttributes", []):
        if part["mutability"] != "readOnly":
            yield listed(definition, {part["name"]: listed(part, MISFITS[part["type"]])})


def fitting(definition: Definition) -> Any:
    parts = definition.get("subAttributes")
    value = {part["name"]: fitting(part) for part in parts} if parts else FITTING[definition["type"]]
    return listed(definition, value)


def shown(definitions: list[Definition]) -> set[str]:
    """What an answer to a POST holds of attributes that the client sent, by their definitions."""
    return {one["name"] for one in definitions if one["mutability"] != "readOnly" and one["returned"] != "never"}


@pytest.mark.parametrize("urn", LEAST)
async def test_A_14_definitions_state_every_characteristic(lab: Scim, urn: str) -> None:
    for definition in with_parts(await definitions(lab, urn)):
        assert definition["name"]
        for key, words in WORDS.items():
            assert definition[key] in words, definition
        assert {type(definition[key]) for key in ("multiValued", "required")} == {bool}, definition
        assert bool(definition.get("subAttributes")) is (definition["type"] == "complex"), definition
        if definition["type"] == "string":
            assert type(definition["caseExact"]) is bool, definition
            assert definition["uniqueness"] in ("none", "server", "global"), definition
        if definition["type"] == "reference":
            assert definition["referenceTypes"], definition


@pytest.mark.parametrize("urn", LEAST)
async def test_A_14_types_are_enforced_as_published(lab: Scim, urn: str) -> None:
    path = LEAST[urn][0]
    settable = [one for one in await definitions(lab, urn) if one["mutability"] != "readOnly"]
    assert settable
    for definition in settable:
        for value in misfits(definition):
            answer = await lab.post(path, body_with(urn, **{definition["name"]: value}))
            assert refusal(answer) == (400, "invalidValue"), (definition["name"], value)
    assert await total(lab, path) == 0


@pytest.mark.parametrize("urn", [USER, LAB, THING])
async def test_A_14_what_is_set_and_shown_is_as_published(lab: Scim, urn: str) -> None:
    attributes = await definitions(lab, urn)
    sent = {one["name"]: fitting(one) for one in attributes}
    made = await created(lab, LEAST[urn][0], body_with(urn, **sent))
    holder = made[urn] if urn == LAB else made
    assert holder.keys() - {"schemas", "id", "meta"} == shown(attributes)
    for definition in attributes:
        parts = definition.get("subAttributes")
        if parts and definition["name"] in holder:
            value = holder[definition["name"]]
            entry = value[0] if definition["multiValued"] else value
            assert entry.keys() == shown(parts), definition["name"]


@pytest.mark.parametrize("urn", [USER, GROUP, THING])
async def test_A_14_what_is_published_as_required_is_required(lab: Scim, urn: str) -> None:
    path, least = LEAST[urn]
    required = {one["name"] for one in await definitions(lab, urn) if one["required"]}
    assert required == least.keys() - {"schemas"}
    for name in required:
        assert refusal(await lab.post(path, least | {name: None})) == (400, "invalidValue")
