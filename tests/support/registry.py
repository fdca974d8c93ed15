"""Resource types of the vectors: the built-in ones with the test-only extension, and Thing."""

from __future__ import annotations

from scim.protocol.attributes.registry import ResourceType
from tests.vectors import lab_registry


def kind(name: str) -> ResourceType:
    found = lab_registry().resource_type(name)
    assert found is not None
    return found
