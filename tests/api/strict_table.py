"""Requests that show one quirk each: how `strict` answers them, and how the profiles do that have the rule.

One case for every outcome that the document on quirks names. `<kim>` and the like stand for the id of a resource that is
made before the request is sent, `<token>` for the token of the application.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from scim.protocol.compat.request import Message
from tests.protocol.compat.bodies_table import MICROSOFT, NO_COLON, OLD_1, OLD_2, group, user, with_object
from tests.protocol.compat.patches_table import MANAGER, op
from tests.protocol.compat.tools import CORE_GROUP, CORE_USER, ENT, LAB

ACCEPTED = "accepted"
OLD_CORE = "urn:scim:schemas:core:1.0"
NOBODY = "00919288-2211-1222-2000-000000000000"
"""An id that no resource has."""

MADE: dict[str, tuple[str, dict[str, Any]]] = {
    "kim": ("/Users", with_object(ENT, {"manager": {"value": "lead"}})),
    "bo": ("/Users", user(userName="bo")),
    "ann": ("/Users", user(userName="ann")),
    "gone": ("/Users", user(userName="gone")),
    "team": ("/Groups", group(members=[{"value": "<kim>"}, {"value": "<bo>"}])),
}
"""Endpoint and body of what may be there before; `gone` is deleted again."""


class Case(NamedTuple):
    """A request, and its outcome: `accepted`, or status and scimType.

    `elsewhere` is the outcome in `auto` and in the profile of the quirk's own IdP; `by` the quirk whose rule takes the
    request there, where its own does not. `given` names resources that are there although the request does not name their
    ids; with `lab` the application has an extension of its own. Of `times` requests the last one counts; with `limited`
    the server takes one a second.
    """

    quirk: str
    strict: str
    method: str
    path: str
    body: Any = None
    elsewhere: str = ACCEPTED
    by: str | None = None
    query: dict[str, str] | None = None
    headers: dict[str, str] = {}  # noqa: RUF012 - never written to
    given: tuple[str, ...] = ()
    lab: bool = False
    times: int = 1
    limited: bool = False


def patched(*operations: Any, **members: Any) -> dict[str, Any]:
    """A PatchOp body."""
    return {"schemas": [str(Message.PATCH)], "Operations": list(operations), **members}


def post(quirk: str, strict: str, body: Any, **more: Any) -> Case:
    """The create of a user."""
    return Case(quirk, strict, "POST", "/Users", body, **more)


def post_group(quirk: str, strict: str, body: Any, **more: Any) -> Case:
    """The create of a group."""
    return Case(quirk, strict, "POST", "/Groups", body, **more)


def patch(quirk: str, strict: str, *operations: Any, **more: Any) -> Case:
    """A PATCH of Kim, who has a manager and no mail."""
    return Case(quirk, strict, "PATCH", "/Users/<kim>", patched(*operations), **more)


def patch_group(quirk: str, strict: str, *operations: Any, **more: Any) -> Case:
    """A PATCH of the team, of which Kim and Bo are members."""
    return Case(quirk, strict, "PATCH", "/Groups/<team>", patched(*operations), **more)


def find(quirk: str, strict: str, text: str, **more: Any) -> Case:
    """A look-up of users by a filter."""
    return Case(quirk, strict, "GET", "/Users", query={"filter": text}, **more)


def get(quirk: str, strict: str, path: str, **more: Any) -> Case:
    """A GET."""
    return Case(quirk, strict, "GET", path, **more)


WORK_MAIL = 'emails[type eq "work"].value'
TWO_PRIMARIES = [
    {"type": "work", "value": "leo@example.com", "primary": True},
    {"type": "home", "value": "leo@example.com", "primary": True},
]

COMMON_CASES = [
    post("COMMON-01", "400 invalidSyntax", user(OLD_CORE)),
    post("COMMON-01", "400 invalidValue", user(OLD_CORE, CORE_USER)),
    post("COMMON-02", "400 invalidValue", user(CORE_USER, OLD_1)),
    post("COMMON-02", "400 invalidSyntax", with_object(OLD_1, {"department": "Ops"})),
    patch("COMMON-03", "400 invalidPath", op("replace", f"{OLD_2}.department", "Ops")),
    post("COMMON-04", "400 invalidSyntax", {"userName": "kim"}),
    post("COMMON-04", "400 invalidSyntax", {"userName": "kim", "schemas": []}),
    Case("COMMON-04", "400 invalidSyntax", "PATCH", "/Users/<kim>", {"Operations": [op("replace", "title", "Lead")]}),
    post("COMMON-05", "400 invalidValue", user(CORE_USER, "urn:example:vendor:1.0:User")),
    Case(
        "COMMON-07",
        "400 invalidSyntax",
        "PATCH",
        "/Users/<kim>",
        patched(op("replace", "title", "Lead"), schemas=[CORE_USER]),
    ),
    Case(
        "COMMON-07",
        "400 invalidSyntax",
        "PATCH",
        "/Users/<kim>",
        patched(op("replace", "title", "Lead"), schemas=["urn:ietf:params:scim:api:messages:2.0:patchop"]),
    ),
    patch("COMMON-09", ACCEPTED, op("Replace", "title", "Lead")),
    patch("COMMON-09", "400 invalidSyntax", op("set", "title", "Lead"), elsewhere="400 invalidSyntax"),
    post("COMMON-10", "400 invalidValue", user(active="False")),
    post("COMMON-11", "400 invalidValue", with_object(ENT, {"employeeNumber": 20001})),
    post("COMMON-11", "400 invalidValue", with_object(LAB, {"level": "3"}), lab=True),
    patch("COMMON-12", "400 invalidValue", op("replace", None, {"name.familyName": "Keller"})),
    patch("COMMON-12", "400 invalidValue", op("replace", None, {f"{ENT}:department": "Field"})),
    patch("COMMON-13", "400 invalidPath", op("replace", f"{ENT}.department", "Ops")),
    patch("COMMON-14", "400 invalidPath", op("replace", "department", "Ops")),
    post("COMMON-15", "400 invalidSyntax", user(department="Ops")),
    patch("COMMON-15", "400 invalidValue", op("replace", None, {"department": "Ops"})),
    post("COMMON-16", "400 invalidValue", user(emails={"value": "kim@example.com"})),
    post_group("COMMON-16", "400 invalidValue", group(members=["<kim>"])),
    patch_group("COMMON-16", "400 invalidValue", op("add", "members", ["<ann>"])),
    patch_group("COMMON-16", ACCEPTED, op("add", "members", {"value": "<ann>"})),
    patch_group("COMMON-16", ACCEPTED, op("replace", "members", {"value": "<kim>"})),
    patch("COMMON-17", "400 invalidValue", op("replace", "displayName", ["Rosa"])),
    patch_group("COMMON-18", "400 invalidValue", op("remove", "members", [{"value": "<kim>"}])),
    find("COMMON-19", "400 invalidFilter", "externalId eq jyoung"),
    find("COMMON-19", "400 invalidFilter", "userName eq 'kim'"),
    find("COMMON-20", "400 invalidFilter", 'active eq "true"'),
    patch("COMMON-21", "400 noTarget", op("replace", WORK_MAIL, "kim@example.com")),
    find("COMMON-22", "400 invalidFilter", f'{WORK_MAIL} eq "kim@example.com"'),
    find("COMMON-22", "400 invalidFilter", 'emails[type eq "work"] eq "kim@example.com"'),
    find("COMMON-23", "400 invalidFilter", 'userName  eq  "kim"'),
    get("COMMON-25", "404", "/scim/v2/Users"),
    get("COMMON-25", "404", "/v2/Users"),
    get("COMMON-25", "404", "//Users"),
    get("COMMON-26", ACCEPTED, "/Users?"),
    get("COMMON-26", ACCEPTED, "/Users?filter=userName+eq+%22kim%22&"),
    get("COMMON-26", "400 invalidFilter", "/Users?filter="),
    get("COMMON-26", "400 invalidValue", "/Users?count="),
    post("COMMON-28", "415", user(), headers={"content-type": "text/plain"}),
    post("COMMON-29", ACCEPTED, user(title=None, phoneNumbers=None)),
    post("COMMON-29", "400 invalidValue", user(emails=[None, {"value": "kim@example.com"}])),
    Case("COMMON-30", ACCEPTED, "PUT", "/Users/<kim>", user(id="<kim>", meta={}, groups=[])),
    post("COMMON-30", ACCEPTED, user(id="7", meta={}, groups=[])),
    patch("COMMON-30", ACCEPTED, op("replace", None, {"id": "<kim>", "displayName": "x"})),
    patch(
        "COMMON-30",
        "400 mutability",
        op("replace", None, {"id": NOBODY, "displayName": "x"}),
        elsewhere="400 mutability",
    ),
    patch("COMMON-30", "400 mutability", op("replace", None, {"groups": [], "displayName": "x"})),
    post("COMMON-31", "400 invalidValue", user(emails=TWO_PRIMARIES)),
    post("COMMON-33", "400 invalidSyntax", user(shoeSize=44)),
    patch("COMMON-33", "400 invalidValue", op("add", None, {"shoeSize": 44})),
    patch("COMMON-33", "400 invalidPath", op("add", "shoeSize", 44)),
    post("COMMON-34", ACCEPTED, with_object(ENT, {"manager": {"value": "lead@example.com"}})),
    post_group("COMMON-34", "400 invalidValue", group(members=[{"value": "kim"}]), given=("kim",)),
    Case(
        "COMMON-37",
        "400 invalidSyntax",
        "PATCH",
        "/Users/<kim>",
        patched({"name": "enable", "op": "replace", "path": "active", "value": False}),
    ),
    Case("COMMON-37", "400 invalidSyntax", "PATCH", "/Users/<kim>", patched(op("add", "title", "x"), id="2819c")),
    post("COMMON-38", "400 invalidValue", user(emails=[{"type": "work", "value": "a@example.com"}] * 2)),
]

ENTRA_CASES = [
    patch("ENTRA-04", "400 invalidValue", op("Replace", "active", "False")),
    post("ENTRA-04", "400 invalidValue", user(roles=[{"value": "owner", "primary": "True"}])),
    patch(
        "ENTRA-05",
        "400 invalidValue",
        op("replace", None, {"displayName": "A K", "name.familyName": "K", f"{ENT}:employeeNumber": "E-1"}),
    ),
    patch("ENTRA-07", "400 noTarget", op("add", WORK_MAIL, "a@example.com")),
    patch("ENTRA-07", "400 noTarget", op("replace", WORK_MAIL, "a@example.com")),
    patch(
        "ENTRA-08",
        "400 noTarget",
        op("add", 'addresses[type eq "work"].locality', "Milan"),
        op("add", 'addresses[type eq "work"].country', "IT"),
    ),
    patch("ENTRA-10", "400 invalidValue", op("add", MANAGER, "<bo>")),
    patch("ENTRA-10", "400 invalidValue", op("add", MANAGER, [{"value": "<bo>"}]), by="COMMON-17"),
    patch("ENTRA-10", "400 invalidPath", op("add", "manager", {"value": "<bo>"}), by="COMMON-14"),
    post("ENTRA-10", "400 invalidValue", with_object(ENT, {"manager": "<bo>"})),
    patch("ENTRA-11", "400 invalidValue", op("replace", MANAGER, {"value": ""})),
    patch("ENTRA-11", "400 invalidValue", op("replace", MANAGER, "")),
    patch("ENTRA-11", ACCEPTED, op("replace", MANAGER, None)),
    find("ENTRA-12", "400 invalidFilter", 'id eq "7" and manager eq "4f1c"'),
    patch("ENTRA-13", "400 invalidPath", op("replace", f"{ENT}.department", "Ops")),
    patch("ENTRA-13", ACCEPTED, op("replace", f"{ENT}:department", "Ops")),
    patch_group("ENTRA-14", "400 invalidValue", op("Remove", "members", [{"$ref": None, "value": "<kim>"}])),
    patch_group("ENTRA-14", ACCEPTED, op("remove", 'members[value eq "<kim>"]')),
    patch("ENTRA-16", "400 invalidFilter", op("Add", 'roles[primary eq "True"].value', "owner")),
    post("ENTRA-16", "400 invalidValue", user(roles=[{"primary": "True", "value": "approver"}]), by="COMMON-10"),
    post_group("ENTRA-17", "400 invalidValue", group(schemas=[CORE_GROUP, MICROSOFT])),
    find("ENTRA-20", "400 invalidFilter", f'{WORK_MAIL} eq "a@example.com"'),
    find("ENTRA-20", ACCEPTED, 'externalId eq "x"'),
    post("ENTRA-25", "409 uniqueness", user(), given=("kim",), elsewhere="409 uniqueness"),
    patch("ENTRA-25", "409 uniqueness", op("replace", "userName", "bo"), given=("bo",), elsewhere="409 uniqueness"),
    get("ENTRA-25", "404", f"/Users/{NOBODY}", elsewhere="404"),
    Case("ENTRA-25", "404", "PATCH", f"/Users/{NOBODY}", patched(op("add", "title", "x")), elsewhere="404"),
    Case("ENTRA-25", "404", "DELETE", f"/Users/{NOBODY}", elsewhere="404"),
    post("ENTRA-31", "400 invalidSyntax", user(department=None)),
    post("ENTRA-31", "400 invalidSyntax", user(manager=None)),
    post("ENTRA-31", ACCEPTED, user(addresses=None, title=None)),
    get("ENTRA-46", "401", "/Users", headers={"authorization": "Bearer expired"}, elsewhere="401"),
    post("ENTRA-47", "400 invalidValue", user(CORE_USER, NO_COLON)),
    post("ENTRA-47", "400 invalidSyntax", with_object(NO_COLON, {"department": "Ops"})),
    post("ENTRA-48", ACCEPTED, with_object(LAB, {"badge": "x"}), lab=True),
    post("ENTRA-48", "400 invalidSyntax", with_object(LAB, {"badge": "x"})),
    patch("ENTRA-49", "400 invalidSyntax"),
    post_group("ENTRA-51", "400 invalidValue", group(members=["<kim>"])),
    get("ENTRA-51", ACCEPTED, "/Users/?filter=userName+eq+%22kim%22&startIndex=0"),
    get("ENTRA-51", "404", "/serviceConfiguration", elsewhere="404"),
]

OKTA_CASES = [
    patch_group("OKTA-10", ACCEPTED, op("replace", None, {"id": "<team>", "displayName": "Sales"})),
    patch_group(
        "OKTA-10",
        "400 mutability",
        op("replace", None, {"id": NOBODY, "displayName": "Sales"}),
        elsewhere="400 mutability",
    ),
    get("OKTA-16", "404", "/Users/00919288221112222", elsewhere="404"),
    get("OKTA-16", "401", "/Users", headers={"authorization": "Bearer wrong"}, elsewhere="401"),
    post("OKTA-16", "409 uniqueness", user(userName="KIM"), given=("kim",), elsewhere="409 uniqueness"),
    get("OKTA-24", "401", "/Users", headers={"authorization": "<token>"}),
    get("OKTA-24", "401", "/Users", headers={"authorization": "Basic a2ltOng="}, elsewhere="401"),
    post_group("OKTA-25", "400 invalidValue", group(schemas=[CORE_GROUP, "urn:okta:custom:group:1.0"])),
    post("OKTA-26", "400 invalidSyntax", with_object(CORE_USER, {"title": "Buyer"})),
    post("OKTA-27", "409 uniqueness", user(), times=2, elsewhere="409 uniqueness"),
]

ONELOGIN_CASES = [
    post("ONELOGIN-03", "400 invalidSyntax", user("urn:scim:schemas:core:2.0")),
    post_group("ONELOGIN-03", "400 invalidSyntax", group(schemas=[OLD_CORE])),
    post("ONELOGIN-04", "400 invalidSyntax", with_object(OLD_2, {"department": "Ops"})),
    post("ONELOGIN-04", "400 invalidValue", user(CORE_USER, OLD_2)),
    post("ONELOGIN-05", "400 invalidValue", user(emails={"value": "omar@example.com", "type": "work"})),
    post("ONELOGIN-05", ACCEPTED, user(emails=[{"value": "pia@example.com"}])),
    post("ONELOGIN-08", ACCEPTED, user(title="") | {ENT: {"department": ""}}),
    post("ONELOGIN-08", "400 invalidValue", with_object(ENT, {"manager": {"value": ""}})),
    patch_group("ONELOGIN-09", "400 invalidValue", op("remove", "members", [{"value": "<kim>"}])),
    Case(
        "ONELOGIN-13",
        "400 invalidSyntax",
        "PATCH",
        "/Groups/<team>",
        {"schemas": [OLD_CORE], "members": [{"value": "<kim>", "operation": "delete"}, {"value": "<bo>"}]},
    ),
    post("ONELOGIN-14", "400 invalidSyntax", with_object(OLD_1, {"manager": {"managerId": "9"}})),
    post("ONELOGIN-17", "400 invalidSyntax", user(prefferedLanguage="en", city="Oslo")),
]

OTHER_CASES = [
    patch_group("JUMPCLOUD-03", "400 invalidValue", op("remove", "members", [{"value": "<kim>"}])),
    post("JUMPCLOUD-10", "400 invalidSyntax", user(OLD_CORE)),
    post("PING-04", "400 invalidValue", user(emails=TWO_PRIMARIES)),
    find("PING-09", "400 invalidFilter", 'email Co "hana@example.com"'),
    get("PING-13", "401", "/Users", headers={"authorization": "OAuth <token>"}, elsewhere="401"),
    get("PING-13", "401", "/Users", headers={"authorization": "Token <token>"}, elsewhere="401"),
    get("PING-14", "404", "/Users/0", elsewhere="404"),
    post("GOOGLE-02", "400 invalidValue", user(OLD_CORE, CORE_USER)),
    post("KEYCLOAK-01", ACCEPTED, user(roles=[{"value": "staff"}])),
    post("KEYCLOAK-01", "400 invalidValue", user(roles=["staff"])),
    patch("KEYCLOAK-03", "400 invalidValue", op("replace", "active", ["false"])),
    patch("KEYCLOAK-03", "400 invalidValue", op("replace", "displayName", ["Rosa"])),
    post("AUTHENTIK-03", "409 uniqueness", user(), given=("kim",), elsewhere="409 uniqueness"),
    patch_group(
        "AUTHENTIK-06",
        ACCEPTED,
        op("replace", None, {"schemas": [CORE_GROUP], "id": "<team>", "displayName": "g", "externalId": "e"}),
    ),
    patch_group(
        "AUTHENTIK-06",
        "400 mutability",
        op("replace", None, {"schemas": [CORE_GROUP], "id": NOBODY, "displayName": "g"}),
        elsewhere="400 mutability",
    ),
    patch_group("AUTHENTIK-07", "400 invalidValue", op("remove", "members", [{"value": "<kim>"}])),
    patch_group("AUTHENTIK-07", ACCEPTED, op("remove", 'members[value eq "<kim>"]')),
    Case("AUTHENTIK-08", "404", "PUT", "/Users/<gone>", user(userName="gone"), elsewhere="404"),
    find("AUTHENTIK-09", "400 invalidFilter", "userName eq akadmin"),
    get("SAILPOINT-01", "429", "/Users", times=2, limited=True, elsewhere="429"),
]

CASES = [*COMMON_CASES, *ENTRA_CASES, *OKTA_CASES, *ONELOGIN_CASES, *OTHER_CASES]
