"""One walk over the values of a body, led by the schema; what no rule changes stays the same object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scim.protocol.attributes.definition import Attribute
from scim.protocol.compat.plan import AttributePlan, ObjectPlan, Step
from scim.protocol.compat.rule import Members
from scim.protocol.values import Json


@dataclass(slots=True)
class Applied:
    """The rules of one request that changed something, each once, in the order in which they first did."""

    rules: dict[str, None] = field(default_factory=dict)

    def add(self, *rules: str) -> None:
        """Count rules."""
        self.rules.update(dict.fromkeys(rules))

    def run(self, steps: Iterable[Step], attribute: Attribute, value: Json) -> Json:
        """The value after all steps; those that gave back another object are counted."""
        for rule, fix in steps:
            fixed = fix(attribute, value)
            if fixed is not value:
                self.rules[rule] = None
                value = fixed
        return value


@dataclass(frozen=True, slots=True)
class Walk:
    """Applies value rules to bodies, and to the values of operations."""

    applied: Applied
    patch: bool = False

    def members(self, plan: ObjectPlan, members: Members) -> Members:
        """A resource, or the value of an operation without path."""
        return self._members(plan, members, top=True)

    def value(self, plan: AttributePlan, value: Json, *, top: bool) -> Json:
        """The value of a whole attribute. At the `top` of a PATCH one entry may stand for a list (rows H-24, H-43)."""
        if isinstance(value, list) is not plan.multi_valued and not (top and self.patch and plan.multi_valued):
            value = self.applied.run(plan.shape, plan.attribute, value)
        if not plan.multi_valued or not isinstance(value, list):
            return self.entry(plan, value)
        value = self.applied.run(plan.entries, plan.attribute, value)
        value = self._entries(plan, value)
        return self.applied.run(plan.list, plan.attribute, value)

    def entry(self, plan: AttributePlan, value: Json) -> Json:
        """One value of an attribute, with its parts."""
        if value is None:
            return None
        if type(value) not in plan.types:
            value = self.applied.run(plan.misfit, plan.attribute, value)
        value = self.applied.run(plan.value, plan.attribute, value)
        if plan.parts is not None and isinstance(value, dict):
            return self._members(plan.parts, value, top=False)
        return value

    def _entries(self, plan: AttributePlan, entries: list[Json]) -> list[Json]:
        fixed = [self.entry(plan, entry) for entry in entries]
        return fixed if any(map(_differ, fixed, entries)) else entries

    def _members(self, plan: ObjectPlan, members: Members, *, top: bool) -> Members:
        changed: dict[str, Any] = {}
        for name, value in members.items():
            part = plan.member(name)
            if part is None or value is None or type(value) is part.plain:
                continue
            fixed = self._member(part, value, top=top)
            if fixed is not value:
                changed[name] = fixed
        return {**members, **changed} if changed else members

    def _member(self, plan: AttributePlan | ObjectPlan, value: Json, *, top: bool) -> Json:
        if isinstance(plan, AttributePlan):
            return self.value(plan, value, top=top)
        return self._members(plan, value, top=top) if isinstance(value, dict) else value


def _differ(one: Json, other: Json) -> bool:
    return one is not other
