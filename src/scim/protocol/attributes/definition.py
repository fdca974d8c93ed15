"""What a schema says of an attribute (RFC 7643 §2.2, §7), as frozen values.

Everything that must know an attribute's type, case, mutability or visibility reads it from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class AttributeType(StrEnum):
    """Data types of RFC 7643 §2.3."""

    STRING = "string"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    BINARY = "binary"
    REFERENCE = "reference"
    COMPLEX = "complex"


class Mutability(StrEnum):
    """Who may set an attribute, and when (RFC 7643 §7)."""

    READ_ONLY = "readOnly"
    READ_WRITE = "readWrite"
    IMMUTABLE = "immutable"
    WRITE_ONLY = "writeOnly"


class Returned(StrEnum):
    """When an attribute is in an answer (RFC 7643 §7)."""

    ALWAYS = "always"
    NEVER = "never"
    DEFAULT = "default"
    REQUEST = "request"


class Uniqueness(StrEnum):
    """How far a value must be unique (RFC 7643 §7)."""

    NONE = "none"
    SERVER = "server"
    GLOBAL = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute or sub-attribute with its characteristics; defaults are those of RFC 7643 §2.2."""

    name: str
    type: AttributeType = AttributeType.STRING
    multi_valued: bool = False
    description: str = ""
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = Mutability.READ_WRITE
    returned: Returned = Returned.DEFAULT
    uniqueness: Uniqueness = Uniqueness.NONE
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    sub_attributes: tuple[Attribute, ...] = ()
    _by_name: Mapping[str, Attribute] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", by_name(self.sub_attributes))

    @property
    def is_complex(self) -> bool:
        """Whether values are objects of sub-attributes."""
        return self.type is AttributeType.COMPLEX

    def sub(self, name: str) -> Attribute | None:
        """The sub-attribute of that name, letter case ignored (RFC 7643 §2.1)."""
        return self._by_name.get(name.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """One schema: its URN, its attributes, and the definition as published at `/Schemas`."""

    id: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]
    body: Mapping[str, Any] = field(repr=False, compare=False)
    _by_name: Mapping[str, Attribute] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", by_name(self.attributes))

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name, letter case ignored."""
        return self._by_name.get(name.lower())


def by_name(attributes: tuple[Attribute, ...]) -> dict[str, Attribute]:
    """Attributes by their lower-case name; names are ASCII (RFC 7643 §2.1)."""
    return {attribute.name.lower(): attribute for attribute in attributes}


def attribute_from_json(body: Mapping[str, Any]) -> Attribute:
    """An attribute from its definition in a Schema resource (RFC 7643 §7).

    References and binaries are case-exact whatever the definition says (RFC 7643 §2.3.6, §2.3.7), but where it says
    false on purpose: URNs in `schemas` are compared without case. What is writeOnly is never returned (row B-40).
    """
    mutability = Mutability(body.get("mutability", "readWrite"))
    never = mutability is Mutability.WRITE_ONLY
    kind = AttributeType(body.get("type", "string"))
    exact_by_type = kind in (AttributeType.REFERENCE, AttributeType.BINARY)
    return Attribute(
        name=body["name"],
        type=kind,
        multi_valued=body.get("multiValued", False),
        description=body.get("description", ""),
        required=body.get("required", False),
        case_exact=body.get("caseExact", exact_by_type),
        mutability=mutability,
        returned=Returned.NEVER if never else Returned(body.get("returned", "default")),
        uniqueness=Uniqueness(body.get("uniqueness", "none")),
        canonical_values=tuple(body.get("canonicalValues", ())),
        reference_types=tuple(body.get("referenceTypes", ())),
        sub_attributes=tuple(map(attribute_from_json, body.get("subAttributes", ()))),
    )


def schema_from_json(body: Mapping[str, Any]) -> Schema:
    """A schema from its Schema resource (RFC 7643 §7)."""
    return Schema(
        id=body["id"],
        name=body.get("name", body["id"]),
        description=body.get("description", ""),
        attributes=tuple(map(attribute_from_json, body["attributes"])),
        body=body,
    )
