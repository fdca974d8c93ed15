"""Many clients change few groups and users at once, and at the end it is checked that nothing was lost:
`python -m benchmarks.races`.

Each client keeps a model of what it alone decides: which of its own users are in which of the shared groups, and one
attribute of each shared user. All else is contended: the groups' names, users that are deleted while others add them,
userNames that several create, groups that are put into each other.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from benchmarks.serving import head, serving, user
from scim.db.embedded import running_sync

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ATTRIBUTES = ("title", "nickName", "userType", "locale", "timezone", "preferredLanguage", "profileUrl", "displayName")
GROUPS, SHARED_USERS, OWN_USERS = 4, 3, 6
MINIMAL = {"prefer": "return=minimal"}
_EXPECTED = {200, 201, 204, 400, 404, 409, 412}


@dataclass(slots=True)
class Report:
    """What happened; the last five must be 0."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    cycles: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return [*self.lost, *self.orphans, *self.doubles, *self.cycles, *self.unexpected]


@dataclass(slots=True)
class Arena:
    """The resources that all clients work on."""

    client: httpx.AsyncClient
    report: Report
    groups: list[str]
    users: list[str]
    passing: list[str] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    versions: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """A request; what nobody should be answered is noted."""
        answer = await self.client.request(method, path, json=body, headers=MINIMAL if method == "PATCH" else None)
        self.report.requests += 1
        self.report.statuses[answer.status_code] += 1
        if answer.status_code not in _EXPECTED:
            self.report.unexpected.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer

    async def patch(self, path: str, *operations: dict[str, Any]) -> httpx.Response:
        return await self.send("PATCH", path, {"schemas": [PATCH_OP], "Operations": list(operations)})

    async def create(self, number: int, prefix: str) -> str | None:
        answer = await self.send("POST", "/Users", user(number, prefix))
        return answer.json()["id"] if answer.status_code == httpx.codes.CREATED else None

    async def group(self, name: str) -> str:
        made: str = (await self.send("POST", "/Groups", {"schemas": [GROUP], "displayName": name})).json()["id"]
        return made


@dataclass(slots=True)
class Client:
    """One client, its choices, and what it knows to be true."""

    arena: Arena
    number: int
    random: random.Random
    own: list[str]
    within: dict[str, set[str]]
    written: dict[str, str] = field(default_factory=dict)
    private: str = ""
    held: set[str] = field(default_factory=set)

    async def work(self, until: float) -> None:
        """Random requests, one after the other."""
        actions: list[Callable[[], Awaitable[None]]] = [
            *(self.join, self.join, self.leave, self.leave, self.write, self.write, self.rename),
            *(self.pass_by, self.chase, self.claim_name, self.nest, self.replace_own),
        ]
        while time.monotonic() < until:
            await self.random.choice(actions)()

    async def join(self) -> None:
        group = self.random.choice(self.arena.groups)
        absent = [one for one in self.own if one not in self.within[group]]
        chosen = self.random.sample(absent, self.random.randint(0, len(absent)))
        if not chosen:
            return
        values = [{"value": one} for one in chosen]
        operation: dict[str, Any] = self.random.choice(
            [{"op": "add", "path": "members", "value": values}, {"op": "add", "value": {"members": values}}]
        )
        await self._changed(group, operation)
        self.within[group] |= set(chosen)

    async def leave(self) -> None:
        group = self.random.choice(self.arena.groups)
        chosen = [one for one in self.own if one in self.within[group] and self.random.random() < 0.5]
        if not chosen:
            return
        either = " or ".join(f'value eq "{one}"' for one in chosen)
        operation: dict[str, Any] = self.random.choice(
            [
                {"op": "remove", "path": f"members[{either}]"},
                {"op": "remove", "path": "members", "value": [{"value": one} for one in chosen]},
            ]
        )
        await self._changed(group, operation)
        self.within[group] -= set(chosen)

    async def _changed(self, group: str, operation: dict[str, Any]) -> None:
        """A change that is one for sure: it must succeed, with a version that no other change has."""
        answer = await self.arena.patch(f"/Groups/{group}", operation)
        if answer.status_code != httpx.codes.NO_CONTENT:
            self.arena.report.lost.append(f"{operation} on {group}: {answer.status_code} {answer.text[:200]}")
        self.arena.versions[group, answer.headers.get("etag", "")] += 1

    async def write(self) -> None:
        one, value = self.random.choice(self.arena.users), f"v{self.number}-{self.random.random()}"
        name = ATTRIBUTES[self.number % len(ATTRIBUTES)]
        shown = f"https://example.com/{value}" if name == "profileUrl" else value
        answer = await self.arena.patch(f"/Users/{one}", {"op": "replace", "path": name, "value": shown})
        if answer.status_code == httpx.codes.NO_CONTENT:
            self.written[one] = shown

    async def rename(self) -> None:
        group = self.random.choice(self.arena.groups)
        name = f"Group {self.number} {self.random.random()}"
        await self.arena.patch(f"/Groups/{group}", {"op": "replace", "path": "displayName", "value": name})

    async def pass_by(self) -> None:
        """A user that is made, put into all groups, and deleted, while others put it into groups too."""
        made = await self.arena.create(self.random.getrandbits(40), "passing")
        if made is None:
            return
        self.arena.passing.append(made)
        for group in self.random.sample(self.arena.groups, 2):
            await self.arena.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": made}]})
        await self.arena.send("DELETE", f"/Users/{made}")

    async def chase(self) -> None:
        if self.arena.passing:
            values = [{"value": one} for one in self.arena.passing[-2:]]
            group = self.random.choice(self.arena.groups)
            await self.arena.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": values[:1]})

    async def claim_name(self) -> None:
        """A userName that others want at the same time."""
        number = int(time.monotonic() * 5)
        name = f"same{number:07}"
        if await self.arena.create(number, "same" if self.random.random() < 0.5 else "SAME"):
            self.arena.made[name] += 1

    async def nest(self) -> None:
        above, below = self.random.sample(self.arena.groups, 2)
        operation: dict[str, Any] = self.random.choice(
            [
                {"op": "add", "path": "members", "value": [{"value": below}]},
                {"op": "remove", "path": f'members[value eq "{below}"]'},
            ]
        )
        await self.arena.patch(f"/Groups/{above}", operation)

    async def replace_own(self) -> None:
        """The whole list of a group that is this client's own, with users that others delete not among them."""
        wanted = set(self.random.sample(self.own, self.random.randint(0, len(self.own))))
        values = [{"value": one} for one in sorted(wanted)]
        answer = await self.arena.patch(
            f"/Groups/{self.private}", {"op": "replace", "path": "members", "value": values}
        )
        if answer.status_code == httpx.codes.NO_CONTENT:
            self.held = wanted


