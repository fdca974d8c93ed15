"""The quirks of authentik's outgoing provider: one row each (section AUTHENTIK)."""

from __future__ import annotations

from scim.protocol.compat import authentik, keys, lenient_grammar, operations
from scim.protocol.compat.rule import Example, Kind, Rule

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"

AUTHENTIK = (
    Rule(
        id="AUTHENTIK-01",
        sentence="The ServiceProviderConfig is read first; a fault in it makes the client do without PATCH.",
        concerns="GET /ServiceProviderConfig",
        kind=Kind.HABIT,
        example=Example(before="GET /ServiceProviderConfig", after="200 with every member that RFC 7643 §5 requires"),
    ),
    Rule(
        id="AUTHENTIK-02",
        sentence="Bodies are plain JSON, with mails of type other, empty photos, and the id in a PUT.",
        concerns="POST, PUT",
        kind=Kind.VALID,
        same_as=("COMMON-27",),
        example=Example(
            before={"schemas": [_USER], "userName": "ada", "photos": [],
                    "emails": [{"value": "ada@example.com", "type": "other", "primary": True}]},
            after={"schemas": [_USER], "userName": "ada", "photos": [],
                   "emails": [{"value": "ada@example.com", "type": "other", "primary": True}]},
        ),
    ),
    Rule(
        id="AUTHENTIK-03",
        sentence="A user whose create is a conflict is looked up by userName and adopted.",
        concerns="POST, GET with filter",
        kind=Kind.VALID,
        example=Example(before='filter=userName eq "ada"', after='filter=userName eq "ada"'),
    ),
    Rule(
        id="AUTHENTIK-04",
        sentence="A group is created empty, and members are added only where GET shows a list, though it be empty.",
        concerns="POST and PATCH /Groups",
        kind=Kind.VALID,
        example=Example(before="GET /Groups/1 of a group without members", after='200; in profile authentik with "members": []'),
        own=(authentik.EMPTY_MEMBERS,),
    ),
    Rule(
        id="AUTHENTIK-05",
        sentence="Users and groups are listed page by page, so their order is stable and the total exact.",
        concerns="GET",
        kind=Kind.VALID,
        example=Example(before="GET /Users?startIndex=101", after="the next page, nobody missed or doubled"),
    ),
    Rule(
        id="AUTHENTIK-06",
        sentence="An operation without path replaces the whole resource, schemas and own id in it: these are dropped.",
        concerns="PATCH without path",
        kind=Kind.REWRITE,
        same_as=("COMMON-30",),
        example=Example(
            before=[{"op": "replace", "value": {"schemas": [_USER], "id": "7", "displayName": "Ada"}}],
            after=[{"op": "replace", "value": {"displayName": "Ada"}}],
        ),
        works=(keys.ECHOED_READ_ONLY,),
    ),
    Rule(
        id="AUTHENTIK-07",
        sentence="Older releases name the members to remove in the value of the operation; these go, and no others.",
        concerns="PATCH remove",
        kind=Kind.REWRITE,
        same_as=("COMMON-18",),
        example=Example(
            before=[{"op": "remove", "path": "roles", "value": [{"value": "id1"}]}],
            after=[{"op": "remove", "path": 'roles[value eq "id1"]'}],
        ),
        works=(operations.ENTRIES_TO_REMOVE,),
    ),
    Rule(
        id="AUTHENTIK-08",
        sentence="A PUT of a user who is gone must be 404: then the user is created again.",
        concerns="PUT, POST",
        kind=Kind.HABIT,
        example=Example(before="PUT /Users/7 of a deleted user", after="404"),
    ),
    Rule(
        id="AUTHENTIK-09",
        sentence="One release asks for a userName without quotes.",
        concerns="GET with filter",
        kind=Kind.REWRITE,
        same_as=("COMMON-19",),
        example=Example(before="filter=userName eq akadmin", after='filter=userName eq "akadmin"'),
        works=(lenient_grammar.UNQUOTED_VALUE,),
    ),
    Rule(
        id="AUTHENTIK-10",
        sentence="As many operations come in a PATCH as a bulk request may have, so that number is large.",
        concerns="GET /ServiceProviderConfig, PATCH",
        kind=Kind.HABIT,
        example=Example(before="GET /ServiceProviderConfig", after='"bulk": {"maxOperations": 1000, …}'),
    ),
    Rule(
        id="AUTHENTIK-11",
        sentence="In other modes each attribute of a group has an operation, or its members have a type.",
        concerns="PATCH /Groups",
        kind=Kind.VALID,
        example=Example(
            before=[
                {"op": "replace", "path": "displayName", "value": "g"},
                {"op": "replace", "path": "externalId", "value": "e"},
            ],
            after=[
                {"op": "replace", "path": "displayName", "value": "g"},
                {"op": "replace", "path": "externalId", "value": "e"},
            ],
        ),
    ),
    Rule(
        id="AUTHENTIK-12",
        sentence="Who has one name has an empty family name, which is kept.",
        concerns="POST, PUT",
        kind=Kind.VALID,
        example=Example(
            before={"schemas": [_USER], "userName": "ada", "name": {"givenName": "Ada", "familyName": ""}},
            after={"schemas": [_USER], "userName": "ada", "name": {"givenName": "Ada", "familyName": ""}},
        ),
    ),
)  # fmt: skip
