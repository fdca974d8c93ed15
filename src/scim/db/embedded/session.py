"""One user of the server, from joining to leaving.

Three lock files in the data directory:

* `users.lock` is held shared by everybody who uses the server. Who leaves and gets it alone was the last, and stops it.
* `start.lock` is held alone while somebody starts, joins or stops it. So a start never meets a half-finished stop: it
  finds a server that runs, or none.
* `server.lock` is held by the processes of the server itself (`server.py`).

All are given back by the kernel when a process is killed; the next start takes what it finds.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from scim.db.embedded import server
from scim.db.embedded.cluster import ensure_cluster, read_password
from scim.db.embedded.locks import FileLock
from scim.db.embedded.log import ServerLog
from scim.db.embedded.place import Place, find_place
from scim.db.embedded.postmaster import LOOPBACK, Postmaster, is_ready, read_postmaster
from scim.db.embedded.programs import find_programs
from scim.db.embedded.waiting import POLL_SECONDS, Steps
from scim.exceptions import OperatorError

_MAX_STARTS = 5  # a port may be taken between choosing it and listening on it
_SLOW_SECONDS = 3.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Embedded:
    """The server as its user sees it.

    `url` is a DATABASE_URL (it holds the password). `data_dir` is where the data really is; `notice` says why, when
    that is not where it was wanted. `adopted` tells that the server ran already.
    """

    url: str
    data_dir: Path
    notice: str | None
    adopted: bool


class Session:
    """Joins the server with `start()` and leaves it with `end()`; both are steps for `waiting`."""

    def __init__(self, data_dir: Path, *, fallback_root: Path) -> None:
        self._data_dir = data_dir
        self._fallback_root = fallback_root
        self._place: Place | None = None
        self._users: FileLock | None = None

    def start(self) -> Steps[Embedded]:
        """Start the server or join the one that runs, and wait until it answers, through crash recovery too.

        Raises `OperatorError` when it cannot run; `end()` is to be called then as well.
        """
        place = self._place = find_place(self._data_dir, fallback_root=self._fallback_root)
        try:
            gate = FileLock(place.home / "start.lock", place.account)
            try:
                while not gate.take_alone():
                    yield POLL_SECONDS
                self._users = FileLock(place.home / "users.lock", place.account)
                while not self._users.take_shared():
                    yield POLL_SECONDS
                return (yield from self._join(place))
            finally:
                gate.close()
        except OSError as error:
            message = f"The embedded database in {place.home} cannot be used: {error}"
            raise OperatorError(message) from error

    def end(self) -> Steps[None]:
        """Leave; stop the server when nobody else uses it.

        Who cannot get the users' lock alone leaves without waiting: somebody else holds it, and will come by here too.
        """
        if self._place is None or self._users is None:
            return
        users, self._users = self._users, None
        try:
            yield from self._leave(self._place, users)
        except FileNotFoundError:  # somebody removed the data directory; its server notices, and ends by itself
            logger.warning("The data directory %s is gone.", self._place.home)
        finally:
            users.close()

    def _leave(self, place: Place, users: FileLock) -> Steps[None]:
        users.release()
        gate = FileLock(place.home / "start.lock", place.account)
        try:
            while not gate.take_alone():
                if not users.take_alone():
                    return
                users.release()
                yield POLL_SECONDS
            if users.take_alone():
                yield from server.stop(place)
        finally:
            gate.close()

    def _join(self, place: Place) -> Steps[Embedded]:
        starter, waited = _Starter(place, self._fallback_root), 0.0
        try:
            while True:
                yield from starter.start_if_down()
                postmaster = read_postmaster(place)
                if postmaster is not None and is_ready(postmaster, place):
                    break
                waited = _report_slow_start(waited)
                yield POLL_SECONDS
        finally:
            starter.close()
        notice = " ".join(filter(None, (place.notice, starter.notice))) or None
        return Embedded(url_of(place, postmaster), place.home, notice, adopted=starter.starts == 0)


class _Starter:
    """Starts the server for one joining user, and knows what came of it."""

    def __init__(self, place: Place, copy_root: Path) -> None:
        self.starts = 0
        self.notice: str | None = None
        self._place = place
        self._copy_root = copy_root
        self._log: ServerLog | None = None

    def start_if_down(self) -> Steps[None]:
        lock = server.server_lock(self._place)
        try:
            if lock.take_alone():
                self._check_previous_start()
                yield from self._start(lock.descriptor)
        finally:
            lock.close()

    def close(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None

    def _start(self, held: int) -> Steps[None]:
        self.close()
        programs = find_programs(self._place.account, copy_root=self._copy_root)
        yield from ensure_cluster(self._place, programs, held=held)
        self._log = ServerLog(self._place)
        server.launch(self._place, programs, self._log, held=held)
        self.starts += 1
        self.notice = programs.notice

    def _check_previous_start(self) -> None:
        """A server that was started here is gone again: only a port that was snatched away is worth another try."""
        if self._log is None:
            return
        tail = self._log.tail()
        if "Address already in use" not in tail or self.starts >= _MAX_STARTS:
            message = f"The embedded PostgreSQL in {self._place.home} did not start. Its log ends:\n{tail}"
            raise OperatorError(message)


def _report_slow_start(waited: float) -> float:
    if waited < _SLOW_SECONDS <= waited + POLL_SECONDS:
        logger.info("Waiting for the embedded PostgreSQL; after a crash it first recovers the last changes.")
    return waited + POLL_SECONDS


def url_of(place: Place, postmaster: Postmaster) -> str:
    """How a server is reached, with the password."""
    credentials = f"pyscim:{read_password(place)}"
    if postmaster.on_socket:
        return f"postgresql://{credentials}@/pyscim?host={quote(str(place.home))}&port={postmaster.port}"
    return f"postgresql://{credentials}@{LOOPBACK}:{postmaster.port}/pyscim"
