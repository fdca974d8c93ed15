"""Random JSON, and random PATCH operations made from the registry: some fit a resource type, many do not."""

from __future__ import annotations

import functools
import json
from typing import Any

from hypothesis import strategies as st

from scim.protocol.attributes.definition import Attribute
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.patch.message import PATCH_OP
from tests.support.documents import VALUES

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6),
)


def any_json(names: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Any]:
    """What a JSON parser may give; the names of members are `names` or any text."""
    keys = st.text(max_size=5) if names is None else st.one_of(names, st.text(max_size=3))
    return st.recursive(
        SCALARS,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
        max_leaves=8,
    )


@functools.cache
def names_of(kind: ResourceType) -> st.SearchStrategy[str]:
    """Names that mean something to the type, in more than one letter case."""
    found = {"schemas", "id", "meta", "Operations", "op", "path", "value", kind.schema.id}
    found |= {extension.schema.id for extension in kind.extensions}
    for target in kind.targets():
        found |= {target.attribute.name, *(sub.name for sub in target.attribute.sub_attributes)}
    return st.sampled_from(sorted(found | {name.upper() for name in found}))


@functools.cache
def fitting(attribute: Attribute) -> st.SearchStrategy[Any]:
    """A value of the attribute as PATCH takes it, null and emptiness among them."""
    one: st.SearchStrategy[Any]
    if attribute.is_complex:
        one = st.fixed_dictionaries({}, optional={sub.name: fitting(sub) for sub in attribute.sub_attributes})
    else:
        one = VALUES[attribute.type]
    if attribute.multi_valued:
        one = st.one_of(one, st.lists(one, max_size=3))
    return st.one_of(one, one, one, st.none())


def _paths(target: Target) -> list[tuple[str, Attribute]]:
    attribute, prefix = target.attribute, f"{target.extension}:" if target.extension else ""
    name = f"{prefix}{attribute.name}"
    found = [(name, attribute), *((f"{name}.{sub.name}", sub) for sub in attribute.sub_attributes)]
    if not attribute.multi_valued:
        return found
    for condition in _conditions(attribute):
        found.append((f"{name}[{condition}]", attribute))
        found += [(f"{name}[{condition}].{sub.name}", sub) for sub in attribute.sub_attributes]
    return found


def _conditions(attribute: Attribute) -> list[str]:
    subs = [sub for sub in attribute.sub_attributes if sub.name in {"type", "value", "primary"}]
    texts = [f'{sub.name} {operator} "a"' for sub in subs for operator in ("eq", "co") if sub.type == "string"]
    texts += [f"{sub.name} eq true" for sub in subs if sub.name == "primary"]
    return [*texts, 'value eq "b" or value eq "a"', *(f"not ({sub.name} pr)" for sub in subs)]


@functools.cache
def operations(kind: ResourceType) -> st.SearchStrategy[dict[str, Any]]:
    """One operation with a path of the type, and most often a value that fits."""
    wild = any_json(names_of(kind))

    def at(path: str, attribute: Attribute) -> st.SearchStrategy[dict[str, Any]]:
        value = st.one_of(fitting(attribute), fitting(attribute), fitting(attribute), wild)
        write = {"op": st.sampled_from(["add", "replace"]), "path": st.just(path), "value": value}
        whole = {"op": st.sampled_from(["add", "replace"]), "value": st.fixed_dictionaries({path: value})}
        return st.one_of(
            st.fixed_dictionaries(write),
            st.fixed_dictionaries(whole),
            st.just({"op": "remove", "path": path}),
        )

    written = [at(path, attribute) for target in kind.targets() for path, attribute in _paths(target)]
    urns = st.sampled_from([extension.schema.id for extension in kind.extensions] or ["urn:none"])
    whole = st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "replace", "remove"]), "path": urns}, optional={"value": wild}
    )
    return st.one_of(st.sampled_from(written).flatmap(lambda found: found), whole)


def message(*operations: dict[str, Any]) -> dict[str, Any]:
    """A PatchOp body."""
    return {"schemas": [PATCH_OP], "Operations": json.loads(json.dumps(operations))}
