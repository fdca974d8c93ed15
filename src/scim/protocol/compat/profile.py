"""Profiles: which rules hold for an application. One row for each; an IdP brings a table of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from scim.exceptions import OperatorError
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.authentik import EMPTY_MEMBERS
from scim.protocol.compat.authentik_table import AUTHENTIK
from scim.protocol.compat.common_table import COMMON
from scim.protocol.compat.entra import EMPTY_GROUP_ANSWER, SEVERAL_ENTRIES
from scim.protocol.compat.entra_table import ENTRA
from scim.protocol.compat.google_table import GOOGLE
from scim.protocol.compat.jumpcloud_table import JUMPCLOUD
from scim.protocol.compat.keycloak_table import KEYCLOAK
from scim.protocol.compat.names import BARE_EXTENSION_NAME, DOT_AFTER_URN, NAMED_OTHERWISE, UNKNOWN_ATTRIBUTES, Naming
from scim.protocol.compat.okta import BARE_TOKEN
from scim.protocol.compat.okta_table import OKTA
from scim.protocol.compat.onelogin_table import ONELOGIN
from scim.protocol.compat.operations import CREATED_ENTRY
from scim.protocol.compat.other_table import OTHER
from scim.protocol.compat.ping_table import PING
from scim.protocol.compat.plan import ObjectPlan, Plans
from scim.protocol.compat.rule import FixesValue, Place, RenamesUrn, Rule, Work
from scim.protocol.compat.values import REPEATED_PAIRS

W = TypeVar("W", bound=Work)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The rules of one profile, in the order in which they are shown.

    Where several rules share a function it runs once, under the id of the first of them: an IdP's profile has its own
    rules before those of COMMON, `auto` after them.
    """

    name: str
    rules: tuple[Rule, ...]
    naming: Naming = field(init=False, repr=False)
    _called: dict[Work, str] = field(init=False, repr=False)
    _by_class: dict[type[Any], tuple[tuple[str, Any], ...]] = field(init=False, repr=False)
    _plans: Plans = field(init=False, repr=False)

    def __post_init__(self) -> None:
        called: dict[Work, str] = {}
        for rule in self.rules:
            for work in (*rule.works, *rule.own):
                called.setdefault(work, rule.id)
        by_class: dict[type[Any], list[tuple[str, Any]]] = {}
        for work in sorted(called, key=lambda work: (work.phase, work.turn)):
            by_class.setdefault(type(work), []).append((called[work], work))
        object.__setattr__(self, "_called", called)
        object.__setattr__(self, "_by_class", {kind: tuple(works) for kind, works in by_class.items()})
        object.__setattr__(self, "_plans", Plans(self.works(FixesValue)))
        object.__setattr__(self, "naming", self._naming())

    def works(self, kind: type[W]) -> tuple[tuple[str, W], ...]:
        """(rule id, function) of every function of one class, in the order in which they run."""
        return self._by_class.get(kind, ())

    def called(self, work: Work) -> str | None:
        """The id of the rule that holds a function or mark; None if no rule of the profile does."""
        return self._called.get(work)

    def plan(self, kind: ResourceType, *, patch: bool) -> ObjectPlan:
        """Which value rules look at which attribute of a type."""
        return self._plans.of(kind, patch=patch)

    @property
    def create_entries(self) -> str | None:
        """The rule by which a value path that selects nothing makes the entry (quirk COMMON-21)."""
        return self.called(CREATED_ENTRY)

    @property
    def drop_doubles(self) -> str | None:
        """The rule by which an entry that repeats a type and value is left out (quirk COMMON-38)."""
        return self.called(REPEATED_PAIRS)

    @property
    def tells_of_several(self) -> str | None:
        """The rule by which a path that selects several entries is told of (quirk ENTRA-52)."""
        return self.called(SEVERAL_ENTRIES)

    @property
    def answers_group_patch_empty(self) -> str | None:
        """The rule by which a PATCH of a group is answered with 204 (quirk ENTRA-26)."""
        return self.called(EMPTY_GROUP_ANSWER)

    @property
    def shows_empty_members(self) -> str | None:
        """The rule by which a group without members is answered with an empty list (quirk AUTHENTIK-04)."""
        return self.called(EMPTY_MEMBERS)

    @property
    def named_otherwise(self) -> str | None:
        """The rule by which a member or manager is named by something else than its id (quirk COMMON-34)."""
        return self.called(NAMED_OTHERWISE)

    @property
    def ignores_unknown(self) -> str | None:
        """The rule by which attributes that no schema knows are left out (quirk COMMON-33)."""
        return self.called(UNKNOWN_ATTRIBUTES)

    @property
    def bare_token(self) -> str | None:
        """The rule by which an `Authorization` value of one word is tried as a token (quirk OKTA-24)."""
        return self.called(BARE_TOKEN)

    def _naming(self) -> Naming:
        return Naming(
            wrong_urns=tuple((rule, work) for rule, work in self.works(RenamesUrn) if Place.PATH in work.places),
            dotted=self.called(DOT_AFTER_URN),
            bare=self.called(BARE_EXTENSION_NAME),
        )


def profile(name: str) -> Profile:
    """The profile of a name.

    Raises:
        OperatorError: there is none of that name.
    """
    try:
        return PROFILES[name]
    except KeyError:
        raise OperatorError(f"There is no profile '{name}'; choose one of {', '.join(PROFILES)}.") from None


_SECTIONS = (COMMON, ENTRA, OKTA, ONELOGIN, JUMPCLOUD, PING, GOOGLE, KEYCLOAK, AUTHENTIK, OTHER)


def _in_auto(*sections: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(rule.for_all for section in sections for rule in section if rule.in_auto)


PROFILES = MappingProxyType(
    {
        one.name: one
        for one in (
            Profile("auto", _in_auto(*_SECTIONS)),
            Profile("strict", ()),
            Profile("entra", ENTRA + _in_auto(COMMON)),
            Profile("entra-legacy", ENTRA + _in_auto(COMMON)),
            Profile("okta", OKTA + _in_auto(COMMON)),
            Profile("onelogin", ONELOGIN + _in_auto(COMMON)),
            Profile("jumpcloud", JUMPCLOUD + _in_auto(COMMON)),
            Profile("ping", PING + _in_auto(COMMON)),
            Profile("google", GOOGLE + _in_auto(COMMON)),
            Profile("keycloak", KEYCLOAK + _in_auto(COMMON)),
            Profile("authentik", AUTHENTIK + _in_auto(COMMON)),
        )
    }
)
"""Every profile by its name."""
