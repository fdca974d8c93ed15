"""Adding and removing schemas of an application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scim.db.database import Database
from scim.exceptions import OperatorError, UsageError
from scim.protocol.attributes.attribute_check import Faults
from scim.protocol.attributes.definition import Schema, schema_from_json
from scim.protocol.attributes.evolution import breaking_changes
from scim.protocol.attributes.registry import Registry, ResourceType, builtin_registry
from scim.protocol.attributes.resource_type_check import check_extension
from scim.protocol.attributes.schema_check import check_urn_beside, checked_schema, extended_type
from scim.services.definitions.info import SchemaInfo, schema_info
from scim.services.definitions.stripping import delete_all, strip_all, strip_some
from scim.services.definitions.work import Work, changing, extensions_of, resources_have, type_body
from scim.services.names import unknown
from scim.storage import definitions


@dataclass(frozen=True, slots=True)
class Added:
    """A schema that was added or changed; `waits_for` names the type that it will extend, where that is not there."""

    schema: SchemaInfo
    is_new: bool
    waits_for: str | None = None


async def add_schemas(
    database: Database,
    bodies: Sequence[Any],
    *,
    extends: str | None = None,
    required: bool = False,
    app: str,
    tenant: str | None = None,
) -> list[Added]:
    """Add schemas to an application, or change those it has; all of them or none.

    An extension is bound to the type `extends`, else to the one that its URN names; where that is not there, it waits
    for a resource type that lists it.

    Raises:
        UsageError: `required` for what extends nothing.
        OperatorError: no such application; a definition does not hold together, or does not fit what is stored.
    """

    async def change(work: Work) -> list[Added]:
        return [await _add(work, body, extends, required=required) for body in bodies]

    added, _ = await changing(database, app, tenant, change)
    return added


async def remove_schema(
    database: Database, urn: str, *, app: str, tenant: str | None = None, force: bool = False
) -> int:
    """Remove a schema from an application and from its types; how many resources lost values, or went with their type.

    Raises:
        OperatorError: there is none, it is built in, or data or a type uses it and there is no `force`.
    """

    async def change(work: Work) -> tuple[Schema, list[ResourceType], Registry]:
        found, before = _own(work, urn), work.registry
        kinds = [kind for kind in before.resource_types if kind.is_base(found.id)]
        await _check_unused(work, found, kinds, force=force)
        for kind in kinds:
            await work.drop_type(kind.name)
        for kind in work.registry.resource_types:
            if kind.extension(found.id):
                rest = [one for one in extensions_of(kind) if one["schema"] != found.id]
                await work.put_type(type_body(kind, rest))
        await work.drop_schema(found.id)
        await work.note("schema.remove", {"urn": (found.id, None)})
        return found, kinds, before

    (removed, kinds, before), caller = await changing(database, app, tenant, change)
    gone = [await delete_all(database, caller, kind) for kind in kinds]
    return sum(gone) + await strip_all(database, caller, removed.id, before)


async def _add(work: Work, body: Any, extends: str | None, *, required: bool) -> Added:
    checked = checked_schema(body)
    urn = checked["id"]
    before = work.registry.schema(urn)
    if before is not None and before.id != urn:
        raise OperatorError(f"there is a schema {before.id}, which differs from {urn} in letter case only")
    check_urn_beside(urn, (one.id for one in work.registry.schemas))
    after = schema_from_json(checked)
    if before is not None:
        await _check_change(work, before, after)
    else:  # an interrupted removal may have left values, which would be read by this definition now
        while await strip_some(work.caller, work.session, work.registry, urn, work.registry):
            pass
    await work.put_schema(checked)
    waits_for = await _bind(work, after, extends, required=required)
    attributes = (before and _names(before), _names(after))
    await work.note("schema.add", {"urn": (before and before.id, urn), "attributes": attributes})
    found = work.registry.schema(urn)
    assert found is not None
    return Added(schema_info(found, work.registry), before is None, waits_for)


async def _check_change(work: Work, before: Schema, after: Schema) -> None:
    """A schema that resources use changes only in ways that leave their values good."""
    breaking = breaking_changes(before, after)
    used = await definitions.count_of_schema(work.caller, work.session, before.id) if breaking else 0
    if used:
        faults = "\n".join(f"- {one}" for one in breaking)
        raise OperatorError(f"{resources_have(used)} values of {before.id}, and not all would stay good:\n{faults}")
    for kind in work.registry.resource_types:
        if kind.extension(before.id):
            _check_fits(kind.name, kind.schema, after)
        if kind.is_base(before.id):
            for extension in kind.extensions:
                _check_fits(kind.name, after, extension.schema)


async def _bind(work: Work, schema: Schema, extends: str | None, *, required: bool) -> str | None:
    """Make an extension part of its type; the type's name where that is not there."""
    registry = work.registry
    bound = any(kind.extension(schema.id) for kind in registry.resource_types)
    name = extends or (None if bound and not required else extended_type(schema.id))
    if any(kind.is_base(schema.id) for kind in registry.resource_types):
        if extends or required:
            raise UsageError(f"{schema.id} is the schema of a resource type, and extends none")
        return None
    if name is None:
        if required:
            raise UsageError("--required goes with an extension; name the type with --extends")
        return None
    kind = registry.resource_type(name)
    if kind is None:
        if required:
            raise UsageError(f"there is no resource type '{name}' yet, of which {schema.id} could be required")
        return name
    _check_fits(kind.name, kind.schema, schema)
    listed = extensions_of(kind)
    present = next((one for one in listed if one["schema"] == schema.id), None)
    if required and not (present and present["required"]):
        await work.check_may_require(kind.name, schema.id)
    if present is None:
        listed.append({"schema": schema.id, "required": required})
    elif required:
        present["required"] = True
    await work.put_type(type_body(kind, listed))
    return None


def _names(schema: Schema) -> list[str]:
    return [attribute.name for attribute in schema.attributes]


def _check_fits(kind: str, base: Schema, extension: Schema) -> None:
    faults = Faults()
    check_extension(base, extension, faults)
    faults.check(f"{extension.id} cannot extend {kind}")


def _own(work: Work, urn: str) -> Schema:
    found = work.registry.schema(urn)
    if found is None:
        raise unknown("schema", urn, list(work.schemas))
    if builtin_registry().schema(found.id) is not None:
        raise OperatorError(f"{found.id} is built in, and stays")
    return found


async def _check_unused(work: Work, schema: Schema, kinds: Sequence[ResourceType], *, force: bool) -> None:
    used = await definitions.count_of_schema(work.caller, work.session, schema.id)
    if force:
        return
    if used:
        raise OperatorError(f"{resources_have(used)} values of {schema.id}; --force removes those values too")
    if kinds:
        raise OperatorError(
            f"resource type '{kinds[0].name}' is made of {schema.id}; remove that first, or use --force"
        )
