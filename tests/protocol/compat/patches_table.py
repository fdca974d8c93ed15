"""Operations of a PATCH, before and after each rule, and some that no rule explains."""

from __future__ import annotations

from typing import Any, NamedTuple

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.profile import Profile
from tests.protocol.compat.tools import (
    AUTO,
    CORE_USER,
    ENT,
    GROUP,
    LAB,
    ONELOGIN,
    USER,
)

MANAGER = f"{ENT}:manager"
OLD = "urn:scim:schemas:extension:enterprise:2.0"
NO_COLON = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"


def op(name: str, path: str | None, *value: Any) -> dict[str, Any]:
    """One operation."""
    members = {"op": name} | ({} if path is None else {"path": path})
    return members | ({"value": value[0]} if value else {})


class Case(NamedTuple):
    """An operation as it is sent and what the rule makes of it; how `strict` takes it.

    `besides` names a rule that must have run before.
    """

    rule: str
    before: dict[str, Any]
    after: list[dict[str, Any]]
    strict: str
    kind: ResourceType = USER
    profile: Profile = AUTO
    besides: tuple[str, ...] = ()


UNASSIGNED: list[tuple[str, dict[str, Any], list[dict[str, Any]], str]] = [
    ("ONELOGIN-08", op("replace", "title", ""), [op("replace", "title", None)], "accepted"),
    ("ONELOGIN-08", op("add", "title", ""), [op("add", "title", None)], "accepted"),
    ("ONELOGIN-08", op("replace", "name.givenName", ""), [op("replace", "name.givenName", None)], "accepted"),
    (
        "ONELOGIN-08",
        op("replace", 'emails[type eq "home"].value', ""),
        [op("replace", 'emails[type eq "home"].value', None)],
        "accepted",
    ),
    (
        "ONELOGIN-08",
        op("replace", None, {"title": "", "name": {"givenName": ""}, ENT: {"department": ""}}),
        [op("replace", None, {"title": None, "name": {"givenName": None}, ENT: {"department": None}})],
        "accepted",
    ),
    ("ONELOGIN-08", op("replace", ENT, {"department": ""}), [op("replace", ENT, {"department": None})], "accepted"),
    ("ONELOGIN-08", op("replace", f"{LAB}:level", ""), [op("replace", f"{LAB}:level", None)], "400 invalidValue"),
    ("ONELOGIN-08", op("add", f"{LAB}:tags", ["", "a"]), [op("add", f"{LAB}:tags", ["a"])], "accepted"),
    ("ONELOGIN-08", op("replace", MANAGER, ""), [op("remove", MANAGER)], "400 invalidValue"),
    ("ONELOGIN-08", op("add", MANAGER, {"value": ""}), [op("remove", MANAGER)], "400 invalidValue"),
    ("ONELOGIN-16", op("replace", "title", " "), [op("replace", "title", None)], "accepted"),
    (
        "ONELOGIN-16",
        op("add", None, {"name": {"formatted": " "}}),
        [op("add", None, {"name": {"formatted": None}})],
        "accepted",
    ),
]
"""Texts that say nothing: valid, mostly, so that only one profile takes them for nothing."""

