"""What comes into a service and what goes out: plain values, no HTTP framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.request import Message
from scim.storage.audit import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ScimRequest:
    """One request on a resource type, as it was sent.

    `query` holds the decoded pairs of the query string; `base_url` is what locations start with, without a slash at the
    end; `now` is the time of the request in UTC, cut to milliseconds.
    """

    kind: ResourceType
    method: str
    base_url: str
    now: datetime
    resource_id: str | None = None
    body: Any = None
    query: tuple[tuple[str, str], ...] = ()
    if_match: str | None = None
    if_none_match: str | None = None
    origin: Origin = field(default_factory=Origin)
    message: Message | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service answers; the router turns it into bytes. `summary` says in words what was done."""

    status: int
    body: dict[str, Any] | None = None
    location: str | None = None
    etag: str | None = None
    summary: str = ""
