"""Rules that only PingOne needs (quirk PING-09)."""

from __future__ import annotations

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.rule import ReadsName
from scim.protocol.grammar.ast import AttributePath


def _value_of_emails(path: AttributePath, kind: ResourceType) -> AttributePath | None:
    """Only the bare name: `email` is asked of the type by those who know no schema of it."""
    if path.uri is not None or path.sub is not None or path.name.lower() != "email":
        return None
    meant = AttributePath("emails", "value")
    return meant if kind.find(meant) else None


EMAIL_NAME = ReadsName(read=_value_of_emails)
