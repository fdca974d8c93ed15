from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.attributes.registry import ResourceType, builtin_registry
from scim.protocol.filters.check import check
from scim.protocol.grammar.parser import parse_filter
from scim.protocol.patch.message import read_patch
from scim.protocol.unknown import Unknowns
from scim.protocol.validation import read_resource
from scim.schemas.example_table import FILTERS, PATCH, WRITE
from scim.schemas.examples import patch_examples, resource_example, write_examples
from tests.schemas.document import REGISTRIES, badge, nodes
from tests.support.registry import kind

KINDS = {one.name: one for registry in REGISTRIES.values() for one in registry().resource_types}


def bodies(examples: Any) -> list[dict[str, Any]]:
    return [body for _, body in examples.values()]


class TestWritten:
    @pytest.mark.parametrize("name", ["User", "Group"])
    def test_there_are_examples_of_each_kind(self, name: str) -> None:
        urn = kind(name).schema.id
        assert WRITE[urn]
        assert PATCH[urn]
        assert FILTERS[urn]

    @pytest.mark.parametrize("name", ["User", "Group"])
    def test_filters_are_filters_of_the_type(self, name: str) -> None:
        for text in FILTERS[kind(name).schema.id].values():
            check(parse_filter(text), kind(name))

    def test_a_first_try_needs_nothing_that_must_exist_before(self) -> None:
        group = bodies(write_examples(kind("Group")))[0]
        assert "members" not in group


@pytest.mark.parametrize("resource", KINDS.values(), ids=KINDS)
class TestEveryType:
    def test_bodies_to_write_are_accepted(self, resource: ResourceType) -> None:
        for body in bodies(write_examples(resource)):
            read_resource(body, resource, unknowns=Unknowns())

    def test_patches_are_accepted(self, resource: ResourceType) -> None:
        for body in bodies(patch_examples(resource)):
            assert read_patch(body, resource, resource_id="7").operations

    def test_answers_have_no_member_that_redoc_takes_for_a_reference(self, resource: ResourceType) -> None:
        assert not [node for node in nodes(resource_example(resource, "http://h")) if "$ref" in node]


class TestMade:
    def test_a_type_without_written_examples_gets_its_required_attributes_and_its_first_writable_one(self) -> None:
        assert bodies(write_examples(badge())) == [
            {
                "schemas": ["urn:example:Badge", "urn:example:Access"],
                "colour": "red",
                "doors": [{"value": "https://example.com/"}],
                "urn:example:Access": {"level": 1.5},
            }
        ]

    def test_and_a_patch_of_the_same(self) -> None:
        [body] = bodies(patch_examples(badge()))
        assert body["Operations"][0]["value"]["colour"] == "red"
        assert "schemas" not in body["Operations"][0]["value"]

    def test_an_answer_hides_what_is_never_returned(self) -> None:
        shown = resource_example(next(iter(builtin_registry().resource_types)), "http://h")
        assert "password" not in shown
        assert shown["meta"]["location"] == f"http://h/Users/{shown['id']}"
