"""Bodies of POST and PUT, before and after each rule, and some that no rule explains."""

from __future__ import annotations

from typing import Any, NamedTuple

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.profile import Profile
from tests.protocol.compat.tools import (
    AUTO,
    CORE_GROUP,
    CORE_USER,
    ENT,
    GROUP,
    LAB,
    ONELOGIN,
    USER,
)

OLD_1 = "urn:scim:schemas:extension:enterprise:1.0"
OLD_2 = "urn:scim:schemas:extension:enterprise:2.0"
NO_COLON = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"
MICROSOFT = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"


class Case(NamedTuple):
    """A body as it is sent and as the rule makes it; how `strict` takes it.

    `besides` names a rule that must have run before.
    """

    rule: str
    before: dict[str, Any]
    after: dict[str, Any]
    strict: str
    kind: ResourceType = USER
    profile: Profile = AUTO
    besides: tuple[str, ...] = ()


def user(*schemas: str, **members: Any) -> dict[str, Any]:
    """A user's body."""
    return {"schemas": list(schemas or (CORE_USER,)), "userName": "kim", **members}


def with_object(urn: str, value: Any, *schemas: str) -> dict[str, Any]:
    """A user's body with an object under a URN."""
    return {**user(*schemas), urn: value}


def group(**members: Any) -> dict[str, Any]:
    """A group's body."""
    return {"schemas": [CORE_GROUP], "displayName": "Team", **members}


TWO_PRIMARIES = [{"value": "a", "primary": True}, {"value": "b", "Primary": True}, {"value": "c", "primary": False}]

UNASSIGNED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # empty text
    ("ONELOGIN-08", user(title=""), user(title=None), "accepted"),
    ("ONELOGIN-08", user(externalId="", Locale=""), user(externalId=None, Locale=None), "accepted"),
    (
        "ONELOGIN-08",
        user(name={"givenName": "", "familyName": "K"}),
        user(name={"givenName": None, "familyName": "K"}),
        "accepted",
    ),
    (
        "ONELOGIN-08",
        user(emails=[{"value": "", "type": ""}, {"value": "a@b", "display": ""}]),
        user(emails=[{"value": None, "type": None}, {"value": "a@b", "display": None}]),
        "accepted",
    ),
    ("ONELOGIN-08", user(active=""), user(active=None), "400 invalidValue"),
    ("ONELOGIN-08", user(name=""), user(name=None), "400 invalidValue"),
    ("ONELOGIN-08", user(emails=[""]), user(emails=[]), "400 invalidValue"),
    ("ONELOGIN-08", with_object(LAB, {"level": ""}), with_object(LAB, {"level": None}), "400 invalidValue"),
    ("ONELOGIN-08", with_object(LAB, {"tags": ["", "red"]}), with_object(LAB, {"tags": ["red"]}), "accepted"),
    (
        "ONELOGIN-08",
        with_object(ENT, {"department": "", "manager": {"value": ""}}),
        with_object(ENT, {"department": None, "manager": None}),
        "400 invalidValue",
    ),
    ("ONELOGIN-08", with_object(ENT, {"manager": ""}), with_object(ENT, {"manager": None}), "400 invalidValue"),
    # text of blanks
    ("ONELOGIN-16", user(name={"formatted": " "}), user(name={"formatted": None}), "accepted"),
    ("ONELOGIN-16", user(title=" \t "), user(title=None), "accepted"),
    ("ONELOGIN-16", with_object(LAB, {"tags": [" ", "red"]}), with_object(LAB, {"tags": ["red"]}), "accepted"),
    (
        "ONELOGIN-16",
        with_object(ENT, {"manager": {"value": " "}}),
        with_object(ENT, {"manager": {"value": None}}),
        "accepted",
    ),
]
"""Texts that say nothing: valid, mostly, so that only one profile takes them for nothing."""

