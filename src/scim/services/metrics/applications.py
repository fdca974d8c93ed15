"""How applications stand: read from the database by one process of a server now and then, and shown by all of them.

A shared folder (`exposition`) passes the states on; a process without one keeps its own.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import asyncpg
import orjson
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import Unavailable
from scim.models.settings import ApplicationSettings
from scim.services.applications import Chosen
from scim.services.guard_control import state_of
from scim.storage import applications, diagnosis, tenants

log = logging.getLogger(__name__)

INTERVAL_S: Final = 15.0
"""How often the database is asked, however often the metrics are read."""

_TOO_OLD_S: Final = 4 * INTERVAL_S
_FILE: Final = "applications.json"
_LOCK: Final = "applications.lock"
_LABELS: Final = ("tenant", "app")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationState:
    """One active application; `closed` is None where the guard is off."""

    tenant: str
    app: str
    pending: int
    closed: bool | None
    refused: int


async def application_states(database: Database) -> list[ApplicationState]:
    """All active applications.

    Raises:
        Unavailable: the database cannot be reached, or is not migrated.
    """
    async with database.session() as session:
        owners = {one.id: one for one in await tenants.list_tenants(session)}
        found = [one for one in await applications.list_applications(session) if one.tenant_id in owners]
        pending = await diagnosis.pending_references(session, [one.id for one in found])
        return [
            await _state(
                session, Chosen(owners[one.tenant_id], one), pending[one.id].number if one.id in pending else 0
            )
            for one in found
        ]


async def _state(session: Session, chosen: Chosen, pending: int) -> ApplicationState:
    guarded = ApplicationSettings.model_validate(chosen.app.settings).is_guarded
    guard = await state_of(session, chosen) if guarded else None
    return ApplicationState(
        tenant=chosen.tenant.name,
        app=chosen.app.name,
        pending=pending,
        closed=guard.closed if guard else None,
        refused=guard.refused if guard else 0,
    )


class Board(Collector):
    """Where one process leaves the states, and every process finds them."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._kept = b""
        self._lock: int | None = None

    def is_mine(self) -> bool:
        """Whether this process is the one that asks the database; another one takes over when it ends."""
        if self._folder is None or self._lock is not None:
            return True
        descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def close(self) -> None:
        """Let another process ask."""
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None

    def publish(self, states: Sequence[ApplicationState]) -> None:
        """Replace what is shown."""
        written = orjson.dumps({"at": time.time(), "applications": [asdict(state) for state in states]})
        if self._folder is None:
            self._kept = written
            return
        new = self._folder / f"{_FILE}.new"
        new.write_bytes(written)
        new.replace(self._folder / _FILE)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The states as gauges; none where nobody could read them lately."""
        pending = GaugeMetricFamily("pyscim_pending_references", "References to what is not there yet.", labels=_LABELS)
        closed = GaugeMetricFamily("pyscim_guard_closed", "1 while the guard refuses deprovisioning.", labels=_LABELS)
        refused = GaugeMetricFamily("pyscim_guard_refused", "Requests refused since the guard closed.", labels=_LABELS)
        for state in self._published():
            labels = (state.tenant, state.app)
            pending.add_metric(labels, state.pending)
            if state.closed is not None:
                closed.add_metric(labels, float(state.closed))
                refused.add_metric(labels, state.refused)
        yield from (pending, closed, refused)

    def _published(self) -> list[ApplicationState]:
        try:
            written = self._kept if self._folder is None else (self._folder / _FILE).read_bytes()
        except FileNotFoundError:
            return []
        read = orjson.loads(written or b'{"at":0}')
        if time.time() - read["at"] > _TOO_OLD_S:
            return []
        return [ApplicationState(**state) for state in read["applications"]]


async def keep_reading(database: Database, board: Board) -> None:
    """Read the states for ever, if that is for this process to do; while the database is away they grow old."""
    try:
        while True:
            await _read(database, board)
            await asyncio.sleep(INTERVAL_S)
    finally:
        board.close()


async def _read(database: Database, board: Board) -> None:
    try:
        if board.is_mine():
            board.publish(await application_states(database))
    except (Unavailable, asyncpg.PostgresError, OSError) as error:
        log.info("the states of the applications were not read: %s", error)