CASES = [
    Case(
        "COMMON-02",
        op("add", None, {OLD: {"division": "N"}}),
        [op("add", None, {ENT: {"division": "N"}})],
        "400 invalidValue",
    ),
    Case("COMMON-03", op("add", OLD, {"division": "N"}), [op("add", ENT, {"division": "N"})], "400 invalidPath"),
    Case(
        "COMMON-03", op("add", f"{OLD}:User", {"division": "N"}), [op("add", ENT, {"division": "N"})], "400 invalidPath"
    ),
    Case("COMMON-03", op("remove", OLD), [op("remove", ENT)], "400 invalidPath"),
    Case(
        "ENTRA-47",
        op("replace", NO_COLON, {"division": "N"}),
        [op("replace", ENT, {"division": "N"})],
        "400 invalidPath",
    ),
    Case(
        "ONELOGIN-14",
        op("add", OLD, {"manager": {"managerId": "9"}}),
        [op("add", ENT, {"manager": {"value": "9"}})],
        "400 invalidPath",
        besides=("COMMON-03",),
    ),
    Case("COMMON-09", op("REPLACE", "title", "Lead"), [op("replace", "title", "Lead")], "accepted"),
    Case("COMMON-10", op("replace", "active", "False"), [op("replace", "active", False)], "400 invalidValue"),
    Case("COMMON-10", op("add", None, {"active": "true"}), [op("add", None, {"active": True})], "400 invalidValue"),
    Case(
        "COMMON-10",
        op("replace", 'emails[type eq "home"].primary', "True"),
        [op("replace", 'emails[type eq "home"].primary', True)],
        "400 invalidValue",
    ),
    Case(
        "COMMON-10",
        op("replace", 'emails[type eq "home"]', {"value": "a", "primary": "True"}),
        [op("replace", 'emails[type eq "home"]', {"value": "a", "primary": True})],
        "400 invalidValue",
    ),
    Case("COMMON-11", op("add", f"{LAB}:level", "3"), [op("add", f"{LAB}:level", 3)], "400 invalidValue"),
    Case("COMMON-11", op("add", ENT, {"division": 7}), [op("add", ENT, {"division": "7"})], "400 invalidValue"),
    Case(
        "COMMON-11",
        op("add", None, {ENT: {"division": 7}}),
        [op("add", None, {ENT: {"division": "7"}})],
        "400 invalidValue",
    ),
    Case("COMMON-11", op("add", f"{CORE_USER}:title", 7), [op("add", f"{CORE_USER}:title", "7")], "400 invalidValue"),
    Case(
        "COMMON-12",
        op(
            "replace",
            None,
            {"title": "T", "name.givenName": "G", "nickName": "N", "locale": "de", f"{ENT}:division": None},
        ),
        [
            op("replace", None, {"title": "T"}),
            op("replace", "name.givenName", "G"),
            op("replace", None, {"nickName": "N", "locale": "de"}),
            op("replace", f"{ENT}:division", None),
        ],
        "400 invalidValue",
    ),
    Case(
        "COMMON-12",
        op("add", None, {'emails[type eq "home"].display': "Kim", "shoe.size": None}),
        [op("add", 'emails[type eq "home"].display', "Kim"), op("add", None, {"shoe.size": None})],
        "400 invalidValue",
    ),
    Case(
        "COMMON-12", op("add", None, {f"{OLD}.division": "N"}), [op("add", f"{OLD}.division", "N")], "400 invalidValue"
    ),
    Case("COMMON-16", op("add", "members", "c"), [op("add", "members", {"value": "c"})], "400 invalidValue", GROUP),
    Case("COMMON-16", op("add", "members", ["c"]), [op("add", "members", [{"value": "c"}])], "400 invalidValue", GROUP),
    Case(
        "COMMON-16",
        op("add", None, {"members": "c"}),
        [op("add", None, {"members": {"value": "c"}})],
        "400 invalidValue",
        GROUP,
    ),
    Case(
        "COMMON-17", op("replace", "displayName", ["Rosa"]), [op("replace", "displayName", "Rosa")], "400 invalidValue"
    ),
    Case(
        "COMMON-17", op("replace", "name.givenName", ["R"]), [op("replace", "name.givenName", "R")], "400 invalidValue"
    ),
    Case(
        "COMMON-17",
        op("replace", None, {"displayName": ["Rosa"]}),
        [op("replace", None, {"displayName": "Rosa"})],
        "400 invalidValue",
    ),
    Case(
        "COMMON-17",
        op("replace", 'emails[type eq "home"]', [{"value": "a"}]),
        [op("replace", 'emails[type eq "home"]', {"value": "a"})],
        "400 invalidValue",
    ),
    Case(
        "COMMON-18",
        op("remove", "members", [{"value": "a", "$ref": None}, "b"]),
        [op("remove", 'members[value eq "a" or value eq "b"]')],
        "400 invalidValue",
        GROUP,
    ),
    Case(
        "COMMON-18",
        op("remove", "Members", {"Value": "a"}),
        [op("remove", 'members[value eq "a"]')],
        "400 invalidValue",
        GROUP,
    ),
    Case("COMMON-18", op("remove", "members", "a"), [op("remove", 'members[value eq "a"]')], "400 invalidValue", GROUP),
    Case(
        "COMMON-18",
        op("remove", "members", [None, "a", {"value": "a"}]),
        [op("remove", 'members[value eq "a"]')],
        "400 invalidValue",
        GROUP,
    ),
    Case("COMMON-18", op("remove", "members", []), [op("remove", "members[]")], "400 invalidValue", GROUP),
    Case(
        "COMMON-18",
        op("remove", f"{LAB}:tags", ["red"]),
        [op("remove", f'{LAB}:tags[value eq "red"]')],
        "400 invalidValue",
    ),
    Case(
        "COMMON-29",
        op("replace", "emails", [None, {"value": "a"}]),
        [op("replace", "emails", [{"value": "a"}])],
        "400 invalidValue",
    ),
    Case(
        "COMMON-29",
        op("replace", None, {"department": None, "title": None}),
        [op("replace", None, {"title": None})],
        "400 invalidValue",
    ),
    Case(
        "COMMON-30", op("replace", None, {"id": "7", "title": "T"}), [op("replace", None, {"title": "T"})], "accepted"
    ),
    Case(
        "COMMON-30",
        op("replace", None, {"Schemas": [CORE_USER], "meta": {}, "groups": [], "title": "T"}),
        [op("replace", None, {"title": "T"})],
        "400 mutability",
    ),
    Case(
        "COMMON-38",
        op("add", "members", [{"value": "c"}, {"value": "c"}]),
        [op("add", "members", [{"value": "c"}])],
        "400 invalidValue",
        GROUP,
    ),
    Case("ENTRA-10", op("add", MANAGER, "4f1c"), [op("add", MANAGER, {"value": "4f1c"})], "400 invalidValue"),
    Case(
        "ENTRA-10",
        op("add", None, {ENT: {"manager": "x"}}),
        [op("add", None, {ENT: {"manager": {"value": "x"}}})],
        "400 invalidValue",
    ),
    Case("ENTRA-11", op("replace", MANAGER, {"value": ""}), [op("remove", MANAGER)], "400 invalidValue"),
    Case("ENTRA-11", op("add", MANAGER, ""), [op("remove", MANAGER)], "400 invalidValue"),
    Case("ENTRA-11", op("replace", MANAGER, [{"value": ""}]), [op("remove", MANAGER)], "400 invalidValue"),
    Case("ENTRA-11", op("replace", f"{MANAGER}.value", ""), [op("remove", MANAGER)], "400 invalidValue"),
    Case(
        "ENTRA-11",
        op("replace", None, {ENT: {"manager": {"value": ""}}}),
        [op("replace", None, {ENT: {"manager": None}})],
        "400 invalidValue",
    ),
    Case(
        "OKTA-26", op("add", None, {CORE_USER: {"title": "T"}}), [op("add", None, {"title": "T"})], "400 invalidValue"
    ),
    Case(
        "ONELOGIN-14",
        op("replace", None, {OLD: {"manager": {"managerId": "9"}}}),
        [op("replace", None, {ENT: {"manager": {"value": "9"}}})],
        "400 invalidValue",
        besides=("COMMON-02",),
    ),
    *(Case(*case, profile=ONELOGIN) for case in UNASSIGNED),
]

