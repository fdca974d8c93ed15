"""What of a document is a column, and the columns of the tables that have no model (DESIGN §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.search_document import search_document
from scim.protocol.text_key import bounded_key, bounded_text

SLOTS = 16
"""How many rows count one type of an application, so that parallel creates do not wait for each other."""


@dataclass(frozen=True, slots=True)
class Row:
    """A resource as its table has it, but for versions and times."""

    document: str
    search: str
    user_name_key: str | None
    display_name_key: str | None
    external_id: str | None
    active: bool | None

    @classmethod
    def of(cls, document: Mapping[str, Any], kind: ResourceType) -> Row:
        """The columns of a stored document (without `id`, `meta`, `members` and password)."""
        return cls(
            document=orjson.dumps(document).decode(),
            search=orjson.dumps(search_document(document, kind)).decode(),
            user_name_key=_key(document.get("userName")) if kind.is_user else None,
            display_name_key=_key(document.get("displayName")) if has_display_name_key(kind) else None,
            external_id=_exact(document.get("externalId")),
            active=document.get("active") if kind.is_user else None,
        )

    def values(self) -> tuple[Any, ...]:
        """In the order of `ROW_COLUMNS`."""
        return (
            self.document,
            self.search,
            self.user_name_key,
            self.display_name_key,
            self.external_id,
            self.active,
        )


def has_display_name_key(kind: ResourceType) -> bool:
    """Whether displayName is a column; of types that an operator made it may be anything."""
    return kind.is_user or kind.is_group


ROW_COLUMNS = "document, search, user_name_key, display_name_key, external_id, active"


def _key(value: Any) -> str | None:
    return bounded_key(value) if isinstance(value, str) else None


def _exact(value: Any) -> str | None:
    return bounded_text(value) if isinstance(value, str) else None


def slot_of(resource_id: UUID) -> int:
    """The counter row that counts a resource."""
    return resource_id.int % SLOTS


RAW_TABLES: Mapping[str, Mapping[str, str]] = {
    "schemas": {"app_id": "uuid", "urn": "text", "body": "json"},
    "resource_types": {"app_id": "uuid", "name": "text", "body": "json"},
    "resource_counts": {"app_id": "uuid", "resource_type": "text", "slot": "smallint", "n": "bigint"},
    "unique_values": {
        "app_id": "uuid",
        "resource_type": "text",
        "attribute": "text",
        "value_key": "text",
        "resource_id": "uuid",
    },
    "group_members": {
        "app_id": "uuid",
        "group_id": "uuid",
        "member_id": "uuid",
        "member_type": "text",
        "display": "text",
        "display_key": "text",
        "added_at": "timestamp with time zone",
    },
    "pending_references": {
        "app_id": "uuid",
        "holder_id": "uuid",
        "attribute": "text",
        "sent_key": "text",
        "sent": "json",
        "at": "timestamp with time zone",
        "match_key": "text",
    },
    "deprovisioned": {
        "app_id": "uuid",
        "resource_id": "uuid",
        "at": "timestamp with time zone",
        "deleted": "boolean",
    },
    "activity": {"app_id": "uuid", "day": "date", "kind": "text", "n": "bigint"},
    "guards": {
        "app_id": "uuid",
        "refused": "bigint",
        "refused_since": "timestamp with time zone",
        "refused_at": "timestamp with time zone",
        "released_until": "timestamp with time zone",
    },
    "page_positions": {
        "app_id": "uuid",
        "token_id": "uuid",
        "query": "bytea",
        "start_index": "bigint",
        "position": "json",
        "at": "timestamp with time zone",
    },
    "secrets": {"name": "text", "value": "text", "created_at": "timestamp with time zone"},
}
"""Tables without a model: column → SQL type."""