CASES = [
    # a core URN from before the standard
    Case("COMMON-01", user("urn:scim:schemas:core:1.0"), user(), "400 invalidSyntax"),
    Case("COMMON-01", user("urn:scim:schemas:core:2.0"), user(), "400 invalidSyntax"),
    Case("COMMON-01", user("URN:scim:schemas:core:2.0:User"), user(), "400 invalidSyntax"),
    Case("COMMON-01", user("urn:scim:schemas:core:1.0", CORE_USER), user(), "400 invalidValue"),
    Case("COMMON-01", user(CORE_USER, "urn:scim:schemas:core:1.0", ENT), user(CORE_USER, ENT), "400 invalidValue"),
    Case("COMMON-01", group() | {"schemas": ["urn:scim:schemas:core:2.0:Group"]}, group(), "400 invalidSyntax", GROUP),
    # an enterprise URN from before the standard
    Case("COMMON-02", user(CORE_USER, OLD_1), user(CORE_USER, ENT), "400 invalidValue"),
    Case("COMMON-02", user(CORE_USER, f"{OLD_2}:User"), user(CORE_USER, ENT), "400 invalidValue"),
    Case("COMMON-02", user(ENT, CORE_USER, OLD_1), user(ENT, CORE_USER), "400 invalidValue"),
    Case(
        "COMMON-02",
        with_object(OLD_2, {"department": "Ops"}),
        with_object(ENT, {"department": "Ops"}),
        "400 invalidSyntax",
    ),
    Case(
        "COMMON-02",
        with_object(ENT, {"Department": "Ops"}) | {OLD_1: {"department": "Old", "division": "N"}},
        with_object(ENT, {"Department": "Ops", "division": "N"}),
        "400 invalidSyntax",
    ),
    Case(
        "COMMON-02",
        with_object(OLD_1, {"department": "One"}) | {OLD_2: {"department": "Two", "division": "N"}},
        with_object(ENT, {"department": "One", "division": "N"}),
        "400 invalidSyntax",
    ),
    Case(
        "COMMON-02",
        with_object(ENT, {"division": "N"}) | {OLD_1: None},
        with_object(ENT, {"division": "N"}),
        "400 invalidSyntax",
    ),
    Case(
        "COMMON-02",
        with_object(ENT, None) | {OLD_1: {"division": "N"}},
        with_object(ENT, {"division": "N"}),
        "400 invalidSyntax",
    ),
    # missing schemas
    Case("COMMON-04", {"userName": "kim"}, user(), "400 invalidSyntax"),
    Case("COMMON-04", {"userName": "kim", "schemas": []}, user(), "400 invalidSyntax"),
    Case(
        "COMMON-04",
        {"userName": "kim", "Schemas": None},
        {"userName": "kim", "Schemas": [CORE_USER]},
        "400 invalidSyntax",
    ),
    Case("COMMON-04", {"displayName": "Team"}, group(), "400 invalidSyntax", GROUP),
    # schemas of others
    Case("COMMON-05", user(CORE_USER, "urn:example:vendor:1.0:User"), user(), "400 invalidValue"),
    Case("COMMON-05", group() | {"schemas": [CORE_GROUP, MICROSOFT]}, group(), "400 invalidValue", GROUP),
    Case("COMMON-05", user(CORE_USER.lower(), "urn:x:y"), user(CORE_USER.lower()), "400 invalidValue"),
    # booleans as text
    Case("COMMON-10", user(active="False"), user(active=False), "400 invalidValue"),
    Case("COMMON-10", user(Active="TRUE"), user(Active=True), "400 invalidValue"),
    Case(
        "COMMON-10",
        user(roles=[{"primary": "True", "value": "approver"}]),
        user(roles=[{"primary": True, "value": "approver"}]),
        "400 invalidValue",
    ),
    # numbers
    Case("COMMON-11", with_object(LAB, {"level": "3"}), with_object(LAB, {"level": 3}), "400 invalidValue"),
    Case("COMMON-11", with_object(LAB, {"score": "4.5"}), with_object(LAB, {"score": 4.5}), "400 invalidValue"),
    Case("COMMON-11", with_object(LAB, {"score": "-2"}), with_object(LAB, {"score": -2}), "400 invalidValue"),
    Case(
        "COMMON-11",
        with_object(ENT, {"employeeNumber": 20001}),
        with_object(ENT, {"employeeNumber": "20001"}),
        "400 invalidValue",
    ),
    Case(
        "COMMON-11",
        with_object(ENT, {"employeeNumber": -(10**18 - 1)}),
        with_object(ENT, {"employeeNumber": "-999999999999999999"}),
        "400 invalidValue",
    ),
    # one where a list is due
    Case("COMMON-16", user(emails={"value": "a@b"}), user(emails=[{"value": "a@b"}]), "400 invalidValue"),
    Case("COMMON-16", user(emails="a@b"), user(emails=[{"value": "a@b"}]), "400 invalidValue"),
    Case("COMMON-16", user(roles=["staff"]), user(roles=[{"value": "staff"}]), "400 invalidValue"),
    Case(
        "COMMON-16",
        group(members=["id1", "id2"]),
        group(members=[{"value": "id1"}, {"value": "id2"}]),
        "400 invalidValue",
        GROUP,
    ),
    Case("COMMON-16", with_object(LAB, {"tags": "red"}), with_object(LAB, {"tags": ["red"]}), "400 invalidValue"),
    # a list where one is due
    Case("COMMON-17", user(displayName=["Rosa"]), user(displayName="Rosa"), "400 invalidValue"),
    Case("COMMON-17", user(name=[{"givenName": "Rosa"}]), user(name={"givenName": "Rosa"}), "400 invalidValue"),
    Case("COMMON-17", user(title=[None]), user(title=None), "400 invalidValue"),
    Case(
        "COMMON-17",
        user(emails=[{"value": ["a@b"], "type": "work"}]),
        user(emails=[{"value": "a@b", "type": "work"}]),
        "400 invalidValue",
    ),
    # null
    Case("COMMON-29", user(emails=[None, {"value": "a@b"}]), user(emails=[{"value": "a@b"}]), "400 invalidValue"),
    Case("COMMON-29", user(emails=[None]), user(emails=[]), "400 invalidValue"),
    Case("COMMON-29", user(title=None, department=None), user(title=None), "400 invalidSyntax"),
    # two primaries
    Case(
        "COMMON-31",
        user(emails=TWO_PRIMARIES),
        user(emails=[{"value": "a", "primary": True}, {"value": "b"}, {"value": "c", "primary": False}]),
        "400 invalidValue",
    ),
    # one pair twice
    Case(
        "COMMON-38",
        user(
            emails=[
                {"type": "work", "value": "A@b"},
                {"type": "home", "value": "a@b"},
                {"Type": "Work", "value": "a@b"},
            ]
        ),
        user(emails=[{"type": "work", "value": "A@b"}, {"type": "home", "value": "a@b"}]),
        "400 invalidValue",
    ),
    Case(
        "COMMON-38",
        user(
            emails=[
                {"value": "ä@b", "primary": False},
                {"value": "ö@b"},
                {"value": "Ä@b", "type": None, "primary": True},
            ]
        ),
        user(emails=[{"value": "ä@b", "primary": True}, {"value": "ö@b"}]),
        "400 invalidValue",
    ),
    Case(
        "COMMON-38",
        group(members=[{"value": "a"}, {"value": "a", "display": "A"}, {"display": "nobody"}]),
        group(members=[{"value": "a"}, {"display": "nobody"}]),
        "400 invalidValue",
        GROUP,
    ),
    # manager
    Case(
        "ENTRA-10",
        with_object(ENT, {"manager": "4f1c"}),
        with_object(ENT, {"manager": {"value": "4f1c"}}),
        "400 invalidValue",
    ),
    Case(
        "ENTRA-11",
        with_object(ENT, {"manager": {"Value": ""}}),
        with_object(ENT, {"manager": None}),
        "400 invalidValue",
    ),
    Case("ENTRA-11", with_object(ENT, {"manager": ""}), with_object(ENT, {"manager": None}), "400 invalidValue"),
    # the enterprise URN without its last colon
    Case("ENTRA-47", user(CORE_USER, NO_COLON), user(CORE_USER, ENT), "400 invalidValue"),
    Case(
        "ENTRA-47", with_object(NO_COLON, {"division": "N"}), with_object(ENT, {"division": "N"}), "400 invalidSyntax"
    ),
    # core attributes under the core URN
    Case("OKTA-26", with_object(CORE_USER, {"title": "Buyer"}), user(title="Buyer"), "400 invalidSyntax"),
    Case(
        "OKTA-26",
        user(Title="Lead", nickName=None) | {CORE_USER: {"title": "Buyer", "NickName": "K"}},
        user(Title="Lead", NickName="K"),
        "400 invalidSyntax",
    ),
    # the manager's id as SCIM 1.0 called it
    Case(
        "ONELOGIN-14",
        with_object(OLD_1, {"manager": {"managerId": "9", "displayName": "Lead"}}),
        with_object(ENT, {"manager": {"value": "9", "displayName": "Lead"}}),
        "400 invalidSyntax",
        besides=("COMMON-02",),
    ),
    Case(
        "ONELOGIN-14",
        with_object(f"{OLD_2}:User", {"Manager": {"ManagerID": "9", "Value": None}}),
        with_object(ENT, {"Manager": {"value": "9"}}),
        "400 invalidSyntax",
        besides=("COMMON-02",),
    ),
    *(Case(*case, profile=ONELOGIN) for case in UNASSIGNED),
]