UNTOUCHED: dict[str, Any] = {
    "no object": "replace",
    "no op": {"path": "title", "value": "x"},
    "an op that is no text": {"op": 7, "path": "title", "value": "x"},
    "a path that is no text": {"op": "add", "path": 7, "value": "x"},
    "a path to nothing": op("add", "shoeSize", "x"),
    "a path to a part of a part": op("add", "emails.value.x", "true"),
    "a path to an unknown part": op("add", 'emails[type eq "work"].shoe', "true"),
    "a part after a part": op("add", 'name.givenName[type eq "work"].x', ["true"]),
    "a malformed path": op("add", "active]", "true"),
    "a path to a readOnly attribute": op("add", "meta", ["true"]),
    "a path to a readOnly part": op("add", f"{MANAGER}.displayName", ["x"]),
    "a path to schemas": op("add", "schemas", "urn:scim:schemas:core:1.0"),
    "an extension that is no object": op("add", ENT, "x"),
    "a key that is no path": op("replace", None, {"shoe.size": 7, "urn:okta:x:1.0": {"a.b": 1}, "x[0]": 1}),
    "an extension under its URN": op("replace", None, {ENT: {"division": "N"}}),
    "another id": op("replace", None, {"id": "8", "title": "T"}),
    "an id that is no text": op("replace", None, {"id": 7}),
    "no object without a path": op("replace", None, ["x"]),
    "a remove without a path": op("remove", None, {"name.givenName": "x"}),
    "a remove of one value with a value": op("remove", "title", "Lead"),
    "a remove by filter with a value": op("remove", 'emails[type eq "work"]', [{"value": "x"}]),
    "a remove of a part with a value": op("remove", "emails.type", ["work"]),
    "a remove of entries without value": op("remove", "emails", [{"type": "work"}]),
    "a remove of entries of another type": op("remove", "emails", [{"value": 7}]),
    "a remove from a list without value": op("remove", "addresses", ["x"]),
    "a remove with null": op("remove", "emails", None),
    "a remove with null for a path": {"op": "remove", "path": None, "value": [{"value": "x"}]},
    "one entry for a list": op("replace", "emails", {"value": "solo@example.com"}),
    "one simple value for a list": op("add", f"{LAB}:tags", "red"),
    "two primaries": op("add", "emails", [{"value": "a", "primary": True}, {"value": "b", "primary": True}]),
    "null": op("replace", "title", None),
    "a filter that selects with a list": op("replace", 'emails[type eq "home"]', [{"value": "a"}, {"value": "b"}]),
    "an empty text": op("replace", "title", ""),
    "an empty id in a list": op("add", "emails", [{"value": ""}]),
    "an empty name of a manager": op("add", f"{ENT}:division", ""),
    "an empty reference at no path": op("add", "shoe", {"value": ""}),
}
