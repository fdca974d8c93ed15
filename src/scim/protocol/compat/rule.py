"""A quirk rule: what an IdP does differently, in one sentence, and the pure functions that put it right.

A function is wrapped in the class that says where it works, so that the normaliser can run all rules of one place
together. Several rules may share one function: the first rule of a profile that holds it gives it its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, IntEnum, StrEnum
from typing import ClassVar, TypeAlias

from scim.protocol.attributes.definition import Attribute
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.compat.request import Message, Pairs
from scim.protocol.grammar.ast import AttributePath
from scim.protocol.values import Json

Members: TypeAlias = Mapping[str, Json]
"""The members of a JSON object, by the names that were sent."""


class Kind(StrEnum):
    """What a rule does."""

    REWRITE = "rewrite"
    HABIT = "habit"
    VALID = "valid"


class Phase(IntEnum):
    """The order in which rules run; a rule may rely on the phases before its own."""

    URL = 1
    SCHEMAS = 2
    NAMES = 3
    KEYS = 4
    VALUES = 5
    PATHS = 6
    OPERATIONS = 7


class Place(Enum):
    """Where a URN stands."""

    SCHEMAS = "an entry of `schemas`"
    KEY = "the name of an object at the top of a resource"
    PATH = "the start of a PATCH path, or of a name in a filter"


class Moment(Enum):
    """When, during the one walk over a body, a rule looks at a value."""

    SHAPE = "a list where one value is due, or the reverse"
    ENTRIES = "a list, before its entries are read"
    MISFIT = "one value that has not the JSON type of its attribute"
    VALUE = "one value of the right type"
    LIST = "a list, after its entries were read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the path of an operation names: an attribute, whether a filter selects entries of it, and which part."""

    target: Target
    selects: bool = False
    sub: Attribute | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where an operation takes place, and what a path means there; `find` gives None for what the type lacks."""

    kind: ResourceType
    resource_id: str | None
    find: Callable[[str], Found | None]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Work:
    """`turn` orders the functions of one phase."""

    turn: int = 0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FixesUrl(_Work):
    """Rewrites the path of a URL, given from the server's root, below the base path."""

    phase: ClassVar[Phase] = Phase.URL
    fix: Callable[[str, str], str]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FixesQuery(_Work):
    """Rewrites the decoded pairs of a query string."""

    phase: ClassVar[Phase] = Phase.URL
    fix: Callable[[Pairs], Pairs]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TakesMediaType(_Work):
    """Says whether a body whose media type is not JSON's is read all the same."""

    phase: ClassVar[Phase] = Phase.URL
    takes: Callable[[str | None, Json], bool]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MakesPatchOp(_Work):
    """Makes a PatchOp of what is sent by PATCH and is none, before anything else reads the body."""

    phase: ClassVar[Phase] = Phase.SCHEMAS
    make: Callable[[Members, ResourceType], Members]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FixesSchemas(_Work):
    """Rewrites the value of `schemas`; either the message or the resource type says what is due."""

    phase: ClassVar[Phase] = Phase.SCHEMAS
    fix: Callable[[Json, ResourceType | None, Message | None], Json]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RenamesUrn(_Work):
    """Gives the right URN for a wrong one that stands in one of `places`, else None."""

    phase: ClassVar[Phase] = Phase.SCHEMAS
    rename: Callable[[str, ResourceType], str | None]
    places: frozenset[Place]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FixesUnderWrongUrn(_Work):
    """Rewrites what stands under a URN, as it was sent, that is none of the type's; the URN is put right after that."""

    phase: ClassVar[Phase] = Phase.SCHEMAS
    fix: Callable[[str, Json], Json]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FixesMembers(_Work):
    """Rewrites the members at the top of a resource, or of the value of an operation without path."""

    phase: ClassVar[Phase] = Phase.NAMES
    fix: Callable[[Members, ResourceType], Members]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SplitsOperation(_Work):
    """Makes several operations of one."""

    phase: ClassVar[Phase] = Phase.KEYS
    split: Callable[[Members, Scene], list[Members]]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FixesValue(_Work):
    """Rewrites a value of the attributes that it suits; with `in_patch` false, not in PATCH operations.

    `spares` is asked of a complex attribute and a part of it: what it names is left alone although it suits.
    """

    phase: ClassVar[Phase] = Phase.VALUES
    moment: Moment
    suits: Callable[[Attribute], bool]
    fix: Callable[[Attribute, Json], Json]
    in_patch: bool = True
    spares: Callable[[Attribute, Attribute], bool] = lambda _whole, _part: False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReadsName(_Work):
    """Gives the path that is meant by a name in a filter which the type lacks, else None."""

    phase: ClassVar[Phase] = Phase.PATHS
    read: Callable[[AttributePath, ResourceType], AttributePath | None]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FixesOperation(_Work):
    """Rewrites one operation of a PATCH."""

    phase: ClassVar[Phase] = Phase.OPERATIONS
    fix: Callable[[Members, Scene], Members]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Mark(_Work):
    """Says that something is allowed which another part carries out: the grammar, the PATCH engine, a service."""

    phase: Phase
    meaning: str


Work: TypeAlias = (
    FixesUrl
    | FixesQuery
    | TakesMediaType
    | MakesPatchOp
    | FixesSchemas
    | RenamesUrn
    | FixesUnderWrongUrn
    | FixesMembers
    | SplitsOperation
    | FixesValue
    | ReadsName
    | FixesOperation
    | Mark
)
"""A pure function of a rule, in the class that says where it works. Two are the same only if they are one object.

What a function does not change it gives back as the same object: that is how its use is counted.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What a client sends and what the server makes of it.

    An object is the body of a POST, a list the operations of a PATCH, a text a filter or path (`filter=…`, `path=…`) or,
    where neither body nor text is rewritten, the request and the server's answer in words.
    """

    before: Json
    after: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One quirk (idp quirks, by id).

    `concerns` says which requests; `same_as` names the rules of COMMON of which this one is an IdP's use. `works` is
    empty where the protocol core, or a service, does by itself what is needed. What stands in `own` works in the IdP's
    own profile alone, not in `auto`: it changes no meaning, but what others are used to.
    """

    id: str
    sentence: str
    concerns: str
    kind: Kind
    example: Example
    in_auto: bool = True
    same_as: tuple[str, ...] = ()
    works: tuple[Work, ...] = ()
    own: tuple[Work, ...] = ()

    @property
    def phase(self) -> Phase | None:
        """The first phase in which the rule works; None where nothing is rewritten."""
        return min((work.phase for work in self.works), default=None)

    @property
    def for_all(self) -> Rule:
        """The rule as `auto` holds it."""
        return replace(self, own=())
