"""What holds of PATCH for any document and any operation."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scim.exceptions import ScimError
from scim.protocol.attributes.definition import Mutability
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.patch.apply import apply_patch
from scim.protocol.patch.members import member_changes
from scim.protocol.patch.message import PatchMessage, read_patch
from scim.protocol.unknown import UnknownPolicy, Unknowns
from scim.protocol.validation import read_replacement, read_resource
from tests.support.documents import documents
from tests.support.gadgets import SPEC, gadget
from tests.support.patches import any_json, message, names_of, operations
from tests.support.registry import kind

KINDS = [kind("User"), kind("Group"), kind("Thing"), gadget()]
QUICK = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)

every_kind = pytest.mark.parametrize("of", KINDS, ids=lambda one: one.name)


def stored(of: ResourceType) -> st.SearchStrategy[dict[str, Any]]:
    """Documents as `read_resource` accepts them."""
    return documents(of).map(lambda body: _accepted(of, body)).filter(bool)


def _accepted(of: ResourceType, body: dict[str, Any]) -> dict[str, Any]:
    whole = _with_required(of, body)
    try:
        return read_resource(whole, of, unknowns=Unknowns())
    except ScimError:
        return {}


def _with_required(of: ResourceType, body: dict[str, Any]) -> dict[str, Any]:
    whole = copy.deepcopy(body)
    for target in of.targets():
        attribute = target.attribute
        absent = target.extension not in {None, SPEC} and target.extension not in body
        if (
            attribute.required
            and not absent
            and attribute.mutability is not Mutability.READ_ONLY
            and attribute.name != "schemas"
        ):
            one: Any = {"text": "x"} if attribute.is_complex else 1 if attribute.type == "integer" else "x"
            holder = whole if target.extension is None else whole.setdefault(target.extension, {})
            if not holder.get(attribute.name):
                holder[attribute.name] = [one] if attribute.multi_valued else one
    return whole


def run(of: ResourceType, before: dict[str, Any], sent: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    """The document after a PATCH; what went in is as it was."""
    body = message(*sent)
    kept, asked = copy.deepcopy(before), copy.deepcopy(body)
    try:
        return apply_patch(before, read(of, body).operations, of, **options).document
    finally:
        assert before == kept
        assert body == asked


def read(of: ResourceType, body: Any) -> PatchMessage:
    return read_patch(body, of, resource_id="me")


@every_kind
@given(data=st.data())
@QUICK
def test_reading_a_document_again_gives_the_same_document(of: ResourceType, data: st.DataObject) -> None:
    document = data.draw(stored(of))
    assert read_resource(document, of, unknowns=Unknowns()) == document
    assert read_replacement(document, document, of, unknowns=Unknowns()) == document


@every_kind
@given(data=st.data())
@QUICK
def test_a_patch_leaves_a_valid_document_or_is_refused(of: ResourceType, data: st.DataObject) -> None:
    before = data.draw(stored(of))
    sent = data.draw(st.lists(operations(of), min_size=1, max_size=4))
    try:
        after = run(of, before, sent, create_entries=data.draw(st.booleans()))
    except ScimError as error:
        assert error.status == 400
        assert error.scim_type
        return
    assert read_resource(after, of, unknowns=Unknowns()) == after


@every_kind
@given(data=st.data())
@QUICK
@pytest.mark.parametrize("op", ["add", "replace"])
def test_writing_what_is_there_changes_nothing(of: ResourceType, op: str, data: st.DataObject) -> None:
    before = data.draw(stored(of))
    held = [
        (str(target), holder[target.attribute.name])
        for target in of.targets()
        if target.attribute.name in (holder := before if target.extension is None else before.get(target.extension, {}))
    ]
    path, value = data.draw(st.sampled_from(held))
    assert run(of, before, [{"op": op, "path": path, "value": value}]) == before
    value_alone = {name: part for name, part in before.items() if name != "schemas"}
    assert run(of, before, [{"op": op, "value": value_alone}]) == before


@every_kind
@given(data=st.data())
@QUICK
def test_removing_what_was_added_to_nothing_gives_the_document_back(of: ResourceType, data: st.DataObject) -> None:
    before, sent = data.draw(stored(of)), data.draw(operations(of))
    assume("path" in sent and "[" not in sent["path"] and "." not in sent["path"].rpartition(":")[2])
    try:
        after = run(of, before, [sent])
        again = run(of, after, [{"op": "remove", "path": sent["path"]}])
    except ScimError:
        return
    target = sent["path"]
    assert run(of, again, [{"op": "remove", "path": target}]) == again


@every_kind
@given(data=st.data())
@QUICK
def test_any_json_is_a_body_or_a_scim_error(of: ResourceType, data: st.DataObject) -> None:
    body = data.draw(any_json(names_of(of)))
    before = data.draw(stored(of))
    whole = {"schemas": [of.schema.id], **body} if isinstance(body, dict) else body
    for policy in UnknownPolicy:
        for sent in (body, whole):
            try:
                read_resource(sent, of, unknowns=Unknowns(policy))
                read_replacement(sent, before, of, unknowns=Unknowns(policy))
            except ScimError as error:
                assert error.scim_type


@every_kind
@given(data=st.data())
@QUICK
def test_any_json_is_a_patch_or_a_scim_error(of: ResourceType, data: st.DataObject) -> None:
    wild = any_json(names_of(of))
    sent = st.dictionaries(
        st.sampled_from(["op", "path", "value", "OP"]),
        st.one_of(wild, st.sampled_from(["add", "replace", "remove"])),
        max_size=3,
    )
    body = data.draw(
        st.one_of(wild, st.lists(st.one_of(wild, sent), max_size=3).map(lambda ops: message() | {"Operations": ops}))
    )
    before = data.draw(stored(of))
    try:
        apply_patch(before, read(of, body).operations, of, unknown=UnknownPolicy.IGNORE)
    except ScimError as error:
        assert error.scim_type


@given(data=st.data())
@QUICK
def test_any_member_operation_is_a_change_or_a_scim_error(data: st.DataObject) -> None:
    of = kind("Group")
    value = data.draw(any_json(names_of(of)))
    for op in ("add", "replace"):
        try:
            found = read(of, message({"op": op, "path": "members", "value": value})).operations
            assert member_changes([dataclasses.replace(one) for one in found], unknowns=Unknowns()) is not None
        except ScimError as error:
            assert error.scim_type
