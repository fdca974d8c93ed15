"""How the time of each operation grows with the size of what it works on: `python -m benchmarks.scale`.

Applications with more and more users, and groups with more and more members, are loaded by COPY; each operation is then
sent by one client, the sizes in turns within one run, and the table shows the median and its ratio to that of the
smallest size. The plot goes into `docs/`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from benchmarks.growth_plot import Series, plot
from benchmarks.serving import PYSCIM, Served, head, serving, user
from scim.db.embedded import running_sync
from scim.protocol.attributes.registry import builtin_registry
from scim.storage.columns import ROW_COLUMNS, Row, slot_of
from scim.utils.uuid7 import new_id

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_KINDS = {kind.name: kind for kind in builtin_registry().resource_types}
_RESOURCE = ("app_id", "id", "resource_type", *ROW_COLUMNS.split(", "), "version", "created_at", "modified_at")
_MEMBER = ("app_id", "group_id", "member_id", "member_type", "added_at")
_MINIMAL = {"prefer": "return=minimal"}

Request = Callable[[int], Awaitable[httpx.Response]]


@dataclass(slots=True)
class Place:
    """One application, or one group, of a certain size."""

    size: int
    client: httpx.AsyncClient
    users: list[str]
    group: str = ""
    outsider: str = ""


@dataclass(slots=True)
class Measured:
    """Seconds of one operation, by size."""

    name: str
    seconds: dict[int, list[float]] = field(default_factory=dict)

    def median(self, size: int) -> float:
        return statistics.median(self.seconds[size])

    def ratio(self, size: int) -> float:
        """Of the medians, to that of the smallest size."""
        return self.median(size) / self.median(min(self.seconds))


def _row(kind: str, document: dict[str, Any], app_id: UUID, identifier: UUID, at: datetime) -> tuple[Any, ...]:
    return (app_id, identifier, kind, *Row.of(document, _KINDS[kind]).values(), 1, at, at)


async def load_users(connection: asyncpg.Connection, app_id: UUID, count: int) -> list[UUID]:
    """Users as the server would store them, counted."""
    ids: list[UUID] = []
    for start in range(0, count, 20_000):
        at = datetime.now(UTC).replace(microsecond=0)
        made = [(new_id(at), number) for number in range(start, min(start + 20_000, count))]
        rows = [_row("User", user(number), app_id, one, at) for one, number in made]
        await connection.copy_records_to_table("resources", schema_name="scim", columns=_RESOURCE, records=rows)
        ids += [one for one, _ in made]
    await _count(connection, app_id, "User", count, ids[0])
    return ids


async def load_group(connection: asyncpg.Connection, app_id: UUID, name: str, members: list[UUID]) -> UUID:
    """A group with those members."""
    at = datetime.now(UTC).replace(microsecond=0)
    group = new_id(at)
    document = {"schemas": [_KINDS["Group"].schema.id], "displayName": name}
    row = _row("Group", document, app_id, group, at)
    await connection.copy_records_to_table("resources", schema_name="scim", columns=_RESOURCE, records=[row])
    rows = [(app_id, group, member, "User", at) for member in members]
    await connection.copy_records_to_table("group_members", schema_name="scim", columns=_MEMBER, records=rows)
    await _count(connection, app_id, "Group", 1, group)
    return group


async def _count(connection: asyncpg.Connection, app_id: UUID, kind: str, count: int, identifier: UUID) -> None:
    await connection.execute(
        "INSERT INTO scim.resource_counts AS c (app_id, resource_type, slot, n) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (app_id, resource_type, slot) DO UPDATE SET n = c.n + excluded.n",
        *(app_id, kind, slot_of(identifier), count),
    )


def account(served: Served, name: str) -> tuple[UUID, httpx.AsyncClient]:
    """A new application, and a client with a token of it."""
    command = [*PYSCIM, "token", "create", "--app", name, "--json"]
    made = subprocess.run(command, cwd=served.folder, env=served.environment, check=True, capture_output=True)
    found = json.loads(made.stdout)
    headers = served.headers | {"authorization": f"Bearer {found['token']}"}
    return UUID(found["app_id"]), httpx.AsyncClient(base_url=served.base, headers=headers, timeout=120)


def on_users(place: Place) -> dict[str, Request]:
    """Operations whose cost must not depend on how many users there are."""
    client, some = place.client, place.users[:: max(1, len(place.users) // 97)]

    def name_of(number: int) -> str:
        return f"u{number * 7919 % place.size:07}@example.com"

    async def changed(number: int) -> httpx.Response:
        operation = {"op": "replace", "path": "title", "value": f"t{number}"}
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        return await client.patch(f"/Users/{some[number % len(some)]}", json=body)

    return {
        "userName look-up": lambda n: client.get("/Users", params={"filter": f'userName eq "{name_of(n)}"'}),
        "e-mail look-up": lambda n: client.get("/Users", params={"filter": f'emails.value eq "{name_of(n)}"'}),
        "GET by id": lambda n: client.get(f"/Users/{some[n % len(some)]}"),
        "PATCH of a user": changed,
        "first page of 100": lambda _: client.get("/Users", params={"count": 100}),
        "create": lambda n: client.post("/Users", json=user(n, f"new{place.size}-{time.time_ns()}-")),
    }


def on_groups(place: Place) -> dict[str, Request]:
    """Operations whose cost must not depend on how many members a group has; all come in pairs that undo each other."""
    path = f"/Groups/{place.group}"

    def patch(operation: dict[str, Any], **options: Any) -> Request:
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        return lambda _: place.client.patch(path, json=body, **options)

    add = {"op": "add", "path": "members", "value": [{"value": place.outsider}]}
    remove = {"op": "remove", "path": f'members[value eq "{place.outsider}"]'}
    without = {"params": {"excludedAttributes": "members"}}
    held = {"filter": f'members[value eq "{place.users[place.size // 2]}"]', "excludedAttributes": "members"}
    return {
        "add one member, return=minimal": patch(add, headers=_MINIMAL),
        "remove one member, return=minimal": patch(remove, headers=_MINIMAL),
        "add one member, excludedAttributes": patch(add, **without),
        "remove one member, excludedAttributes": patch(remove, **without),
        "Groups?filter=members[value eq …]": lambda _: place.client.get("/Groups", params=held),
        "GET without members": lambda _: place.client.get(path, params={"excludedAttributes": "members"}),
        "first 100 of /members": lambda _: place.client.get(f"{path}/members", params={"count": 100}),
    }


async def measure(
    places: list[Place], operations: Callable[[Place], dict[str, Request]], rounds: int
) -> list[Measured]:
    """Each operation at each size, the sizes in turns, so that noise meets all alike."""
    requests = {place.size: operations(place) for place in places}
    found = {name: Measured(name) for name in operations(places[0])}
    for number in range(-3, rounds):
        for name, measured in found.items():
            for size, of_size in requests.items():
                began = time.perf_counter()
                answer = await of_size[name](number + 3)
                took = time.perf_counter() - began
                assert answer.is_success, f"{name} at {size}: {answer.status_code} {answer.text[:300]}"
                assert not answer.content or answer.json().get("totalResults", 1) > 0, (
                    f"{name} at {size}: nothing found"
                )
                if number >= 0:
                    measured.seconds.setdefault(size, []).append(took)
    return [*found.values()]


def table(title: str, found: list[Measured]) -> list[str]:
    """Milliseconds at each size, and the ratio to the smallest in brackets."""
    sizes = sorted(found[0].seconds)
    lines = [f"| {title} | " + " | ".join(f"{size:,}" for size in sizes) + " |", "|---" * (len(sizes) + 1) + "|"]
    for one in found:
        cells = [f"{one.median(size) * 1000:.1f} ms ({one.ratio(size):.2f} x)" for size in sizes]
        lines.append(f"| {one.name} | " + " | ".join(cells) + " |")
    return lines


async def prepare(served: Served, users: list[int], members: list[int]) -> tuple[list[Place], list[Place]]:
    """The applications, and in one more the groups."""
    by_users: list[Place] = []
    by_members: list[Place] = []
    with running_sync(served.folder / "data") as database:
        connection = await asyncpg.connect(database.url)
        for count in users:
            app_id, client = account(served, f"users{count}")
            ids = await load_users(connection, app_id, count)
            by_users.append(Place(count, client, [str(one) for one in ids]))
        app_id, client = account(served, "groups")
        ids = await load_users(connection, app_id, max(members) + 1)
        for count in members:
            group = await load_group(connection, app_id, f"group of {count}", ids[:count])
            by_members.append(Place(count, client, [str(one) for one in ids], str(group), str(ids[-1])))
        await connection.execute("VACUUM ANALYZE scim.resources, scim.group_members, scim.resource_counts")
        await connection.close()
    return by_users, by_members


async def run(users: list[int], members: list[int], rounds: int, folder: Path) -> None:
    with serving() as served:
        by_users, by_members = await prepare(served, users, members)
        grown = [
            ("users in the application", await measure(by_users, on_users, rounds)),
            ("members of the group", await measure(by_members, on_groups, rounds)),
        ]
    print(head(f"Median of {rounds} requests, one client, one worker"))
    for title, found in grown:
        print("\n".join(["", *table(title, found)]))
        series = [Series(one.name, {size: one.median(size) * 1000 for size in one.seconds}) for one in found]
        plot(folder / f"scale-{title.split()[0]}", title, series)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--members", type=int, nargs="+", default=[10, 1_000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--folder", type=Path, default=Path("docs"))
    options = parser.parse_args()
    asyncio.run(run(options.users, options.members, options.rounds, options.folder))
