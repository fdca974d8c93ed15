"""What to do with attributes that a type does not have (rows B-09, H-52; quirk COMMON-33)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from scim.exceptions import InvalidSyntax, ScimError


class UnknownPolicy(StrEnum):
    """An application's setting for attributes nobody knows."""

    IGNORE = "ignore"
    REJECT = "reject"


@dataclass(slots=True)
class Unknowns:
    """Meets unknown attributes: refuses them with `refusal`, or collects them for the audit record."""

    policy: UnknownPolicy = UnknownPolicy.REJECT
    refusal: type[ScimError] = InvalidSyntax
    ignored: list[str] = field(default_factory=list)

    def meet(self, path: str, value: Any, detail: str) -> None:
        """Leave the attribute out, or raise the refusal with `detail`; null, once left out, is nothing to tell of."""
        if self.policy is UnknownPolicy.REJECT:
            raise self.refusal(detail)
        if value is not None:
            self.ignored.append(path)
