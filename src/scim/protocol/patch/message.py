"""The PatchOp message (RFC 7644 §3.5.2): from its JSON to operations with resolved targets.

Only what the request alone can tell is judged here; what depends on the resource's values is judged by `apply`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from scim.exceptions import InvalidPath, InvalidSyntax, InvalidValue, Mutability, NoTarget, ScimError
from scim.protocol.attributes.definition import Attribute, Schema
from scim.protocol.attributes.definition import Mutability as Mutable
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.filters.check import check_entry
from scim.protocol.filters.checked import Checked
from scim.protocol.grammar.ast import Filter, PatchPath
from scim.protocol.grammar.parser import parse_path
from scim.protocol.unknown import UnknownPolicy, Unknowns
from scim.protocol.values import Json, canonical_keys, shown

MAX_LABEL = 200
"""Characters of a path that an error shows."""

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Op(StrEnum):
    """What an operation does."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation on one attribute, or on a whole extension; `index` counts from 1 as the client wrote them."""

    index: int
    op: Op
    target: Target | None = None
    extension: Schema | None = None
    selection: Checked | None = None
    condition: Filter | None = None
    sub: Attribute | None = None
    value: Json = None
    has_value: bool = False
    label: str = ""

    @property
    def leaf(self) -> Attribute:
        """The attribute or sub-attribute that is written."""
        assert self.target is not None
        return self.sub or self.target.leaf

    def fault(self, error: type[ScimError], detail: str) -> ScimError:
        """An error that names this operation."""
        return error(f"Operation {self.index} ({self.op} {self.label[:MAX_LABEL] or 'without path'}): {detail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchOptions:
    """How a request is read: what differs between applications and their profiles.

    `parse_path` may be a lenient grammar.
    """

    unknown: UnknownPolicy = UnknownPolicy.REJECT
    parse_path: Callable[[str], PatchPath] = parse_path
    max_operations: int = 1000


@dataclass(frozen=True, slots=True)
class PatchMessage:
    """The operations of one request, and the unknown attributes that were left out."""

    operations: tuple[Operation, ...]
    ignored: list[str] = field(default_factory=list)


def read_patch(
    body: Json, resource_type: ResourceType, *, resource_id: str, options: PatchOptions | None = None
) -> PatchMessage:
    """The operations of a PatchOp body, one per attribute: path-less ones are spread over what their value names.

    Raises:
        InvalidSyntax: the message is not of the form of RFC 7644 §3.5.2.
        InvalidPath, InvalidFilter: a path is malformed or names nothing of the type.
        NoTarget: a remove without path.
        InvalidValue: a value is missing, or is there where none may be.
        Mutability: a readOnly attribute is named.
    """
    options = options or PatchOptions()
    unknowns = Unknowns(options.unknown, InvalidValue)
    reader = _Reader(resource_type, resource_id, options, unknowns)
    operations = tuple(
        operation for index, raw in enumerate(_operations(body, options), 1) for operation in reader.read(index, raw)
    )
    return PatchMessage(operations, unknowns.ignored)


def _operations(body: Json, options: PatchOptions) -> list[Mapping[str, Json]]:
    if not isinstance(body, Mapping):
        raise InvalidSyntax(f"The body must be a PatchOp object, not {shown(body)}.")
    members = canonical_keys(body, "The body")
    _check_message(members)
    operations = members.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidSyntax("'Operations' must be a list with at least one operation.")
    if len(operations) > options.max_operations:
        raise InvalidSyntax(f"'Operations' has {len(operations)} entries; at most {options.max_operations} are taken.")
    return operations


def _check_message(members: Mapping[str, Json]) -> None:
    if members.get("schemas") != [PATCH_OP]:
        raise InvalidSyntax(f"'schemas' of a PATCH must be ['{PATCH_OP}'].")
    for name in members.keys() - {"schemas", "operations"}:
        raise InvalidSyntax(f"A PATCH has no member '{name}', only 'schemas' and 'Operations'.")


@dataclass(frozen=True, slots=True)
class _Reader:
    resource_type: ResourceType
    resource_id: str
    options: PatchOptions
    unknowns: Unknowns

    def read(self, index: int, raw: Json) -> Iterator[Operation]:
        operation, path = _form(index, raw)
        if path is None:
            yield from self._without_path(operation)
            return
        operation = replace(operation, label=path if isinstance(path, str) else str(path.path))
        if operation.op is not Op.REMOVE and not operation.has_value:
            raise operation.fault(InvalidValue, "'value' is missing.")
        if operation.op is Op.REMOVE and operation.has_value and operation.value is not None:
            raise operation.fault(InvalidValue, "a remove takes no 'value'; select entries in the path instead.")
        resolved = self._resolve(operation, path)
        if resolved is not None:
            yield resolved

    def _resolve(self, operation: Operation, path: str | PatchPath) -> Operation | None:
        extension = self.resource_type.extension(path) if isinstance(path, str) else None
        if extension is not None:
            return replace(operation, extension=extension.schema)
        try:
            return self._at(operation, self.options.parse_path(path) if isinstance(path, str) else path)
        except ScimError as error:
            raise operation.fault(type(error), error.detail) from error

    def _at(self, operation: Operation, path: PatchPath) -> Operation | None:
        target = self.resource_type.find(path.path)
        if target is None:
            self._unknown(operation, str(path.path), f"{self.resource_type.name} has no attribute '{path.path}'.")
            return None
        attribute = target.attribute
        if path.filter is None:
            return self._writable(replace(operation, target=target))
        if not attribute.multi_valued or target.sub is not None:
            raise InvalidPath(f"'{target}' is no list, so no entry of it can be selected by a filter.")
        sub = attribute.sub(path.sub) if path.sub else None
        if path.sub and sub is None:
            self._unknown(operation, f"{path.path}.{path.sub}", f"'{target}' has no sub-attribute '{path.sub}'.")
            return None
        selection = check_entry(path.filter, attribute)
        return self._writable(replace(operation, target=target, selection=selection, condition=path.filter, sub=sub))

    def _unknown(self, operation: Operation, name: str, detail: str) -> None:
        if self.options.unknown is UnknownPolicy.REJECT:
            raise InvalidPath(detail)
        self.unknowns.meet(name, operation.op, detail)

    def _writable(self, operation: Operation) -> Operation:
        assert operation.target is not None
        for attribute in (operation.target.attribute, operation.leaf):
            if attribute.mutability is Mutable.READ_ONLY:
                raise Mutability(f"'{attribute.name}' is readOnly.")
        return operation

    def _without_path(self, operation: Operation) -> Iterator[Operation]:
        if operation.op is Op.REMOVE:
            raise operation.fault(NoTarget, "a remove needs a 'path'.")
        if not operation.has_value:
            raise operation.fault(InvalidValue, "'value' is missing.")
        if not isinstance(operation.value, Mapping):
            raise operation.fault(
                InvalidValue, f"without a path 'value' must be an object, not {shown(operation.value)}."
            )
        canonical_keys(operation.value, f"'value' of operation {operation.index}")
        for key, value in operation.value.items():
            yield from self._member(replace(operation, value=value, label=key), key)

    def _member(self, operation: Operation, key: str) -> Iterator[Operation]:
        attribute = self.resource_type.attribute(key)
        extension = self.resource_type.extension(key)
        if extension is not None:
            yield replace(operation, extension=extension.schema, label=extension.schema.id)
        elif attribute is None:
            detail = f"{self.resource_type.name} has no attribute '{key}'."
            self.unknowns.meet(key, operation.value, str(operation.fault(InvalidValue, detail)))
        elif attribute.name != "id" or operation.value != self.resource_id:
            try:
                yield self._writable(replace(operation, target=Target(attribute), label=attribute.name))
            except Mutability as error:
                raise operation.fault(Mutability, error.detail) from error


def _form(index: int, raw: Json) -> tuple[Operation, str | PatchPath | None]:
    """An operation's form: `op`, `path` and `value`, names without regard to case; null as path counts as not sent.

    A path may be a tree already, by which a quirk rule selects more entries than a text could (COMMON-18).
    """
    if not isinstance(raw, Mapping):
        raise InvalidSyntax(f"Operation {index} must be an object, not {shown(raw)}.")
    members = canonical_keys(raw, f"Operation {index}")
    for name in members.keys() - {"op", "path", "value"}:
        raise InvalidSyntax(f"Operation {index} has no member '{name}', only 'op', 'path' and 'value'.")
    op, path = members.get("op"), members.get("path")
    if not isinstance(op, str) or op.lower() not in set(Op):
        raise InvalidSyntax(f"Operation {index}: 'op' must be add, remove or replace, not {shown(op)}.")
    if path is not None and not isinstance(path, str | PatchPath):
        raise InvalidPath(f"Operation {index}: 'path' must be a text, not {shown(path)}.")
    value: Any = members.get("value")
    return Operation(index=index, op=Op(op.lower()), value=value, has_value="value" in members), path
