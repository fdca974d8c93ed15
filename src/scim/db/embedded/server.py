"""The server process: start it, stop it.

Every process of the server inherits the descriptor of one lock file. As long as one of them lives, the kernel holds
that lock; so "is it running?" has an exact answer after any kill, whatever the old process ids are used for now.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from scim.db.embedded.account import spawn
from scim.db.embedded.locks import FileLock
from scim.db.embedded.log import ServerLog
from scim.db.embedded.place import Place
from scim.db.embedded.postmaster import LOOPBACK, SOCKET_NAME, Postmaster, is_ours, read_postmaster
from scim.db.embedded.programs import Programs
from scim.db.embedded.waiting import POLL_SECONDS, Steps

_SOCKET_PORT = 5432  # only a part of the socket's file name; nothing listens on it
_NOTE_LOOKS = 200  # a server that has just begun writes its note within milliseconds


def server_lock(place: Place) -> FileLock:
    """The lock that the processes of the server inherit."""
    return FileLock(place.home / "server.lock", place.account)


def launch(place: Place, programs: Programs, log: ServerLog, *, held: int) -> None:
    """Start the server, which goes on when this process ends; whether it comes up is seen later.

    A shell puts it into the background and ends, so the server is nobody's child and nobody has to wait for its end.
    `held` is the descriptor of the server lock, which is ours: no process of an earlier server lives.
    """
    previous = read_postmaster(place)
    if previous is None or not is_ours(previous, place):
        _remove_stale_files(place)
    place.cluster.chmod(0o700)  # what a copy from a backup may have widened, and PostgreSQL insists on
    settings = ("cluster_name=pyscim", *_address_settings(place.home, previous))
    options = [part for setting in settings for part in ("-c", setting)]
    command: list[str | Path] = [programs.folder / "postgres", "-D", place.cluster, *options]
    spawn(["/bin/sh", "-c", '"$@" &', "sh", *command], place.account, output=log.descriptor, pass_fds=(held,)).wait()


def stop(place: Place) -> Steps[None]:
    """Shut the server down (PostgreSQL's "fast" way) and wait until its last process is gone.

    One that cannot be told apart from other programs (it runs in another container, say) is left alone.
    """
    lock = server_lock(place)
    try:
        postmaster = yield from _find_postmaster(place, lock)
        if postmaster is None or not is_ours(postmaster, place):
            return
        with suppress(ProcessLookupError):
            os.kill(postmaster.pid, signal.SIGINT)
        while not lock.take_alone():
            yield POLL_SECONDS
    finally:
        lock.close()


def _find_postmaster(place: Place, lock: FileLock) -> Steps[Postmaster | None]:
    for _ in range(_NOTE_LOOKS):
        if lock.take_alone():
            return None
        postmaster = read_postmaster(place)
        if postmaster is not None:
            return postmaster
        yield POLL_SECONDS
    return None


def _remove_stale_files(place: Place) -> None:
    """PostgreSQL would refuse to start when the process id in them belongs to another program of its user now."""
    (place.cluster / "postmaster.pid").unlink(missing_ok=True)
    for stale in place.home.glob(f"{SOCKET_NAME}*"):
        stale.unlink()


def _address_settings(home: Path, previous: Postmaster | None) -> Sequence[str]:
    """A socket in the data directory, which no other server can want; loopback where a socket cannot be there."""
    if _can_hold_socket(home):
        quoted = str(home).replace('"', '""')
        return ("listen_addresses=", f'unix_socket_directories="{quoted}"', f"port={_SOCKET_PORT}")
    preferred = previous.port if previous is not None and not previous.on_socket else 0
    return (f"listen_addresses={LOOPBACK}", "unix_socket_directories=", f"port={free_port(preferred)}")


def _can_hold_socket(home: Path) -> bool:
    """Try it: paths of sockets are limited to about 100 bytes, and some shared file systems have no sockets."""
    if "," in str(home):  # in a database URL it separates hosts, however it is escaped
        return False
    trial = home / f"{SOCKET_NAME}test"
    with closing(socket.socket(socket.AF_UNIX)) as probe:
        try:
            probe.bind(str(trial))
        except OSError:
            return False
    trial.unlink()
    return True


def free_port(preferred: int) -> int:
    """The port of a server that crashed, so that its clients find this one; otherwise any."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, preferred))
        except OSError:
            probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
