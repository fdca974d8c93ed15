"""What goes into the normaliser and what comes out of it: plain values, nothing of HTTP but what rules look at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.unknown import UnknownPolicy
from scim.protocol.values import Json

Pairs = tuple[tuple[str, str], ...]
"""The query string as decoded (name, value) pairs, in the order sent."""


class Message(StrEnum):
    """The messages of RFC 7644 that are sent to a server, by their URN; a resource is none of them."""

    PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
    BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
    SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """One request as it was sent.

    `message` follows from endpoint and method, never from the body; None means that the body is a resource, or that
    there is none. `kind` is None where the URL names no resource type (bulk, and a search over all types).
    `content_type` is None for what came inside another message: it is not judged then (quirk COMMON-28).
    """

    method: str
    kind: ResourceType | None = None
    resource_id: str | None = None
    message: Message | None = None
    query: Pairs = ()
    content_type: str | None = None
    body: Json = None
    unknown: UnknownPolicy = UnknownPolicy.REJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """The request in RFC form.

    `rules` names the rules that changed something, each once, in the order in which they first did; `ignored` the unknown
    members of messages that were left out (quirk COMMON-37). With `no_operation` the PATCH holds no operation and is
    to be answered as one that changed nothing (quirk ENTRA-49); its body must not be read.
    """

    body: Json
    query: Pairs
    rules: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    no_operation: bool = False
