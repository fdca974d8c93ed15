"""A filter against the schema: does every name exist, does every operator and operand fit (rows F-20 to F-25, F-40)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import assert_never

from scim.exceptions import InvalidFilter
from scim.protocol.attributes.definition import Attribute, AttributeType, Mutability, Returned
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.filters.checked import AllOf, AnyOf, Checked, Entry, Exists, Negation, Test
from scim.protocol.filters.values import comparable, search_value
from scim.protocol.grammar.ast import (
    And,
    AttributePath,
    Comparison,
    Filter,
    Not,
    Operator,
    Or,
    Present,
    Value,
    ValuePath,
)
from scim.protocol.values import shown

_EQUALITY = frozenset({Operator.EQ, Operator.NE})
_ORDER = _EQUALITY | {Operator.GT, Operator.GE, Operator.LT, Operator.LE}
_TEXT = frozenset(Operator)

_OPERATORS: Mapping[AttributeType, frozenset[Operator]] = {
    AttributeType.STRING: _TEXT,
    AttributeType.REFERENCE: _TEXT,
    AttributeType.BOOLEAN: _EQUALITY,
    AttributeType.BINARY: _EQUALITY,
    AttributeType.INTEGER: _ORDER,
    AttributeType.DECIMAL: _ORDER,
    AttributeType.DATE_TIME: _ORDER,
}

_NEVER = AnyOf(())


def check(filter: Filter, resource_type: ResourceType, *, among: Iterable[ResourceType] = ()) -> Checked:  # noqa: A002
    """The filter with its names resolved in `resource_type` and its operands ready to compare.

    An attribute that the type lacks, but a type in `among` has, counts as one without a value: that is for queries over
    several types (row F-36).

    Raises:
        InvalidFilter: an unknown or secret attribute, an operator or operand that does not fit; the detail names it.
    """
    return _Check(_ResourceScope(resource_type, tuple(among))).node(filter)


def check_entry(filter: Filter, attribute: Attribute) -> Checked:  # noqa: A002
    """The filter inside the brackets of a PATCH path, its names being sub-attributes of `attribute`.

    For a list of simple values the one name is `value` (row H-54).

    Raises:
        InvalidFilter: as for `check`.
    """
    return _Check(_EntryScope(attribute)).node(filter)


class _ResourceScope:
    """Names at the top of a filter: the attributes of a resource type."""

    def __init__(self, resource_type: ResourceType, among: tuple[ResourceType, ...]) -> None:
        self._type = resource_type
        self._among = among

    def find(self, path: AttributePath) -> Target | None:
        """What the path names; None for an attribute that only another type of the query has."""
        target = self._type.find(path, bare_extension_names=True)
        if target is None and not any(other.find(path, bare_extension_names=True) for other in self._among):
            raise InvalidFilter(f"The resource type {self._type.name} has no attribute '{path}'.")
        return target

    def fits_elsewhere(self, node: Filter) -> bool:
        """Whether a condition holds together by the definitions of another type of the query."""
        return any(_fits(node, other) for other in self._among if other is not self._type)


class _EntryScope:
    """Names inside brackets: the sub-attributes of one attribute, or `value` for a simple one."""

    def __init__(self, attribute: Attribute) -> None:
        self._attribute = attribute
        self._whole = attribute
        if not attribute.is_complex:
            itself = dataclasses.replace(attribute, name="value", multi_valued=False)
            self._whole = Attribute(name=attribute.name, type=AttributeType.COMPLEX, sub_attributes=(itself,))

    def fits_elsewhere(self, _node: Filter) -> bool:
        """An entry is of one attribute."""
        return False

    @property
    def is_list(self) -> bool:
        """Whether the entry is one of several."""
        return self._attribute.multi_valued

    def find(self, path: AttributePath) -> Target:
        """The sub-attribute, as an attribute of the entry."""
        sub = None if path.uri or path.sub else self._whole.sub(path.name)
        if sub is None:
            raise InvalidFilter(f"'{self._attribute.name}' has no sub-attribute '{path}'.")
        _refuse_secret(self._attribute, path)
        return Target(sub)


def _fits(node: Filter, kind: ResourceType) -> bool:
    try:
        check(node, kind)
    except InvalidFilter:
        return False
    return True


class _Check:
    """Walks a filter with the names of one scope."""

    def __init__(self, scope: _ResourceScope | _EntryScope) -> None:
        self._scope = scope

    def node(self, node: Filter) -> Checked:
        match node:
            case And(operands):
                return AllOf(tuple(map(self.node, operands)))
            case Or(operands):
                return AnyOf(tuple(map(self.node, operands)))
            case Not(operand):
                return Negation(self.node(operand))
            case Present() | ValuePath():
                return self._judged(node)
            case Comparison(operator=Operator.NE):
                return Negation(self._judged(node))
            case Comparison():
                return self._judged(node)
        assert_never(node)

    def _judged(self, node: Present | Comparison | ValuePath) -> Checked:
        """One condition; in a query over several types one that only other types can answer is not met (row F-49)."""
        try:
            return self._condition(node)
        except InvalidFilter:
            if self._scope.fits_elsewhere(node):
                return _NEVER
            raise

    def _condition(self, node: Present | Comparison | ValuePath) -> Checked:
        match node:
            case Present(path):
                target = self._target(path)
                return Exists(target) if target else _NEVER
            case Comparison(path, operator, value):
                return self._comparison(path, operator, value)
            case ValuePath(path, inner):
                return self._value_path(path, inner)
        assert_never(node)

    def _comparison(self, path: AttributePath, operator: Operator, value: Value) -> Checked:
        """The comparison, `ne` read as `eq`: the caller negates it."""
        target = self._target(path)
        if target is None:
            return _NEVER
        target = _simple(target, path)
        leaf = target.leaf
        allowed = _OPERATORS[leaf.type]
        if operator not in allowed:
            takes = ", ".join(one for one in Operator if one in allowed)
            raise InvalidFilter(f"'{path}' is of type {leaf.type}: it takes {takes} and pr, not {operator}.")
        if value is None:
            if operator not in _EQUALITY:
                raise InvalidFilter(f"null goes with eq and ne only, not with {operator} as at '{path}'.")
            return Negation(Exists(target))
        if value is False and _is_primary(target, self._scope):
            return _without_primary(target)
        if comparable(leaf, value) is None:
            raise InvalidFilter(f"'{path}' is of type {leaf.type}: it cannot be compared with {shown(value)}.")
        return Test(target, Operator.EQ if operator is Operator.NE else operator, search_value(leaf, value))

    def _value_path(self, path: AttributePath, inner: Filter) -> Checked:
        target = self._target(path)
        if target is None:
            return _NEVER
        if not target.leaf.is_complex:
            raise InvalidFilter(f"'{path}' has no sub-attributes: no brackets may follow it.")
        return Entry(target, _Check(_EntryScope(target.leaf)).node(inner))

    def _target(self, path: AttributePath) -> Target | None:
        target = self._scope.find(path)
        for attribute in (target.attribute, target.sub) if target else ():
            if attribute is not None:
                _refuse_secret(attribute, path)
        return target


def _is_primary(target: Target, scope: _ResourceScope | _EntryScope) -> bool:
    """Whether it is the flag of one entry of a list."""
    in_list = target.attribute.multi_valued if target.sub else isinstance(scope, _EntryScope) and scope.is_list
    return in_list and target.leaf.name == "primary" and target.leaf.type is AttributeType.BOOLEAN


def _without_primary(target: Target) -> Checked:
    """An entry that is not primary: one whose flag is false, or missing (row B-31)."""
    if target.sub is None:
        return Negation(Test(target, Operator.EQ, value=True))
    return Entry(dataclasses.replace(target, sub=None), Negation(Test(Target(target.sub), Operator.EQ, value=True)))


def _simple(target: Target, path: AttributePath) -> Target:
    """The target of a comparison; a list of complex values, named alone, means their `value` (row F-20)."""
    if not target.leaf.is_complex:
        return target
    value = target.attribute.sub("value") if target.attribute.multi_valued else None
    if value is None:
        raise InvalidFilter(f"'{path}' is complex: name the sub-attribute to compare, such as '{_example(target)}'.")
    _refuse_secret(value, path)
    return dataclasses.replace(target, sub=value)


def _example(target: Target) -> str:
    return str(dataclasses.replace(target, sub=target.attribute.sub_attributes[0]))


def _refuse_secret(attribute: Attribute, path: AttributePath) -> None:
    """Nothing that is never shown can be asked about, whatever is stored (rows F-40, F-42)."""
    if attribute.returned is Returned.NEVER or attribute.mutability is Mutability.WRITE_ONLY:
        raise InvalidFilter(f"'{path}' is never shown, and cannot be filtered by.")
