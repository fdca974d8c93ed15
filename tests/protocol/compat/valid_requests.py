"""Random requests that are valid by the RFC, made from the schemas (hypothesis strategies)."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from scim.protocol.attributes.definition import Attribute, AttributeType, Mutability, Returned
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.filters.values import search_value
from scim.protocol.grammar.ast import And, AttributePath, Comparison, Filter, Not, Operator, Or, Present, ValuePath
from scim.protocol.grammar.printer import to_text
from scim.protocol.values import is_reference

Json = Any
TRICKY = st.sampled_from(["true", "False", "7", "4.5", '{"value":"x"}', " ", "urn:scim:schemas:core:1.0", "a.b", "[]"])
TEXTS = TRICKY | st.text(min_size=1, max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
DATE_TIMES = st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z")
SIMPLE: dict[AttributeType, st.SearchStrategy[Json]] = {
    AttributeType.STRING: TEXTS,
    AttributeType.REFERENCE: TEXTS,
    AttributeType.BOOLEAN: st.booleans(),
    AttributeType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    AttributeType.DECIMAL: NUMBERS | st.integers(-1000, 1000),
    AttributeType.DATE_TIME: DATE_TIMES,
    AttributeType.BINARY: st.binary(max_size=4).map(lambda raw: base64.b64encode(raw).decode()),
}
NO_VALUE: st.SearchStrategy[Json] = st.sampled_from([None, []])


def spelled(name: str) -> st.SearchStrategy[str]:
    """A name in any letter case."""
    return st.sampled_from([name, name, name.lower(), name.upper()])


def writable(attributes: Iterable[Attribute]) -> list[Attribute]:
    """What a client may set, but `schemas`."""
    return [one for one in attributes if one.mutability is not Mutability.READ_ONLY and one.name != "schemas"]


def one(attribute: Attribute) -> st.SearchStrategy[Json]:
    """One value of an attribute."""
    if not attribute.is_complex:
        return SIMPLE[attribute.type]
    parts = writable(attribute.sub_attributes)
    required = [part for part in parts if part.required or (part.name == "value" and is_reference(attribute))]
    return members(parts, required=required)


def value(attribute: Attribute) -> st.SearchStrategy[Json]:
    """A value of a whole attribute: a list without doubles and with one primary, or one value."""
    if not attribute.multi_valued:
        return one(attribute)
    unique = attribute.is_complex and attribute.sub("value") and attribute.sub("type")
    entries = st.lists(
        one(attribute), max_size=3, unique_by=(lambda entry: _pair(attribute, entry)) if unique else None
    )
    return entries.map(_with_one_primary) if attribute.is_complex else entries


def members(
    attributes: Iterable[Attribute], *, required: Iterable[Attribute] = (), nulls: bool = True
) -> st.SearchStrategy[dict[str, Json]]:
    """An object with some of the attributes, in any spelling."""
    needed = list(required)
    optional = [attribute for attribute in attributes if attribute not in needed]

    @st.composite
    def build(draw: st.DrawFn) -> dict[str, Json]:
        chosen = draw(st.lists(st.sampled_from(optional), max_size=4, unique=True)) if optional else []
        made = {draw(spelled(attribute.name)): draw(value(attribute)) for attribute in needed}
        for attribute in chosen:
            key, empty = draw(spelled(attribute.name)), NO_VALUE if nulls else st.nothing()
            made[key] = draw(value(attribute) | empty)
        return made

    return build()


@st.composite
def resources(draw: st.DrawFn, kind: ResourceType) -> dict[str, Json]:
    """The body of a POST."""
    attributes = writable(kind.attributes)
    body = draw(members(attributes, required=[one for one in attributes if one.required]))
    named = [kind.schema.id]
    for extension in draw(st.lists(st.sampled_from(kind.extensions), unique_by=id)) if kind.extensions else []:
        attributes = writable(extension.schema.attributes)
        needed = [one for one in attributes if one.required]
        body[draw(spelled(extension.schema.id))] = draw(members(attributes, required=needed, nulls=False))
        named += [extension.schema.id] if draw(st.booleans()) else []
    body["schemas"] = [draw(spelled(urn)) for urn in draw(st.permutations(named))]
    return body


def targets(kind: ResourceType) -> list[Target]:
    """Every attribute that a client may write."""
    return [target for target in kind.targets() if target.attribute in writable([target.attribute])]


def path_of(target: Target, *, sub: str | None = None) -> AttributePath:
    """The path to an attribute, or to a part of it."""
    return AttributePath(target.attribute.name, sub, target.extension)


@st.composite
def operations(draw: st.DrawFn, kind: ResourceType) -> dict[str, Json]:
    """One operation of a PATCH."""
    if draw(st.integers(0, 3)) == 0:
        op, attributes = draw(st.sampled_from(["add", "replace"])), writable(kind.attributes)
        return {"op": op, "value": draw(members(attributes, nulls=False))}
    op = draw(st.sampled_from(["add", "replace", "remove"]))
    target = draw(st.sampled_from(targets(kind)))
    part, path = target.attribute, str(path_of(target))
    whole = True
    if target.attribute.is_complex and target.attribute.multi_valued and draw(st.booleans()):
        condition = draw(conditions(target.attribute))
        path, whole = f"{path}[{to_text(condition)}]", False
    if target.attribute.is_complex and draw(st.booleans()):
        part = draw(st.sampled_from(writable(target.attribute.sub_attributes)))
        path, whole = f"{path}.{part.name}", True
    if op == "remove":
        return {"op": op, "path": path}
    sent = draw((value(part) | one(part)) if whole else one(part))
    return {"op": op, "path": path, "value": sent}


def conditions(attribute: Attribute) -> st.SearchStrategy[Filter]:
    """A filter inside brackets."""
    subs = [sub for sub in attribute.sub_attributes if not sub.is_complex and not _is_secret(sub)]
    return _filters(st.sampled_from(subs).flatmap(lambda sub: _tests(AttributePath(sub.name), sub)))


def filters(kind: ResourceType) -> st.SearchStrategy[Filter]:
    """A filter on resources of a type."""
    asked = [target for target in kind.targets() if not _is_secret(target.attribute)]
    return _filters(st.sampled_from(asked).flatmap(_tests_on))


def _is_secret(attribute: Attribute) -> bool:
    return attribute.returned is Returned.NEVER or attribute.mutability is Mutability.WRITE_ONLY


def _tests_on(target: Target) -> st.SearchStrategy[Filter]:
    attribute = target.attribute
    if not attribute.is_complex:
        return _tests(path_of(target), attribute)
    subs = [sub for sub in attribute.sub_attributes if not sub.is_complex and not _is_secret(sub)]
    tests = st.sampled_from(subs).flatmap(lambda sub: _tests(path_of(target, sub=sub.name), sub))
    entries = conditions(attribute).map(lambda condition: ValuePath(path_of(target), condition))
    return tests | entries if attribute.multi_valued else tests


def _tests(path: AttributePath, attribute: Attribute) -> st.SearchStrategy[Filter]:
    equal = st.sampled_from([Operator.EQ, Operator.NE])
    compared = st.builds(Comparison, st.just(path), equal, SIMPLE[attribute.type] | st.none())
    return st.just(Present(path)) | compared


def _filters(leaves: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    def joined(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return inner.map(Not) | several.map(And) | several.map(Or)

    return st.recursive(leaves, joined, max_leaves=4)


def _pair(attribute: Attribute, entry: dict[str, Json]) -> tuple[Json, ...]:
    found = {name.lower(): part for name, part in entry.items()}
    kind, compared = attribute.sub("type"), attribute.sub("value")
    assert kind is not None
    assert compared is not None
    if found.get("value") in (None, []):
        return (id(entry),)
    return search_value(kind, found.get("type") or ""), search_value(compared, found["value"])


def _with_one_primary(entries: list[Json]) -> list[Json]:
    primaries = [(entry, key) for entry in entries for key in entry if key.lower() == "primary" and entry[key] is True]
    for entry, key in primaries[1:]:
        entry[key] = False
    return entries
