"""Which value rules look at which attribute: worked out once per resource type, so that a body is walked once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from scim.protocol.attributes.definition import Attribute, AttributeType, Mutability
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.rule import FixesValue, Moment
from scim.protocol.values import Json

Step: TypeAlias = tuple[str, Callable[[Attribute, Json], Json]]
"""(rule id, function) of a rule."""

MAX_TYPES = 64
"""Resource types whose plans are kept; when custom schemas change, new types take the place of old ones."""

_JSON_TYPES: Mapping[AttributeType, tuple[type, ...]] = {
    AttributeType.BOOLEAN: (bool,),
    AttributeType.INTEGER: (int,),
    AttributeType.DECIMAL: (int, float),
    AttributeType.COMPLEX: (dict,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributePlan:
    """The rules for one attribute, by the moment at which they look, and the plans of its parts.

    A value of the type `plain` is what it should be, and no rule looks at it.
    """

    attribute: Attribute
    multi_valued: bool
    types: tuple[type, ...]
    plain: type | None
    shape: tuple[Step, ...]
    entries: tuple[Step, ...]
    misfit: tuple[Step, ...]
    value: tuple[Step, ...]
    list: tuple[Step, ...]
    parts: ObjectPlan | None


@dataclass(frozen=True, slots=True)
class ObjectPlan:
    """Plans by the name of the member: as published, and in lower case."""

    members: Mapping[str, AttributePlan | ObjectPlan]
    plain: None = None

    def member(self, name: str) -> AttributePlan | ObjectPlan | None:
        """The plan for the member of a name, letter case ignored."""
        return self.members.get(name) or self.members.get(name.lower())


@dataclass(slots=True)
class Plans:
    """The plans of one profile, made when they are first needed; resource types are told apart by identity."""

    works: tuple[tuple[str, FixesValue], ...]
    _made: dict[tuple[int, bool], tuple[ResourceType, ObjectPlan]] = field(default_factory=dict)

    def of(self, kind: ResourceType, *, patch: bool) -> ObjectPlan:
        """The plan for a resource of a type; for the values of a PATCH, without the rules that leave these alone."""
        made = self._made.get((id(kind), patch))
        if made is None or made[0] is not kind:
            if len(self._made) >= 2 * MAX_TYPES:
                self._made.clear()
            made = self._made[id(kind), patch] = (kind, _type_plan(kind, self._works(patch=patch)))
        return made[1]

    def _works(self, *, patch: bool) -> tuple[tuple[str, FixesValue], ...]:
        return tuple((rule, work) for rule, work in self.works if work.in_patch or not patch)


def _type_plan(kind: ResourceType, works: Iterable[tuple[str, FixesValue]]) -> ObjectPlan:
    members: dict[str, AttributePlan | ObjectPlan] = dict(_members(kind.attributes, works))
    for extension in kind.extensions:
        members[extension.schema.id.lower()] = ObjectPlan(dict(_members(extension.schema.attributes, works)))
        members[extension.schema.id] = members[extension.schema.id.lower()]
    del members["schemas"]
    return ObjectPlan(members)


def _members(
    attributes: Iterable[Attribute], works: Iterable[tuple[str, FixesValue]], *, whole: Attribute | None = None
) -> Iterable[tuple[str, AttributePlan]]:
    """Plans by name, in lower case and as published; what a client may not set is not looked at.

    The attributes are those of a schema, or the parts of a `whole` one.
    """
    for attribute in attributes:
        if attribute.mutability is not Mutability.READ_ONLY:
            plan = _attribute_plan(
                attribute, [one for one in works if whole is None or not one[1].spares(whole, attribute)]
            )
            yield attribute.name, plan
            yield attribute.name.lower(), plan


def _attribute_plan(attribute: Attribute, works: Iterable[tuple[str, FixesValue]]) -> AttributePlan:
    def at(moment: Moment) -> tuple[Step, ...]:
        return tuple((rule, work.fix) for rule, work in works if work.moment is moment and work.suits(attribute))

    types = _JSON_TYPES.get(attribute.type, (str,))
    looks_at_all = attribute.multi_valued or attribute.is_complex or at(Moment.VALUE)
    return AttributePlan(
        attribute=attribute,
        multi_valued=attribute.multi_valued,
        types=types,
        plain=None if looks_at_all else types[0],
        shape=at(Moment.SHAPE),
        entries=at(Moment.ENTRIES),
        misfit=at(Moment.MISFIT),
        value=at(Moment.VALUE),
        list=at(Moment.LIST),
        parts=ObjectPlan(dict(_members(attribute.sub_attributes, works, whole=attribute)))
        if attribute.is_complex
        else None,
    )
