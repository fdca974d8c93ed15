"""What the audit record tells of a write."""

from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.changes import MASK, changes
from tests.support.gadgets import gadget
from tests.support.registry import kind

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param({"title": "a"}, {"title": "a"}, [], id="nothing"),
        pytest.param({}, {"title": "a"}, [("title", None, "a")], id="set"),
        pytest.param({"title": "a"}, {}, [("title", "a", None)], id="cleared"),
        pytest.param({"active": True}, {"active": False}, [("active", True, False)], id="changed"),
        pytest.param(
            {"emails": [{"value": "a"}]},
            {"emails": [{"value": "b"}]},
            [("emails", [{"value": "a"}], [{"value": "b"}])],
            id="a list as a whole",
        ),
        pytest.param(
            {},
            {ENTERPRISE: {"division": "x"}},
            [(f"{ENTERPRISE}:division", None, "x")],
            id="an extension's, by its URN",
        ),
        pytest.param({"schemas": ["a"]}, {"schemas": ["a", "b"]}, [], id="schemas follow from the rest"),
        pytest.param({"password": "a"}, {"password": "b"}, [("password", MASK, MASK)], id="B-54 secrets are masked"),
        pytest.param({}, {"password": "b"}, [("password", None, MASK)], id="a secret that is new"),
    ],
)
def test_changes_are_told_attribute_by_attribute(old: Any, new: Any, told: list[tuple[str, Any, Any]]) -> None:
    assert changes(old, new, kind("User")) == [{"path": path, "old": a, "new": b} for path, a, b in told]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({}, {"box": {"text": "T", "key": "K"}}, [("box", None, {"text": "T", "key": MASK})]),
        ({"parts": [{"value": "1", "key": "K"}]}, {}, [("parts", [{"value": "1", "key": MASK}], None)]),
        ({"box": {"key": "K"}}, {"box": {"key": "L"}}, [("box", {"key": MASK}, {"key": MASK})]),
        ({"aliases": ["a"]}, {"aliases": ["b"]}, [("aliases", ["a"], ["b"])]),
    ],
)
def test_secret_parts_are_masked(old: Any, new: Any, told: list[tuple[str, Any, Any]]) -> None:
    assert changes(old, new, gadget()) == [{"path": path, "old": a, "new": b} for path, a, b in told]
