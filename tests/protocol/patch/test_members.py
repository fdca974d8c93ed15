"""PATCH of members as set operations (DESIGN §1.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scim.exceptions import InvalidValue
from scim.protocol.filters.evaluate import evaluate_entry
from scim.protocol.grammar.ast import AttributePath, Comparison, Filter, Operator
from scim.protocol.grammar.parser import parse_path
from scim.protocol.patch.members import (
    AddMembers,
    EditMembers,
    MemberChange,
    RemoveAll,
    RemoveMembers,
    RemoveWhere,
    ReplaceMembers,
    check_members_named,
    is_member_operation,
    member_changes,
    named_values,
    names_in,
)
from scim.protocol.patch.message import Operation, read_patch
from scim.protocol.unknown import UnknownPolicy, Unknowns
from tests.support.growth import is_linear
from tests.support.patches import message
from tests.support.patching import operation
from tests.support.registry import kind

ONE, TWO = {"value": "1"}, {"value": "2", "type": "User"}


def read(*sent: dict[str, Any]) -> tuple[Operation, ...]:
    return read_patch(message(*sent), kind("Group"), resource_id="me").operations


def changes(*sent: dict[str, Any]) -> list[MemberChange]:
    return member_changes(read(*sent), unknowns=Unknowns(refusal=InvalidValue))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param(operation("add", "members", [ONE, TWO]), [AddMembers((ONE, TWO))], id="H-24 add"),
        pytest.param(operation("add", "members", ONE), [AddMembers((ONE,))], id="H-24 add one"),
        pytest.param(operation("add", None, {"members": [ONE]}), [AddMembers((ONE,))], id="H-21 add without path"),
        pytest.param(operation("add", "members", []), [], id="H-49 add nothing"),
        pytest.param(operation("add", "members", None), [], id="H-49 add null"),
        pytest.param(operation("replace", "members", [ONE]), [ReplaceMembers((ONE,))], id="H-43 replace"),
        pytest.param(operation("replace", "members", []), [RemoveAll()], id="H-49 replace by nothing"),
        pytest.param(operation("replace", "members", None), [RemoveAll()], id="H-49 replace by null"),
        pytest.param(operation("remove", "members"), [RemoveAll()], id="H-34 remove all"),
        pytest.param(operation("remove", 'members[value eq "1"]'), [RemoveMembers(("1",))], id="H-35 remove one"),
        pytest.param(
            operation("remove", 'members[VALUE eq "1" or value eq "2"]'), [RemoveMembers(("1", "2"))], id="H-35 several"
        ),
    ],
)
def test_operations_become_set_operations(sent: dict[str, Any], expected: list[MemberChange]) -> None:
    assert changes(sent) == expected


def test_h11_they_stay_in_order() -> None:
    sent = [
        operation("remove", "members"),
        operation("add", "members", ONE),
        operation("remove", 'members[value eq "2"]'),
    ]
    assert changes(*sent) == [RemoveAll(), AddMembers((ONE,)), RemoveMembers(("2",))]


@pytest.mark.parametrize(
    "path", ['members[type eq "User"]', 'members[value sw "1"]', 'members[value eq "1" or type pr]']
)
def test_h35_other_filters_select_members(path: str) -> None:
    found = changes(operation("remove", path))
    assert found is not None
    [change] = found
    assert isinstance(change, RemoveWhere)
    assert evaluate_entry(change.condition, {"value": "1", "type": "User"})


@pytest.mark.parametrize(
    "sent",
    [
        operation("replace", 'members[value eq "1"]', ONE),
        operation("add", 'members[value eq "1"]', ONE),
        operation("add", 'members[value eq "1"].display', "x"),
        operation("add", "members.display", "x"),
        operation("remove", "members.display"),
        operation("remove", 'members[value eq "1"].display'),
    ],
)
def test_what_edits_entries_is_left_to_the_document_engine(sent: dict[str, Any]) -> None:
    added, edited = changes(operation("add", "members", ONE), sent)
    assert isinstance(added, AddMembers)
    assert isinstance(edited, EditMembers)
    assert edited.operation.index == 2


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        (operation("add", "members", [ONE, {"value": "2"}]), ["1", "2"]),
        (operation("replace", "members", [ONE]), ["1"]),
        (operation("remove", 'members[value eq "1" or value eq "2"]'), ["1", "2"]),
        (operation("add", 'members[value eq "1"]', {"value": "2"}), ["2", "1"]),
        (operation("add", 'members[value eq "1"].display', "x"), ["1"]),
        (operation("add", 'members[type eq "User"].display', "x"), []),
        (operation("add", 'members[type eq "User"].value', "2"), ["2"]),
        (operation("add", "members.display", "x"), []),
        (operation("remove", "members"), []),
    ],
)
def test_whom_a_change_names(sent: dict[str, Any], names: list[str]) -> None:
    assert [name for change in changes(sent) for name in names_in(change)] == names


@pytest.mark.parametrize("op", ["add", "replace"])
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("1", id="a bare id"),
        pytest.param(["1"], id="bare ids"),
        pytest.param([ONE, {"display": "x"}], id="Q-02 no value"),
        pytest.param([{"value": ""}], id="B-10 empty id"),
        pytest.param([{"value": 1}], id="H-50 a number"),
        pytest.param([None], id="null"),
        pytest.param([TWO, TWO], id="B-32 the same pair twice"),
        pytest.param([ONE | {"nope": 1}], id="H-52 unknown part"),
    ],
)
def test_a_member_that_does_not_fit_is_refused(op: str, value: Any) -> None:
    with pytest.raises(InvalidValue, match=f"^Operation 2 \\({op} members\\): 'members"):
        changes(operation("remove", "members"), operation(op, "members", value))


def test_an_entry_without_value_is_named_by_its_place() -> None:
    with pytest.raises(InvalidValue, match="'members': entry 2 has no 'value' with the id of the member"):
        check_members_named([ONE, {"display": "x"}])


def test_unknown_parts_may_be_left_out() -> None:
    unknowns = Unknowns(UnknownPolicy.IGNORE)
    found = member_changes(read(operation("add", "members", ONE | {"nope": 1})), unknowns=unknowns)
    assert found == [AddMembers((ONE,))]
    assert unknowns.ignored == ["members.nope"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (operation("remove", "members"), True),
        (operation("remove", 'members[value eq "1"].display'), True),
        (operation("add", "displayName", "x"), False),
    ],
)
def test_member_operations_are_known_by_their_target(sent: dict[str, Any], expected: bool) -> None:
    assert [is_member_operation(found) for found in read(sent)] == [expected]


def condition(text: str) -> Filter:
    found = parse_path(f"members[{text}]").filter
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("filter_", "values"),
    [
        (condition('value eq "1"'), ["1"]),
        (condition('value eq "1" or VALUE EQ "2"'), ["1", "2"]),
        (condition('value ne "1"'), None),
        (condition('type eq "1"'), None),
        (condition("value eq 1"), None),
        (condition('value eq "1" and value eq "2"'), None),
        (condition("value pr"), None),
        (Comparison(AttributePath("value", "sub"), Operator.EQ, "1"), None),
        (Comparison(AttributePath("value", uri="urn:x"), Operator.EQ, "1"), None),
    ],
)
def test_values_are_named_by_eq_and_or_alone(filter_: Filter, values: list[str] | None) -> None:
    assert named_values(filter_) == values


def test_the_cost_of_many_members_is_linear() -> None:
    def adding(size: int) -> Callable[[], object]:
        found = read(operation("add", "members", [{"value": str(number), "type": "User"} for number in range(size)]))
        return lambda: member_changes(found, unknowns=Unknowns())

    assert is_linear(adding)
