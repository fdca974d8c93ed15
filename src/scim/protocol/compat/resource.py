"""The members of a resource, or of the value of an operation without path: names first, then values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.keys import member
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.rule import FixesMembers, FixesUnderWrongUrn, Members, Place, RenamesUrn
from scim.protocol.compat.schemas import are_texts
from scim.protocol.compat.walk import Applied, Walk
from scim.protocol.values import Json


@dataclass(frozen=True, slots=True)
class Resources:
    """Reads members by the rules of one profile, for one resource type."""

    profile: Profile
    kind: ResourceType
    applied: Applied

    def schemas(self, urns: Json) -> Json:
        """`schemas` with every wrong URN replaced, and none twice on that account."""
        if not are_texts(urns):
            return urns
        right = [self._right_urn(urn, Place.SCHEMAS) or urn for urn in urns]
        if right == urns:
            return urns
        distinct: dict[str, str] = {}
        for urn in right:
            distinct.setdefault(urn.lower(), urn)
        return list(distinct.values())

    def named(self, members: Members) -> Members:
        """The members under the names that the type has for them."""
        for key in [key for key in members if ":" in key]:
            right = self._right_urn(key, Place.KEY)
            members = self._put_right(members, key)
            if right is not None:
                members = _moved(members, key, right)
        for rule, work in self.profile.works(FixesMembers):
            fixed = work.fix(members, self.kind)
            if fixed is not members:
                self.applied.add(rule)
                members = fixed
        return members

    def under_right_urn(self, path: str, value: Json) -> tuple[str | None, Json]:
        """(right URN, value put right) for the path of a PATCH that names a whole extension by a wrong URN; else None."""
        right = self._right_urn(path, Place.PATH)
        return right, self._put_right({path: value}, path)[path] if right is not None else value

    def valued(self, members: Members) -> Members:
        """A resource with values of the types that its schema says."""
        return Walk(self.applied).members(self.profile.plan(self.kind, patch=False), members)

    def _put_right(self, members: Members, urn: str) -> Members:
        """What stands under a wrong URN may have names from before the standard, too."""
        if self.kind.has_schema(urn):
            return members
        for rule, work in self.profile.works(FixesUnderWrongUrn):
            fixed = work.fix(urn, members[urn])
            if fixed is not members[urn]:
                self.applied.add(rule)
                members = {**members, urn: fixed}
        return members

    def _right_urn(self, urn: str, place: Place) -> str | None:
        if self.kind.has_schema(urn):
            return None
        for rule, work in self.profile.works(RenamesUrn):
            right = work.rename(urn, self.kind) if place in work.places else None
            if right is not None:
                self.applied.add(rule)
                return right
        return None


def _moved(members: Members, key: str, right: str) -> Members:
    """What stands under `key` moved under the URN `right`; members that are there already win."""
    place, present = member(members, right.lower())
    moved = members[key]
    if isinstance(present, Mapping) and isinstance(moved, Mapping):
        names = {name.lower() for name in present}
        moved = {name: value for name, value in moved.items() if name.lower() not in names} | dict(present)
    elif present is not None:
        moved = present
    if place not in members:
        return {right if name == key else name: value for name, value in members.items()}
    return {name: moved if name == place else value for name, value in members.items() if name != key}