LEFT_TO_THE_CORE = {
    "an empty userName": user(userName=""),
    "an unknown attribute": user(shoeSize=""),
    "an empty id, which is not the client's to set": user(id=""),
    "texts that say something": user(title=" x ", name={"formatted": "0"}),
    "no text at all": user(title=None, name={}, emails=[]),
}
"""What `onelogin` leaves alone although a text in it is empty or blank."""

UNTOUCHED = {
    "a Group's body at /Users": user(CORE_GROUP),
    "an old Group URN at /Users": user("urn:scim:schemas:core:2.0:Group"),
    "an extension without the base schema": user(ENT),
    "a foreign schema without the base schema": user("urn:example:vendor:1.0:User"),
    "schemas that are no list": {"schemas": CORE_USER, "userName": "kim"},
    "schemas with what is no text": {"schemas": [CORE_USER, {}, "urn:scim:schemas:core:1.0"], "userName": "kim"},
    "the same schema twice": user(CORE_USER, CORE_USER),
    "text where text is due": user(title="true", nickName="7"),
    "other words than true and false": user(active="yes"),
    "a number where a boolean is due": user(active=1),
    "a fraction where text is due": with_object(ENT, {"employeeNumber": 1.5}),
    "a boolean where text is due": with_object(ENT, {"employeeNumber": True}),
    "an integer of more than 18 digits where text is due": with_object(ENT, {"employeeNumber": 10**18}),
    "a fraction as text where an integer is due": with_object(LAB, {"level": "3.5"}),
    "text with leading zeros where an integer is due": with_object(LAB, {"level": "007"}),
    "text beyond every number": with_object(LAB, {"score": "1e999"}),
    "a boolean where a number is due": with_object(LAB, {"level": True}),
    "an empty object for a list": user(emails={}),
    "an empty list for a single value": user(title=[], name=[]),
    "a list of two for a single value": user(title=["a", "b"]),
    "entries without primary": user(emails=[{"value": "a"}, {"value": "b", "primary": True}]),
    "entries of other forms": user(emails=[True, {"value": True}, {"value": True}, {"type": True, "value": "ä"}]),
    "equal values under two types": user(emails=[{"type": "work", "value": "a"}, {"type": "home", "value": "a"}]),
    "an empty text that is no reference": user(title="", emails=[{"value": ""}]),
    "an empty id in a list": user(CORE_USER, emails=[{"value": ""}]),
    "a manager with an id": with_object(ENT, {"manager": {"value": "4f1c", "displayName": ""}}),
    "a manager without value": with_object(ENT, {"manager": {"displayName": "Lead"}}),
    "an extension that is no object": with_object(ENT, "Ops"),
    "unknown attributes": user(shoeSize=44, department="Ops"),
    "an unknown extension": with_object("urn:okta:custom:user:1.0", {"active": "True"}),
    "an unknown extension that is null": with_object("urn:okta:custom:user:1.0", None),
    "no object under the core URN": with_object(CORE_USER, "kim"),
    "what the server writes itself": user(id="7", meta={"created": 5}, groups="none"),
    "a complex value that is a number": with_object(ENT, {"manager": 17}),
    "a managerId under the right URN": with_object(ENT, {"manager": {"managerId": "9"}}),
    "a managerId under another URN": with_object("urn:okta:custom:user:1.0", {"manager": {"managerId": "9"}}),
}
