"""Which changes of a schema leave stored values good."""

from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.attributes.definition import schema_from_json
from scim.protocol.attributes.evolution import breaking_changes

PART = {"name": "p", "type": "integer"}
OLD: list[dict[str, Any]] = [
    {"name": "a"},
    {"name": "s", "returned": "never"},
    {"name": "r", "required": True, "mutability": "readOnly"},
    {"name": "c", "type": "complex", "subAttributes": [PART]},
]


def changes(*new: dict[str, Any]) -> list[str]:
    before, after = ({"id": "urn:x", "attributes": list(attributes)} for attributes in (OLD, new))
    return breaking_changes(schema_from_json(before), schema_from_json(after))


def whole(part: dict[str, Any] | None = None, **traits: Any) -> list[dict[str, Any]]:
    return [{"name": "a"} | traits, *OLD[1:3], {"name": "c", "type": "complex", "subAttributes": [part or PART]}]


@pytest.mark.parametrize(
    "new",
    [
        whole(),
        whole(mutability="immutable", returned="request", description="x", canonicalValues=["y"]),
        [*whole(), {"name": "b"}],
        [*whole(), {"name": "b", "required": True, "mutability": "readOnly"}],
        whole(PART | {"mutability": "readOnly"}),
    ],
)
def test_additions_and_words_break_nothing(new: list[dict[str, Any]]) -> None:
    assert changes(*new) == []


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        (whole()[1:], "'a' would be gone"),
        (whole(name="A"), "'a' would be spelled 'A'"),
        (whole({"name": "P", "type": "integer"}), "'c.p' would be spelled 'P'"),
        (whole(returned="never"), "'a': returned would change from default to never"),
        ([*whole()[:1], {"name": "s"}, *whole()[2:]], "'s': returned would change from never to default"),
        ([*whole()[:2], {"name": "r", "required": True}, *whole()[3:]], "'r' would become required"),
        (whole(type="integer"), "'a': type would change from string to integer"),
        (whole(multiValued=True), "'a': multiValued would change from false to true"),
        (whole(caseExact=True), "'a': caseExact would change from false to true"),
        (whole(uniqueness="server"), "'a': uniqueness would change from none to server"),
        (whole(required=True), "'a' would become required"),
        ([*whole(), {"name": "b", "required": True}], "'b' would be new and required"),
        ([*whole(), {"name": "b", "uniqueness": "server"}], "'b' would be new and unique"),
        (whole({"name": "p", "type": "string"}), "'c.p': type would change from integer to string"),
        (whole({"name": "q"}), "'c.p' would be gone"),
    ],
)
def test_what_stored_values_may_not_fit_is_told(new: list[dict[str, Any]], fault: str) -> None:
    assert changes(*new) == [fault]
