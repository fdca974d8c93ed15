"""The shared vectors mean the same in `auto` as without it, but for what a quirk is there to accept."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import InvalidFilter, ScimError
from scim.protocol.compat.lenient import read_filter
from scim.protocol.filters.check import check
from scim.protocol.grammar.parser import parse_filter
from tests.protocol.compat.tools import AUTO, operations_of, patch, resource_type
from tests.vectors import read_vectors

PATCHES = [vector for vector in read_vectors("patch")["vectors"] if not vector.get("lenient")]
FILTERS = read_vectors("filters")
VALID = [vector for vector in FILTERS["valid"] if not vector.get("lenient")]
INVALID = [vector for vector in FILTERS["invalid"] if not vector.get("lenient")]

ACCEPTED = {
    "x042": "COMMON-19: a bare word is text",
    "x085": "COMMON-22: a comparison after the bracket is meant inside it",
}
"""Invalid filters that a rule is there to accept."""

REWRITTEN: dict[str, tuple[str, ...]] = {}
"""Valid patches that a rule spells in another way."""

USER = resource_type("User")


class TestPatches:
    @pytest.mark.parametrize("vector", [v for v in PATCHES if "expected" in v], ids=lambda vector: vector["id"])
    def test_that_are_valid_are_the_same_operations(self, vector: dict[str, Any]) -> None:
        result = patch(AUTO, vector["operations"], resource_type(vector["resourceType"]))
        assert result.rules == REWRITTEN.get(vector["id"], ())
        assert result.rules or operations_of(result) == vector["operations"]


class TestFilters:
    @pytest.mark.parametrize("vector", VALID, ids=lambda vector: vector["id"])
    def test_that_are_valid_have_the_same_tree(self, vector: dict[str, Any]) -> None:
        assert read_filter(AUTO, vector["filter"], USER) == (parse_filter(vector["filter"]), ())

    @pytest.mark.parametrize("vector", INVALID, ids=lambda vector: vector["id"])
    def test_that_are_invalid_are_refused_but_for_what_a_rule_takes(self, vector: dict[str, Any]) -> None:
        if vector["id"] in ACCEPTED:
            assert read_filter(AUTO, vector["filter"], USER)[1] == (ACCEPTED[vector["id"]].partition(":")[0],)
            return
        with pytest.raises(ScimError) as refused:
            check(read_filter(AUTO, vector["filter"], USER)[0], USER)
        assert isinstance(refused.value, InvalidFilter)
