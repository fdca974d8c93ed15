"""Random syntax trees for property tests; chains are flat and names are legal, as the parser makes them."""

from __future__ import annotations

from hypothesis import strategies as st

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
    ValuePath,
)

names = st.from_regex(r"\A\$?[A-Za-z][-_A-Za-z0-9]{0,8}\Z").filter(lambda name: name.lower() != "not")
uris = st.from_regex(r"\Aurn:[a-z0-9.:-]{1,20}\Z")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.one_of(
    texts,
    st.booleans(),
    st.none(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
)
paths = st.builds(AttributePath, names, st.none() | names, st.none() | uris)
expressions: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Present, paths), st.builds(Comparison, paths, st.sampled_from(Operator), values)
)


def _longer(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    def chain(kind: type[And | Or]) -> st.SearchStrategy[Filter]:
        operands = st.lists(inner.filter(lambda one: not isinstance(one, kind)), min_size=2, max_size=4)
        return operands.map(lambda several: kind(tuple(several)))

    return chain(And) | chain(Or) | inner.map(Not)


conditions = st.recursive(expressions, _longer, max_leaves=8)
filters = st.recursive(expressions | st.builds(ValuePath, paths, conditions), _longer, max_leaves=8)
patch_paths = st.builds(PatchPath, paths) | st.builds(PatchPath, paths, conditions, st.none() | names)
