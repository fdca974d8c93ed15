"""PATCH as the tests of the engine call it: a document, some operations, the document after."""

from __future__ import annotations

import copy
from typing import Any

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.patch.apply import Patched, apply_patch
from scim.protocol.patch.message import PatchOptions, read_patch
from scim.protocol.unknown import UnknownPolicy
from tests.support.patches import message

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"
USER = {"schemas": [CORE], "id": "me", "userName": "kim"}


def user(**more: Any) -> dict[str, Any]:
    """A user with `more`; extensions with values are named in `schemas`."""
    document = USER | more
    return document | {"schemas": [CORE, *(urn for urn in (ENTERPRISE, LAB) if urn in document)]}


def operation(op: str, path: str | None = None, *value: Any) -> dict[str, Any]:
    """One operation; without `value` it has none."""
    made: dict[str, Any] = {"op": op} | ({} if path is None else {"path": path})
    return made | {"value": value[0]} if value else made


def patched(
    before: dict[str, Any],
    of: ResourceType,
    *operations: dict[str, Any],
    unknown: UnknownPolicy = UnknownPolicy.REJECT,
    create_entries: bool = False,
    drop_doubles: bool = False,
) -> Patched:
    """What comes of the operations; the document that went in, and the body, are as they were."""
    body = message(*operations)
    kept, sent = copy.deepcopy(before), copy.deepcopy(body)
    options = PatchOptions(unknown=unknown)
    try:
        read = read_patch(body, of, resource_id="me", options=options)
        return apply_patch(
            before,
            read.operations,
            of,
            unknown=unknown,
            create_entries=create_entries,
            drop_doubles=drop_doubles,
        )
    finally:
        assert before == kept
        assert body == sent
