"""A request through the normaliser and the core behind it, for tables of cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scim.exceptions import ScimError
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.lenient import read_filter, read_path
from scim.protocol.compat.normalise import normalise
from scim.protocol.compat.profile import PROFILES, Profile
from scim.protocol.compat.request import Message, Normalised, Raw
from scim.protocol.compat.rule import Rule
from scim.protocol.filters.check import check
from scim.protocol.grammar.ast import PatchPath
from scim.protocol.grammar.printer import to_text
from scim.protocol.patch.apply import apply_patch
from scim.protocol.patch.message import PatchOptions, read_patch
from scim.protocol.unknown import UnknownPolicy, Unknowns
from scim.protocol.validation import read_resource
from tests.vectors import lab_registry


def resource_type(name: str) -> ResourceType:
    """A type of the registry with the lab extension."""
    found = lab_registry().resource_type(name)
    assert found is not None
    return found


USER, GROUP, THING = map(resource_type, ("User", "Group", "Thing"))
AUTO, STRICT, ENTRA, OKTA = (PROFILES[name] for name in ("auto", "strict", "entra", "okta"))
ONELOGIN, PING = PROFILES["onelogin"], PROFILES["ping"]
CAREFUL = tuple(Profile(one.name, tuple(rule for rule in one.rules if rule.in_auto)) for one in PROFILES.values())
"""Every profile with those of its rules that leave alone what is valid by the RFC."""

CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"
STORED: dict[str, dict[str, Any]] = {
    "User": {
        "schemas": [CORE_USER, ENT],
        "id": "7",
        "userName": "kim",
        "emails": [{"type": "home", "value": "kim@home.example.com"}],
        ENT: {"manager": {"value": "4f1c"}},
    },
    "Group": {"schemas": [CORE_GROUP], "id": "7", "displayName": "Team", "members": [{"value": "a"}, {"value": "b"}]},
}


def post(profile: Profile, body: Any, kind: ResourceType = USER) -> Normalised:
    """A create, normalised."""
    return normalise(profile, Raw(method="POST", kind=kind, body=body))


def patch(profile: Profile, operations: Any, kind: ResourceType = USER) -> Normalised:
    """A PATCH of the resource `7` with these operations, normalised."""
    body = {"schemas": [str(Message.PATCH)], "Operations": operations}
    return patch_body(profile, body, kind)


def patch_body(profile: Profile, body: Any, kind: ResourceType = USER) -> Normalised:
    """A PATCH of the resource `7` with this body, normalised."""
    raw = Raw(method="PATCH", kind=kind, resource_id="7", message=Message.PATCH, body=body)
    return normalise(profile, raw)


def operations_of(normalised: Normalised) -> list[Any]:
    """The operations, with paths that are trees printed as text."""
    return [
        operation | {"path": path_text(operation["path"])} if "path" in operation else operation
        for operation in normalised.body["Operations"]
    ]


def path_text(path: str | PatchPath) -> str:
    """A path as text."""
    if isinstance(path, str):
        return path
    condition = f"[{to_text(path.filter)}]" if path.filter is not None else ""
    return f"{path.path}{condition}" + (f".{path.sub}" if path.sub else "")


def outcome_of_post(profile: Profile, body: Any, kind: ResourceType = USER) -> str:
    """What normaliser and core make of a create: `accepted`, or status and scimType."""
    try:
        read_resource(post(profile, body, kind).body, kind, unknowns=Unknowns(UnknownPolicy.REJECT))
    except ScimError as error:
        return f"{error.status} {error.scim_type}"
    return "accepted"


def patched(profile: Profile, body: Any, kind: ResourceType = USER) -> dict[str, Any]:
    """The stored resource after a PATCH; raises what the core raises."""
    normalised = patch_body(profile, body, kind)
    if normalised.no_operation:
        return STORED[kind.name]
    created = profile.create_entries is not None
    options = PatchOptions(parse_path=lambda text: read_path(profile, text, kind)[0])
    message = read_patch(normalised.body, kind, resource_id="7", options=options)
    return apply_patch(
        STORED[kind.name],
        message.operations,
        kind,
        create_entries=created,
        drop_doubles=profile.drop_doubles is not None,
    ).document


def outcome_of_patch(profile: Profile, body: Any, kind: ResourceType = USER) -> str:
    """What normaliser and core make of a PATCH: `accepted`, or status and scimType."""
    try:
        patched(profile, body, kind)
    except ScimError as error:
        return f"{error.status} {error.scim_type}"
    return "accepted"


def outcome_of_filter(profile: Profile, text: str, kind: ResourceType = USER) -> str:
    """What grammar and schema check make of a filter."""
    try:
        check(read_filter(profile, text, kind)[0], kind)
    except ScimError as error:
        return f"{error.status} {error.scim_type}"
    return "accepted"


def without(profile: Profile, *ids: str) -> Profile:
    """The profile with these rules taken out, and all that share a function with them."""
    gone = {work for rule in profile.rules if rule.id in ids for work in rule.works}
    return Profile(profile.name, tuple(rule for rule in profile.rules if not gone.intersection(rule.works)))


def only(rules: Sequence[Rule], *ids: str) -> Profile:
    """A profile of these rules alone."""
    return Profile("test", tuple(rule for rule in rules if rule.id in ids))
