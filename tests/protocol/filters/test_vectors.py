"""The shared filter vectors: trees, refusals, and which of six users match."""

from __future__ import annotations

from typing import Any, assert_never

import pytest

from scim.exceptions import InvalidFilter
from scim.protocol.filters.check import check
from scim.protocol.filters.evaluate import evaluate
from scim.protocol.grammar.ast import And, AttributePath, Comparison, Filter, Not, Or, Present, ValuePath
from scim.protocol.grammar.parser import parse_filter
from scim.protocol.grammar.printer import to_text
from tests.vectors import lab_registry, read_vectors

VECTORS = read_vectors("filters")
USER = lab_registry().resource_type("User")

SPACES = "strict ABNF has one space between tokens and none inside brackets (row F-03)"
REFUSED = dict.fromkeys(("v157", "v158", "v159", "v160", "v161", "v162", "v163"), SPACES)
"""Lenient vectors that the strict grammar refuses, each with the reason."""

PARSED = [vector for vector in VECTORS["valid"] if vector["id"] not in REFUSED]
UNKNOWN = {
    "v065": "x-custom_1",
    "v066": "a1",
    "v067": "android",
    "v068": "order",
    "v069": "nothing",
    "v070": "notes",
    "v071": "equation",
    "v072": "trueish",
    "v073": "members.$ref",
    "v082": "urn:example:2.0:hr:age",
    "v152": "favouriteColour",
}
"""Vectors about syntax alone: the attribute that User does not have."""


def tree(node: Filter) -> dict[str, Any]:
    """A syntax tree in the form of the vectors."""
    match node:
        case And(operands):
            return {"op": "and", "args": list(map(tree, operands))}
        case Or(operands):
            return {"op": "or", "args": list(map(tree, operands))}
        case Not(operand):
            return {"op": "not", "arg": tree(operand)}
        case Present(path):
            return {"op": "pr", "attr": name(path)}
        case Comparison(path, operator, value):
            return {"op": operator.value, "attr": name(path), "value": value}
        case ValuePath(path, inner):
            return {"op": "valuePath", "attr": name(path), "filter": tree(inner)}
    assert_never(node)


def name(path: AttributePath) -> dict[str, str]:
    parts = {"uri": path.uri, "name": path.name, "sub": path.sub}
    return {key: part for key, part in parts.items() if part is not None}


def by_id(vector: dict[str, Any]) -> str:
    return f"{vector['id']} {vector['filter'][:40]}"


@pytest.mark.parametrize("vector", PARSED, ids=by_id)
def test_the_tree_is_the_vector_s(vector: dict[str, Any]) -> None:
    parsed = parse_filter(vector["filter"])
    assert tree(parsed) == vector["ast"]
    assert parse_filter(to_text(parsed)) == parsed


@pytest.mark.parametrize("vector", [vector for vector in PARSED if "matches" in vector], ids=by_id)
def test_the_users_that_match_are_the_vector_s(vector: dict[str, Any]) -> None:
    assert USER
    checked = check(parse_filter(vector["filter"]), USER)
    assert [user["id"] for user in VECTORS["resources"] if evaluate(checked, user)] == vector["matches"]


@pytest.mark.parametrize(
    "vector", [vector for vector in PARSED if "matches" not in vector and vector["id"] not in UNKNOWN], ids=by_id
)
def test_vectors_whose_matches_are_open_pass_the_check(vector: dict[str, Any]) -> None:
    assert USER
    assert check(parse_filter(vector["filter"]), USER)


@pytest.mark.parametrize("vector", [vector for vector in PARSED if vector["id"] in UNKNOWN], ids=by_id)
def test_vectors_with_attributes_no_type_has_are_refused_by_the_check(vector: dict[str, Any]) -> None:
    assert USER
    with pytest.raises(InvalidFilter) as refusal:
        check(parse_filter(vector["filter"]), USER)
    assert refusal.value.detail == f"The resource type User has no attribute '{UNKNOWN[vector['id']]}'."


@pytest.mark.parametrize("vector", [vector for vector in VECTORS["valid"] if vector["id"] in REFUSED], ids=by_id)
def test_lenient_vectors_that_the_strict_grammar_refuses(vector: dict[str, Any]) -> None:
    assert vector["lenient"]
    with pytest.raises(InvalidFilter):
        parse_filter(vector["filter"])


@pytest.mark.parametrize("vector", [one for one in VECTORS["invalid"] if one["level"] == "syntax"], ids=by_id)
def test_bad_syntax_is_refused_by_the_parser(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidFilter):
        parse_filter(vector["filter"])


@pytest.mark.parametrize("vector", [one for one in VECTORS["invalid"] if one["level"] == "semantic"], ids=by_id)
def test_what_the_schema_forbids_is_refused_by_the_check(vector: dict[str, Any]) -> None:
    assert USER
    parsed = parse_filter(vector["filter"])
    with pytest.raises(InvalidFilter):
        check(parsed, USER)
