"""Rules on `schemas` and on URNs in wrong spellings (quirks COMMON-01 to -05, -07)."""

from __future__ import annotations

import re

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.request import Message
from scim.protocol.compat.rule import FixesSchemas, Place, RenamesUrn
from scim.protocol.values import Json

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
"""The one extension that clients write in old spellings (RFC 7643 §4.3)."""

_OLD_CORE = re.compile(r"urn:scim:schemas:core:[12]\.0(?::(\w+))?", re.IGNORECASE)
_OLD_ENTERPRISE = re.compile(r"urn:scim:schemas:extension:enterprise:[12]\.0(?::User)?", re.IGNORECASE)


def enterprise_urn(kind: ResourceType) -> str | None:
    """The URN of the enterprise extension, where the type has it."""
    extension = kind.extension(ENTERPRISE)
    return extension.schema.id if extension else None


def is_old_enterprise(urn: str) -> bool:
    """Whether this is an enterprise URN from before the standard."""
    return _OLD_ENTERPRISE.fullmatch(urn) is not None


def names_old_core(urns: Json, kind: ResourceType) -> bool:
    """Whether `schemas` holds a core URN from before the standard that stands for the type."""
    return are_texts(urns) and any(_base_for_old_core(urn, kind) for urn in urns)


def _base_for_old_core(urn: str, kind: ResourceType) -> str | None:
    old = _OLD_CORE.fullmatch(urn)
    return kind.schema.id if old and (old[1] or kind.name).lower() == kind.name.lower() else None


def _enterprise_for_old(urn: str, kind: ResourceType) -> str | None:
    return enterprise_urn(kind) if is_old_enterprise(urn) else None


def _without_foreign(urns: Json, kind: ResourceType | None, message: Message | None) -> Json:
    """Only beside the base schema: a body that does not name it is meant for another type (row C-10)."""
    if message is not None or kind is None or not are_texts(urns) or not any(map(kind.is_base, urns)):
        return urns
    own = [urn for urn in urns if kind.is_base(urn) or kind.extension(urn)]
    return urns if len(own) == len(urns) else own


def _filled_in(urns: Json, kind: ResourceType | None, message: Message | None) -> Json:
    due = message or (kind.schema.id if kind else None)
    return urns if urns or due is None or urns not in (None, []) else [str(due)]


def _patch_op(urns: Json, _kind: ResourceType | None, message: Message | None) -> Json:
    """What is sent by PATCH is a PatchOp, whatever it calls itself."""
    if message is not Message.PATCH or not urns or urns == [Message.PATCH]:
        return urns
    return [str(Message.PATCH)]


def are_texts(urns: Json) -> bool:
    """Whether a value has the form of `schemas`."""
    return isinstance(urns, list) and all(isinstance(urn, str) for urn in urns)


OLD_CORE_URN = RenamesUrn(rename=_base_for_old_core, places=frozenset({Place.SCHEMAS}))
OLD_ENTERPRISE_URN = RenamesUrn(rename=_enterprise_for_old, places=frozenset({Place.SCHEMAS, Place.KEY}))
OLD_ENTERPRISE_URN_IN_PATH = RenamesUrn(rename=_enterprise_for_old, places=frozenset({Place.PATH}))
FOREIGN_URNS = FixesSchemas(turn=1, fix=_without_foreign)
MISSING_SCHEMAS = FixesSchemas(turn=2, fix=_filled_in)
PATCH_OP_URN = FixesSchemas(turn=3, fix=_patch_op)
