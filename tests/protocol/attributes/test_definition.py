"""Attribute definitions from Schema resources (RFC 7643 §2.2, §7)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.attributes.definition import (
    Attribute,
    AttributeType,
    Mutability,
    Returned,
    Uniqueness,
    attribute_from_json,
    schema_from_json,
)


def test_b19_what_a_definition_leaves_out_has_the_defaults_of_the_rfc() -> None:
    attribute = attribute_from_json({"name": "nick"})
    assert attribute == Attribute(name="nick")
    assert (attribute.type, attribute.multi_valued, attribute.required) == (AttributeType.STRING, False, False)
    assert (attribute.case_exact, attribute.mutability) == (False, Mutability.READ_WRITE)
    assert (attribute.returned, attribute.uniqueness) == (Returned.DEFAULT, Uniqueness.NONE)
    assert attribute.canonical_values == ()


def test_every_characteristic_is_read() -> None:
    body = {
        "name": "ids",
        "type": "complex",
        "multiValued": True,
        "description": "Ids.",
        "required": True,
        "caseExact": True,
        "mutability": "immutable",
        "returned": "request",
        "uniqueness": "server",
        "canonicalValues": ["a"],
        "referenceTypes": ["User"],
        "subAttributes": [{"name": "value"}],
    }
    assert attribute_from_json(body) == Attribute(
        name="ids",
        type=AttributeType.COMPLEX,
        multi_valued=True,
        description="Ids.",
        required=True,
        case_exact=True,
        mutability=Mutability.IMMUTABLE,
        returned=Returned.REQUEST,
        uniqueness=Uniqueness.SERVER,
        canonical_values=("a",),
        reference_types=("User",),
        sub_attributes=(Attribute(name="value"),),
    )


@pytest.mark.parametrize(
    ("body", "exact"),
    [
        pytest.param({"type": "string"}, False, id="string"),
        pytest.param({"type": "reference"}, True, id="B-26 reference"),
        pytest.param({"type": "binary"}, True, id="B-25 binary"),
        pytest.param({"type": "reference", "caseExact": False}, False, id="reference that says false"),
    ],
)
def test_references_and_binaries_are_case_exact(body: dict[str, Any], exact: bool) -> None:
    assert attribute_from_json({"name": "a"} | body).case_exact is exact


def test_b40_what_is_write_only_is_never_returned() -> None:
    body = {"name": "pin", "mutability": "writeOnly", "returned": "default"}
    assert attribute_from_json(body).returned is Returned.NEVER


def test_b06_names_are_found_in_any_letter_case() -> None:
    schema = schema_from_json(
        {"id": "urn:x", "attributes": [{"name": "Box", "type": "complex", "subAttributes": [{"name": "topColour"}]}]}
    )
    box = schema.attribute("bOX")
    assert box is not None
    assert box.sub("TOPCOLOUR") == box.sub_attributes[0]
    assert box.sub("other") is None
    assert schema.attribute("other") is None
    assert (schema.name, schema.description) == ("urn:x", "")
