"""A run of creates as one statement."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import asyncpg

from scim.caller import Caller
from scim.db.session import Session
from scim.exceptions import SchemasChanged, ScimError
from scim.protocol.bulk.message import BulkOperation
from scim.services.bulk.operations import Outcome
from scim.services.create import Prepared, Read, prepare
from scim.services.environment import Environment
from scim.services.linking import Linking
from scim.services.references import link, union
from scim.services.requests import Answer
from scim.services.restoring import may_restore
from scim.services.transactions import retried
from scim.services.writing import changed_values, hold_schemas, written_entry
from scim.storage import audit, pending, resources

log = logging.getLogger(__name__)

_CREATED = 201


def is_plain(caller: Caller, found: Read) -> bool:
    """Whether a create needs nothing but its row and its manager.

    No members, nothing unique besides a userName, no hidden user whom it might mean.
    """
    kind = found.request.kind
    named = kind.is_group and caller.settings.unique_group_names
    restores = may_restore(caller, kind, found.parts.document)
    return not (found.parts.members or kind.unique or named or restores)


@dataclass(frozen=True, slots=True)
class Entry:
    """One create of a run: read, or refused before it came that far."""

    operation: BulkOperation
    found: Read | ScimError


async def run_creates(
    env: Environment, caller: Caller, entries: Sequence[Entry], *, allowed: int | None
) -> list[Outcome] | None:
    """Carry out a run, or the beginning of it: the outcomes in its order, with at most `allowed` errors (None: any number).

    Returns:
        None where the statement fails otherwise than by a taken name: then they must be carried out one by one.

    Raises:
        SchemasChanged: it was read by schemas that are gone; nothing was carried out.
    """
    ready = await asyncio.gather(*(_prepared(env, entry.found) for entry in entries))
    try:
        return await retried(lambda: _at_once(env, caller, ready, allowed))
    except SchemasChanged:
        raise
    except ScimError as error:
        return _cut([one if isinstance(one, ScimError) else error for one in ready], allowed)
    except asyncpg.PostgresError as error:
        log.info("a run of %d creates is carried out one by one: %s", len(ready), error)
        return None


async def _prepared(env: Environment, found: Read | ScimError) -> Prepared | ScimError:
    return found if isinstance(found, ScimError) else await prepare(env, found)


async def _at_once(
    env: Environment, caller: Caller, ready: Sequence[Prepared | ScimError], allowed: int | None
) -> list[Outcome]:
    """One transaction; begun again with fewer creates where errors end the run before its end."""
    while True:
        try:
            async with env.database.transaction() as session:
                return _within(await _inserted(caller, session, ready), allowed)
        except _TooFar as error:
            ready = ready[: error.count]


def _within(outcomes: list[Outcome], allowed: int | None) -> list[Outcome]:
    """The outcomes up to the last error allowed.

    Raises:
        _TooFar: creates behind that one were carried out.
    """
    counted = _cut(outcomes, allowed)
    if any(isinstance(one, Answer) for one in outcomes[len(counted) :]):
        raise _TooFar(len(counted))
    return counted


class _TooFar(Exception):
    """Creates behind the last error allowed were carried out: they are undone."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__()


async def _inserted(caller: Caller, session: Session, ready: Sequence[Prepared | ScimError]) -> list[Outcome]:
    whole = [one for one in ready if isinstance(one, Prepared)]
    if not whole:
        return [one for one in ready if isinstance(one, ScimError)]
    await hold_schemas(caller, session, whole[0].request)
    return await _Run(caller, session, whole).outcomes(ready)


@dataclass(frozen=True, slots=True)
class _Run:
    """Creates that are stored in one statement, with their managers, and with what waits for them."""

    caller: Caller
    session: Session
    creates: Sequence[Prepared]

    async def outcomes(self, ready: Sequence[Prepared | ScimError]) -> list[Outcome]:
        linkings = [Linking(self.caller, self.session, one.request, one.intake) for one in self.creates]
        names = [
            linking.names({}, one.wanted.document, ()) for linking, one in zip(linkings, self.creates, strict=True)
        ]
        links = await link(self.caller, self.session, union(names))
        new = [replace(one.new, manager_id=links.manager_of(own)) for one, own in zip(self.creates, names, strict=True)]
        made = await resources.insert_many(self.caller, self.session, new)
        stored = [parts for parts in zip(self.creates, linkings, names, strict=True) if parts[0].resource_id in made]
        awaited = []
        for one, linking, own in stored:
            linking.note_names(links.of_manager(own))
            awaited += linking.awaited_manager(one.resource_id, own, links)
        if awaited:
            await pending.add(self.caller, self.session, awaited, at=stored[0][0].request.now)
        records = ((one.request.origin, _entry(one)) for one, _, _ in stored)
        await audit.record_many(self.caller, self.session, records)
        if stored:
            one, linking, _ = stored[0]
            await linking.arrive(union([own for _, _, own in stored]), one.request.now)
        return [
            one if isinstance(one, ScimError) else one.answer if one.resource_id in made else one.taken()
            for one in ready
        ]


def _entry(one: Prepared) -> audit.Entry:
    changed = changed_values(one.request.kind, {}, one.wanted)
    return written_entry(one.request, one.intake, "create", _CREATED, one.resource_id, changed)


def _cut(outcomes: list[Outcome], allowed: int | None) -> list[Outcome]:
    """The outcomes up to the last error allowed."""
    if allowed is None:
        return outcomes
    for number, errors in enumerate(_error_counts(outcomes), 1):
        if errors == allowed:
            return outcomes[:number]
    return outcomes


def _error_counts(outcomes: Sequence[Outcome]) -> Iterator[int]:
    return accumulate(isinstance(one, ScimError) for one in outcomes)
