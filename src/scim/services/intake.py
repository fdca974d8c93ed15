"""The first step of every request: what the IdP sent becomes what the RFC says (DESIGN §1.8), and rules are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from scim.caller import Caller
from scim.config import Settings
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.lenient import read_filter, read_path
from scim.protocol.compat.normalise import normalise
from scim.protocol.compat.profile import Profile, profile
from scim.protocol.compat.request import Message, Raw
from scim.protocol.grammar.ast import Filter, PatchPath
from scim.protocol.near_names import near_name
from scim.protocol.projection import Projection
from scim.protocol.query import Query, read_query, read_search
from scim.protocol.unknown import UnknownPolicy
from scim.services.requests import Answer, Incoming, ScimRequest

_MAX_NAMED: Final = 50
_MAX_NEAR: Final = 5
"""For so many unknown names a near one is looked for: that takes a third of a millisecond each."""

_MAX_PATHS: Final = 5
_MAX_PATH: Final = 200


@dataclass(slots=True)
class Intake:
    """A request in RFC form, with the profile it was read by and the rules and unknown attributes met so far."""

    profile: Profile
    unknown: UnknownPolicy
    body: Any
    query: Query
    no_operation: bool = False
    kind: ResourceType | None = None
    rules: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    record_id: UUID | None = None
    several: list[str] = field(default_factory=list)
    _near: dict[str, str | None] = field(default_factory=dict)

    def note(self, *rules: str | None) -> None:
        """Count rules, each once."""
        self.rules.extend(rule for rule in rules if rule and rule not in self.rules)

    def ignore(self, names: Iterable[str]) -> None:
        """Count attributes that were left out, each once: an attempt that lost a race meets them again."""
        before = len(self.ignored)
        self.leave_out(names)
        if len(self.ignored) > before:
            self.note(self.profile.ignores_unknown)

    def leave_out(self, names: Iterable[str]) -> None:
        """The same of what its own rule counts."""
        self.ignored = [*dict.fromkeys([*self.ignored, *names])]

    def select_several(self, paths: Iterable[str]) -> None:
        """Count paths of a PATCH whose filter selected more than one entry (quirk ENTRA-52)."""
        self.several = [*dict.fromkeys([*self.several, *paths])]
        if self.several:
            self.note(self.profile.tells_of_several)

    def tell(self, sentence: str) -> None:
        """Say something in the audit record, once."""
        if sentence not in self.told:
            self.told.append(sentence)

    def filter(self, text: str, kind: ResourceType | None, settings: Settings) -> Filter:
        """A filter on resources of a type, or on what is no resource, read by the profile's grammar.

        Raises:
            InvalidFilter: it is malformed, too long, or nested too deeply (row F-47).
        """
        longest, deepest = settings.max_filter_length, settings.max_filter_depth
        parsed, rules = read_filter(self.profile, text, kind, max_length=longest, max_depth=deepest)
        self.note(*rules)
        return parsed

    def path_parser(self, kind: ResourceType) -> Callable[[str], PatchPath]:
        """Reads PATCH paths by the profile's grammar."""

        def parse(text: str) -> PatchPath:
            parsed, rules = read_path(self.profile, text, kind)
            self.note(*rules)
            return parsed

        return parse

    def projection(self, kind: ResourceType) -> Projection:
        """What the answer shall hold of a type.

        Raises:
            InvalidValue: `attributes` and `excludedAttributes` are both given (row D-06).
        """
        return Projection.of(kind, attributes=self.query.attributes, excluded=self.query.excluded_attributes)

    def told_in(self, answer: Answer) -> Answer:
        """The answer with what the log is to say of the request."""
        return replace(answer, aside=self.detail, rules=tuple(self.rules))

    @property
    def detail(self) -> str | None:
        """What is worth saying of the request, in words for the audit record and the log."""
        named = [*map(self._with_near, self.ignored[:_MAX_NEAR]), *self.ignored[_MAX_NEAR:_MAX_NAMED]]
        more = f" and {len(self.ignored) - _MAX_NAMED} more" if len(self.ignored) > _MAX_NAMED else ""
        ignored = [f"Unknown attributes were ignored: {', '.join(named)}{more}."] if named else []
        paths = ", ".join(f"'{path[:_MAX_PATH]}'" for path in self.several[:_MAX_PATHS])
        several = [f"More than one entry was selected by {paths}: all of them changed."] if paths else []
        return " ".join([*ignored, *several, *self.told]) or None

    def _with_near(self, name: str) -> str:
        if name not in self._near:
            self._near[name] = near_name(name, self.kind) if self.kind is not None else None
        return f"{name} (near {self._near[name]})" if self._near[name] else name


def take(caller: Caller, request: Incoming) -> Intake:
    """Normalise a request by the profile of the caller's application.

    Raises:
        ScimError: a query parameter, or the search request in the body, is malformed.
    """
    chosen = profile(caller.profile)
    unknown = caller.settings.unknown_policy(caller.profile)
    normalised = normalise(chosen, raw_of(request, unknown))
    query = read_query(normalised.query)
    if request.message is Message.SEARCH:
        query = read_search(normalised.body, beside=query)
    intake = Intake(chosen, unknown, normalised.body, query, normalised.no_operation, kind_of(request))
    intake.note(*request.rules, *normalised.rules)
    intake.leave_out([*request.ignored, *normalised.ignored])
    return intake


def raw_of(request: Incoming, unknown: UnknownPolicy) -> Raw:
    """A request as the rules of a profile see it."""
    return Raw(
        method=request.method,
        kind=kind_of(request),
        resource_id=request.resource_id if isinstance(request, ScimRequest) else None,
        message=request.message,
        query=request.query,
        body=request.body,
        unknown=unknown,
    )


def kind_of(request: Incoming) -> ResourceType | None:
    """The resource type that a request is about, where it is about one."""
    return request.kind if isinstance(request, ScimRequest) else None
