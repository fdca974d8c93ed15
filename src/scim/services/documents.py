"""What is taken out of a document before it is stored: the password, the members, and what the server writes itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scim.protocol.attributes.registry import ENTERPRISE_USER, ResourceType
from scim.protocol.validation import Document, with_schemas

PASSWORD_KEPT = "\x00kept"  # noqa: S105 - a mark that no request can hold: NUL is refused in bodies
"""Stands for a stored password while a PATCH is applied, so that removing it can be told from leaving it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A document and what does not belong into it: `members` is None where the type has none."""

    document: Document
    password: str | None
    members: list[dict[str, Any]] | None


def parted(document: Document, kind: ResourceType) -> Parts:
    """The document as it is stored, with the password and the members beside it."""
    stored = dict(document)
    password = stored.pop("password", None) if kind.is_user else None
    members = stored.pop("members", None) or [] if kind.is_group else None
    if kind.is_user and ENTERPRISE_USER in stored:
        _own_manager(stored)
    return Parts(with_schemas(stored, kind), password, members)


def _own_manager(document: Document) -> None:
    """Of a manager the `value` decides; `$ref` and displayName are written anew in answers (quirk COMMON-32)."""
    extension = dict(document[ENTERPRISE_USER])
    manager = extension.pop("manager", None)
    if manager and "value" in manager:
        extension["manager"] = {"value": manager["value"]}
    document.pop(ENTERPRISE_USER)
    if extension:
        document[ENTERPRISE_USER] = extension


def with_default_active(document: Document, kind: ResourceType, sent: Mapping[str, Any]) -> Document:
    """A user of whom the body says nothing of `active` is active (row C-16); null asks for no value (rows C-06, G-05)."""
    if kind.is_user and not names(sent, "active"):
        return document | {"active": True}
    return document


def names(body: Mapping[str, Any], attribute: str) -> bool:
    """Whether a body says anything of an attribute, null included."""
    return any(name.lower() == attribute for name in body)