async def run(client: httpx.AsyncClient, *, seconds: float, clients: int, seed: int) -> Report:
    """Let so many clients race for a while; the report of it, checked."""
    report = Report()
    arena = Arena(client, report, [], [])
    arena.groups = [await arena.group(f"shared {number}") for number in range(GROUPS)]
    arena.users = [one for number in range(SHARED_USERS) if (one := await arena.create(number, f"shared{seed}-"))]
    racing = [await _client(arena, number, seed) for number in range(min(clients, 100))]
    until = time.monotonic() + seconds
    await asyncio.gather(*(one.work(until) for one in racing))
    await _check(arena, racing)
    return report


async def _client(arena: Arena, number: int, seed: int) -> Client:
    made = [await arena.create(one, f"own{seed}-{number}-") for one in range(OWN_USERS)]
    own = [one for one in made if one]
    private = await arena.group(f"private {number}")
    chosen = random.Random(seed * 1000 + number)
    return Client(arena, number, chosen, own, {group: set() for group in arena.groups}, private=private)


async def _check(arena: Arena, racing: list[Client]) -> None:
    report = arena.report
    everybody = await _everybody(arena)
    below: dict[str, set[str]] = {}
    for group in [*arena.groups, *(one.private for one in racing)]:
        members = (await arena.send("GET", f"/Groups/{group}")).json().get("members", [])
        below[group] = {one["value"] for one in members}
        report.orphans += [f"{one} in {group}" for one in below[group] - everybody - set(arena.groups)]
    for one in racing:
        for group, due in (*one.within.items(), (one.private, one.held)):
            found = below[group] & set(one.own)
            report.lost += [f"member {member} of {group}" for member in found ^ due]
    await _check_users(arena, racing)
    report.doubles += [f"version {version} of {group}" for (group, version), n in arena.versions.items() if n > 1]
    report.doubles += [f"userName {name}" for name, n in arena.made.items() if n > 1]
    report.cycles += [group for group in arena.groups if group in _within(group, below)]


async def _check_users(arena: Arena, racing: list[Client]) -> None:
    """The last value of each attribute is there, where one client alone writes it."""
    writers = Counter(one.number % len(ATTRIBUTES) for one in racing)
    for shared in arena.users:
        document = (await arena.send("GET", f"/Users/{shared}")).json()
        for one in racing:
            name = ATTRIBUTES[one.number % len(ATTRIBUTES)]
            alone = writers[one.number % len(ATTRIBUTES)] == 1
            if alone and shared in one.written and document.get(name) != one.written[shared]:
                arena.report.lost.append(f"{name} of {shared}")


def _within(group: str, below: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = [*below[group]]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += below.get(one, ())
    return found


async def _everybody(arena: Arena) -> set[str]:
    found: set[str] = set()
    cursor: str | None = ""
    while cursor is not None:
        answer = await arena.client.get("/Users", params={"cursor": cursor, "count": 1000, "attributes": "id"})
        found |= {one["id"] for one in answer.json()["Resources"]}
        cursor = answer.json().get("nextCursor")
    return found


async def _deadlocks(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT sum(deadlocks) FROM pg_stat_database"))
    finally:
        await connection.close()


async def measure(seconds: float, clients: int, workers: int, seed: int) -> int:
    with serving(workers=workers) as served:
        async with served.client() as client:
            report = await run(client, seconds=seconds, clients=clients, seed=seed)
        with running_sync(served.folder / "data") as database:
            deadlocks = await _deadlocks(database.url)
    print(head(f"{clients} clients for {seconds:.0f} s on {workers} workers"))
    print(f"  requests         {report.requests:8}")
    for status, count in sorted(report.statuses.items()):
        print(f"    answered {status}   {count:8}")
    for name in ("lost", "orphans", "doubles", "cycles", "unexpected"):
        print(f"  {name:16} {len(getattr(report, name)):8}")
    print(f"  deadlocks        {deadlocks:8}")
    for fault in report.faults[:20]:
        print(f"  ! {fault}")
    return 1 if report.faults or deadlocks else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    raise SystemExit(asyncio.run(measure(options.seconds, options.clients, options.workers, options.seed)))
