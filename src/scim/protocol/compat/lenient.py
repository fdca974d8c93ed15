"""Filters and PATCH paths as a profile reads them: by the strict grammar, and where it refuses, by what the rules allow.

The strict grammar is tried first, and its error is the one that is told: it says best what a filter should look like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, assert_never

from scim.exceptions import InvalidFilter, InvalidPath, ScimError
from scim.protocol.attributes.definition import Attribute, AttributeType
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.compat.entra import SIMPLE_REFERENCE
from scim.protocol.compat.lenient_grammar import read_leniently
from scim.protocol.compat.names import TEXT_AS_BOOLEAN
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.rule import ReadsName
from scim.protocol.compat.values import as_boolean
from scim.protocol.compat.walk import Applied
from scim.protocol.grammar.ast import (
    And,
    AttributePath,
    Comparison,
    Filter,
    Not,
    Operator,
    Or,
    PatchPath,
    Present,
    Value,
    ValuePath,
)
from scim.protocol.grammar.faults import bracket_depth
from scim.protocol.grammar.parser import MAX_DEPTH, MAX_LENGTH, parse_filter, parse_path
from scim.protocol.values import is_reference

_NO_RULE = ""


def read_filter(
    profile: Profile,
    text: str,
    kind: ResourceType | None,
    *,
    max_length: int = MAX_LENGTH,
    max_depth: int = MAX_DEPTH,
) -> tuple[Filter, tuple[str, ...]]:
    """The tree of a filter on resources of a type, and the rules that it took to read it.

    `kind` is None for a search over all types: then only the rules of the grammar apply.

    Raises:
        InvalidFilter: not a filter, too long, or nested too deeply.
    """
    strict = partial(parse_filter, max_length=max_length, max_depth=max_depth)
    within = len(text) <= max_length and bracket_depth(text) <= max_depth
    tree, refusal, applied = _parsed(profile, text, strict, "filter", within=within)
    if refusal is not None or (kind is not None and profile.rules):
        tree = _Reader(profile, kind, refusal, applied).filter(tree)
    return tree, tuple(applied.rules)


def read_path(profile: Profile, text: str, kind: ResourceType) -> tuple[PatchPath, tuple[str, ...]]:
    """The tree of a PATCH path on a resource of a type, and the rules that it took to read it.

    Raises:
        InvalidPath: not a path, or too long.
        InvalidFilter: the fault lies inside the brackets, or they are nested too deeply.
    """
    within = len(text) <= MAX_LENGTH and bracket_depth(text) <= MAX_DEPTH
    tree, refusal, applied = _parsed(profile, text, parse_path, "patch_path", within=within)
    if profile.rules:
        tree = _Reader(profile, kind, refusal, applied).path(tree)
    return tree, tuple(applied.rules)


def _parsed(
    profile: Profile, text: str, strict: Callable[[str], Any], start: str, *, within: bool
) -> tuple[Any, ScimError | None, Applied]:
    """A tree; the error of the strict grammar, if it was read by the other one; the rules used.

    What is not `within` the limits is not tried again.
    """
    try:
        return strict(text), None, Applied()
    except (InvalidFilter, InvalidPath) as error:
        read = _leniently(profile, text, start) if within else None
        if read is None:
            raise
        return read[0], error, read[1]


def _leniently(profile: Profile, text: str, start: str) -> tuple[Any, Applied] | None:
    """The tree by the lenient grammar, if all that the text makes use of is allowed."""
    if not profile.rules:
        return None
    read = read_leniently(text, start=start)
    if read is None:
        return None
    tree, used = read
    applied = Applied()
    applied.add(*sorted(profile.called(mark) or _NO_RULE for mark in used))
    return None if _NO_RULE in applied.rules else (tree, applied)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Puts right in a tree what only the schemas can tell; `refusal` is the strict grammar's error, if it had one."""

    profile: Profile
    kind: ResourceType | None
    refusal: ScimError | None
    applied: Applied

    def filter(self, node: Filter) -> Filter:
        """A filter on the resource."""
        match node:
            case And(operands):
                return And(tuple(map(self.filter, operands)))
            case Or(operands):
                return Or(tuple(map(self.filter, operands)))
            case Not(operand):
                return Not(self.filter(operand))
            case Present(path):
                return Present(self._meant(self._named(path)))
            case Comparison(path, operator, value):
                return self._comparison(self._meant(self._named(path)), operator, value)
            case ValuePath(path, condition):
                path = self._named(path)
                target = self._target(path)
                return ValuePath(path, self._condition(condition, target.attribute if target else None))
        assert_never(node)

    def path(self, path: PatchPath) -> PatchPath:
        """The path of a PATCH operation, and the filter in it."""
        named = self._named(path.path, bare=True)
        if path.filter is None:
            return PatchPath(named)
        target = self._target(named)
        return PatchPath(named, self._condition(path.filter, target.attribute if target else None), path.sub)

    def _condition(self, node: Filter, attribute: Attribute | None) -> Filter:
        """A filter inside brackets: names are sub-attributes, or `value` for a simple list."""
        match node:
            case And(operands):
                return And(tuple(self._condition(operand, attribute) for operand in operands))
            case Or(operands):
                return Or(tuple(self._condition(operand, attribute) for operand in operands))
            case Not(operand):
                return Not(self._condition(operand, attribute))
            case Present(path) | ValuePath(path):  # the latter no grammar has here
                self._refuse_unexplained(path)
                return node
            case Comparison(path, operator, value):
                self._refuse_unexplained(path)
                return Comparison(path, operator, self._value(_part(attribute, path), value))
        assert_never(node)

    def _named(self, path: AttributePath, *, bare: bool = False) -> AttributePath:
        if self.kind is not None:
            path, rules = self.profile.naming.resolve(path, self.kind, bare=bare)
            self.applied.add(*rules)
        self._refuse_unexplained(path)
        return path

    def _meant(self, path: AttributePath) -> AttributePath:
        """A name that no schema of the type has may yet be one that a rule knows."""
        if self.kind is None or self._target(path) is not None:
            return path
        for rule, work in self.profile.works(ReadsName):
            meant = work.read(path, self.kind)
            if meant is not None:
                self.applied.add(rule)
                return meant
        return path

    def _refuse_unexplained(self, path: AttributePath) -> None:
        """The lenient grammar takes any text with a colon for a name; no rule has found a URN in this one."""
        if ":" in path.name and self.refusal is not None:
            raise self.refusal

    def _target(self, path: AttributePath) -> Target | None:
        return self.kind.find(path, bare_extension_names=True) if self.kind is not None else None

    def _comparison(self, path: AttributePath, operator: Operator, value: Value) -> Comparison:
        target = self._target(path)
        rule = self.profile.called(SIMPLE_REFERENCE)
        if rule and target and not target.leaf.multi_valued and is_reference(target.leaf):
            self.applied.add(rule)
            return Comparison(replace(path, sub="value"), operator, value)
        return Comparison(path, operator, self._value(target.leaf if target else None, value))

    def _value(self, attribute: Attribute | None, value: Value) -> Value:
        """Text that is compared with a boolean (quirk COMMON-20)."""
        rule = self.profile.called(TEXT_AS_BOOLEAN)
        if rule is None or attribute is None or attribute.type is not AttributeType.BOOLEAN:
            return value
        read: Value = as_boolean(value)
        if read is not value:
            self.applied.add(rule)
        return read


def _part(attribute: Attribute | None, path: AttributePath) -> Attribute | None:
    if attribute is None or attribute.is_complex:
        return attribute.sub(path.name) if attribute else None
    return attribute
