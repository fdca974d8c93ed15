"""Adding and removing resource types of an application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scim.db.database import Database
from scim.exceptions import OperatorError
from scim.protocol.attributes.registry import Registry, ResourceType, builtin_registry
from scim.protocol.attributes.resource_type_check import checked_resource_type
from scim.services.definitions.info import TypeInfo, type_info
from scim.services.definitions.stripping import delete_all, delete_some, strip_all
from scim.services.definitions.work import Work, changing, resources_have
from scim.services.names import unknown
from scim.storage import definitions


@dataclass(frozen=True, slots=True)
class Added:
    """A resource type that was added, or whose extensions were replaced; `lost` are URNs of extensions it had before."""

    type: TypeInfo
    is_new: bool
    lost: tuple[str, ...] = ()


async def add_resource_types(
    database: Database, bodies: Sequence[Any], *, app: str, tenant: str | None = None, force: bool = False
) -> list[Added]:
    """Add resource types to an application; of one it has, the list of extensions is replaced. All of them or none.

    Raises:
        OperatorError: no such application; a definition does not fit; resources have values of an extension that would
            go, and there is no `force`.
    """

    async def change(work: Work) -> tuple[list[Added], Registry]:
        before = work.registry
        return [await _add(work, body, force=force) for body in bodies], before

    (added, before), caller = await changing(database, app, tenant, change)
    for urn in {urn for one in added for urn in one.lost}:
        await strip_all(database, caller, urn, before)
    return added


async def remove_resource_type(
    database: Database, name: str, *, app: str, tenant: str | None = None, force: bool = False
) -> int:
    """Remove a resource type from an application; how many resources went with it.

    Raises:
        OperatorError: there is none, it is built in, or there are resources and no `force`.
    """

    async def change(work: Work) -> ResourceType:
        kind = work.registry.resource_type(name)
        if kind is None:
            raise unknown("resource type", name, list(work.types))
        if builtin_registry().resource_type(name) is not None:
            raise OperatorError(f"resource type '{name}' is built in, and stays")
        used = await definitions.count_of_schema(work.caller, work.session, kind.schema.id)
        if used and not force:
            raise OperatorError(f"resources of type '{name}': {used}; --force removes them too")
        await work.drop_type(name)
        await work.note("resource_type.remove", {"name": (name, None)})
        return kind

    removed, caller = await changing(database, app, tenant, change)
    return await delete_all(database, caller, removed)


async def _add(work: Work, body: Any, *, force: bool) -> Added:
    checked = checked_resource_type(body, work.registry)
    before = work.registry.resource_type(checked["name"])
    kept = {one["schema"] for one in checked["schemaExtensions"]}
    lost = [one.schema.id for one in before.extensions if one.schema.id not in kept] if before else []
    for urn in lost:
        used = await definitions.count_of_schema(work.caller, work.session, urn, of_type=checked["name"])
        if used and not force:
            raise OperatorError(
                f"{resources_have(used)} values of {urn}, which '{checked['name']}' would lose;"
                " --force removes those values too"
            )
    for one in checked["schemaExtensions"]:
        present = before.extension(one["schema"]) if before else None
        if before is not None and one["required"] and not (present and present.required):
            await work.check_may_require(before.name, one["schema"])
    await work.put_type(checked)
    if before is None:  # an interrupted removal may have left resources
        while await delete_some(work.caller, work.session, _made(work, checked["name"])):
            pass
    extensions = (lost or None, [*kept] or None)
    await work.note("resource_type.add", {"name": (before and before.name, checked["name"]), "extensions": extensions})
    return Added(type_info(_made(work, checked["name"])), before is None, tuple(lost))


def _made(work: Work, name: str) -> ResourceType:
    kind = work.registry.resource_type(name)
    assert kind is not None
    return kind
