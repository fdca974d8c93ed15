"""The operations of a PATCH: names, keys that are paths, then what each operation does, then its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scim.protocol.compat.keys import member, op_of
from scim.protocol.compat.plan import AttributePlan, ObjectPlan
from scim.protocol.compat.resource import Resources
from scim.protocol.compat.rule import FixesOperation, Found, Members, Scene, SplitsOperation
from scim.protocol.compat.values import LIST_OF_ONE
from scim.protocol.compat.walk import Walk
from scim.protocol.values import Json


@dataclass(frozen=True, slots=True)
class Operations:
    """Rewrites operations on one resource."""

    resources: Resources
    resource_id: str | None

    def all(self, body: Members) -> Members:
        """The message with its operations in RFC form."""
        key, operations = member(body, "operations")
        if not isinstance(operations, list):
            return body
        scene = Scene(kind=self.resources.kind, resource_id=self.resource_id, find=self._find)
        fixed = [part for operation in operations for part in self._parts(operation, scene)]
        same = len(fixed) == len(operations) and all(map(_is_same, fixed, operations))
        return body if same else {**body, key: fixed}

    def _find(self, path: str) -> Found | None:
        return self.resources.profile.naming.find(path, self.resources.kind)

    def _parts(self, operation: Json, scene: Scene) -> list[Json]:
        if not isinstance(operation, Mapping):
            return [operation]
        parts: list[Members] = [self._named(operation)]
        for rule, work in self.resources.profile.works(SplitsOperation):
            split = [part for one in parts for part in work.split(one, scene)]
            if not all(map(_is_same, split, parts)):
                self.resources.applied.add(rule)
            parts = split
        return [self._valued(self._fixed(part, scene)) for part in parts]

    def _named(self, operation: Members) -> Members:
        key, value = member(operation, "value")
        path_key, path = member(operation, "path")
        if isinstance(path, str):
            right, fixed = self.resources.under_right_urn(path, value)
            return (
                operation
                if right is None
                else {**operation, path_key: right} | ({key: fixed} if key in operation else {})
            )
        if path is not None or not isinstance(value, Mapping):
            return operation
        named = self.resources.named(value)
        return operation if named is value else {**operation, key: named}

    def _fixed(self, operation: Members, scene: Scene) -> Members:
        for rule, work in self.resources.profile.works(FixesOperation):
            fixed = work.fix(operation, scene)
            if fixed is not operation:
                self.resources.applied.add(*self._rules_of_path(operation, fixed), rule)
                operation = fixed
        return operation

    def _rules_of_path(self, before: Members, after: Members) -> tuple[str, ...]:
        """A path that was written anew is in RFC form: nobody will see again how it was spelled."""
        path = member(before, "path")[1]
        found = self._find(path) if isinstance(path, str) and member(after, "path")[1] is not path else None
        return found.rules if found else ()

    def _valued(self, operation: Members) -> Members:
        key, value = member(operation, "value")
        if value is None or op_of(operation) == "remove":
            return operation
        path = member(operation, "path")[1]
        fixed = self._value_at(path, value)
        return operation if fixed is value else {**operation, key: fixed}

    def _value_at(self, path: Json, value: Json) -> Json:
        walk = Walk(self.resources.applied, patch=True)
        plan = self.resources.profile.plan(self.resources.kind, patch=True)
        whole = plan if path is None else plan.member(path) if isinstance(path, str) else None
        if isinstance(whole, ObjectPlan):
            return walk.members(whole, value) if isinstance(value, Mapping) else value
        found = self._find(path) if isinstance(path, str) else None
        part = _plan_of(plan, found) if found else None
        if found is None or part is None:
            return value
        if found.selects and found.sub is None:
            return walk.entry(part, self._one(value))
        return walk.value(part, value, top=True)

    def _one(self, value: Json) -> Json:
        """A filter selects entries, so what is written is one (quirk COMMON-17)."""
        rule = self.resources.profile.called(LIST_OF_ONE)
        if rule is None or not (isinstance(value, list) and len(value) == 1):
            return value
        self.resources.applied.add(rule)
        return value[0]


def _plan_of(plan: ObjectPlan, found: Found) -> AttributePlan | None:
    holder = plan if found.target.extension is None else plan.member(found.target.extension)
    part = holder.member(found.target.attribute.name) if isinstance(holder, ObjectPlan) else None
    if found.sub is not None and isinstance(part, AttributePlan):
        part = part.parts.member(found.sub.name) if part.parts else None
    return part if isinstance(part, AttributePlan) else None


def _is_same(one: Json, other: Json) -> bool:
    return one is other
