"""The shared PATCH vectors (RFC 7644 §3.5.2), through the document engine and, for groups, as set operations."""

from __future__ import annotations

import copy
from typing import Any, assert_never

import pytest

from scim.exceptions import ScimError
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.filters.evaluate import evaluate_entry
from scim.protocol.patch.apply import apply_patch
from scim.protocol.patch.members import (
    AddMembers,
    EditMembers,
    Entry,
    MemberChange,
    RemoveAll,
    RemoveMembers,
    RemoveWhere,
    ReplaceMembers,
    is_member_operation,
    member_changes,
)
from scim.protocol.patch.message import Operation, read_patch
from scim.protocol.unknown import Unknowns
from tests.support.patches import message
from tests.support.registry import kind
from tests.vectors import read_vectors

VECTORS = read_vectors("patch")["vectors"]

BY_QUIRK_RULE = {
    "p072": ("COMMON-18", "invalidValue"),
    "p160": ("COMMON-12", "invalidValue"),
}
"""Lenient vectors whose outcome is a quirk rule's: the rule, and the scimType that `strict` answers."""

STRICT = [vector for vector in VECTORS if vector["id"] not in BY_QUIRK_RULE]


def by_id(vector: dict[str, Any]) -> str:
    return f"{vector['id']} {vector['requirement']} {vector['name']}"


def compared(value: Any) -> Any:
    """A value in the form in which the vectors are compared (`_doc.compare`)."""
    if isinstance(value, dict):
        parts = {name: compared(part) for name, part in value.items() if name != "meta"}
        return {name: part for name, part in parts.items() if not is_nothing(name, part)}
    return sorted(map(compared, value), key=repr) if isinstance(value, list) else value


def is_nothing(name: str, part: Any) -> bool:
    return part is None or part in ([], {}) or (name == "primary" and part is False)


def operations_of(vector: dict[str, Any]) -> tuple[Operation, ...]:
    body = message(*vector["operations"])
    return read_patch(body, kind_of(vector), resource_id=vector["resource"]["id"]).operations


def kind_of(vector: dict[str, Any]) -> ResourceType:
    return kind(vector["resourceType"])


def patched(vector: dict[str, Any]) -> dict[str, Any]:
    return apply_patch(vector["resource"], operations_of(vector), kind_of(vector)).document


@pytest.mark.parametrize("vector", [vector for vector in STRICT if "expected" in vector], ids=by_id)
def test_the_document_is_the_vector_s(vector: dict[str, Any]) -> None:
    before = copy.deepcopy(vector["resource"])
    after = patched(vector)
    assert compared(after) == compared(vector["expected"])
    assert vector["resource"] == before


@pytest.mark.parametrize("vector", [vector for vector in VECTORS if vector.get("unchanged")], ids=by_id)
def test_what_changes_nothing_gives_the_same_document(vector: dict[str, Any]) -> None:
    assert patched(vector) == vector["resource"]


@pytest.mark.parametrize("vector", [vector for vector in STRICT if "error" in vector], ids=by_id)
def test_the_refusal_is_the_vector_s(vector: dict[str, Any]) -> None:
    before = copy.deepcopy(vector["resource"])
    with pytest.raises(ScimError) as refusal:
        patched(vector)
    assert refusal.value.status == vector["error"]["status"]
    assert refusal.value.scim_type in vector["error"].get("scimTypeAnyOf", [vector["error"]["scimType"]])
    assert vector["resource"] == before


@pytest.mark.parametrize(("vector_id", "rule", "scim_type"), [(name, *row) for name, row in BY_QUIRK_RULE.items()])
def test_without_the_quirk_rule_the_request_is_refused(vector_id: str, rule: str, scim_type: str) -> None:
    [vector] = [vector for vector in VECTORS if vector["id"] == vector_id]
    assert vector["lenient"], rule
    with pytest.raises(ScimError) as refusal:
        patched(vector)
    assert refusal.value.scim_type == scim_type


ON_MEMBERS = [v for v in STRICT if v["resourceType"] == "Group" and "members" in repr(v["operations"])]

NEED_THE_LIST = {"p095", "p110"}
"""Vectors that edit entries: they are left to the document engine."""


def as_sets(entries: list[Entry], changes: list[MemberChange]) -> list[Entry]:
    """Members after set operations, done as the storage does them: an entry that is there stays as it is."""
    held = {entry["value"]: entry for entry in entries}
    for change in changes:
        match change:
            case AddMembers(added):
                held = {entry["value"]: entry for entry in added} | held
            case ReplaceMembers(wanted):
                held = {entry["value"]: held.get(entry["value"], entry) for entry in wanted}
            case RemoveMembers(values):
                held = {value: entry for value, entry in held.items() if value not in values}
            case RemoveWhere(condition):
                held = {value: entry for value, entry in held.items() if not evaluate_entry(condition, entry)}
            case RemoveAll():
                held = {}
            case EditMembers():
                raise AssertionError(change)
            case _:
                assert_never(change)
    return list(held.values())


def changes_of(vector: dict[str, Any]) -> list[MemberChange]:
    return member_changes([op for op in operations_of(vector) if is_member_operation(op)], unknowns=Unknowns())


@pytest.mark.parametrize("vector", [v for v in ON_MEMBERS if v["id"] not in NEED_THE_LIST], ids=by_id)
def test_set_operations_leave_the_members_of_the_vector(vector: dict[str, Any]) -> None:
    members = as_sets(vector["resource"].get("members", []), changes_of(vector))
    assert compared(members) == compared(vector["expected"].get("members", []))


@pytest.mark.parametrize("vector", [v for v in ON_MEMBERS if v["id"] in NEED_THE_LIST], ids=by_id)
def test_edited_entries_need_the_document_engine(vector: dict[str, Any]) -> None:
    assert any(isinstance(change, EditMembers) for change in changes_of(vector))
