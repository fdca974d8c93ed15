"""The quirks of Google Workspace, of whose requests little is published: one row each (section GOOGLE)."""

from __future__ import annotations

from scim.protocol.compat import schemas
from scim.protocol.compat.rule import Example, Kind, Rule

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"

GOOGLE = (
    Rule(
        id="GOOGLE-02",
        sentence="The core URN from before the standard stands beside the right one, and is dropped.",
        concerns="POST, PUT: schemas",
        kind=Kind.REWRITE,
        same_as=("COMMON-01",),
        example=Example(
            before={"schemas": ["urn:scim:schemas:core:1.0", _USER], "userName": "ines", "active": True},
            after={"schemas": [_USER], "userName": "ines", "active": True},
        ),
        works=(schemas.OLD_CORE_URN,),
    ),
    Rule(
        id="GOOGLE-03",
        sentence="Bodies are plain JSON, and the User-Agent is its own.",
        concerns="all requests: headers",
        kind=Kind.VALID,
        same_as=("COMMON-27",),
        example=Example(before="Content-Type: application/json", after="as Content-Type: application/scim+json"),
    ),
    Rule(
        id="GOOGLE-04",
        sentence="Users are looked for before they are created; groups do not come.",
        concerns="GET and POST /Users",
        kind=Kind.VALID,
        example=Example(before="GET /Users?count=1", after="200 with at most one user"),
    ),
    Rule(
        id="GOOGLE-05",
        sentence="Users are made inactive now and deleted weeks later; inactive ones stay visible.",
        concerns="PUT, PATCH, DELETE",
        kind=Kind.HABIT,
        example=Example(
            before=[{"op": "replace", "path": "active", "value": False}],
            after=[{"op": "replace", "path": "active", "value": False}],
        ),
    ),
    Rule(
        id="GOOGLE-06",
        sentence="The mapping of a custom application is made from the schemas that the server publishes.",
        concerns="GET /Schemas",
        kind=Kind.HABIT,
        example=Example(before="GET /Schemas", after="200 with all schemas"),
    ),
)
