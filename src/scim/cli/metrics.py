"""The metrics of a server's processes: the folder that they share, and the port of their own where there is one.

Both belong to the process that the operator started, which lives as long as any of its workers.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scim.cli.addresses import local_url
from scim.cli.listening import bound_socket
from scim.config import Network, Settings
from scim.middleware.addresses import is_among
from scim.services.metrics import FOLDER

if TYPE_CHECKING:  # the library may be loaded only once the folder is named
    from scim.services.metrics.exposition import Exposition

log = logging.getLogger(__name__)

PATH: Final = "/metrics"
_SECONDS: Final = 10.0
"""How long a reader may be silent."""

_POLL_SECONDS: Final = 0.1


@contextmanager
def shared_metrics(settings: Settings) -> Iterator[None]:
    """Let the processes of the server count together, where that is switched on.

    Raises:
        OperatorError: the port of the metrics is in use.
    """
    with ExitStack() as stack:
        if settings.metrics_enabled:
            port = settings.metrics_port
            option = "PYSCIM_METRICS_PORT"
            listening = stack.enter_context(bound_socket(str(settings.host), port, option)) if port else None
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="pyscim-metrics-", ignore_cleanup_errors=True)))
            stack.enter_context(_named(folder))
            if listening is not None:
                stack.enter_context(_served(folder, listening, settings))
            _tell(settings)
        yield


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    os.environ[FOLDER] = str(folder)
    try:
        yield
    finally:
        del os.environ[FOLDER]


@contextmanager
def _served(folder: Path, listening: socket.socket, settings: Settings) -> Iterator[None]:
    from scim.services.metrics.exposition import of_folder

    server = _Server(listening, of_folder(folder), settings.metrics_allow)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def _tell(settings: Settings) -> None:
    if settings.metrics_port:
        log.info("metrics are at %s", local_url(settings.host, settings.metrics_port) + PATH)
        return
    log.info("metrics are at %s on the server's own port", PATH)
    if not settings.metrics_allow:
        log.info(
            "they are shown to this machine alone; with a reverse proxy on it, give them a port of their own"
            " (PYSCIM_METRICS_PORT), for what comes through one may look like this machine"
        )


class _Server(ThreadingHTTPServer):
    """Listens on a socket that is bound already."""

    daemon_threads = True

    def __init__(self, listening: socket.socket, exposition: Exposition, networks: Sequence[Network]) -> None:
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.exposition = exposition
        self.networks = networks
        self.server_activate()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the library's
        log.info("the metrics could not be sent", exc_info=True)  # noqa: LOG014 - called while it is handled


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _SECONDS

    def do_GET(self) -> None:
        """Answer with the metrics, and nothing else."""
        if urlsplit(self.path).path != PATH:
            self._answer(HTTPStatus.NOT_FOUND, b"The metrics are at /metrics.\n")
        elif self.server.networks and not is_among(self.client_address[0], self.server.networks):
            self._answer(HTTPStatus.FORBIDDEN, b"PYSCIM_METRICS_ALLOW lists who may read the metrics.\n")
        else:
            page = self.server.exposition.page(self.headers.get("accept"))
            self._answer(HTTPStatus.OK, page.body, page.media_type)

    do_HEAD = do_GET  # noqa: N815 - the library's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
        log.debug(format, *args)

    def _answer(self, status: HTTPStatus, body: bytes, media_type: str = "text/plain; charset=utf-8") -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
