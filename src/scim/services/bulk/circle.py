"""Creates that refer to each other in a circle (RFC 7644 §3.7.1): stored together, all of them or none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from scim.caller import Caller
from scim.db.session import Session
from scim.exceptions import Conflict, ScimError, Uniqueness
from scim.protocol.bulk.message import BulkOperation
from scim.services.bulk.operations import Operations, Outcome
from scim.services.create import Prepared, prepare, read
from scim.services.environment import Environment
from scim.services.linking import Linking
from scim.services.membership import ContainsItself, nests
from scim.services.references import link, union
from scim.services.requests import Answer
from scim.services.transactions import retried
from scim.services.writing import Writer, hold_schemas
from scim.storage import members, resources
from scim.utils.clock import now
from scim.utils.uuid7 import new_id


class _Broken(Exception):
    """The position in the circle at which it could not be closed, and why."""

    def __init__(self, position: int, error: ScimError) -> None:
        self.position = position
        self.error = error
        super().__init__()


async def run_circle(
    env: Environment, caller: Caller, operations: Operations, circle: Sequence[BulkOperation], ids: dict[str, str]
) -> list[Outcome]:
    """Carry out creates that refer to each other; the outcomes in their order, and `ids` gains those of their resources.

    Each gets its id first, so that all are complete when they are stored. One transaction holds them, so that nobody sees
    them half done. Hidden users are not restored here: the others refer to the new ids.
    """
    made = [new_id(now()) for _ in circle]
    known = ids | {one.bulk_id or "": str(own) for one, own in zip(circle, made, strict=True)}
    found = []
    for position, one in enumerate(circle):
        try:
            found.append(read(caller, operations.single(one, known)))
        except ScimError as error:
            return _refused(circle, position, error)
    ready = await asyncio.gather(*(prepare(env, one, own) for one, own in zip(found, made, strict=True)))
    try:
        answers = await retried(lambda: _stored(env, caller, ready))
    except _Broken as broken:
        return _refused(circle, broken.position, broken.error)
    ids |= known
    return [*answers]


async def _stored(env: Environment, caller: Caller, ready: Sequence[Prepared]) -> list[Answer]:
    async with env.database.transaction() as session:
        await hold_schemas(caller, session, ready[0].request)
        await _lock(caller, session, ready)
        new = [one.new for one in ready]
        added = await resources.insert_many(caller, session, new)
        for position, one in enumerate(ready):
            if one.resource_id not in added:
                raise _Broken(position, one.taken())
        for position, one in enumerate(ready):
            try:
                await Writer(caller, session, one.request, one.intake).complete(
                    one.resource_id, new[position].row, one.wanted
                )
            except ScimError as error:
                told = one.taken(error) if isinstance(error, Uniqueness) else error
                raise _Broken(position, told) from error
    return [one.answer for one in ready]


async def _lock(caller: Caller, session: Session, ready: Sequence[Prepared]) -> None:
    """What is referred to and is there already, and the application's nesting, before any row (DESIGN §3)."""
    linkings = [(one, Linking(caller, session, one.request, one.intake)) for one in ready]
    names = [linking.names({}, one.wanted.document, one.wanted.members) for one, linking in linkings]
    changes = [change for one in ready for change in one.wanted.members]
    links = await link(caller, session, union(names))
    if nests(changes, links.members) or sum(one.request.kind.is_group for one in ready) > 1:
        await members.lock_nesting(caller, session)


def _refused(circle: Sequence[BulkOperation], position: int, error: ScimError) -> list[Outcome]:
    """The operation's own error, and for the others, and where it is the circle itself, 409 (row J-20)."""
    told = Conflict(
        f"It is in a circle of references with operation {circle[position].index}, which cannot be carried out:"
        f" {error.detail}"
    )
    own = Conflict(error.detail) if isinstance(error, ContainsItself) else error
    return [own if number == position else told for number in range(len(circle))]
