"""The quirks of the two plugins that make Keycloak a client: one row each (section KEYCLOAK)."""

from __future__ import annotations

from scim.protocol.compat import values
from scim.protocol.compat.rule import Example, Kind, Rule

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"

KEYCLOAK = (
    Rule(
        id="KEYCLOAK-01",
        sentence="Roles may be texts, and mails have no type: the texts become values, and nothing is made up.",
        concerns="POST, PUT",
        kind=Kind.REWRITE,
        same_as=("COMMON-16",),
        example=Example(
            before={"schemas": [_USER], "userName": "rosa", "emails": [{"value": "r@example.com"}], "roles": ["staff"]},
            after={"schemas": [_USER], "userName": "rosa", "emails": [{"value": "r@example.com"}],
                   "roles": [{"value": "staff"}]},
        ),
        works=(values.TEXT_AS_ENTRY,),
    ),
    Rule(
        id="KEYCLOAK-02",
        sentence="A PUT has every mapped attribute and the id, which is ignored.",
        concerns="PUT",
        kind=Kind.VALID,
        same_as=("COMMON-30",),
        example=Example(
            before={"schemas": [_USER], "id": "7", "userName": "rosa"},
            after={"schemas": [_USER], "id": "7", "userName": "rosa"},
        ),
    ),
    Rule(
        id="KEYCLOAK-03",
        sentence="Single values come as lists of one, and booleans as text, even in such a list.",
        concerns="PATCH",
        kind=Kind.REWRITE,
        same_as=("COMMON-17", "COMMON-10"),
        example=Example(
            before=[{"op": "replace", "path": "displayName", "value": ["Rosa"]}],
            after=[{"op": "replace", "path": "displayName", "value": "Rosa"}],
        ),
        works=(values.LIST_OF_ONE, values.TEXT_BOOLEAN),
    ),
    Rule(
        id="KEYCLOAK-04",
        sentence="A $ref is relative; a PATCH replaces the list of members, or removes it, which empties the group.",
        concerns="PUT and PATCH /Groups",
        kind=Kind.VALID,
        same_as=("COMMON-32",),
        example=Example(
            before=[{"op": "remove", "path": "roles"}, {"op": "replace", "path": "displayName", "value": "Staff"}],
            after=[{"op": "remove", "path": "roles"}, {"op": "replace", "path": "displayName", "value": "Staff"}],
        ),
    ),
    Rule(
        id="KEYCLOAK-05",
        sentence="A group that has no members any more is put without any, and is empty then.",
        concerns="PUT /Groups",
        kind=Kind.VALID,
        example=Example(before='PUT /Groups/1 {"displayName": "Staff", …}', after="200; the group has no members"),
    ),
    Rule(
        id="KEYCLOAK-06",
        sentence="The newer plugin asks what the server can do, looks up by externalId, and puts back what it has read.",
        concerns="GET, PUT, PATCH",
        kind=Kind.VALID,
        example=Example(before='filter=externalId eq "f3a2"', after='filter=externalId eq "f3a2"'),
    ),
    Rule(
        id="KEYCLOAK-08",
        sentence="After a refused PATCH it puts, with the version it knows; after a conflict it reads again.",
        concerns="PUT: If-Match",
        kind=Kind.VALID,
        example=Example(before='PUT /Users/7 with If-Match: W/"3"', after='200 with ETag: W/"4", or 412'),
    ),
    Rule(
        id="KEYCLOAK-09",
        sentence="An import lists everything without paging: it gets a page, and totalResults tells of the rest.",
        concerns="GET",
        kind=Kind.VALID,
        example=Example(before="GET /Users", after="200 with the first page and the total"),
    ),
    Rule(
        id="KEYCLOAK-10",
        sentence="An old build sends its own id in place of an externalId; it is ignored.",
        concerns="POST",
        kind=Kind.HABIT,
        example=Example(
            before={"schemas": [_USER], "id": "f3a2", "userName": "rosa"},
            after={"schemas": [_USER], "id": "f3a2", "userName": "rosa"},
        ),
    ),
)  # fmt: skip
