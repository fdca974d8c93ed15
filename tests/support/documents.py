"""Random documents and filters, made from the registry: what the property tests feed to both engines."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from hypothesis import strategies as st

from scim.protocol.attributes.definition import Attribute, AttributeType, Mutability, Returned
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.grammar.ast import (
    And,
    AttributePath,
    Comparison,
    Filter,
    Not,
    Operator,
    Or,
    Present,
    ValuePath,
)

_DERIVED = {"id", "meta", "members", "groups", "schemas", "password"}

TEXTS = st.one_of(
    st.sampled_from(
        [
            "a",
            "A",
            "b",
            "ab",
            "aB",
            "ß",
            "SS",
            "é",
            "e\u0301",
            "İ",
            "\uff21",
            "x²",
            "x2",
            "%",
            "_",
            "a%",
            "\\",
            '"',
            " ",
            "",
            "a b",
        ]
    ),
    st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=4),
)
TIMES = st.sampled_from(
    [
        "2024-01-01T00:00:00Z",
        "2024-01-01T01:00:00+01:00",
        "2024-01-01T00:00:00.5Z",
        "2023-12-31T23:59:59.999-02:00",
        "2024-01-01T00:00:00.000001Z",
    ]
)
INTEGERS = st.one_of(st.integers(-3, 3), st.sampled_from([2**63 - 1, -(2**63), 2**53 + 1]))
DECIMALS = st.one_of(INTEGERS, st.sampled_from([0.5, -0.5, 1.0, 4.0, 1e-3, 1e22, float(2**60), 0.1]))
BINARIES = st.sampled_from(["AAE=", "AAE", "aae=", ""])

VALUES = {
    AttributeType.STRING: TEXTS,
    AttributeType.REFERENCE: TEXTS,
    AttributeType.BOOLEAN: st.booleans(),
    AttributeType.INTEGER: INTEGERS,
    AttributeType.DECIMAL: DECIMALS,
    AttributeType.DATE_TIME: TIMES,
    AttributeType.BINARY: BINARIES,
}
_EQUALITY = [Operator.EQ, Operator.NE]
_ORDER = [*_EQUALITY, Operator.GT, Operator.GE, Operator.LT, Operator.LE]
OPERATORS = {
    AttributeType.STRING: list(Operator),
    AttributeType.REFERENCE: list(Operator),
    AttributeType.BOOLEAN: _EQUALITY,
    AttributeType.BINARY: _EQUALITY,
    AttributeType.INTEGER: _ORDER,
    AttributeType.DECIMAL: _ORDER,
    AttributeType.DATE_TIME: _ORDER,
}


@functools.cache
def writable(kind: ResourceType) -> list[Target]:
    """Attributes that a stored document may hold, and that may be seen."""
    return [
        target
        for target in kind.targets()
        if target.attribute.name not in _DERIVED
        and target.attribute.mutability is not Mutability.READ_ONLY
        and target.attribute.returned is not Returned.NEVER
    ]


@functools.cache
def _one(attribute: Attribute) -> st.SearchStrategy[Any]:
    if not attribute.is_complex:
        return VALUES[attribute.type]
    parts = {
        sub.name: _whole(sub)
        for sub in attribute.sub_attributes
        if sub.mutability is not Mutability.READ_ONLY and sub.name != "$ref"
    }
    return st.fixed_dictionaries({}, optional=parts).filter(bool)


@functools.cache
def _whole(attribute: Attribute) -> st.SearchStrategy[Any]:
    return st.lists(_one(attribute), min_size=1, max_size=3) if attribute.multi_valued else _one(attribute)


@st.composite
def _documents(draw: st.DrawFn, kind: ResourceType) -> dict[str, Any]:
    """A stored document: canonical names, nothing unassigned."""
    document: dict[str, Any] = {"schemas": [kind.schema.id]}
    for target in draw(st.lists(st.sampled_from(writable(kind)), max_size=5)):
        holder = document if target.extension is None else document.setdefault(target.extension, {})
        holder[target.attribute.name] = draw(_whole(target.attribute))
    document["schemas"] += [e.schema.id for e in kind.extensions if e.schema.id in document]
    return document


@functools.cache
def documents(kind: ResourceType) -> st.SearchStrategy[dict[str, Any]]:
    """Stored documents of a type."""
    return _documents(kind)


def _path(target: Target) -> AttributePath:
    return AttributePath(target.attribute.name, target.sub.name if target.sub else None, target.extension)


@functools.cache
def _comparison(path: AttributePath, leaf: Attribute) -> st.SearchStrategy[Filter]:
    return st.one_of(
        st.builds(Comparison, st.just(path), st.sampled_from(OPERATORS[leaf.type]), VALUES[leaf.type]),
        st.just(Present(path)),
        st.builds(Comparison, st.just(path), st.sampled_from(_EQUALITY), st.none()),
    )


def _seen(attribute: Attribute) -> bool:
    return attribute.returned is not Returned.NEVER


@functools.cache
def _leaf(target: Target) -> st.SearchStrategy[Filter]:
    attribute = target.attribute
    if not attribute.is_complex:
        return _comparison(_path(target), attribute)
    subs = [sub for sub in attribute.sub_attributes if _seen(sub)]
    of_parts = [_comparison(_path(dataclasses.replace(target, sub=sub)), sub) for sub in subs]
    inside = st.one_of([_comparison(AttributePath(sub.name), sub) for sub in subs])
    return st.one_of(
        st.one_of(of_parts),
        st.just(Present(_path(target))),
        st.builds(ValuePath, st.just(_path(target)), _joined(inside)),
    )


def _joined(leaves: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    def deeper(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(several.map(And), several.map(Or), inner.map(Not))

    return st.recursive(leaves, deeper, max_leaves=4)


@functools.cache
def filters(kind: ResourceType, *, names: frozenset[str] | None = None) -> st.SearchStrategy[Filter]:
    """A filter that the type can answer; `names` limits it to some attributes."""
    targets = [t for t in kind.targets() if _seen(t.attribute) and (names is None or t.attribute.name in names)]
    return _joined(st.one_of([_leaf(target) for target in targets]))
