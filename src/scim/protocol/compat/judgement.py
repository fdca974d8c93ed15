"""What a request comes to by itself: the rules of a profile, then all that the core judges without the store.

Pure, and nothing is applied. What depends on stored data is not judged: whether members exist, whether a name is taken,
whether a PATCH path selects something, whether an immutable attribute has a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import compress
from operator import not_

from scim.exceptions import InvalidValue, NoTarget, ScimError
from scim.protocol.attributes.registry import Extension, ResourceType
from scim.protocol.bulk.message import read_bulk
from scim.protocol.compat.keys import member
from scim.protocol.compat.lenient import read_filter, read_path
from scim.protocol.compat.normalise import normalise
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.request import Message, Normalised, Raw
from scim.protocol.compat.walk import Applied
from scim.protocol.filters.check import check
from scim.protocol.grammar.ast import PatchPath
from scim.protocol.grammar.parser import MAX_DEPTH, MAX_LENGTH
from scim.protocol.grammar.printer import to_text
from scim.protocol.patch.apply import apply_patch
from scim.protocol.patch.members import check_members_named, is_member_operation, member_changes
from scim.protocol.patch.message import Operation, PatchOptions, read_patch
from scim.protocol.projection import Projection
from scim.protocol.query import Query, read_query, read_search
from scim.protocol.unknown import Unknowns
from scim.protocol.validation import read_resource
from scim.protocol.values import Json

_LISTING = ("GET", "HEAD")
_WRITING = ("POST", "PUT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a server takes at most."""

    filter_length: int = MAX_LENGTH
    filter_depth: int = MAX_DEPTH
    bulk_operations: int = 1000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The request in RFC form, and the error that the core has for it; None where it has none.

    `rules` are all that were applied, to body, paths and filters; `unknown` the attributes that were left out; `texts`
    the paths and filters that only the profile's grammar reads, each with its text in RFC form.
    """

    normalised: Normalised
    rules: tuple[str, ...]
    unknown: tuple[str, ...]
    texts: Mapping[str, str]
    error: ScimError | None

    @property
    def ignored(self) -> tuple[str, ...]:
        """What was left out: members of messages, and attributes."""
        return tuple(dict.fromkeys((*self.normalised.ignored, *self.unknown)))

    @property
    def body(self) -> Json:
        """The body in RFC form, as JSON: with every path and filter as strict text."""
        body = self.normalised.body
        if not isinstance(body, Mapping):
            return body
        key, operations = member(body, "operations")
        if isinstance(operations, list):
            return {**body, key: [self._with_text(operation, "path") for operation in operations]}
        return self._with_text(body, "filter")

    def _with_text(self, members: Json, name: str) -> Json:
        if not isinstance(members, Mapping):
            return members
        key, text = member(members, name)
        if isinstance(text, PatchPath):
            return {**members, key: path_text(text)}
        return {**members, key: self.texts[text]} if isinstance(text, str) and text in self.texts else members


def judge(
    profile: Profile,
    raw: Raw,
    *,
    kinds: tuple[ResourceType, ...] = (),
    limits: Limits = DEFAULT_LIMITS,
    nothing_stored: bool = False,
) -> Judgement:
    """What a profile, and the core behind it, make of a request.

    `kinds` are the types of a query over several; it is `raw.kind` where there is one. Of a bulk request the envelope alone
    is judged: its operations are requests of their own. With `nothing_stored` a PATCH path that selects entries is taken
    to find none, else it is taken to find some.
    """
    normalised = normalise(profile, raw)
    reading = _Reading(profile, raw, normalised, (raw.kind,) if raw.kind else kinds, limits, nothing_stored)
    reading.applied.add(*normalised.rules)
    error = None
    try:
        reading.all()
    except ScimError as refusal:
        error = refusal
    return Judgement(
        normalised=normalised,
        rules=tuple(reading.applied.rules),
        unknown=tuple(dict.fromkeys(reading.unknown)),
        texts=reading.texts,
        error=error,
    )


def path_text(path: PatchPath) -> str:
    """A PATCH path as strict text."""
    condition = f"[{to_text(path.filter)}]" if path.filter is not None else ""
    return f"{path.path}{condition}" + (f".{path.sub}" if path.sub else "")


@dataclass(slots=True)
class _Reading:
    """The steps of the services that need no store, in their order."""

    profile: Profile
    raw: Raw
    normalised: Normalised
    kinds: tuple[ResourceType, ...]
    limits: Limits
    nothing_stored: bool
    applied: Applied = field(default_factory=Applied)
    unknown: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def all(self) -> None:
        """Read the request.

        Raises:
            ScimError: it is refused.
        """
        body, kind = self.normalised.body, self.raw.kind
        query = read_query(self.normalised.query)
        if self.raw.message is Message.BULK:
            read_bulk(body, max_operations=self.limits.bulk_operations)
        elif self.raw.message is Message.SEARCH:
            self._search(read_search(body, beside=query))
        elif kind is None or (self.raw.method in _LISTING and self.raw.resource_id is None):
            self._search(query)
        else:
            self._check_projection(query)
            if self.raw.message is Message.PATCH:
                self._patch(kind, body)
            elif self.raw.method in _WRITING:
                self._resource(kind, body)

    def _check_projection(self, query: Query) -> None:
        for kind in self.kinds:
            Projection.of(kind, attributes=query.attributes, excluded=query.excluded_attributes)

    def _search(self, query: Query) -> None:
        self._check_projection(query)
        if query.filter is None:
            return
        length, depth = self.limits.filter_length, self.limits.filter_depth
        trees = []
        for kind in self.kinds:
            tree, rules = read_filter(self.profile, query.filter, kind, max_length=length, max_depth=depth)
            self.applied.add(*rules)
            if rules:
                self.texts[query.filter] = to_text(tree)
            trees.append((kind, tree))
        for kind, tree in trees:
            check(tree, kind, among=self.kinds)

    def _resource(self, kind: ResourceType, body: Json) -> None:
        """A PUT as a POST: what it may not change of the stored resource is the store's matter."""
        document = read_resource(body, kind, unknowns=Unknowns(self.raw.unknown, ignored=self.unknown))
        if kind.is_group:
            check_members_named(document.get("members") or [])

    def _patch(self, kind: ResourceType, body: Json) -> None:
        if self.normalised.no_operation:
            return

        def parse(text: str) -> PatchPath:
            path, rules = read_path(self.profile, text, kind)
            self.applied.add(*rules)
            if rules:
                self.texts[text] = path_text(path)
            return path

        options = PatchOptions(unknown=self.raw.unknown, parse_path=parse)
        message = read_patch(body, kind, resource_id=self.raw.resource_id or "", options=options)
        self.unknown += message.ignored
        on_members = [kind.is_group and is_member_operation(operation) for operation in message.operations]
        unknowns = Unknowns(self.raw.unknown, InvalidValue, self.unknown)
        member_changes([*compress(message.operations, on_members)], unknowns=unknowns)
        complete = _requiring_nothing(kind)
        for operation in compress(message.operations, map(not_, on_members)):
            self._operation(complete, operation)

    def _operation(self, kind: ResourceType, operation: Operation) -> None:
        """One operation on a resource without values: its own value is read all the same."""
        makes = self.profile.create_entries
        creates = makes is not None or not self.nothing_stored
        try:
            patched = apply_patch({}, [operation], kind, unknown=self.raw.unknown, create_entries=creates)
        except NoTarget:
            if self.nothing_stored:
                raise
            return
        self.unknown += patched.ignored
        if makes is not None and patched.created_entry and self.nothing_stored:
            self.applied.add(makes)


def _requiring_nothing(kind: ResourceType) -> ResourceType:
    """The type as that of a resource that has all it needs: what an operation takes away it is refused itself."""
    extensions = (Extension(replace(extension.schema, attributes=())) for extension in kind.extensions)
    return ResourceType(
        name=kind.name,
        endpoint=kind.endpoint,
        description=kind.description,
        schema=replace(kind.schema, attributes=()),
        extensions=tuple(extensions),
    )
