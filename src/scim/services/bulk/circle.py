"""Creates that refer to each other in a circle (RFC 7644 §3.7.1): made without the references, which are added then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scim.caller import Caller
from scim.exceptions import Conflict, ScimError
from scim.protocol.bulk.message import BulkOperation, Method
from scim.protocol.bulk.references import without
from scim.services.bulk.operations import SERVICES, Operations, Outcome
from scim.services.environment import Environment
from scim.services.requests import Answer, ScimRequest

_PASSWORD = "password"  # noqa: S105 - the attribute's name


class _Broken(Exception):
    """The operation of a circle that could not be carried out, and why; `is_its_own` is false for added references."""

    def __init__(self, operation: BulkOperation, error: ScimError, *, is_its_own: bool) -> None:
        self.operation = operation
        self.error = error
        self.is_its_own = is_its_own
        super().__init__()


async def run_circle(
    env: Environment,
    caller: Caller,
    operations: Operations,
    circle: Sequence[BulkOperation],
    ids: dict[str, str],
) -> list[Outcome]:
    """Carry out creates that refer to each other, all of them or none; `ids` gains those of their resources.

    One transaction holds them all, so that nobody sees them half done.
    """
    made = dict(ids)
    try:
        async with env.database.transaction() as session:
            answers = await _made(env.within(session), caller, operations, circle, made)
    except _Broken as broken:
        return [_told(one, broken) for one in circle]
    except ScimError as error:
        return [error for _ in circle]
    ids |= made
    return list(answers)


async def _made(
    env: Environment,
    caller: Caller,
    operations: Operations,
    circle: Sequence[BulkOperation],
    ids: dict[str, str],
) -> list[Answer]:
    answers: dict[int, Answer] = {}
    incomplete: list[BulkOperation] = []
    for one in circle:
        waits = operations.needed_by(one) - ids.keys()
        first = replace(one, data=without(one.data, waits)) if waits else one
        answer = await _carried_out(env, caller, operations, first, ids, is_its_own=True)
        answers[one.index] = answer
        ids[one.bulk_id or ""] = (answer.location or "").rpartition("/")[2]
        if waits:
            incomplete.append(one)
    for one in incomplete:
        answers[one.index] = replace(
            answers[one.index], etag=(await _completed(env, caller, operations, one, ids)).etag
        )
    return [answers[one.index] for one in circle]


async def _completed(
    env: Environment, caller: Caller, operations: Operations, one: BulkOperation, ids: dict[str, str]
) -> Answer:
    """Add the references: the whole resource once more, but for its password, which stays."""
    data = {name: value for name, value in one.data.items() if name.lower() != _PASSWORD}
    whole = replace(one, method=Method.PUT, data=data, resource_id=ids[one.bulk_id or ""], version="*", path=one.path)
    return await _carried_out(env, caller, operations, whole, ids, is_its_own=False)


async def _carried_out(
    env: Environment,
    caller: Caller,
    operations: Operations,
    one: BulkOperation,
    ids: dict[str, str],
    *,
    is_its_own: bool,
) -> Answer:
    try:
        request: ScimRequest = operations.single(one, ids)
        return await SERVICES[request.method](env, caller, request)
    except ScimError as error:
        raise _Broken(one, error, is_its_own=is_its_own) from error


def _told(one: BulkOperation, broken: _Broken) -> ScimError:
    """The operation's own error, or that the circle it is in could not be closed (row J-20)."""
    if broken.is_its_own and one.index == broken.operation.index:
        return broken.error
    return Conflict(
        f"It is in a circle of references with operation {broken.operation.index}, which cannot be resolved:"
        f" {broken.error.detail}"
    )
