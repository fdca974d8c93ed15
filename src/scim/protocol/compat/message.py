"""The members of messages (RFC 7644 §3.4.3, §3.5.2, §3.7): what none of them has is left out (quirk COMMON-37)."""

from __future__ import annotations

from collections.abc import Mapping

from scim.protocol.compat.keys import member
from scim.protocol.compat.request import Message
from scim.protocol.compat.rule import Members
from scim.protocol.values import Json

_OPERATIONS = "operations"
_MEMBERS = {
    Message.PATCH: frozenset({"schemas", _OPERATIONS}),
    Message.BULK: frozenset({"schemas", _OPERATIONS, "failonerrors"}),
    Message.SEARCH: frozenset(
        {
            "schemas",
            "attributes",
            "excludedattributes",
            "filter",
            "sortby",
            "sortorder",
            "startindex",
            "count",
            "cursor",
        }
    ),
}
_MEMBERS_OF_OPERATION = {
    Message.PATCH: frozenset({"op", "path", "value"}),
    Message.BULK: frozenset({"method", "bulkid", "version", "path", "data"}),
}


def without_unknown_members(body: Members, message: Message) -> tuple[Members, list[str]]:
    """The message with the members that it has, its operations likewise, and the names of those left out, each once."""
    ignored: dict[str, None] = {}
    body = _kept(body, _MEMBERS[message], "", ignored)
    known = _MEMBERS_OF_OPERATION.get(message)
    key, operations = member(body, _OPERATIONS)
    if known is not None and isinstance(operations, list):
        kept = [_kept(operation, known, "Operations.", ignored) for operation in operations]
        if any(one is not other for one, other in zip(kept, operations, strict=True)):
            body = {**body, key: kept}
    return body, list(ignored)


def _kept(members: Json, known: frozenset[str], prefix: str, ignored: dict[str, None]) -> Json:
    if not isinstance(members, Mapping):
        return members
    unknown = [name for name in members if name not in known and name.lower() not in known]
    if not unknown:
        return members
    ignored.update(dict.fromkeys(f"{prefix}{name}" for name in unknown))
    return {name: value for name, value in members.items() if name not in unknown}
