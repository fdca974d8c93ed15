"""POST of a bulk request (RFC 7644 §3.7)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, TypeVar

from scim.caller import Caller
from scim.exceptions import SchemasChanged, ScimError, Unavailable
from scim.protocol.bulk.message import BULK_RESPONSE, BulkMessage, BulkOperation, Method, read_bulk
from scim.protocol.bulk.plan import plan
from scim.services.bulk.circle import run_circle
from scim.services.bulk.operations import SERVICES, Explanations, Operations, Outcome, contained
from scim.services.bulk.passwords import check_passwords
from scim.services.bulk.run import Entry, is_plain, run_creates
from scim.services.create import Read, read
from scim.services.environment import Environment
from scim.services.intake import take
from scim.services.requests import Answer, Incoming

T = TypeVar("T")

_LONGEST_RUN: Final = 1000
"""Creates of one statement: its locks are held for well under a second."""

_READ_AT_ONCE: Final = 20
"""Resources that are read before other requests of this worker get their turn: a few milliseconds."""

_READINGS: Final = 3
"""How often an operation is read where the application's schemas change each time before it is stored."""


async def bulk(env: Environment, caller: Caller, request: Incoming) -> Answer:
    """Carry out the operations of a request and answer 200 with a result for each that was tried.

    Raises:
        InvalidSyntax, InvalidValue: the envelope is not of the form of RFC 7644 §3.7.
        PayloadTooLarge: more operations, or more passwords, than are taken.
    """
    intake = take(caller, request)
    message = read_bulk(intake.body, max_operations=env.settings.bulk_max_operations)
    check_passwords(message, env.settings)
    request = replace(request, rules=tuple(intake.rules), ignored=tuple(intake.ignored))
    explanations = Explanations(caller, env.settings)
    run = _Bulk(env, caller, message, Operations(request, env.settings.audit_bodies == "all", explanations))
    await run.all()
    tried = [operation for operation in message.operations if operation.index in run.outcomes]
    results = [run.operations.result(operation, run.outcomes[operation.index], run.ids) for operation in tried]
    refused = [
        (operation, outcome, result)
        for operation, result in zip(tried, results, strict=True)
        if isinstance(outcome := run.outcomes[operation.index], ScimError)
    ]
    for operation, error, result in refused:
        if not error.is_recorded:
            env.journal.add(caller, *run.operations.refusal(operation, error, result))
    return Answer(
        status=200,
        body={"schemas": [BULK_RESPONSE], "Operations": results},
        summary=f"carried out {len(results)} of {len(message.operations)} operations, {len(refused)} failed",
    )


@dataclass(slots=True)
class _Bulk:
    """The state of one request.

    The ids of what was made, by bulkId; what became of each operation, by its index; creates not yet run; and that the
    database is away, once that was met.
    """

    env: Environment
    caller: Caller
    message: BulkMessage
    operations: Operations
    ids: dict[str, str] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    waiting: list[Entry] = field(default_factory=list)
    away: Unavailable | None = None

    async def all(self) -> None:
        """Every operation that is to be tried, in the order of the plan."""
        sent = self.message.operations
        makers = {one.creates: position for position, one in enumerate(sent) if one.creates}
        named = [self.operations.needed_by(one) for one in sent]
        needs = [frozenset(makers[name] for name in names if name in makers) for names in named]
        for number, step in enumerate(plan(needs)):
            if self._is_over():
                return
            if number % _READ_AT_ONCE == 0:
                await asyncio.sleep(0)
            if len(step) > 1 or step[0] in needs[step[0]]:
                await self._run_circle([sent[position] for position in step])
            elif sent[step[0]].method == Method.POST:
                await self._take_create(sent[step[0]])
            else:
                await self._run_one(sent[step[0]])
        await self._run_waiting()

    @property
    def _allowed(self) -> int | None:
        """How many more errors may be; None for any number."""
        limit = self.message.fail_on_errors
        return None if limit is None else limit - sum(isinstance(one, ScimError) for one in self.outcomes.values())

    def _is_over(self) -> bool:
        return self._allowed is not None and self._allowed <= 0

    async def _take_create(self, operation: BulkOperation) -> None:
        """Keep a plain create for the run that it belongs to; carry out any other."""
        if not self.operations.needed_by(operation) <= self.ids.keys():
            await self._run_waiting()
        try:
            found: Read | ScimError = read(self.caller, self.operations.single(operation, self.ids))
        except ScimError as error:
            found = error
        if isinstance(found, Read) and not is_plain(self.caller, found):
            await self._run_one(operation)
            return
        self.waiting.append(Entry(operation, found))
        if len(self.waiting) == _LONGEST_RUN:
            await self._run_waiting()

    async def _run_waiting(self) -> None:
        """Run the creates that wait, in as many runs as it takes; none once it is over."""
        while self.waiting and not self._is_over():
            entries, self.waiting = self.waiting, []
            work = partial(run_creates, self.env, self.caller, entries, allowed=self._allowed)
            done = await self._contained(work, entries[0].operation)
            if isinstance(done, SchemasChanged):
                await self._take_again(entries)
            elif done is None:
                for entry in entries:
                    await self._run_one(entry.operation)
            else:
                outcomes = [done] * len(entries) if isinstance(done, ScimError) else done
                for entry, outcome in zip(entries, outcomes, strict=False):
                    self._note(entry.operation, outcome)
                self.waiting = entries[len(outcomes) :]

    async def _take_again(self, entries: list[Entry]) -> None:
        """Read creates by the schemas as they are now."""
        await self._renew()
        for entry in entries:
            await self._take_create(entry.operation)

    async def _run_one(self, operation: BulkOperation) -> None:
        await self._run_waiting()
        if not self._is_over():
            self._note(operation, await self._tried(lambda: self._single(operation), operation))

    async def _single(self, operation: BulkOperation) -> Answer:
        request = self.operations.single(operation, self.ids)
        return await SERVICES[request.method](self.env, self.caller, request)

    async def _run_circle(self, circle: list[BulkOperation]) -> None:
        await self._run_waiting()
        if self._is_over():
            return
        done = await self._tried(
            lambda: run_circle(self.env, self.caller, self.operations, circle, self.ids), circle[0]
        )
        outcomes = [done] * len(circle) if isinstance(done, ScimError) else done
        for operation, outcome in zip(circle, outcomes, strict=True):
            self._note(operation, outcome)

    async def _tried(self, work: Callable[[], Awaitable[T]], operation: BulkOperation) -> T | ScimError:
        """What becomes of an operation; one that was read by schemas of before is read again."""
        for _ in range(_READINGS - 1):
            done = await self._contained(work, operation)
            if not isinstance(done, SchemasChanged):
                return done
            await self._renew()
        return await self._contained(work, operation)

    async def _contained(self, work: Callable[[], Awaitable[T]], operation: BulkOperation) -> T | ScimError:
        """The same without a second try; nothing is tried any more where the database is away."""
        if self.away is not None:
            return self.away
        done = await contained(work(), operation, self.operations.request.origin.request_id)
        if isinstance(done, Unavailable) and not isinstance(done, SchemasChanged):
            self.away = done
        return done

    async def _renew(self) -> None:
        registry = await self.env.registries.renewed(self.caller)
        self.operations = replace(self.operations, request=replace(self.operations.request, registry=registry))

    def _note(self, operation: BulkOperation, outcome: Outcome) -> None:
        self.outcomes[operation.index] = outcome
        if operation.creates and isinstance(outcome, Answer) and outcome.location:
            self.ids[operation.creates] = outcome.location.rpartition("/")[2]
