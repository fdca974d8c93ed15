"""A run of creates as one statement."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import asyncpg

from scim.caller import Caller
from scim.db.session import Session
from scim.exceptions import SchemasChanged, ScimError
from scim.protocol.bulk.message import BulkOperation
from scim.services.bulk.operations import Outcome
from scim.services.create import Prepared, Read, prepare
from scim.services.environment import Environment
from scim.services.requests import Answer
from scim.services.transactions import retried
from scim.services.writing import changed_values, hold_schemas, written_entry
from scim.storage import audit, resources

log = logging.getLogger(__name__)

_CREATED = 201


def is_plain(caller: Caller, found: Read) -> bool:
    """Whether a create needs nothing but its row: no members, nothing unique besides a userName."""
    kind = found.request.kind
    named = kind.is_group and caller.settings.unique_group_names
    return not found.parts.members and not kind.unique and not named


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
    made = await resources.insert_many(caller, session, [one.new for one in whole])
    stored = [one for one in whole if one.resource_id in made]
    await audit.record_many(caller, session, ((one.request.origin, _entry(one)) for one in stored))
    return [
        one if isinstance(one, ScimError) else one.answer if one.resource_id in made else one.taken() for one in ready
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
