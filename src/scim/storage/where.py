"""Checked filters as SQL: the only maker of WHERE conditions. It narrows or fails, and never widens (DESIGN §1.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, assert_never

from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.filters.checked import AllOf, AnyOf, Checked, Entry, Exists, Negation, Test
from scim.protocol.grammar.ast import Operator
from scim.storage.fields import Binder
from scim.storage.json_fields import JsonField, as_json
from scim.storage.scopes import (
    EntryScope,
    Relation,
    ResourceScope,
    RowScope,
    Scope,
    Surroundings,
    member_fields,
    part_of,
)


def compile_filter(checked: Checked, kind: ResourceType, bind: Binder, surroundings: Surroundings) -> str:
    """The condition on the row `r` of a resource type; its values go to `bind`."""
    return _Compiler(ResourceScope(kind, surroundings), bind).node(checked)


def compile_member_filter(checked: Checked, bind: Binder, *, base_url: str) -> str:
    """The condition on one member: `gm` in the membership table, `m` among the resources; its values go to `bind`."""
    return _Compiler(RowScope(member_fields(base_url)), bind).node(checked)


@dataclass(frozen=True, slots=True)
class _Compiler:
    scope: Scope
    bind: Binder

    def node(self, node: Checked) -> str:
        """One node; unknown counts as false where it is negated, as it does for the in-memory evaluator."""
        match node:
            case AllOf(operands):
                return self._joined(" AND ", operands, "TRUE")
            case AnyOf(operands):
                return self._joined(" OR ", operands, "FALSE")
            case Negation(operand):
                return f"(({self.node(operand)}) IS NOT TRUE)"
            case Test():
                return self._test(node)
            case Exists(target):
                return self._exists(target)
            case Entry(target, condition):
                return self._entry(target, condition)
        assert_never(node)

    def _test(self, test: Test) -> str:
        relation = self.scope.relation(test.target) if test.target.sub is not None else None
        if relation is None:
            return self.scope.field(test.target).test(test.operator, test.value, self.bind)
        whole = relation.having(lambda fields: part_of(fields, test.target).test(test.operator, test.value, self.bind))
        return self._nearby(relation, (test,), whole)

    def _joined(self, word: str, operands: tuple[Checked, ...], empty: str) -> str:
        return "(" + word.join(map(self.node, operands)) + ")" if operands else empty

    def _exists(self, target: Target) -> str:
        relation = self.scope.relation(target)
        if relation is None:
            return self.scope.field(target).exists()
        return relation.having(lambda fields: "TRUE" if target.sub is None else part_of(fields, target).exists())

    def _entry(self, target: Target, condition: Checked) -> str:
        relation = self.scope.relation(target)
        if relation is not None:
            whole = relation.having(lambda fields: _Compiler(RowScope(fields), self.bind).node(condition))
            return self._nearby(relation, condition.operands if isinstance(condition, AllOf) else (condition,), whole)
        entries = JsonField("r.search", target)
        inside = _Compiler(EntryScope("e.x"), self.bind)
        whole = f"EXISTS (SELECT 1 FROM jsonb_path_query(r.search, '{entries.entries()}') AS e (x) WHERE {inside.node(condition)})"
        equal = _equal_parts(condition)
        if not equal:
            return whole
        contained = f"r.search @> {self.bind(as_json(entries.containing(equal)))}::text::jsonb"
        return f"({contained} AND {whole})"

    def _nearby(self, relation: Relation, operands: Iterable[Checked], whole: str) -> str:
        """The condition, and what follows from its equalities for the row `r`, so that an index finds the resources."""
        follows = [
            field.test(operand.operator, operand.value, self.bind)
            for operand in operands
            if isinstance(operand, Test) and operand.operator is Operator.EQ and _is_indexed(operand)
            for field in [relation.nearby.get((operand.target.sub or operand.target.attribute).name)]
            if field is not None
        ]
        return f"({' AND '.join([*follows, whole])})" if follows else whole


def _equal_parts(condition: Checked) -> dict[str, Any]:
    """The parts that an entry must have by equality, which the index can find; the rest is checked row by row."""
    operands = condition.operands if isinstance(condition, AllOf) else (condition,)
    parts: dict[str, Any] = {}
    for operand in operands:
        if isinstance(operand, Test) and operand.operator is Operator.EQ and _is_indexed(operand):
            parts.setdefault(operand.target.attribute.name, operand.value)
    return parts


def _is_indexed(test: Test) -> bool:
    """Whether the index can find the value: a single one, and no text that Postgres cannot hold."""
    return not test.target.attribute.multi_valued and not (isinstance(test.value, str) and "\x00" in test.value)
