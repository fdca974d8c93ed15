"""What a body is, by what it holds."""

from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.compat.guess import guessed_id, guessed_message, guessed_type, guessed_type_of_filter
from scim.protocol.compat.request import Message
from tests.protocol.compat.tools import CORE_GROUP, CORE_USER, ENT, LAB
from tests.vectors import lab_registry

THING = "urn:example:params:scim:schemas:core:2.0:Thing"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"schemas": [str(Message.PATCH).upper()]}, Message.PATCH),
        ({"Schemas": [str(Message.BULK)], "filter": "x"}, Message.BULK),
        ({"schemas": [7, str(Message.SEARCH)]}, Message.SEARCH),
        ({"schemas": [CORE_USER], "operations": [{"op": "add"}]}, Message.PATCH),
        ({"Operations": []}, Message.PATCH),
        ({"Operations": 7}, Message.PATCH),
        ({"Operations": [7, {"Method": "POST"}]}, Message.BULK),
        ({"filter": "title pr", "startIndex": 1}, Message.SEARCH),
        ({"schemas": "x", "Count": 1}, Message.SEARCH),
        ({"filter": "title pr", "userName": "kim"}, None),
        ({"schemas": [CORE_USER]}, None),
        ({"userName": "kim"}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_a_message_is_told_by_its_schemas_or_its_members(body: Any, message: Message | None) -> None:
    assert guessed_message(body) == message


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"schemas": [CORE_GROUP], "userName": "kim"}, "Group"),
        ({"schemas": [ENT, CORE_USER.upper()]}, "User"),
        ({"schemas": ["urn:scim:schemas:core:2.0:Group"]}, "Group"),
        ({"schemas": [THING]}, "Thing"),
        ({"schemas": ["urn:scim:schemas:core:1.0", 7], "displayName": "Team"}, "Group"),
        ({"schemas": CORE_GROUP, "userName": "kim"}, "User"),
        ({"userName": "kim", "displayName": "Kim"}, "User"),
        ({"displayName": "Team", "externalId": "x", "Members": []}, "Group"),
        ({"externalId": "x"}, "User"),
        ({"labels": ["a"], "size": 1, "displayName": "x"}, "Thing"),
        ({"nothing": 1}, "User"),
        ({}, "User"),
        ([], "User"),
        ({"Operations": [{"op": "add", "path": 'members[value eq "a"]', "value": []}]}, "Group"),
        ({"Operations": [{"op": "add", "path": f"{LAB}:tags"}, 7]}, "User"),
        ({"Operations": [{"op": "add", "value": {"displayName": "x", "id": "7"}}]}, "Group"),
        ({"Operations": [{"op": "add", "value": {"name.givenName": "x"}}, {"path": 7, "value": 7}]}, "User"),
        ({"Operations": [{"op": "add", "path": "labels"}]}, "Thing"),
        ({"Operations": []}, "User"),
    ],
)
def test_a_type_is_told_by_schemas_or_by_names(body: Any, name: str) -> None:
    assert guessed_type(body, lab_registry()).name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('userName eq "members pr"', "User"),
        ('displayName eq "Team"', "Group"),
        ("members pr and DisplayName sw x", "Group"),
        ('members[value eq "7"]', "Group"),
        ('displayName eq "x" and active eq true', "User"),
        ("externalId eq 7", "User"),
        ("labels pr", "Thing"),
        ("", "User"),
    ],
)
def test_the_type_of_a_filter_is_told_by_what_it_compares(text: str, name: str) -> None:
    assert guessed_type_of_filter(text, lab_registry()).name == name


@pytest.mark.parametrize(
    ("body", "own"),
    [
        ({"Operations": [7, {"value": 7}, {"value": {"ID": "g1"}}, {"value": {"id": "g2"}}]}, "g1"),
        ({"Operations": [{"path": "x", "value": {"id": 7}}]}, None),
        ({"Operations": 7}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_id_of_a_patch_is_told_by_its_values(body: Any, own: str | None) -> None:
    assert guessed_id(body) == own
