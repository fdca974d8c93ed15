"""References to resources that another operation makes (rows J-17, J-18)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.bulk.references import references, resolved

IDS = {"u1": "7", "u2": "8", "a b": "9"}
EXT = "urn:example:2.0:User"


@pytest.mark.parametrize(
    ("value", "names", "after"),
    [
        ("bulkId:u1", ["u1"], "7"),
        ("bulkId:a b", ["a b"], "9"),
        ("/Users/bulkId:u1", ["u1"], "/Users/7"),
        ("https://h/v2/Users/bulkId:u1", ["u1"], "https://h/v2/Users/7"),
        ("see bulkId:u1", [], "see bulkId:u1"),
        ("bulkId:", [], "bulkId:"),
        ("bulkid:u1", [], "bulkid:u1"),
        ([{"value": "bulkId:u1"}, "bulkId:u2"], ["u1", "u2"], [{"value": "7"}, "8"]),
        ({EXT: {"manager": {"value": "bulkId:u2"}}}, ["u2"], {EXT: {"manager": {"value": "8"}}}),
        ({"path": 'members[value eq "bulkId:u1"]'}, ["u1"], {"path": 'members[value eq "7"]'}),
        (
            {"Path": 'members[value eq "bulkId:u1" or value eq "bulkId:u2"]'},
            ["u1", "u2"],
            {"Path": 'members[value eq "7" or value eq "8"]'},
        ),
        ({"path": "bulkId:u1"}, ["u1"], {"path": "7"}),
        ({"title": 'members[value eq "bulkId:u1"]'}, [], {"title": 'members[value eq "bulkId:u1"]'}),
        (
            {"path": "members[value eq 'bulkId:u1' or value eq bulkId:u2]"},
            ["u1", "u2"],
            {"path": "members[value eq '7' or value eq 8]"},
        ),
        ({"path": 'emails[display eq "not bulkId:u1"]'}, [], {"path": 'emails[display eq "not bulkId:u1"]'}),
        ({"password": "bulkId:u1"}, [], {"password": "bulkId:u1"}),
        ({"path": "password", "value": "bulkId:no"}, [], {"path": "password", "value": "bulkId:no"}),
        (7, [], 7),
        (None, [], None),
    ],
)
def test_references_are_found_and_replaced(value: Any, names: list[str], after: Any) -> None:
    assert list(references(value)) == names
    assert resolved(value, IDS) == after
