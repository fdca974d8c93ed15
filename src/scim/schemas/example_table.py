"""Requests as identity providers send them, for people who try the API out; ids are made up."""

from __future__ import annotations

from typing import Any, Final

from scim.protocol.bulk.message import BULK_REQUEST, BULK_RESPONSE
from scim.protocol.errors import ERROR
from scim.protocol.patch.message import PATCH_OP
from scim.protocol.query import SEARCH_REQUEST

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
A_USER_ID: Final = "0199d2a4-6c1e-7b53-9a0f-3d5e8c7b1f42"
A_MANAGER_ID: Final = "0199d2a4-5f07-7c11-8e2d-91b6a4f0d3c8"
A_GROUP_ID: Final = "0199d2b0-13aa-7f66-b1c4-2a7d9e5f6083"

Examples = dict[str, tuple[str, dict[str, Any]]]
"""Key → (summary, body); the first one is what a reader sees before choosing."""


def _patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


WRITE: Final[dict[str, Examples]] = {
    USER: {
        "full": (
            "User with the enterprise extension",
            {
                "schemas": [USER, ENTERPRISE],
                "externalId": "hr-70193",
                "userName": "kim.berg@example.com",
                "name": {"formatted": "Kim Berg", "familyName": "Berg", "givenName": "Kim"},
                "displayName": "Kim Berg",
                "title": "Engineer",
                "preferredLanguage": "nb-NO",
                "timezone": "Europe/Oslo",
                "active": True,
                "emails": [
                    {"value": "kim.berg@example.com", "type": "work", "primary": True},
                    {"value": "kim@example.net", "type": "home"},
                ],
                "phoneNumbers": [{"value": "+47 22 00 00 00", "type": "work"}],
                ENTERPRISE: {
                    "employeeNumber": "70193",
                    "department": "Platform",
                    "costCenter": "4130",
                    "manager": {"value": A_MANAGER_ID},
                },
            },
        ),
        "minimal": ("User with no more than is required", {"schemas": [USER], "userName": "kim.berg@example.com"}),
        "password": (
            "User with a password",
            {"schemas": [USER], "userName": "kim.berg@example.com", "password": "a long secret of Kim's"},
        ),
    },
    GROUP: {
        "minimal": ("Group without members", {"schemas": [GROUP], "displayName": "Platform team"}),
        "members": (
            "Group with members (put in ids of your users)",
            {
                "schemas": [GROUP],
                "externalId": "team-12",
                "displayName": "Platform team",
                "members": [{"value": A_USER_ID}, {"value": A_MANAGER_ID}],
            },
        ),
    },
}

PATCH: Final[dict[str, Examples]] = {
    USER: {
        "deactivate": ("Deactivate", _patch({"op": "replace", "path": "active", "value": False})),
        "without_path": (
            "Several attributes at once, without a path",
            _patch(
                {"op": "replace", "value": {"displayName": "Kim Dahl", "name": {"familyName": "Dahl"}, "title": "Lead"}}
            ),
        ),
        "value_path": (
            "Replace one entry's value, selected by a filter",
            _patch({"op": "replace", "path": 'emails[type eq "work"].value', "value": "kim.dahl@example.com"}),
        ),
        "add_entry": (
            "Add a mail address",
            _patch({"op": "add", "path": "emails", "value": [{"value": "kd@example.org", "type": "other"}]}),
        ),
        "remove_entry": (
            "Remove the entries that a filter selects",
            _patch({"op": "remove", "path": 'emails[type eq "home"]'}),
        ),
        "extension": (
            "Attributes of the enterprise extension",
            _patch(
                {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "Research"},
                {"op": "remove", "path": f"{ENTERPRISE}:manager"},
            ),
        ),
    },
    GROUP: {
        "rename": ("Rename", _patch({"op": "replace", "path": "displayName", "value": "Platform guild"})),
        "add_member": (
            "Add members",
            _patch({"op": "add", "path": "members", "value": [{"value": A_USER_ID}, {"value": A_MANAGER_ID}]}),
        ),
        "remove_member": (
            "Remove one member",
            _patch({"op": "remove", "path": f'members[value eq "{A_USER_ID}"]'}),
        ),
        "replace_members": (
            "Replace all members",
            _patch({"op": "replace", "path": "members", "value": [{"value": A_USER_ID}]}),
        ),
        "without_path": (
            "Without a path",
            _patch({"op": "replace", "value": {"displayName": "Platform team", "externalId": "team-12"}}),
        ),
    },
}

FILTERS: Final[dict[str, dict[str, str]]] = {
    USER: {
        "By user name": 'userName eq "kim.berg@example.com"',
        "By external id": 'externalId eq "hr-70193"',
        "By work mail address": 'emails[type eq "work" and value ew "@example.com"]',
        "Active, with a title": "active eq true and title pr",
        "By department": f'{ENTERPRISE}:department eq "Platform"',
        "Changed since": 'meta.lastModified gt "2025-01-31T08:00:00Z"',
    },
    GROUP: {
        "By name": 'displayName eq "Platform team"',
        "By beginning of the name": 'displayName sw "Platform"',
        "By member": f'members.value eq "{A_USER_ID}"',
    },
}


DERIVED: Final[dict[str, dict[str, Any]]] = {
    USER: {"groups": [{"value": A_GROUP_ID, "type": "direct", "display": "Platform team"}]},
    GROUP: {"members": [{"value": A_USER_ID, "type": "User", "display": "Kim Berg"}]},
}
"""What the server adds to the answer beside `id` and `meta`.

`$ref` is left out: ReDoc takes it for a reference of its own, in examples too, and asks the server for what it names.
"""

SEARCH: Final[dict[str, Any]] = {
    "schemas": [SEARCH_REQUEST],
    "filter": "active eq true",
    "attributes": ["userName", "displayName"],
    "cursor": "",
    "count": 100,
}

BULK: Final[dict[str, Any]] = {
    "schemas": [BULK_REQUEST],
    "failOnErrors": 1,
    "Operations": [
        {
            "method": "POST",
            "path": "/Users",
            "bulkId": "kim",
            "data": {"schemas": [USER], "userName": "kim.berg@example.com"},
        },
        {
            "method": "POST",
            "path": "/Groups",
            "bulkId": "team",
            "data": {"schemas": [GROUP], "displayName": "Platform team", "members": [{"value": "bulkId:kim"}]},
        },
    ],
}

BULK_ANSWER: Final[dict[str, Any]] = {
    "schemas": [BULK_RESPONSE],
    "Operations": [
        {
            "method": "POST",
            "bulkId": "kim",
            "version": 'W/"1"',
            "location": f"https://scim.example.com/scim/v2/Users/{A_USER_ID}",
            "status": "201",
        },
        {
            "method": "POST",
            "bulkId": "lee",
            "status": "409",
            "response": {
                "schemas": [ERROR],
                "status": "409",
                "detail": "The userName 'lee' is taken by another user.",
                "scimType": "uniqueness",
            },
        },
    ],
}
