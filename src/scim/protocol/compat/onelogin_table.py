"""The quirks of OneLogin, whose administrators edit the template that bodies are made from: one row each (section ONELOGIN)."""

from __future__ import annotations

from scim.protocol.compat import entra, names, onelogin, operations, schemas, values
from scim.protocol.compat.rule import Example, Kind, Rule

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_ENT = schemas.ENTERPRISE
_OLD_CORE = "urn:scim:schemas:core:2.0"
_OLD_ENTERPRISE = "urn:scim:schemas:extension:enterprise:1.0"

ONELOGIN = (
    Rule(
        id="ONELOGIN-01",
        sentence="The connection is tested with a user that cannot exist: an empty list answers it.",
        concerns="GET with filter",
        kind=Kind.HABIT,
        example=Example(before='GET /Users?filter=userName eq "nobody-123"', after='200, "totalResults": 0'),
    ),
    Rule(
        id="ONELOGIN-02",
        sentence="Queries end in an ampersand, or are empty, whatever the method; a plus in them is a space.",
        concerns="all requests: query",
        kind=Kind.VALID,
        same_as=("COMMON-26",),
        example=Example(before="GET /Users?filter=userName+eq+%22dana%22&", after='as filter=userName eq "dana"'),
    ),
    Rule(
        id="ONELOGIN-03",
        sentence="Users and groups name a core URN from before the standard, for which the endpoint's schema stands.",
        concerns="POST, PUT: schemas",
        kind=Kind.REWRITE,
        same_as=("COMMON-01",),
        example=Example(
            before={"schemas": [_OLD_CORE], "userName": "dana"}, after={"schemas": [_USER], "userName": "dana"}
        ),
        works=(schemas.OLD_CORE_URN,),
    ),
    Rule(
        id="ONELOGIN-04",
        sentence="The enterprise object stands under a URN from before the standard; answers have the right one.",
        concerns="POST, PUT; PATCH without path",
        kind=Kind.REWRITE,
        same_as=("COMMON-02",),
        example=Example(
            before={"schemas": [_USER], "userName": "dana", _OLD_ENTERPRISE: {"department": "Ops"}},
            after={"schemas": [_USER], "userName": "dana", _ENT: {"department": "Ops"}},
        ),
        works=(schemas.OLD_ENTERPRISE_URN,),
    ),
    Rule(
        id="ONELOGIN-05",
        sentence="The mail is one object where a list is due; a type that was not sent is not made up.",
        concerns="POST, PUT",
        kind=Kind.REWRITE,
        same_as=("COMMON-16",),
        example=Example(
            before={"schemas": [_USER], "userName": "omar", "emails": {"value": "omar@example.com"}},
            after={"schemas": [_USER], "userName": "omar", "emails": [{"value": "omar@example.com"}]},
        ),
        works=(values.LONE_ENTRY,),
    ),
    Rule(
        id="ONELOGIN-06",
        sentence="Users change by PUT alone, without id: what the template leaves out is cleared.",
        concerns="PUT /Users",
        kind=Kind.VALID,
        example=Example(
            before={"schemas": [_USER], "userName": "omar", "active": False},
            after={"schemas": [_USER], "userName": "omar", "active": False},
        ),
    ),
    Rule(
        id="ONELOGIN-07",
        sentence="Groups are listed to the end, created empty and given members, the same ones at each full run.",
        concerns="GET, POST and PATCH /Groups",
        kind=Kind.VALID,
        example=Example(before="PATCH /Groups/1 that adds a member who is in", after="success; the version stays"),
    ),
    Rule(
        id="ONELOGIN-08",
        sentence="An empty text is no value where one is optional: it is unassigned, and what holds nothing else, too.",
        concerns="POST, PUT, PATCH",
        kind=Kind.REWRITE,
        in_auto=False,
        example=Example(
            before={"schemas": [_USER], "userName": "omar", "title": "", _ENT: {"manager": {"value": ""}}},
            after={"schemas": [_USER], "userName": "omar", "title": None, _ENT: {"manager": None}},
        ),
        works=(
            *onelogin.EMPTY_TEXT,
            entra.EMPTY_REFERENCE,
            entra.EMPTY_REFERENCE_TEXT,
            entra.EMPTY_REFERENCE_REMOVED,
        ),
    ),
    Rule(
        id="ONELOGIN-09",
        sentence="Members to remove are named in the value of the operation; nobody else goes.",
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
        id="ONELOGIN-10",
        sentence="Plain JSON is asked for and answered; a User-Agent may be missing.",
        concerns="all requests: headers",
        kind=Kind.VALID,
        same_as=("COMMON-27",),
        example=Example(before="Accept: application/json", after="Content-Type: application/json"),
    ),
    Rule(
        id="ONELOGIN-13",
        sentence="A PATCH in the form of SCIM 1.1 becomes operations: members go by their mark or come, the rest is replaced.",
        concerns="PATCH /Groups",
        kind=Kind.REWRITE,
        example=Example(
            before='PATCH {"schemas": ["urn:scim:schemas:core:1.0"], "members": [{"value": "id1", "operation": "delete"}]}',
            after='PATCH with the operation remove members[value eq "id1"]',
        ),
        works=(onelogin.OLD_PATCH,),
    ),
    Rule(
        id="ONELOGIN-14",
        sentence="Under an old enterprise URN the manager's managerId is its value, where it has no value.",
        concerns="POST, PUT; PATCH without path",
        kind=Kind.REWRITE,
        example=Example(
            before={"schemas": [_USER], "userName": "dana", _OLD_ENTERPRISE: {"manager": {"managerId": "9"}}},
            after={"schemas": [_USER], "userName": "dana", _OLD_ENTERPRISE: {"manager": {"value": "9"}}},
        ),
        works=(onelogin.MANAGER_ID,),
    ),
    Rule(
        id="ONELOGIN-15",
        sentence="The manager is named by an external id, mail or login: by the application's setting.",
        concerns="POST, PUT",
        kind=Kind.HABIT,
        same_as=("COMMON-34",),
        example=Example(
            before={"schemas": [_USER], "userName": "dana", _ENT: {"manager": {"value": "lead@example.com"}}},
            after={"schemas": [_USER], "userName": "dana", _ENT: {"manager": {"value": "lead@example.com"}}},
        ),
        works=(names.NAMED_OTHERWISE,),
    ),
    Rule(
        id="ONELOGIN-16",
        sentence="A template whose names were empty leaves blanks alone: they are unassigned as empty text is.",
        concerns="POST, PUT, PATCH",
        kind=Kind.REWRITE,
        in_auto=False,
        example=Example(
            before={"schemas": [_USER], "userName": "dana", "name": {"formatted": " "}},
            after={"schemas": [_USER], "userName": "dana", "name": {"formatted": None}},
        ),
        works=onelogin.BLANK_TEXT,
    ),
    Rule(
        id="ONELOGIN-17",
        sentence="Templates have attributes of their own making, left out and noted or refused by the application's setting.",
        concerns="POST, PUT",
        kind=Kind.HABIT,
        same_as=("COMMON-33",),
        example=Example(
            before={"schemas": [_USER], "userName": "dana", "prefferedLanguage": "en"},
            after={"schemas": [_USER], "userName": "dana", "prefferedLanguage": "en"},
        ),
        works=(names.UNKNOWN_ATTRIBUTES,),
    ),
)  # fmt: skip
