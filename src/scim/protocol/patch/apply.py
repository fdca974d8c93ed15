"""(document, operations) → (new document) or an error; the document that went in is not touched (RFC 7644 §3.5.2).

All operations are applied or none: an error leaves no half-done result behind (row H-12).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scim.exceptions import InvalidPath, InvalidSyntax, InvalidValue, Mutability, ScimError
from scim.protocol.attributes.definition import Mutability as Mutable
from scim.protocol.attributes.definition import Schema
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.filters.evaluate import evaluate_entry
from scim.protocol.patch.message import Op, Operation
from scim.protocol.patch.removal import remove
from scim.protocol.patch.slot import Courtesies, Holder, Slot, is_fixed, refuse_change
from scim.protocol.patch.write import write
from scim.protocol.unknown import UnknownPolicy, Unknowns
from scim.protocol.validation import Document, check_required, check_schemas, with_schemas
from scim.protocol.values import Json, canonical_keys, is_unassigned, shown


@dataclass(frozen=True, slots=True)
class Patched:
    """The new document; whether COMMON-21 and COMMON-38 were made use of; unknown attributes that were left out.

    `several` are the paths whose filter selected more than one entry (ENTRA-52).
    """

    document: Document
    created_entry: bool = False
    dropped_double: bool = False
    ignored: tuple[str, ...] = ()
    several: tuple[str, ...] = ()


def apply_patch(
    document: Document,
    operations: Sequence[Operation],
    resource_type: ResourceType,
    *,
    unknown: UnknownPolicy = UnknownPolicy.REJECT,
    create_entries: bool = False,
    drop_doubles: bool = False,
) -> Patched:
    """Apply operations in order, each on the result of the one before (row H-11).

    Raises:
        ScimError: of the first operation that fails, with its number; or of the result as a whole (row H-19).
    """
    courtesies = Courtesies(create_entries, drop_doubles)
    engine = _Engine(copied(document), resource_type, Unknowns(unknown, InvalidValue), courtesies)
    for operation in operations:
        try:
            engine.run(operation)
        except ScimError as error:
            raise operation.fault(type(error), error.detail) from error
    check_required(engine.document, resource_type)
    return Patched(
        with_schemas(engine.document, resource_type),
        courtesies.created_entry,
        courtesies.dropped_double,
        tuple(engine.unknowns.ignored),
        tuple(courtesies.several),
    )


def copied(value: Json) -> Any:
    """A deep copy of JSON."""
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    return [copied(part) for part in value] if isinstance(value, list) else value


@dataclass(slots=True)
class _Engine:
    document: Document
    resource_type: ResourceType
    unknowns: Unknowns
    courtesies: Courtesies

    def run(self, operation: Operation) -> None:
        if operation.extension is not None:
            self._run_extension(operation, operation.extension)
            return
        assert operation.target is not None
        if str(operation.target) == "schemas":
            self._run_schemas(operation)
        else:
            self._run_target(operation, operation.target)

    def _run_target(self, operation: Operation, target: Target) -> None:
        holder: Holder = self.document
        if target.extension is not None:
            holder = self.document.setdefault(target.extension, {})
        where = str(replace(target, sub=None))
        slot = Slot(operation, target.attribute, holder, where, self.unknowns, self.courtesies)
        fixed = copied(slot.value) if is_fixed(target.attribute, slot.value) else None
        if operation.op is Op.REMOVE:
            remove(slot)
        else:
            write(slot)
        if fixed is not None:
            refuse_change(target.attribute, fixed, slot.value, where)
            slot.write(fixed)
        if target.extension is not None and not holder:
            del self.document[target.extension]

    def _run_extension(self, operation: Operation, schema: Schema) -> None:
        """A whole extension by its URN (rows H-55, H-59): each attribute in the value as if named by path."""
        if operation.op is Op.REMOVE or is_unassigned(operation.value):
            if operation.op is not Op.ADD:
                self._clear_extension(operation, schema)
            return
        if not isinstance(operation.value, dict):
            raise InvalidValue(f"'{schema.id}' must be an object, not {shown(operation.value)}.")
        canonical_keys(operation.value, f"'{schema.id}'")
        for key, value in operation.value.items():
            attribute = schema.attribute(key)
            if attribute is None:
                self.unknowns.meet(f"{schema.id}:{key}", value, f"'{schema.id}' has no attribute '{key}'.")
                continue
            if attribute.mutability is Mutable.READ_ONLY:
                raise Mutability(f"'{schema.id}:{attribute.name}' is readOnly.")
            target = Target(attribute, extension=schema.id)
            self._run_target(replace(operation, extension=None, target=target, value=value), target)

    def _clear_extension(self, operation: Operation, schema: Schema) -> None:
        """All that a client may set goes; readOnly values are the server's, and stay."""
        for attribute in schema.attributes:
            has_value = attribute.name in self.document.get(schema.id, {})
            if has_value and attribute.mutability is not Mutable.READ_ONLY:
                target = Target(attribute, extension=schema.id)
                self._run_target(replace(operation, op=Op.REMOVE, extension=None, target=target, value=None), target)

    def _run_schemas(self, operation: Operation) -> None:
        """`schemas` follows from the attributes a resource has; a request may name what the type has (row H-18)."""
        if operation.op is Op.REMOVE:
            self._remove_schemas(operation)
            return
        if operation.selection is not None:
            raise InvalidPath("'schemas' takes no filter here; name the URNs in 'value'.")
        if operation.op is Op.ADD and is_unassigned(operation.value):
            return
        urns = operation.value if isinstance(operation.value, list) else [operation.value]
        base = self.resource_type.schema.id
        if operation.op is Op.ADD:
            urns = [base, *(urn for urn in urns if not (isinstance(urn, str) and self.resource_type.is_base(urn)))]
        try:
            check_schemas(urns, self.resource_type)
        except InvalidSyntax as error:
            raise InvalidValue(error.detail) from error

    def _remove_schemas(self, operation: Operation) -> None:
        """A URN goes by itself when its last attribute goes, and not before; the base schema stays."""
        selection = operation.selection
        for urn in with_schemas(self.document, self.resource_type)["schemas"]:
            if selection is None or evaluate_entry(selection, urn):
                raise Mutability(f"'schemas' keeps '{urn}' as long as the resource has values of that schema.")
