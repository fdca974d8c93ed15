"""The page that Prometheus reads, on which all processes of a server are summed up.

They share a folder (the library's multiprocess mode), which whoever starts them makes and names in the environment; a
process that was started otherwise shows what it counted itself.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from scim.db.database import Database
from scim.services.metrics import FOLDER
from scim.services.metrics.applications import Board, keep_reading
from scim.services.metrics.meters import Meters


@dataclass(frozen=True, slots=True)
class Page:
    """What was written, and its media type."""

    body: bytes
    media_type: str


class Exposition(Collector):
    """What a server counted: all its processes by their folder, or one by its meters; and the states on the board."""

    def __init__(self, *, folder: Path | None, meters: Meters | None, board: Board) -> None:
        self._folder = folder
        self._meters = meters
        self._board = board

    def page(self, accept: str | None) -> Page:
        """All of it in the form that the reader takes. It reads files, so it is for a thread of its own."""
        encode, media_type = choose_encoder(accept or "")
        return Page(encode(self), media_type)

    def collect(self) -> Iterator[Metric]:
        """Each meter with its values."""
        if self._folder is not None:
            _forget_the_dead(self._folder)
            collector: Any = MultiProcessCollector  # the library has no types for it
            yield from collector(None, path=str(self._folder)).collect()
        elif self._meters is not None:
            yield from self._meters.registry.collect()
        yield from self._board.collect()


@dataclass(frozen=True, slots=True)
class ServerMetrics:
    """What one server process has of it."""

    meters: Meters
    board: Board
    exposition: Exposition

    @classmethod
    def of_process(cls) -> ServerMetrics:
        """Of a process that serves, in the folder that the environment names."""
        named = os.environ.get(FOLDER)
        folder = Path(named) if named else None
        meters, board = Meters(), Board(folder)
        return cls(meters, board, Exposition(folder=folder, meters=meters, board=board))

    @asynccontextmanager
    async def running(self, database: Database, *, pool_max: int) -> AsyncIterator[None]:
        """Watch the pool of the process, and let it read how applications stand if no other one does."""
        self.meters.start(pool_max=pool_max)
        database.watch = self.meters
        reading = asyncio.create_task(keep_reading(database, self.board))
        try:
            yield
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            database.watch = None
            self.meters.start(pool_max=0)


def of_folder(folder: Path) -> Exposition:
    """What the processes of a folder counted, for one that serves nothing itself."""
    return Exposition(folder=folder, meters=None, board=Board(folder))


def _forget_the_dead(folder: Path) -> None:
    """Leave out what processes had in use that were killed."""
    forget: Any = mark_process_dead  # the library has no types for it
    for path in folder.glob("gauge_live*_*.db"):
        pid = int(path.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):  # another reader was faster
                forget(pid, str(folder))
        except PermissionError:
            continue
