"""What to add to a refusal: the rules by which another profile would read the request, or the section of the RFC.

Pure. It is worked out when a request was refused, never before; large requests are told the section only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from scim.exceptions import NoTarget, ScimError
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.judgement import DEFAULT_LIMITS, Judgement, Limits, judge
from scim.protocol.compat.profile import PROFILES, Profile
from scim.protocol.compat.request import Raw
from scim.protocol.compat.rule import Rule, Work
from scim.protocol.compat.sections_table import section
from scim.protocol.unknown import UnknownPolicy
from scim.protocol.values import Json

MAX_WEIGHT: Final = 8192
"""Characters of a request that is judged again; each value counts as eight besides. Usual bodies have less than 2,000,
and are judged in a tenth of a millisecond; the heaviest PATCH takes some five."""

MAX_CANDIDATES: Final = 4
"""Rules of which it is tried whether they are needed: each costs a judgement."""

MAX_NAMED: Final = 2
"""Rules that a sentence names."""

PREFERRED: Final = "auto"
"""The profile that everybody can take."""

_VALUE_WEIGHT = 8
_UNKNOWN_ATTRIBUTES = "COMMON-33"
"""The rule of the setting for unknown attributes: it has no function of its own."""

_SECTION_NAMED = re.compile(r"RFC \d{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was refused: the profile that it was read by, and what the application's settings say.

    `policy` gives the policy for unknown attributes that is in force in a profile; `kinds` and `limits` are those of `judge`.
    """

    profile: Profile
    raw: Raw
    policy: Callable[[str], UnknownPolicy]
    kinds: tuple[ResourceType, ...] = ()
    limits: Limits = DEFAULT_LIMITS

    def judged(self, profile: Profile, unknown: UnknownPolicy, *, nothing_stored: bool) -> Judgement:
        """What a profile makes of it."""
        raw = replace(self.raw, unknown=unknown)
        return judge(profile, raw, kinds=self.kinds, limits=self.limits, nothing_stored=nothing_stored)


def explanation(error: ScimError, asked: Asked, *, profiles: Mapping[str, Profile] = PROFILES) -> str:
    """The sentence to add to the detail of a refusal, with a space before it; empty where there is nothing to add."""
    if _is_light(asked.raw):
        found = _Search(asked, error, isinstance(error, NoTarget)).nearest(profiles)
        if found:
            return f" {found}"
    return section_note(error, asked.raw)


def section_note(error: ScimError, raw: Raw | None) -> str:
    """The section of the RFC alone, with a space before it; empty where the detail names one."""
    return "" if _SECTION_NAMED.search(error.detail) else f" ({section(error, raw)})"


@dataclass(frozen=True, slots=True)
class _Search:
    asked: Asked
    error: ScimError
    nothing_stored: bool

    def nearest(self, profiles: Mapping[str, Profile]) -> str:
        """The sentence on rules; empty where none would help, or where it was the store that decided."""
        own = self._judged(self.asked.profile, self.asked.raw.unknown)
        if own is None or not self._is_told(own):
            return ""
        refusing = _works(self.asked.profile)
        for other in profiles.values():
            if _works(other) <= refusing and not self._is_more_lenient(other):
                continue
            judgement = self._judgement(other, self.asked.policy(other.name))
            needed = self._needed(other, judgement) if judgement.error is None else []
            if needed:
                return _sentence(other, needed)
            refusing |= _works(other)
        return ""

    def _is_told(self, error: ScimError) -> bool:
        """Whether an error is the one that the client is told."""
        return type(error) is type(self.error) and error.detail == self.error.detail

    def _judgement(self, profile: Profile, unknown: UnknownPolicy) -> Judgement:
        return self.asked.judged(profile, unknown, nothing_stored=self.nothing_stored)

    def _judged(self, profile: Profile, unknown: UnknownPolicy) -> ScimError | None:
        return self._judgement(profile, unknown).error

    def _is_more_lenient(self, other: Profile) -> bool:
        return bool(other.rules) and self.asked.policy(other.name) is not self.asked.raw.unknown

    def _needed(self, other: Profile, judgement: Judgement) -> list[Rule]:
        """The rules of another profile that the request needs to be accepted, those first that this error is about."""
        rules = [rule for rule in other.rules if self._may_matter(rule, judgement)]
        about = set()
        for rule in rules[:MAX_CANDIDATES] if rules[1:] else ():
            rest = [one for one in rules if one is not rule]
            refusal = self._judged(*self._with(rest))
            if refusal is None:
                rules = rest
            elif self._is_told(refusal):
                about.add(rule.id)
        return sorted(rules, key=lambda rule: rule.id not in about)

    def _may_matter(self, rule: Rule, judgement: Judgement) -> bool:
        if rule.id == _UNKNOWN_ATTRIBUTES:
            return bool(judgement.unknown) and self.asked.raw.unknown is UnknownPolicy.REJECT
        own = self.asked.profile
        return rule.id in judgement.rules and not all(own.called(work) for work in rule.works)

    def _with(self, rules: Iterable[Rule]) -> tuple[Profile, UnknownPolicy]:
        """The own profile with these rules besides."""
        own = self.asked.profile
        ignores = any(rule.id == _UNKNOWN_ATTRIBUTES for rule in rules)
        return Profile(own.name, (*own.rules, *rules)), UnknownPolicy.IGNORE if ignores else self.asked.raw.unknown


@lru_cache(maxsize=64)
def _works(profile: Profile) -> frozenset[Work]:
    return frozenset(work for rule in profile.rules for work in rule.works)


def _sentence(profile: Profile, rules: Sequence[Rule]) -> str:
    named = _listed([rule.id for rule in rules])
    if profile.name != PREFERRED:
        return f"Rule{'s' if rules[1:] else ''} {named} of profile '{profile.name}' would read it."
    if rules[1:]:
        return f"Profile '{profile.name}' would read it by the rules {named}."
    return f"Profile '{profile.name}' would read it by rule {named} ({rules[0].sentence.removesuffix('.')})."


def _listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and others`."""
    *front, last = names if len(names) <= MAX_NAMED else [*names[:MAX_NAMED], "others"]
    return f"{', '.join(front)} and {last}" if front else last


def _is_light(raw: Raw) -> bool:
    """Whether a request is small enough; what is behind the limit is not looked at."""
    left = MAX_WEIGHT
    waiting: list[Json] = [raw.body, *(value for _, value in raw.query)]
    while waiting and left > 0:
        value = waiting.pop()
        left -= _VALUE_WEIGHT
        if isinstance(value, str | list | Mapping):
            left -= len(value)
        if isinstance(value, list | Mapping) and left > 0:
            waiting += value if isinstance(value, list) else [*value.keys(), *value.values()]
    return left > 0
