"""The schemas and resource types of each application, built once per version and worker (DESIGN §4)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from scim.caller import Caller
from scim.db.database import Database
from scim.protocol.attributes.registry import Registry, application_registry, builtin_registry, tenant_registry
from scim.storage import definitions

MAX_KEPT = 1000
"""Registries kept in memory per worker: those of applications with schemas of their own, some 100 KB each."""


@dataclass(slots=True)
class Registries:
    """Finds a caller's registry; a version names its content, so nothing that is kept can be out of date."""

    database: Database
    _kept: OrderedDict[UUID, Registry] = field(default_factory=OrderedDict)

    async def of(self, caller: Caller | None) -> Registry:
        """What a caller sees: the built-in types without a caller, and with those of all applications of a tenant."""
        if caller is None:
            return builtin_registry()
        if caller.is_tenant_wide:
            return tenant_registry()
        if caller.registry_version == 0:
            return builtin_registry()
        kept = self._kept.get(caller.app_id)
        if kept is not None and kept.version >= caller.registry_version:
            self._kept.move_to_end(caller.app_id)
            return kept
        return await self._loaded(caller)

    async def renewed(self, caller: Caller) -> Registry:
        """What an application has now, for a caller that has met `SchemasChanged`."""
        return await self._loaded(caller)

    async def _loaded(self, caller: Caller) -> Registry:
        """What the database has now: it may be newer than what the caller was told of a moment ago."""
        async with self.database.session() as session:
            found = await definitions.load(caller, session)
        registry = application_registry(
            found.schemas, found.resource_types, version=found.version, changed_at=found.changed_at
        )
        self._kept[caller.app_id] = registry
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return registry
