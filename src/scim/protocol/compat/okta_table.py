"""The quirks of Okta, of applications from its wizard (AIW) and its catalogue (OIN): one row each (section OKTA)."""

from __future__ import annotations

from scim.protocol.compat import keys, names, okta, schemas
from scim.protocol.compat.rule import Example, Kind, Rule

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_ENT = schemas.ENTERPRISE

OKTA = (
    Rule(
        id="OKTA-01",
        sentence="Lists are probed; counts are integers and Resources is a list even when empty.",
        concerns="GET",
        kind=Kind.VALID,
        example=Example(before="GET /Users?startIndex=1&count=2", after="200 with at most two users"),
    ),
    Rule(
        id="OKTA-02",
        sentence="Whether a user exists is asked with a filter and a page.",
        concerns="GET with filter",
        kind=Kind.VALID,
        example=Example(before='filter=userName eq "lena@example.com"', after='filter=userName eq "lena@example.com"'),
    ),
    Rule(
        id="OKTA-03",
        sentence="A create carries a password, which is never returned, and an empty groups, which is ignored.",
        concerns="POST",
        kind=Kind.VALID,
        same_as=("COMMON-30",),
        example=Example(
            before={"schemas": [_USER], "userName": "lena", "password": "s3", "groups": [], "active": True},
            after={"schemas": [_USER], "userName": "lena", "password": "s3", "groups": [], "active": True},
        ),
    ),
    Rule(
        id="OKTA-04",
        sentence="An update is a GET, then a PUT of the whole resource with what the server wrote in it.",
        concerns="PUT",
        kind=Kind.VALID,
        same_as=("COMMON-30",),
        example=Example(
            before={"schemas": [_USER], "id": "7", "userName": "lena", "groups": [], "meta": {}},
            after={"schemas": [_USER], "id": "7", "userName": "lena", "groups": [], "meta": {}},
        ),
    ),
    Rule(
        id="OKTA-05",
        sentence="Users are made inactive and active again by PUT, or by PATCH without path.",
        concerns="PUT, PATCH",
        kind=Kind.VALID,
        example=Example(
            before=[{"op": "replace", "value": {"active": False}}],
            after=[{"op": "replace", "value": {"active": False}}],
        ),
    ),
    Rule(
        id="OKTA-06",
        sentence="An inactive user is looked up again, and found under the same id.",
        concerns="GET with filter",
        kind=Kind.VALID,
        example=Example(before='filter=userName eq "lena@example.com"', after='filter=userName eq "lena@example.com"'),
    ),
    Rule(
        id="OKTA-07",
        sentence="A group is looked up, then created empty.",
        concerns="GET with filter, POST",
        kind=Kind.VALID,
        example=Example(before='POST /Groups {"displayName": "Sales", "members": []}', after="201 with the group"),
    ),
    Rule(
        id="OKTA-08",
        sentence="A group is put with the full list of its members; an empty list empties it.",
        concerns="PUT /Groups",
        kind=Kind.VALID,
        example=Example(before='PUT /Groups/1 {…, "members": []}', after="200; the group has no members"),
    ),
    Rule(
        id="OKTA-09",
        sentence="Members come without type, and with a display that may be null; the value decides.",
        concerns="PUT, PATCH",
        kind=Kind.VALID,
        example=Example(
            before=[{"op": "add", "path": "roles", "value": [{"value": "id1", "display": None}]}],
            after=[{"op": "add", "path": "roles", "value": [{"value": "id1", "display": None}]}],
        ),
    ),
    Rule(
        id="OKTA-10",
        sentence="With each change of members come the group's own id and displayName, in an operation without path.",
        concerns="PATCH without path",
        kind=Kind.VALID,
        same_as=("COMMON-30",),
        example=Example(
            before='PATCH /Groups/g1: replace {"id": "g1", "displayName": "Sales"}',
            after='replace {"displayName": "Sales"}; members stay',
        ),
        works=(keys.ECHOED_READ_ONLY,),
    ),
    Rule(
        id="OKTA-11",
        sentence="A remove by filter and an add come in one request.",
        concerns="PATCH",
        kind=Kind.VALID,
        example=Example(
            before=[{"op": "remove", "path": 'roles[value eq "id1"]'}, {"op": "add", "path": "roles", "value": []}],
            after=[{"op": "remove", "path": 'roles[value eq "id1"]'}, {"op": "add", "path": "roles", "value": []}],
        ),
    ),
    Rule(
        id="OKTA-12",
        sentence="The manager is named by mail, login or HR number: by the application's setting.",
        concerns="POST, PUT, PATCH",
        kind=Kind.HABIT,
        same_as=("COMMON-34",),
        example=Example(
            before={"schemas": [_USER], "userName": "lena", _ENT: {"manager": {"value": "head@example.com"}}},
            after={"schemas": [_USER], "userName": "lena", _ENT: {"manager": {"value": "head@example.com"}}},
        ),
        works=(names.NAMED_OTHERWISE,),
    ),
    Rule(
        id="OKTA-13",
        sentence="Push now replaces the list of members; an empty list empties the group.",
        concerns="PATCH /Groups",
        kind=Kind.VALID,
        example=Example(before="PATCH /Groups/1: replace members []", after="200; the group has no members"),
    ),
    Rule(
        id="OKTA-14",
        sentence="Passwords are synchronised by PATCH, and never returned.",
        concerns="PATCH",
        kind=Kind.VALID,
        example=Example(
            before=[{"op": "replace", "value": {"password": "s3"}}],
            after=[{"op": "replace", "value": {"password": "s3"}}],
        ),
    ),
    Rule(
        id="OKTA-15",
        sentence="Groups are deleted, users never: they are made inactive.",
        concerns="DELETE",
        kind=Kind.HABIT,
        example=Example(before="DELETE /Groups/1", after="204"),
    ),
    Rule(
        id="OKTA-16",
        sentence="Its test suite checks status, shape and types of answers and errors.",
        concerns="answers",
        kind=Kind.HABIT,
        example=Example(before="GET /Users/00919288221112222", after="404 with an Error body"),
    ),
    Rule(
        id="OKTA-17",
        sentence="userName is asked for in capitals, and found.",
        concerns="GET with filter",
        kind=Kind.VALID,
        same_as=("COMMON-35",),
        example=Example(before='filter=userName eq "LENA@EXAMPLE.COM"', after='filter=userName eq "LENA@EXAMPLE.COM"'),
    ),
    Rule(
        id="OKTA-18",
        sentence="Users are imported by pages of 100, so their order is stable.",
        concerns="GET",
        kind=Kind.VALID,
        example=Example(before="GET /Users?startIndex=101&count=100", after="the next hundred, none missed or doubled"),
    ),
    Rule(
        id="OKTA-21",
        sentence="Discovery, bulk and /Me are not used; nothing depends on them.",
        concerns="all requests",
        kind=Kind.HABIT,
        example=Example(before="no GET /Schemas", after="everything works without it"),
    ),
    Rule(
        id="OKTA-22",
        sentence="Groups come without externalId, and are matched by displayName.",
        concerns="POST /Groups",
        kind=Kind.VALID,
        example=Example(before='POST /Groups {"displayName": "Sales"}', after="201 with the group"),
    ),
    Rule(
        id="OKTA-23",
        sentence="null for members means none.",
        concerns="PUT /Groups",
        kind=Kind.VALID,
        same_as=("COMMON-29",),
        example=Example(before='PUT /Groups/1 {…, "members": null}', after="200; the group has no members"),
    ),
    Rule(
        id="OKTA-24",
        sentence="A custom Authorization header may hold the token alone, without Bearer; Basic is refused.",
        concerns="all requests: headers",
        kind=Kind.HABIT,
        example=Example(before="Authorization: TOKEN", after="as Authorization: Bearer TOKEN"),
        works=(okta.BARE_TOKEN,),
    ),
    Rule(
        id="OKTA-25",
        sentence="A schema of Okta's own for a group's description is dropped, unless the application defines it.",
        concerns="POST, PUT: schemas",
        kind=Kind.REWRITE,
        same_as=("COMMON-05",),
        example=Example(
            before={"schemas": [_USER, "urn:okta:custom:user:1.0"], "userName": "lena"},
            after={"schemas": [_USER], "userName": "lena"},
        ),
        works=(schemas.FOREIGN_URNS,),
    ),
    Rule(
        id="OKTA-26",
        sentence="An object under the URN of the base schema is merged into the top level; what is set there wins.",
        concerns="POST, PUT; PATCH without path",
        kind=Kind.HABIT,
        example=Example(
            before={"schemas": [_USER], "userName": "lena", _USER: {"userName": "other", "title": "Buyer"}},
            after={"schemas": [_USER], "userName": "lena", "title": "Buyer"},
        ),
        works=(okta.ATTRIBUTES_UNDER_BASE_URN,),
    ),
    Rule(
        id="OKTA-27",
        sentence="After sixty seconds the same request comes again; a create that was done is a conflict then.",
        concerns="POST",
        kind=Kind.HABIT,
        example=Example(before="the same POST /Users again", after="409 uniqueness"),
    ),
)
