"""Rules that only OneLogin needs (quirks ONELOGIN-08, -13, -14, -16)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scim.protocol.attributes.definition import Attribute, AttributeType
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.compat.keys import member
from scim.protocol.compat.operations import removal_of
from scim.protocol.compat.request import Message
from scim.protocol.compat.rule import FixesUnderWrongUrn, FixesValue, MakesPatchOp, Members, Moment
from scim.protocol.compat.schemas import is_old_enterprise, names_old_core
from scim.protocol.values import Json, is_reference

_NOT_TEXT = frozenset({AttributeType.BOOLEAN, AttributeType.INTEGER, AttributeType.DECIMAL, AttributeType.COMPLEX})


def _unassigning(says_nothing: Callable[[Json], bool], suits: Callable[[Attribute], bool]) -> tuple[FixesValue, ...]:
    """The functions by which a text that says nothing is unassigned: as value of any type, and as entry of a list.

    As null it means the same in a PATCH as there: replace takes the value away, add changes nothing. The core refuses
    what is required, and an empty id in a list, which stays: it names nobody, but somebody was meant.
    """

    def unassigned(_attribute: Attribute, value: Json) -> Json:
        return None if says_nothing(value) else value

    def left_out(_attribute: Attribute, entries: list[Json]) -> Json:
        kept = [entry for entry in entries if not says_nothing(entry)]
        return kept if len(kept) < len(entries) else entries

    return (
        FixesValue(moment=Moment.VALUE, suits=suits, spares=_is_id_in_list, fix=unassigned),
        FixesValue(moment=Moment.MISFIT, suits=_is_optional_without_text, fix=unassigned),
        FixesValue(moment=Moment.ENTRIES, suits=_is_list_of_no_references, fix=left_out),
    )


def _is_empty(value: Json) -> bool:
    return isinstance(value, str) and not value


def _is_blank(value: Json) -> bool:
    return isinstance(value, str) and value.isspace()


def _is_text(attribute: Attribute) -> bool:
    return not attribute.multi_valued and attribute.type not in _NOT_TEXT


def _is_optional_text(attribute: Attribute) -> bool:
    return _is_text(attribute) and not attribute.required


def _is_optional_without_text(attribute: Attribute) -> bool:
    return _is_optional(attribute) and attribute.type in _NOT_TEXT


def _is_optional(attribute: Attribute) -> bool:
    return not attribute.required and not attribute.multi_valued


def _is_id_in_list(whole: Attribute, part: Attribute) -> bool:
    return whole.multi_valued and is_reference(whole) and part.name == "value"


def _is_list_of_no_references(attribute: Attribute) -> bool:
    return attribute.multi_valued and not is_reference(attribute)


def _patch_op(body: Members, kind: ResourceType) -> Members:
    """A PATCH as SCIM 1.1 has it, read as a PatchOp; one of which a part would have to be guessed at stays as it is."""
    if any(key.lower() == "operations" for key in body) or not names_old_core(member(body, "schemas")[1], kind):
        return body
    others = {key: value for key, value in body.items() if key.lower() not in ("schemas", "members")}
    if not all(_is_replaced(key, value, kind) for key, value in others.items()):
        return body
    changes = _changes_of_members(member(body, "members")[1], kind)
    if changes is None:
        return body
    operations = [*changes, *([{"op": "replace", "value": others}] if others else [])]
    return {"schemas": [str(Message.PATCH)], "Operations": operations} if operations else body


def _is_replaced(name: str, value: Json, kind: ResourceType) -> bool:
    """Lists are merged in SCIM 1.1, and `meta.attributes` names what to remove: no replace would do the same."""
    if name.lower() == "meta" and isinstance(value, Mapping) and member(value, "attributes")[1] is not None:
        return False
    attribute = kind.attribute(name)
    return attribute is None or not attribute.multi_valued


def _changes_of_members(sent: Json, kind: ResourceType) -> list[Members] | None:
    """The operations on `members`; None where an entry does not say plainly what is to be done with whom."""
    attribute = kind.attribute("members")
    if sent is None:
        return []
    if attribute is None or not attribute.multi_valued:
        return None
    entries = sent if isinstance(sent, list) else [sent]
    said = [_operation_on(entry) for entry in entries]
    removal = removal_of(
        Target(attribute), [entry for entry, one in zip(entries, said, strict=True) if one == "delete"]
    )
    if removal is None or not {"add", "delete"}.issuperset(said):
        return None
    added = [entry for entry, one in zip(entries, said, strict=True) if one == "add"]
    addition: Members = {"op": "add", "path": attribute.name, "value": added}
    return [*([removal] if "delete" in said else []), *([addition] if added or not entries else [])]


def _operation_on(entry: Json) -> str:
    operation = member(entry, "operation")[1] if isinstance(entry, Mapping) else None
    return "add" if operation is None else str(operation).lower()


def _with_value_of_manager(urn: str, extension: Json) -> Json:
    """SCIM 1.0 called the id of the manager `managerId`."""
    key, manager = member(extension, "manager") if isinstance(extension, Mapping) else ("", None)
    if not is_old_enterprise(urn) or not isinstance(manager, Mapping):
        return extension
    name, given = member(manager, "managerid")
    if given is None or member(manager, "value")[1] is not None:
        return extension
    renamed = {"value" if part == name else part: of for part, of in manager.items() if part.lower() != "value"}
    return {**extension, key: renamed}


EMPTY_TEXT = _unassigning(_is_empty, _is_optional_text)
BLANK_TEXT = _unassigning(_is_blank, _is_text)
"""A required text of blanks is no value either, and the core takes it for one: so it becomes null, too."""
OLD_PATCH = MakesPatchOp(make=_patch_op)
MANAGER_ID = FixesUnderWrongUrn(fix=_with_value_of_manager)
