"""When two values are the same (rows H-26, H-66, B-48)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.attributes.definition import Attribute
from scim.protocol.equality import entry_key, same_entry
from tests.support.gadgets import gadget
from tests.support.registry import kind

LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"


def attribute(name: str) -> Attribute:
    for of in (kind("User"), kind("Group"), gadget()):
        found = of.attribute(name) or next(
            (e.schema.attribute(name) for e in of.extensions if e.schema.attribute(name)), None
        )
        if found is not None:
            return found
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("name", "left", "right", "same"),
    [
        pytest.param("title", "Welder", "WELDER", True, id="B-49 text without case"),
        pytest.param("title", "e\u0301", "\u00e9", True, id="B-59 composition"),
        pytest.param("externalId", "a", "A", False, id="B-49 text with case"),
        pytest.param("joined", "2024-01-01T01:00:00+01:00", "2024-01-01T00:00:00Z", True, id="the same instant"),
        pytest.param("score", 2, 2.0, True, id="B-22 numbers by value"),
        pytest.param("active", True, False, False, id="boolean"),
        pytest.param("emails", {"value": "a", "type": "work"}, {"type": "WORK", "value": "A"}, True, id="all parts"),
        pytest.param("emails", {"value": "a", "type": "work"}, {"value": "a"}, False, id="a part more"),
        pytest.param("emails", {"value": "a", "primary": False}, {"value": "a"}, True, id="H-66 missing primary"),
        pytest.param("emails", {"value": "a", "primary": True}, {"value": "a"}, False, id="primary"),
        pytest.param("emails", {"value": "a", "display": None}, {"value": "a"}, True, id="B-35 null part"),
        pytest.param("members", {"value": "1", "display": "x"}, {"value": "1"}, True, id="H-66 reference by value"),
        pytest.param("members", {"value": "1"}, {"value": "2"}, False, id="other reference"),
        pytest.param("members", {"display": "x"}, {"display": "X"}, True, id="reference without value"),
        pytest.param("members", {"value": "1"}, {"display": "1"}, False, id="with and without value"),
        pytest.param("parts", {"weight": 1}, {"weight": 1.0}, True, id="numbers in parts"),
        pytest.param("parts", {"colours": ["Red", "blue"]}, {"colours": ["red", "BLUE"]}, True, id="lists in parts"),
        pytest.param("parts", {"colours": ["red"]}, {"colours": ["red", "red"]}, False, id="longer list"),
        pytest.param("parts", {"at": "2024-01-01T00:00:00Z"}, {"at": "2024-01-01T00:00:00.000Z"}, True, id="instants"),
    ],
)  # fmt: skip
def test_values_are_equal_by_the_rules_of_their_attribute(name: str, left: Any, right: Any, same: bool) -> None:
    found = attribute(name)
    assert same_entry(found, left, right) is same
    assert (entry_key(found, left) == entry_key(found, right)) is same
    assert isinstance(hash(entry_key(found, left)), int)
