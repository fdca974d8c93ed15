"""The quirks of JumpCloud's custom SCIM integration: one row each (section JUMPCLOUD)."""

from __future__ import annotations

from scim.protocol.compat import operations, schemas
from scim.protocol.compat.rule import Example, Kind, Rule

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_ENT = schemas.ENTERPRISE

JUMPCLOUD = (
    Rule(
        id="JUMPCLOUD-01",
        sentence="The connection test makes a user and a group, changes them, and deletes them again.",
        concerns="POST, GET, PATCH, DELETE",
        kind=Kind.HABIT,
        example=Example(before="DELETE /Users/7 of the test user", after="204; no test user stays behind"),
    ),
    Rule(
        id="JUMPCLOUD-02",
        sentence="Every attribute has an operation of its own, all in one request.",
        concerns="PATCH",
        kind=Kind.VALID,
        example=Example(
            before=[
                {"op": "replace", "path": "name.givenName", "value": "N"},
                {"op": "replace", "path": f"{_ENT}:department", "value": "Ops"},
            ],
            after=[
                {"op": "replace", "path": "name.givenName", "value": "N"},
                {"op": "replace", "path": f"{_ENT}:department", "value": "Ops"},
            ],
        ),
    ),
    Rule(
        id="JUMPCLOUD-03",
        sentence="Members have a value and nothing else; those in the value of a remove go, and no others.",
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
        id="JUMPCLOUD-04",
        sentence="A group is adopted by its name, or created with its first member, and deleted in the end.",
        concerns="GET, POST and DELETE /Groups",
        kind=Kind.VALID,
        example=Example(before='POST /Groups {…, "members": [{"value": "id1"}]}', after="201 with the group"),
    ),
    Rule(
        id="JUMPCLOUD-05",
        sentence="Older connectors put whole resources.",
        concerns="PUT",
        kind=Kind.VALID,
        example=Example(
            before={"schemas": [_USER], "userName": "eli", "active": True},
            after={"schemas": [_USER], "userName": "eli", "active": True},
        ),
    ),
    Rule(
        id="JUMPCLOUD-06",
        sentence="A user who is unbound becomes inactive, and stays visible; one who is deleted goes.",
        concerns="PATCH, DELETE",
        kind=Kind.VALID,
        example=Example(
            before=[{"op": "replace", "path": "active", "value": False}],
            after=[{"op": "replace", "path": "active", "value": False}],
        ),
    ),
    Rule(
        id="JUMPCLOUD-07",
        sentence="A PUT has null and empty lists for what is not set, and the id: the first clear, the last is ignored.",
        concerns="PUT",
        kind=Kind.VALID,
        same_as=("COMMON-29",),
        example=Example(
            before={"schemas": [_USER], "id": "7", "userName": "eli", "emails": None, "phoneNumbers": []},
            after={"schemas": [_USER], "id": "7", "userName": "eli", "emails": None, "phoneNumbers": []},
        ),
    ),
    Rule(
        id="JUMPCLOUD-08",
        sentence="The extension is named before the base schema, even where it holds nothing; answers name it if it does.",
        concerns="POST, PUT: schemas",
        kind=Kind.VALID,
        example=Example(
            before={"schemas": [_ENT, _USER], "userName": "eli"}, after={"schemas": [_ENT, _USER], "userName": "eli"}
        ),
    ),
    Rule(
        id="JUMPCLOUD-09",
        sentence="Phones are tel URIs and photos have no type: they are kept as sent.",
        concerns="POST, PUT",
        kind=Kind.VALID,
        example=Example(
            before={"schemas": [_USER], "userName": "eli", "phoneNumbers": [{"value": "tel:555-555-8377"}]},
            after={"schemas": [_USER], "userName": "eli", "phoneNumbers": [{"value": "tel:555-555-8377"}]},
        ),
    ),
    Rule(
        id="JUMPCLOUD-10",
        sentence="A switch chooses SCIM 1.1 or 2.0; of 1.1 no more is read than its URNs.",
        concerns="POST, PUT: schemas",
        kind=Kind.HABIT,
        example=Example(
            before={"schemas": ["urn:scim:schemas:core:1.0"], "userName": "eli"},
            after={"schemas": [_USER], "userName": "eli"},
        ),
        works=(schemas.OLD_CORE_URN,),
    ),
    Rule(
        id="JUMPCLOUD-11",
        sentence="A list of users without any parameter is a check: one page answers it.",
        concerns="GET /Users",
        kind=Kind.VALID,
        example=Example(before="GET /Users", after="200 with the first page"),
    ),
)  # fmt: skip
