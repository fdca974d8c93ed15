"""The quirks of clients of which one is known each; they have no profile but `auto` (section OTHER)."""

from __future__ import annotations

from scim.protocol.compat.rule import Example, Kind, Rule

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"

OTHER = (
    Rule(
        id="SAILPOINT-01",
        sentence="It does not come again after 429, so the rate that a token may have is high.",
        concerns="all requests",
        kind=Kind.HABIT,
        example=Example(before="requests beyond the rate of the token", after="429 with Retry-After"),
    ),
    Rule(
        id="RIPPLING-01",
        sentence="A user is looked up by externalId before it is created; case matters there.",
        concerns="GET with filter",
        kind=Kind.VALID,
        example=Example(
            before='filter=externalId eq "user@example.com"', after='filter=externalId eq "user@example.com"'
        ),
    ),
    Rule(
        id="RAUTHY-01",
        sentence="A PUT has no id in its body.",
        concerns="PUT",
        kind=Kind.VALID,
        example=Example(before={"schemas": [_USER], "userName": "kim"}, after={"schemas": [_USER], "userName": "kim"}),
    ),
)
