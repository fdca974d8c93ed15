"""What a request body is, where nobody says: the endpoint and the method that it was made for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from scim.protocol.attributes.registry import GROUP, USER, Registry, ResourceType
from scim.protocol.compat.keys import member
from scim.protocol.compat.message import without_unknown_members
from scim.protocol.compat.request import Message
from scim.protocol.values import Json

_OF_EVERY_TYPE: Final = frozenset({"schemas", "id", "externalid", "meta"})
_OF_GROUPS: Final = frozenset({"displayname", "members"})
_COMPARED: Final = re.compile(r"([\w$:.-]+)(?:\[|\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b)", re.IGNORECASE)
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"')


def guessed_message(body: Json) -> Message | None:
    """The message that a body is; None for a resource."""
    if not isinstance(body, Mapping):
        return None
    urns = member(body, "schemas")[1]
    sent = {urn.lower() for urn in urns if isinstance(urn, str)} if isinstance(urns, list) else set()
    named = next((message for message in Message if message.lower() in sent), None)
    if named is not None:
        return named
    operations = member(body, "operations")[1]
    if operations is not None:
        return Message.BULK if _is_bulk(operations) else Message.PATCH
    is_search = bool(body.keys() - {"schemas"}) and not without_unknown_members(body, Message.SEARCH)[1]
    return Message.SEARCH if is_search else None


def guessed_type(body: Json, registry: Registry) -> ResourceType:
    """The type that the resource in a body has, or that a PatchOp is about; users where nothing tells."""
    if not isinstance(body, Mapping):
        return _by_names((), registry)
    operations = member(body, "operations")[1]
    if isinstance(operations, list):
        return _by_names((name for operation in operations for name in _names_of(operation)), registry)
    urns = member(body, "schemas")[1]
    sent = [urn for urn in urns if isinstance(urn, str)] if isinstance(urns, list) else []
    return _by_urns(sent, registry) or _by_names(body, registry)


def guessed_type_of_filter(text: str, registry: Registry) -> ResourceType:
    """The type that a filter is about."""
    return _by_names(_COMPARED.findall(_TEXT.sub('""', text)), registry)


def guessed_id(body: Json) -> str | None:
    """The id of the resource that a PatchOp is about, where its values tell: it could not be another one."""
    operations = member(body, "operations")[1] if isinstance(body, Mapping) else None
    for operation in operations if isinstance(operations, list) else []:
        value = member(operation, "value")[1] if isinstance(operation, Mapping) else None
        own = member(value, "id")[1] if isinstance(value, Mapping) else None
        if isinstance(own, str):
            return own
    return None


def _is_bulk(operations: Json) -> bool:
    entries = operations if isinstance(operations, list) else []
    return any(isinstance(entry, Mapping) and member(entry, "method")[1] is not None for entry in entries)


def _names_of(operation: Json) -> Iterator[str]:
    if isinstance(operation, Mapping):
        path, value = member(operation, "path")[1], member(operation, "value")[1]
        if isinstance(path, str):
            yield path.partition("[")[0]
        elif isinstance(value, Mapping):
            yield from value


def _by_urns(urns: Iterable[str], registry: Registry) -> ResourceType | None:
    """The type whose base schema is named; else, by the end of an old URN, the type of that name."""
    kinds = registry.resource_types
    for urn in urns:
        for kind in kinds:
            if kind.is_base(urn) or urn.lower().endswith(f":{kind.name.lower()}"):
                return kind
    return None


def _by_names(names: Iterable[str], registry: Registry) -> ResourceType:
    """The type that has most of the names; where they are but those of groups, it is groups."""
    sent = [name for name in names if name.lower() not in _OF_EVERY_TYPE]
    user, group = registry.resource_type(USER), registry.resource_type(GROUP)
    assert user is not None
    assert group is not None
    if sent and all(name.lower().partition(".")[0] in _OF_GROUPS for name in sent):
        return group
    known = [(sum(_has(kind, name) for name in sent), kind) for kind in (user, *registry.resource_types)]
    return max(known, key=lambda found: found[0])[1]


def _has(kind: ResourceType, name: str) -> bool:
    schemas = (kind.schema, *(extension.schema for extension in kind.extensions))
    if any(name.lower().startswith(schema.id.lower()) for schema in schemas):
        return True
    return kind.attribute(name.partition(".")[0]) is not None
