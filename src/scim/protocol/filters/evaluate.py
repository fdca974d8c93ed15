"""A checked filter against a document as it is answered: canonical names, each extension under its URN (row F-09)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, assert_never

from scim.protocol.attributes.definition import Attribute
from scim.protocol.attributes.registry import Target
from scim.protocol.filters.checked import AllOf, AnyOf, Checked, Entry, Exists, Negation, Test
from scim.protocol.filters.values import Comparable, Json, comparable
from scim.protocol.grammar.ast import Operator

_RELATIONS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.CO: operator.contains,
    Operator.SW: str.startswith,
    Operator.EW: str.endswith,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
}


def evaluate(checked: Checked, document: Mapping[str, Any]) -> bool:
    """Whether the document matches; stored values that do not fit their attribute match nothing, and never fail."""
    match checked:
        case Test(target, relation, value):
            return _test(target, relation, value, document)
        case Exists(target):
            return any(map(is_assigned, values_at(target, document)))
        case AllOf(operands):
            return all(evaluate(operand, document) for operand in operands)
        case AnyOf(operands):
            return any(evaluate(operand, document) for operand in operands)
        case Negation(operand):
            return not evaluate(operand, document)
        case Entry(target, condition):
            return any(
                evaluate(condition, entry) for entry in values_at(target, document) if isinstance(entry, Mapping)
            )
    assert_never(checked)


def evaluate_entry(checked: Checked, entry: Json) -> bool:
    """Whether one entry of an attribute matches what `check_entry` made; a simple value is its own `value`."""
    return evaluate(checked, entry if isinstance(entry, Mapping) else {"value": entry})


def is_assigned(value: Json) -> bool:
    """Whether there is a value: `false` and 0 are, empty text is not, nor what holds nothing else (row F-15)."""
    if isinstance(value, Mapping):
        return any(map(is_assigned, value.values()))
    if isinstance(value, list):
        return any(map(is_assigned, value))
    return value is not None and value != ""


def _test(target: Target, relation: Operator, value: Json, document: Mapping[str, Any]) -> bool:
    leaf, holds = target.leaf, _RELATIONS[relation]
    operand = value if isinstance(value, str | bool) else comparable(leaf, value)
    return any(holds(stored, operand) for stored in _comparables(leaf, target, document))


def _comparables(leaf: Attribute, target: Target, document: Mapping[str, Any]) -> Iterator[Comparable]:
    for value in values_at(target, document):
        stored = comparable(leaf, value)
        if stored is not None:
            yield stored


def values_at(target: Target, document: Mapping[str, Any]) -> Iterator[Json]:
    """The single values that the target has in the document."""
    holder = document if target.extension is None else document.get(target.extension)
    for value in _entries(target.attribute, holder):
        if target.sub is None:
            yield value
        else:
            yield from _entries(target.sub, value)


def _entries(attribute: Attribute, holder: Json) -> Iterator[Json]:
    """The values of one attribute: the entries of a list where it is multi-valued, else the value itself."""
    if not isinstance(holder, Mapping):
        return
    value = holder.get(attribute.name)
    if not attribute.multi_valued:
        yield value
    elif isinstance(value, list):
        yield from value
