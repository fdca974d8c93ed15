"""A door in front of the database that tests can shut and open."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, quote, urlsplit

from tests.support.server import free_port


class Door:
    """Forwards TCP connections to a database while it is open; shut, it drops them all and takes no more."""

    def __init__(self, target_url: str) -> None:
        self._target = urlsplit(target_url)
        self.port = free_port()
        self._listener: socket.socket | None = None
        self._pairs: list[tuple[socket.socket, socket.socket]] = []

    @property
    def url(self) -> str:
        """The database's URL through the door."""
        user, password = quote(self._target.username or ""), quote(self._target.password or "", safe="")
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}{self._target.path}?sslmode=disable"

    def open(self) -> None:
        """Take connections."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def shut(self) -> None:
        """Drop all connections and take no more."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _close(*pair)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                inside, _ = listener.accept()
            except OSError:
                return
            outside = self._connect()
            self._pairs.append((inside, outside))
            for one, other in ((inside, outside), (outside, inside)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()

    def _connect(self) -> socket.socket:
        query = parse_qs(self._target.query)
        port = (query.get("port") or [str(self._target.port or 5432)])[0]
        folder = (query.get("host") or [""])[0]
        if folder.startswith("/"):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(f"{folder}/.s.PGSQL.{port}")
            return connection
        return socket.create_connection((self._target.hostname or folder or "127.0.0.1", int(port)))


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    _close(source, sink)


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextmanager
def door(target_url: str) -> Iterator[Door]:
    """An open door, shut at the end."""
    made = Door(target_url)
    made.open()
    try:
        yield made
    finally:
        made.shut()
