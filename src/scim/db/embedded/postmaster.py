"""What a server says of itself: its note in the data directory, and whether it answers."""

from __future__ import annotations

import socket
import struct
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from scim.db.embedded.account import spawn
from scim.db.embedded.place import Place

LOOPBACK = "127.0.0.1"
SOCKET_NAME = ".s.PGSQL."

_PROC = Path("/proc")  # not on macOS
_PROBE_SECONDS = 2.0
# Protocol 3.0, as role and database pyscim.
_STARTUP = b"\0\x03\0\0user\0pyscim\0database\0pyscim\0\0"
_ASKS_FOR_PASSWORD = b"R"
_TOO_MANY_CONNECTIONS = b"C53300\0"


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The server's first process, by its note (`postmaster.pid`): process id, address, state."""

    pid: int
    port: int
    on_socket: bool
    status: str


def read_postmaster(place: Place) -> Postmaster | None:
    """The note of the server; None when there is none or it is not complete yet."""
    try:
        lines = (place.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return Postmaster(int(lines[0]), int(lines[3]), bool(lines[4]), lines[7].strip())
    except (FileNotFoundError, IndexError, ValueError):
        return None


def is_ready(postmaster: Postmaster, place: Place) -> bool:
    """Whether the server accepts connections now; not while it recovers from a crash or shuts down.

    Its note is read first: a connection refused during a long recovery would be a line in its log each time.
    """
    if postmaster.status != "ready":
        return False
    family = socket.AF_UNIX if postmaster.on_socket else socket.AF_INET
    try:
        with closing(socket.socket(family)) as connection:
            connection.settimeout(_PROBE_SECONDS)
            connection.connect(_address(postmaster, place))
            connection.sendall(struct.pack("!i", len(_STARTUP) + 4) + _STARTUP)
            answer = connection.recv(1024)
    except OSError:
        return False
    return answer.startswith(_ASKS_FOR_PASSWORD) or _TOO_MANY_CONNECTIONS in answer


def is_ours(postmaster: Postmaster, place: Place) -> bool:
    """Whether the process of that id is a server on this data directory; ids are used again, by other programs too."""
    return f"postgres -D {place.cluster}" in _command_line(postmaster.pid)


def _address(postmaster: Postmaster, place: Place) -> str | tuple[str, int]:
    """The socket is looked for where the data directory is now, not where it was when the server started."""
    if postmaster.on_socket:
        return str(place.home / f"{SOCKET_NAME}{postmaster.port}")
    return (LOOPBACK, postmaster.port)


def _command_line(pid: int) -> str:
    """Empty for a process that is gone. Other files of /proc tell more, but not to root in a container."""
    if (_PROC / "self").exists():
        try:
            raw = (_PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return ""
        return raw.replace(b"\0", b" ").decode(errors="surrogateescape")
    with spawn(("ps", "-ww", "-o", "command=", "-p", str(pid)), None, output=subprocess.PIPE) as process:
        return process.communicate()[0].decode(errors="surrogateescape")
