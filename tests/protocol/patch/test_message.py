"""The PatchOp message: its form, its paths, what may be written (RFC 7644 §3.5.2)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import (
    InvalidFilter,
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    Mutability,
    NoTarget,
    ScimError,
)
from scim.protocol.grammar.parser import parse_path
from scim.protocol.patch.message import PATCH_OP, Op, Operation, PatchOptions, read_patch
from scim.protocol.unknown import UnknownPolicy
from tests.support.patches import message
from tests.support.patching import CORE, ENTERPRISE, LAB
from tests.support.registry import kind

REPLACE = {"op": "replace", "path": "title", "value": "x"}
GOOD = message(REPLACE)


def read(body: Any, **options: Any) -> tuple[Operation, ...]:
    return read_patch(body, kind("User"), resource_id="me", options=PatchOptions(**options)).operations


def one(**operation: Any) -> Operation:
    [found] = read(message(operation))
    return found


class TestForm:
    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(None, id="null"),
            pytest.param([GOOD], id="a list"),
            pytest.param({"Operations": [REPLACE]}, id="H-02 without schemas"),
            pytest.param(GOOD | {"schemas": [CORE]}, id="H-02 a resource's schema"),
            pytest.param(GOOD | {"schemas": PATCH_OP}, id="H-02 text"),
            pytest.param(GOOD | {"schemas": [PATCH_OP, PATCH_OP]}, id="H-02 twice"),
            pytest.param({"schemas": [PATCH_OP]}, id="H-03 without Operations"),
            pytest.param(GOOD | {"Operations": []}, id="H-03 empty"),
            pytest.param(GOOD | {"Operations": None}, id="H-03 null"),
            pytest.param(GOOD | {"Operations": REPLACE}, id="H-03 one object"),
            pytest.param(GOOD | {"operations": [REPLACE]}, id="B-07 twice"),
            pytest.param(GOOD | {"extra": 1}, id="COMMON-37 unknown member"),
            pytest.param(GOOD | {"Operations": ["x"]}, id="H-03 no object"),
            pytest.param(message(REPLACE | {"name": "x"}), id="COMMON-37 unknown member of an operation"),
            pytest.param(message(REPLACE | {"OP": "add"}), id="B-07 in an operation"),
            pytest.param(message({"path": "title", "value": "x"}), id="H-04 without op"),
            pytest.param(message(REPLACE | {"op": "move"}), id="H-04 another op"),
            pytest.param(message(REPLACE | {"op": 1}), id="H-04 a number"),
            pytest.param(message(*[REPLACE] * 1001), id="too many operations"),
            pytest.param(message({"op": "add", "value": {"title": "a", "Title": "b"}}), id="B-07 in a value"),
        ],
    )
    def test_what_is_no_patch_op_is_invalid_syntax(self, body: Any) -> None:
        with pytest.raises(InvalidSyntax):
            read(body)

    @pytest.mark.parametrize(
        ("operation", "error", "detail"),
        [
            pytest.param(
                {"op": "add", "path": 1},
                InvalidPath,
                "Operation 2: 'path' must be a text, not the number 1.",
                id="H-05",
            ),
            pytest.param(
                {"op": "add", "path": ["title"]},
                InvalidPath,
                "Operation 2: 'path' must be a text, not a list.",
                id="list",
            ),
            pytest.param(
                {"op": "add", "path": "title"},
                InvalidValue,
                "Operation 2 (add title): 'value' is missing.",
                id="H-20 add",
            ),
            pytest.param(
                {"op": "replace"}, InvalidValue, "Operation 2 (replace without path): 'value' is missing.", id="H-20"
            ),
            pytest.param(
                {"op": "remove"}, NoTarget, "Operation 2 (remove without path): a remove needs a 'path'.", id="H-31"
            ),
            pytest.param(
                {"op": "remove", "path": "title", "value": "x"},
                InvalidValue,
                "Operation 2 (remove title): a remove takes no 'value'; select entries in the path instead.",
                id="H-40",
            ),
            pytest.param(
                {"op": "add", "value": "x"},
                InvalidValue,
                "Operation 2 (add without path): without a path 'value' must be an object, not the text 'x'.",
                id="H-21",
            ),
            pytest.param(
                {"op": "replace", "path": None, "value": [{"title": "x"}]},
                InvalidValue,
                "Operation 2 (replace without path): without a path 'value' must be an object, not a list.",
                id="H-41",
            ),
        ],
    )
    def test_an_error_names_the_operation(self, operation: Any, error: type[ScimError], detail: str) -> None:
        with pytest.raises(error) as refusal:
            read(message(REPLACE, operation))
        assert refusal.value.detail == detail

    def test_an_error_shows_a_long_path_in_part(self) -> None:
        with pytest.raises(ScimError) as refusal:
            read(message({"op": "remove", "path": "x" * 5000, "value": 1}))
        assert len(refusal.value.detail) < 400

    def test_h03_h04_names_of_members_and_op_ignore_case(self) -> None:
        body = {"SCHEMAS": [PATCH_OP], "operations": [{"OP": "Replace", "Path": "title", "VALUE": "x"}]}
        assert read(body) == read(GOOD)
        assert read(GOOD)[0].op is Op.REPLACE

    def test_a_remove_may_say_that_its_value_is_null(self) -> None:
        assert one(op="remove", path="title", value=None).op is Op.REMOVE

    def test_a_path_may_be_a_tree_already(self) -> None:
        path = parse_path('emails[type eq "work"]')
        body = {"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": path}]}
        assert read(body)[0].condition == path.filter


class TestPath:
    @pytest.mark.parametrize(
        ("path", "target"),
        [
            pytest.param("TITLE", "title", id="H-06 any case"),
            pytest.param("name.givenName", "name.givenName", id="H-05 sub-attribute"),
            pytest.param(f"{CORE}:title", "title", id="H-06 with the URN"),
            pytest.param(f"{ENTERPRISE}:department", f"{ENTERPRISE}:department", id="H-55 extension"),
            pytest.param(f"{LAB}:contracts.hours", f"{LAB}:contracts.hours", id="part of a list in an extension"),
        ],
    )
    def test_a_path_names_what_is_written(self, path: str, target: str) -> None:
        found = one(op="replace", path=path, value="x")
        assert str(found.target) == target
        assert found.label == path

    def test_h05_a_value_path_has_a_selection_and_maybe_a_part(self) -> None:
        found = one(op="replace", path='EMAILS[TYPE eq "work"].VALUE', value="x")
        assert found.selection is not None
        assert found.sub is not None
        assert found.sub.name == "value"
        assert found.leaf is found.sub

    def test_h59_an_extension_may_be_named_by_its_urn(self) -> None:
        found = one(op="remove", path=ENTERPRISE.upper())
        assert found.extension is not None
        assert found.extension.id == ENTERPRISE
        assert found.target is None

    @pytest.mark.parametrize(
        ("path", "error"),
        [
            pytest.param("", InvalidPath, id="H-05 empty"),
            pytest.param("emails[0]", ScimError, id="H-07 index"),
            pytest.param("/emails/0", InvalidPath, id="H-07 pointer"),
            pytest.param("nope", InvalidPath, id="H-51 unknown"),
            pytest.param("name.nope", InvalidPath, id="H-51 unknown part"),
            pytest.param("department", InvalidPath, id="COMMON-14 bare name of an extension"),
            pytest.param(f"{ENTERPRISE}.department", InvalidPath, id="COMMON-13 dot"),
            pytest.param('emails[type eq "work"].nope', InvalidPath, id="H-51 unknown part of an entry"),
            pytest.param('emails[nope eq "work"]', InvalidFilter, id="H-53 unknown name in brackets"),
            pytest.param("emails[type eq 1]", InvalidFilter, id="H-53 misfit in brackets"),
            pytest.param('name[givenName eq "x"]', InvalidPath, id="H-53 no list"),
            pytest.param('userName[value eq "x"]', InvalidPath, id="H-53 a single value"),
            pytest.param('emails.value[value eq "x"]', InvalidPath, id="brackets after a part"),
        ],
    )
    def test_a_path_that_names_nothing_is_refused(self, path: str, error: type[ScimError]) -> None:
        with pytest.raises(error, match=r"^Operation 1 \(remove ") as refusal:
            read(message({"op": "remove", "path": path}))
        assert refusal.value.status == 400

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("nope.x", "nope.x"),
            ('nope[type eq "work"].value', "nope"),
            ("emails.nope", "emails.nope"),
            ('emails[type eq "work"].nope', "emails.nope"),
        ],
    )
    def test_h52_a_path_to_an_unknown_attribute_may_be_left_out_by_policy(self, path: str, name: str) -> None:
        body = message({"op": "remove", "path": path}, REPLACE)
        found = read_patch(body, kind("User"), resource_id="me", options=PatchOptions(unknown=UnknownPolicy.IGNORE))
        assert [operation.label for operation in found.operations] == ["title"]
        assert found.ignored == [name]

    @pytest.mark.parametrize(
        "path",
        [
            "id",
            "meta",
            "meta.created",
            "groups",
            'groups[value eq "1"]',
            "groups.display",
            f"{LAB}:audit.by",
            f"{ENTERPRISE}:manager.displayName",
            f'{LAB}:contracts[value eq "a"].seal',
        ],
    )
    @pytest.mark.parametrize("op", list(Op))
    def test_h08_h38_read_only_attributes_and_parts_are_refused(self, op: Op, path: str) -> None:
        value = {} if op is Op.REMOVE else {"value": "me"}
        with pytest.raises(Mutability, match="is readOnly"):
            read(message({"op": op.value, "path": path} | value))


class TestWithoutPath:
    def test_h21_h41_each_attribute_is_an_operation_of_its_own(self) -> None:
        body = message({"op": "add", "value": {"TITLE": "x", ENTERPRISE.lower(): {"division": "y"}, "name": {}}})
        found = read(body)
        assert [str(operation.target) for operation in found] == ["title", "None", "name"]
        assert [operation.label for operation in found] == ["title", ENTERPRISE, "name"]
        assert [operation.value for operation in found] == ["x", {"division": "y"}, {}]
        assert {operation.index for operation in found} == {1}

    def test_an_empty_value_is_no_operation(self) -> None:
        assert read(message({"op": "add", "value": {}})) == ()

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param({"id": "other"}, id="another id"),
            pytest.param({"id": None}, id="no id"),
            pytest.param({"meta": {"version": "x"}}, id="meta"),
            pytest.param({"groups": []}, id="groups"),
        ],
    )
    def test_h62_read_only_attributes_are_refused(self, value: dict[str, Any]) -> None:
        with pytest.raises(Mutability, match=r"^Operation 1 \(replace (id|meta|groups)\): '.*' is readOnly"):
            read(message({"op": "replace", "value": value}))

    def test_h62_the_resource_s_own_id_does_no_harm(self) -> None:
        assert [
            str(found.target) for found in read(message({"op": "replace", "value": {"ID": "me", "title": "x"}}))
        ] == ["title"]

    def test_h52_unknown_attributes_are_refused_or_left_out(self) -> None:
        body = message({"op": "add", "value": {"nope": 1, "name.givenName": "x", "title": "y", "other": None}})
        with pytest.raises(InvalidValue, match=r"Operation 1 \(add nope\): User has no attribute 'nope'"):
            read(body)
        found = read_patch(body, kind("User"), resource_id="me", options=PatchOptions(unknown=UnknownPolicy.IGNORE))
        assert [operation.label for operation in found.operations] == ["title"]
        assert found.ignored == ["nope", "name.givenName"]
