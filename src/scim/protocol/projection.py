"""Which attributes an answer holds: `attributes`, `excludedAttributes` and `returned` (RFC 7644 §3.9, RFC 7643 §7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scim.exceptions import InvalidValue, ScimError
from scim.protocol.attributes.definition import Attribute, Returned
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.grammar.parser import parse_attribute_path
from scim.protocol.values import Json, is_unassigned

Names = dict[tuple[str | None, str], set[str] | None]
"""(extension, attribute) → the sub-attributes named, or None for all of it."""


@dataclass(frozen=True, slots=True)
class Projection:
    """What the client asked to see of one resource type.

    `included` is None where the default set is wanted.
    """

    resource_type: ResourceType
    included: Names | None = None
    excluded: Names = field(default_factory=dict)
    _parts: dict[tuple[str | None, str], list[str] | None] = field(default_factory=dict, init=False, compare=False)

    @classmethod
    def of(
        cls,
        resource_type: ResourceType,
        *,
        attributes: Iterable[str] | None = None,
        excluded: Iterable[str] | None = None,
    ) -> Projection:
        """From the names in the two parameters; unknown names count for nothing (row D-11), empty lists as not given.

        Raises:
            InvalidValue: both are given (row D-06).
        """
        wanted = [name for name in attributes or () if name.strip()]
        unwanted = [name for name in excluded or () if name.strip()]
        if wanted and unwanted:
            raise InvalidValue("'attributes' and 'excludedAttributes' exclude each other; send one of them.")
        included = _names(resource_type, wanted) if wanted else None
        return cls(resource_type, included, _names(resource_type, unwanted))

    @property
    def is_default(self) -> bool:
        """Whether neither parameter was given."""
        return self.included is None and not self.excluded

    def wants(self, name: str) -> bool:
        """Whether any part of a core attribute may be in the answer, so that it must be loaded."""
        attribute = self.resource_type.attribute(name)
        return attribute is not None and self._shows(Target(attribute), sent=frozenset())

    def wants_part(self, target: Target) -> bool:
        """Whether a sub-attribute may be in the answer."""
        assert target.sub is not None
        nothing: frozenset[str] = frozenset()
        return self._shows(replace(target, sub=None), sent=nothing) and self._shows_sub(
            target, target.sub, sent=nothing
        )

    def parts_of(self, name: str) -> list[str]:
        """The sub-attributes of a core attribute that may be in the answer; none where the attribute may not."""
        attribute = self.resource_type.attribute(name)
        if attribute is None or not self.wants(name):
            return []
        return [
            sub.name for sub in attribute.sub_attributes if self._shows_sub(Target(attribute), sub, sent=frozenset())
        ]

    def apply(self, document: Mapping[str, Any], *, sent: frozenset[str] = frozenset()) -> dict[str, Any]:
        """The document cut down to what the answer holds.

        `sent` names the attributes and sub-attributes (as `Target` prints them) that the client set in this request.
        """
        answer: dict[str, Any] = {}
        for key, value in document.items():
            attribute = self.resource_type.attribute(key)
            if attribute is not None:
                self._copy(answer, Target(attribute), value, sent)
            elif (extension := self.resource_type.extension(key)) is not None:
                part: dict[str, Any] = {}
                for name, inner in value.items():
                    found = extension.schema.attribute(name)
                    if found is not None:
                        self._copy(part, Target(found, extension=extension.schema.id), inner, sent)
                if part:
                    answer[key] = part
        return answer

    def _copy(self, answer: dict[str, Any], target: Target, value: Json, sent: frozenset[str]) -> None:
        if not self._shows(target, sent=sent):
            return
        attribute = target.attribute
        shown = self._shown_parts(target, sent)
        if shown is None:
            answer[attribute.name] = value
            return
        if attribute.multi_valued:
            cut: Json = [part for entry in value if (part := _only(entry, shown))]
        else:
            cut = _only(value, shown)
        if not is_unassigned(cut):
            answer[attribute.name] = cut

    def _shown_parts(self, target: Target, sent: frozenset[str]) -> list[str] | None:
        """The sub-attributes that are shown; None where the value is shown as it is.

        But for what was sent it is the same for every resource, and worked out once.
        """
        key = (target.extension, target.attribute.name)
        if key not in self._parts:
            self._parts[key] = self._parts_of(target, frozenset())
        return self._parts_of(target, sent) if sent and self._parts[key] is not None else self._parts[key]

    def _parts_of(self, target: Target, sent: frozenset[str]) -> list[str] | None:
        subs = target.attribute.sub_attributes
        shown = [sub.name for sub in subs if self._shows_sub(target, sub, sent=sent)]
        return None if len(shown) == len(subs) else shown

    def _shows(self, target: Target, *, sent: frozenset[str]) -> bool:
        returned, key = target.attribute.returned, (target.extension, target.attribute.name)
        if returned is Returned.NEVER:
            return False
        if returned is Returned.ALWAYS:
            return True
        if self.included is not None:
            return key in self.included
        if key in self.excluded and self.excluded[key] is None and not _has_always(target.attribute):
            return False
        return returned is Returned.DEFAULT or str(target) in sent

    def _shows_sub(self, target: Target, sub: Attribute, *, sent: frozenset[str]) -> bool:
        key = (target.extension, target.attribute.name)
        if sub.returned is Returned.NEVER:
            return False
        if sub.returned is Returned.ALWAYS:
            return True
        if self.included is not None:
            subs = self.included.get(key)
            named = subs is not None and sub.name in subs
            return named or (subs is None and sub.returned is Returned.DEFAULT)
        hidden = self.excluded.get(key, set())
        if hidden is None or sub.name in hidden:
            return False
        return sub.returned is Returned.DEFAULT or str(replace(target, sub=sub)) in sent


def _has_always(attribute: Attribute) -> bool:
    return any(sub.returned is Returned.ALWAYS for sub in attribute.sub_attributes)


def _only(entry: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: entry[name] for name in names if name in entry}


def _names(resource_type: ResourceType, texts: Iterable[str]) -> Names:
    names: Names = {}
    for target in (found for text in texts for found in _named(resource_type, text.strip())):
        key = (target.extension, target.attribute.name)
        if target.sub is None:
            names[key] = None
        elif names.get(key, set()) is not None:
            names[key] = {*(names.get(key) or set()), target.sub.name}
    return names


def _named(resource_type: ResourceType, text: str) -> Iterator[Target]:
    """What one name of the parameters stands for; a bare extension URN for all of the extension (row D-10)."""
    extension = resource_type.extension(text)
    if extension is not None:
        for attribute in extension.schema.attributes:
            yield Target(attribute, extension=extension.schema.id)
        return
    try:
        path = parse_attribute_path(text)
    except ScimError:
        return  # a name that cannot be one is an unknown name (row D-11)
    target = resource_type.find(path, bare_extension_names=True)
    if target is not None:
        yield target
