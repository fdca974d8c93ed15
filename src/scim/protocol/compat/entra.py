"""Rules that only Microsoft Entra ID needs (quirks ENTRA-10 to -12, -26, -41, -47, -49, -52)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from scim.protocol.attributes.definition import Attribute
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.compat.keys import member
from scim.protocol.compat.rule import FixesOperation, FixesValue, Mark, Members, Moment, Phase, Place, RenamesUrn, Scene
from scim.protocol.compat.schemas import ENTERPRISE, enterprise_urn
from scim.protocol.values import Json, is_reference

SIMPLE_REFERENCE = Mark(phase=Phase.PATHS, meaning="a filter may compare a reference without naming its value")
EMPTY_GROUP_ANSWER = Mark(phase=Phase.OPERATIONS, meaning="a PATCH of a group is answered with 204")
NO_OPERATION = Mark(phase=Phase.OPERATIONS, meaning="a PATCH without operations changes nothing")
SEVERAL_ENTRIES = Mark(phase=Phase.OPERATIONS, meaning="a path that selects several entries is told of")

_NEVER_STORED = re.compile("[\x00\ud800-\udfff]")
_WITHOUT_COLON = ENTERPRISE.replace(":User", "User").lower()


def _enterprise_without_colon(urn: str, kind: ResourceType) -> str | None:
    return enterprise_urn(kind) if urn.lower() == _WITHOUT_COLON else None


def _is_single_with_value(attribute: Attribute) -> bool:
    return not attribute.multi_valued and attribute.sub("value") is not None


def _is_single_reference(attribute: Attribute) -> bool:
    return not attribute.multi_valued and is_reference(attribute)


def _with_value(_attribute: Attribute, value: Json) -> Json:
    return {"value": value} if isinstance(value, str) and value else value


def _unassigned(_attribute: Attribute, value: Json) -> Json:
    return None if _is_empty_reference(value) else value


def _is_empty_reference(value: Json) -> bool:
    return value == "" or (isinstance(value, Mapping) and member(value, "value")[1] == "")


def _removing(operation: Members, scene: Scene) -> Members:
    """A reference that is written with an empty value is removed, whichever operation does it."""
    path, value = member(operation, "path")[1], member(operation, "value")[1]
    one = value[0] if isinstance(value, list) and len(value) == 1 else value
    if not isinstance(path, str) or not _is_empty_reference(one):
        return operation
    found = scene.find(path)
    if found is None or not _is_single_reference(found.target.attribute):
        return operation
    if found.sub is not None and found.sub.name != "value":
        return operation
    return {"op": "remove", "path": str(Target(found.target.attribute, extension=found.target.extension))}


def _is_roles(attribute: Attribute) -> bool:
    return attribute.name == "roles" and attribute.multi_valued and attribute.is_complex


def _expanded_role(_attribute: Attribute, entry: Json) -> Json:
    """AppRoleAssignmentsComplex puts a whole role as JSON text into `value`."""
    key, text = member(entry, "value") if isinstance(entry, Mapping) else ("", None)
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return entry
    try:
        role = json.loads(text)
    except (ValueError, RecursionError):
        return entry
    if not _is_text(role.get("value")):
        return entry
    display = {"display": role["displayName"]} if _is_text(role.get("displayName")) else {}
    return {**entry, key: role["value"], **display}


def _is_text(value: Json) -> bool:
    """A text that a body could hold: JSON within JSON has not passed the checks of the body."""
    return isinstance(value, str) and not _NEVER_STORED.search(value)


URN_WITHOUT_COLON = RenamesUrn(rename=_enterprise_without_colon, places=frozenset(Place))
BARE_REFERENCE = FixesValue(moment=Moment.MISFIT, suits=_is_single_with_value, fix=_with_value)
EMPTY_REFERENCE = FixesValue(moment=Moment.VALUE, suits=_is_single_reference, fix=_unassigned)
EMPTY_REFERENCE_TEXT = FixesValue(moment=Moment.MISFIT, suits=_is_single_reference, fix=_unassigned)
EMPTY_REFERENCE_REMOVED = FixesOperation(turn=1, fix=_removing)
ROLE_AS_TEXT = FixesValue(moment=Moment.VALUE, suits=_is_roles, fix=_expanded_role)
