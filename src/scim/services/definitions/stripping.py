"""Removing what was stored by a definition that is gone: in batches, each change with its audit record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from scim.caller import Caller
from scim.db.database import Database
from scim.db.session import Session
from scim.protocol.attributes.registry import Registry, ResourceType, application_registry
from scim.protocol.changes import changes
from scim.protocol.validation import Document, with_schemas
from scim.services.references import sent_manager
from scim.services.transactions import retried
from scim.services.writing import unique_values
from scim.storage import audit, definitions, pending, references, resources, unique
from scim.storage.audit import Entry, Origin
from scim.storage.columns import Row
from scim.storage.resources import Stored
from scim.utils.clock import now

BATCH: Final = 500
"""Resources of one transaction: their locks are held for well under a second."""


async def strip_all(database: Database, caller: Caller, urn: str, before: Registry) -> int:
    """Remove the values of an extension from the types that have it no longer; how many resources had some.

    `before` is what told of the values, for the audit records.
    """
    async with database.session() as session:
        found = await definitions.load(caller, session)
    registry = application_registry(found.schemas, found.resource_types, version=found.version)
    return await _in_batches(database, lambda session: strip_some(caller, session, registry, urn, before))


async def delete_all(database: Database, caller: Caller, kind: ResourceType) -> int:
    """Remove the resources of a type that is gone; how many there were."""
    return await _in_batches(database, lambda session: delete_some(caller, session, kind))


async def strip_some(caller: Caller, session: Session, registry: Registry, urn: str, before: Registry) -> int:
    """Remove such values from a batch of resources, in the caller's transaction; how many there were."""
    kinds = {kind.name: kind for kind in registry.resource_types if kind.extension(urn) is None}
    rows = await definitions.lock_some_of_schema(caller, session, urn, list(kinds), BATCH)
    for row, hidden in rows:
        kind = kinds[row.resource_type]
        await _strip(caller, session, kind, row, urn, before.resource_type(kind.name) or kind, hidden=hidden)
    return len(rows)


async def delete_some(caller: Caller, session: Session, kind: ResourceType) -> int:
    """Remove a batch of resources of a type, in the caller's transaction; how many there were."""
    rows = await definitions.lock_some_of_type(caller, session, kind.name, BATCH)
    for row in rows:
        await resources.delete(caller, session, row)
        detail = f"The resource type {kind.name} was removed."
        entry = Entry(
            action="delete",
            at=now(),
            resource_type=kind.name,
            resource_id=row.id,
            detail=detail,
            changes=changes(row.document, {}, kind),
        )
        await audit.record(caller, session, Origin(), entry)
    return len(rows)


async def _strip(
    caller: Caller,
    session: Session,
    kind: ResourceType,
    row: Stored,
    urn: str,
    before: ResourceType,
    *,
    hidden: bool,
) -> None:
    """Of hidden users, too, who may come back; they have no manager, and nothing that must be unique."""
    rest = {name: value for name, value in row.document.items() if name.lower() != urn.lower()}
    document, at = with_schemas(rest, kind), row.next_time(now())
    written = Row.of(document, kind)
    await resources.update(caller, session, row, written, secret=None, keep_secret=True, at=at, hidden=hidden)
    if not hidden:
        await unique.claim(caller, session, kind.name, row.id, unique_values(document, kind))
        await _forget_manager(caller, session, row, document)
    entry = Entry(
        action="patch",
        at=at,
        resource_type=kind.name,
        resource_id=row.id,
        detail=f"The schema {urn} was removed from {kind.name}, and with it these values.",
        changes=changes(row.document, document, before),
    )
    await audit.record(caller, session, Origin(), entry)


async def _forget_manager(caller: Caller, session: Session, row: Stored, document: Document) -> None:
    """Nobody's manager is who is named no longer, nor is such a name waited for."""
    if sent_manager(row.document) is not None and sent_manager(document) is None:
        await references.set_manager(caller, session, row.id, None)
        await pending.drop(caller, session, row.id, pending.MANAGER)


async def _in_batches(database: Database, batch: Callable[[Session], Awaitable[int]]) -> int:
    async def once() -> int:
        async with database.transaction() as session:
            return await batch(session)

    total = 0
    while done := await retried(once):
        total += done
    return total
