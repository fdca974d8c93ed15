"""A filter after the schema check: a closed set of frozen nodes, read by `evaluate` and by the SQL compiler.

Names are resolved, operands fit their attribute and have the form in which they are compared. `ne`, `eq null` and
`ne null` are gone: they are negations and presence (rows F-11, F-25).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from scim.protocol.attributes.registry import Target
from scim.protocol.grammar.ast import Operator

Operand: TypeAlias = str | int | float | bool
"""The right side of a test, as `filters.values.search_value` gives it; never null."""


@dataclass(frozen=True, slots=True)
class Test:
    """Some value of `target` stands in the relation `operator`, which is never NE, to `value`.

    Inside an `Entry`, `target.attribute` is the sub-attribute itself, with neither `sub` nor `extension`.
    """

    __test__ = False  # pytest takes the name for one of its own

    target: Target
    operator: Operator
    value: Operand


@dataclass(frozen=True, slots=True)
class Exists:
    """`target` has a value: not null, empty text, an empty list, or an object without assigned parts (row F-15)."""

    target: Target


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every operand holds."""

    operands: tuple[Checked, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Some operand holds; without operands, nothing matches (an attribute that only another type has, row F-36)."""

    operands: tuple[Checked, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """The operand does not hold."""

    operand: Checked


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the complex attribute `target` fulfils the whole condition (row F-34).

    A single complex value counts as one entry (row F-35).
    """

    target: Target
    condition: Checked


Checked: TypeAlias = Test | Exists | AllOf | AnyOf | Negation | Entry


def mentions(checked: Checked, name: str) -> bool:
    """Whether a filter is about the core attribute of a name."""
    match checked:
        case AllOf(operands) | AnyOf(operands):
            return any(mentions(operand, name) for operand in operands)
        case Negation(operand):
            return mentions(operand, name)
        case Test(target=target) | Exists(target=target) | Entry(target=target):
            return target.extension is None and target.attribute.name == name
    assert_never(checked)
