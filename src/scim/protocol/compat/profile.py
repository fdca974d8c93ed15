"""Profiles: which rules hold for an application (quirks, "Profiles"). One row per profile; an IdP adds a table of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from scim.exceptions import OperatorError
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.common_table import COMMON
from scim.protocol.compat.entra_table import ENTRA
from scim.protocol.compat.marks import BARE_TOKEN, CREATED_ENTRY, EMPTY_GROUP_ANSWER
from scim.protocol.compat.names import BARE_EXTENSION_NAME, DOT_AFTER_URN, Naming
from scim.protocol.compat.okta_table import OKTA
from scim.protocol.compat.plan import Plans
from scim.protocol.compat.rule import FixesValue, Mark, RenamesUrn, Rule, Work

W = TypeVar("W", bound=Work)


@dataclass(frozen=True, slots=True)
class Profile:
    """The rules of one profile, in the order in which they are shown.

    Where several rules share a function it runs once, under the id of the first that holds it: an IdP's profile has its
    own rules first, `auto` those of COMMON.
    """

    name: str
    rules: tuple[Rule, ...]
    naming: Naming = field(init=False, repr=False, compare=False)
    _by_class: dict[type[Work], tuple[tuple[str, Work], ...]] = field(init=False, repr=False, compare=False)
    _plans: Plans = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        called: dict[Work, str] = {}
        for rule in self.rules:
            for work in rule.works:
                called.setdefault(work, rule.id)
        by_class: dict[type[Work], list[tuple[str, Work]]] = {}
        for work, rule_id in sorted(called.items(), key=lambda item: (item[0].phase, item[0].turn)):
            by_class.setdefault(type(work), []).append((rule_id, work))
        object.__setattr__(self, "_by_class", {kind: tuple(works) for kind, works in by_class.items()})
        object.__setattr__(self, "_plans", Plans(self.works(FixesValue)))
        object.__setattr__(self, "naming", self._naming())

    def works(self, kind: type[W]) -> tuple[tuple[str, W], ...]:
        """(rule id, function) for all functions of one class, in the order in which they run."""
        return self._by_class.get(kind, ())  # type: ignore[return-value]

    def allows(self, mark: Mark) -> str | None:
        """The id of the rule that holds a mark; None if the profile has none."""
        return next((rule_id for rule_id, held in self.works(Mark) if held is mark), None)
