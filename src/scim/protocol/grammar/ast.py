"""The syntax tree of filters and PATCH paths (RFC 7644 §3.4.2.2, §3.5.2): a closed set of frozen nodes.

Names are kept as written; whether a type has them is the business of `filters.check` and `patch`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | None
"""What stands on the right of an operator: a JSON scalar."""


class Operator(StrEnum):
    """Comparison operators that take a value."""

    EQ = "eq"
    NE = "ne"
    CO = "co"
    SW = "sw"
    EW = "ew"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


@dataclass(frozen=True, slots=True)
class AttributePath:
    """`uri:name.sub` (RFC 7644 §3.10); inside a value path `name` is a sub-attribute."""

    name: str
    sub: str | None = None
    uri: str | None = None

    def __str__(self) -> str:
        prefix = f"{self.uri}:" if self.uri else ""
        suffix = f".{self.sub}" if self.sub else ""
        return f"{prefix}{self.name}{suffix}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`path op value`."""

    path: AttributePath
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Present:
    """`path pr`."""

    path: AttributePath


@dataclass(frozen=True, slots=True)
class And:
    """Two or more filters, all of which hold; nested chains are flat."""

    operands: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more filters, one of which holds; nested chains are flat."""

    operands: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A filter that does not hold."""

    operand: Filter


@dataclass(frozen=True, slots=True)
class ValuePath:
    """`path[filter]`: one entry of the list fulfils the whole filter."""

    path: AttributePath
    filter: Filter


Filter: TypeAlias = Comparison | Present | And | Or | Not | ValuePath


@dataclass(frozen=True, slots=True)
class PatchPath:
    """`path`, `path[filter]` or `path[filter].sub` of a PATCH operation.

    Without a filter the sub-attribute is part of `path`; with one it is `sub`.
    """

    path: AttributePath
    filter: Filter | None = None
    sub: str | None = None
