"""What comes into a service and what goes out: plain values, no HTTP framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scim.protocol.attributes.registry import Registry, ResourceType
from scim.protocol.compat.request import Message
from scim.storage.audit import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One request as it was sent.

    `registry` holds the types that the request is read by; `query` the decoded pairs of the query string; `base_url` is
    what locations start with, without a slash at the end; `now` is the time of the request in UTC, cut to milliseconds;
    `rules` were applied and `ignored` was left out before it came to the service.
    """

    registry: Registry
    method: str
    base_url: str
    now: datetime
    body: Any = None
    query: tuple[tuple[str, str], ...] = ()
    if_match: str | None = None
    if_none_match: str | None = None
    prefer: str | None = None
    origin: Origin = field(default_factory=Origin)
    message: Message | None = None
    rules: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScimRequest(Incoming):
    """A request on a resource type, or on one resource of it."""

    kind: ResourceType
    resource_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service answers; the router turns it into bytes.

    For the log `summary` says in words what was done, `aside` what is worth saying besides, and `rules` names the quirk
    rules by which the request was read.
    """

    status: int
    body: dict[str, Any] | None = None
    location: str | None = None
    etag: str | None = None
    preference_applied: str | None = None
    summary: str = ""
    aside: str | None = None
    rules: tuple[str, ...] = ()
