"""The quirks of PingOne, which sends no PATCH, and of the PingFederate connector: one row each (section PING)."""

from __future__ import annotations

from scim.protocol.compat import ping, values
from scim.protocol.compat.rule import Example, Kind, Rule

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"

PING = (
    Rule(
        id="PING-01",
        sentence="Users are put as a whole, without id and meta; the same PUT again is no new version.",
        concerns="PUT /Users",
        kind=Kind.VALID,
        example=Example(
            before={"schemas": [_USER], "userName": "hana", "name": {"familyName": "Ito"}, "active": True},
            after={"schemas": [_USER], "userName": "hana", "name": {"familyName": "Ito"}, "active": True},
        ),
    ),
    Rule(
        id="PING-02",
        sentence="Users are matched by userName, and the connection is probed so.",
        concerns="GET with filter",
        kind=Kind.VALID,
        example=Example(before='filter=userName eq "hana"', after='filter=userName eq "hana"'),
    ),
    Rule(
        id="PING-03",
        sentence="Users are matched by mail, with or without the name of its value.",
        concerns="GET with filter",
        kind=Kind.VALID,
        example=Example(before='filter=emails eq "hana@example.com"', after='filter=emails eq "hana@example.com"'),
    ),
    Rule(
        id="PING-04",
        sentence="One mailbox comes under two types, primary in both: the first stays primary.",
        concerns="POST, PUT",
        kind=Kind.REWRITE,
        same_as=("COMMON-31",),
        example=Example(
            before={"schemas": [_USER], "userName": "leo",
                    "emails": [{"type": "work", "value": "leo@example.com", "primary": True},
                               {"type": "home", "value": "leo@example.com", "primary": True}]},
            after={"schemas": [_USER], "userName": "leo",
                   "emails": [{"type": "work", "value": "leo@example.com", "primary": True},
                              {"type": "home", "value": "leo@example.com"}]},
        ),
        works=(values.TWO_PRIMARIES,),
    ),
    Rule(
        id="PING-05",
        sentence="Groups are put with name and members alone, so that an externalId of somebody else's is cleared.",
        concerns="PUT /Groups",
        kind=Kind.VALID,
        example=Example(before='PUT /Groups/1 {…, "members": [{"value": "id1"}]}', after="200; these members, no others"),
    ),
    Rule(
        id="PING-06",
        sentence="Users may start inactive; to remove one is to make it inactive, or to delete it.",
        concerns="POST, PUT, DELETE",
        kind=Kind.HABIT,
        example=Example(
            before={"schemas": [_USER], "userName": "hana", "active": False},
            after={"schemas": [_USER], "userName": "hana", "active": False},
        ),
    ),
    Rule(
        id="PING-09",
        sentence="email in a filter, which no type of the RFC has, is the value of emails.",
        concerns="GET with filter",
        kind=Kind.REWRITE,
        example=Example(
            before='filter=email co "hana@example.com"', after='filter=emails.value co "hana@example.com"'
        ),
        works=(ping.EMAIL_NAME,),
    ),
    Rule(
        id="PING-10",
        sentence="PingFederate reads all groups to match them, and adds and removes their members by PATCH.",
        concerns="GET and PATCH /Groups",
        kind=Kind.VALID,
        example=Example(
            before=[{"op": "remove", "path": 'roles[value eq "id1"]'}],
            after=[{"op": "remove", "path": 'roles[value eq "id1"]'}],
        ),
    ),
    Rule(
        id="PING-11",
        sentence="What PingOne cannot clear it leaves out of a PUT, or sends as it was.",
        concerns="PUT",
        kind=Kind.HABIT,
        example=Example(before="PUT /Users/7 without title", after="200; the title is cleared"),
    ),
    Rule(
        id="PING-12",
        sentence="Older connectors send plain JSON, and a slash at the end of the path.",
        concerns="all requests: headers",
        kind=Kind.VALID,
        same_as=("COMMON-27",),
        example=Example(before="Content-Type: application/json", after="as Content-Type: application/scim+json"),
    ),
    Rule(
        id="PING-13",
        sentence="The administrator chooses path and type of the Authorization header: /Users and Bearer are served.",
        concerns="all requests: headers",
        kind=Kind.HABIT,
        example=Example(before="Authorization: OAuth TOKEN", after="401; WWW-Authenticate names Bearer"),
    ),
    Rule(
        id="PING-14",
        sentence="A user that cannot exist is read before each operation.",
        concerns="GET /Users",
        kind=Kind.VALID,
        example=Example(before="GET /Users/0", after="404 with an Error body"),
    ),
)  # fmt: skip
