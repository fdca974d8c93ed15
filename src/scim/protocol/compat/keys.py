"""Rules on the names of members (quirks COMMON-12, -29, -30)."""

from __future__ import annotations

from collections.abc import Mapping

from scim.protocol.attributes.definition import Mutability
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.rule import FixesMembers, FixesOperation, Members, Scene, SplitsOperation
from scim.protocol.values import Json

_WRITTEN_BY_SERVER = frozenset({"meta", "schemas", "groups"})
_NO_NAME = frozenset(".:[")
"""Characters that no attribute name has (row B-08), but a path."""


def member(members: Members, name: str) -> tuple[str, Json]:
    """(name as sent, value) of the member of that name in lower case; the name itself and None where it is not sent."""
    if name in members:
        return name, members[name]
    return next(((key, value) for key, value in members.items() if key.lower() == name), (name, None))


def _without_misplaced_nulls(members: Members, kind: ResourceType) -> Members:
    if None not in members.values():
        return members
    kept = {key: value for key, value in members.items() if value is not None or not _is_unknown_name(key, kind)}
    return kept if len(kept) < len(members) else members


def _is_unknown_name(key: str, kind: ResourceType) -> bool:
    """A key that is no name may yet be read as a path."""
    return _NO_NAME.isdisjoint(key) and kind.attribute(key) is None


def _with_keys_as_paths(operation: Members, scene: Scene) -> list[Members]:
    """Neighbours with plain names stay together; so no operation overtakes another."""
    value_key, value = member(operation, "value")
    path_key, path = member(operation, "path")
    if path is not None or not isinstance(value, Mapping) or op_of(operation) == "remove":
        return [operation]
    parts: list[Members] = []
    plain: dict[str, Json] = {}
    for key, part in value.items():
        if _is_path(key, scene):
            parts += _unless_empty(operation, value_key, plain)
            parts.append({**operation, path_key: key, value_key: part})
            plain = {}
        else:
            plain[key] = part
    return [*parts, *_unless_empty(operation, value_key, plain)] if parts else [operation]


def _unless_empty(operation: Members, value_key: str, plain: Members) -> list[Members]:
    return [{**operation, value_key: plain}] if plain else []


def _is_path(key: str, scene: Scene) -> bool:
    if _NO_NAME.isdisjoint(key) or scene.kind.extension(key) is not None:
        return False
    return scene.find(key) is not None


def op_of(operation: Members) -> str:
    """What an operation does, in lower case; empty where it does not say."""
    op = member(operation, "op")[1]
    return op.lower() if isinstance(op, str) else ""


def _without_read_only(operation: Members, scene: Scene) -> Members:
    """The resource's own id, and what the server writes; another id stays, for the core to refuse."""
    value_key, value = member(operation, "value")
    if member(operation, "path")[1] is not None or not isinstance(value, Mapping):
        return operation
    kept = {key: part for key, part in value.items() if not _is_echo(key.lower(), part, scene)}
    return operation if len(kept) == len(value) else {**operation, value_key: kept}


def _is_echo(name: str, value: Json, scene: Scene) -> bool:
    if name == "id":
        return isinstance(value, str) and value == scene.resource_id
    if name not in _WRITTEN_BY_SERVER:
        return False
    attribute = scene.kind.attribute(name)
    return name == "schemas" or (attribute is not None and attribute.mutability is Mutability.READ_ONLY)


MISPLACED_NULLS = FixesMembers(turn=2, fix=_without_misplaced_nulls)
KEYS_AS_PATHS = SplitsOperation(split=_with_keys_as_paths)
ECHOED_READ_ONLY = FixesOperation(turn=1, fix=_without_read_only)
