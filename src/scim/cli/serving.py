"""The server's processes: what happens before they listen, who holds the embedded database, and how all of it ends.

The process that the operator started is the parent. It holds the embedded PostgreSQL for its whole life, so that the
database starts before and ends after every worker, and hands its settings down through the environment.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import ChangeReload, Multiprocess

import scim
from scim.cli.addresses import local_url
from scim.config import Settings, as_environment, load_settings, unknown_variables
from scim.db.embedded import running_sync
from scim.db.url import parse_database_url
from scim.exceptions import OperatorError, Unavailable
from scim.services.runtime import SUPERVISOR, open_database, prepare
from scim.utils.logs import log_event

log = logging.getLogger(__name__)

APP: Final = "scim.main:create_app"
GRACE_SECONDS: Final = 10
"""How long requests may go on after the server was told to stop."""

WORKER_START_SECONDS: Final = 60
"""How long a worker may be silent, as it is while it starts, before it is taken for dead."""

_NOT_STARTED: Final = "The server did not start; the log above says why."
_LOOPBACK: Final = "127.0.0.1"
_EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - a production server is there to be reached
_HEADER_BYTES: Final = 64 * 1024
_BYTES_PER_CHARACTER: Final = 12
"""A character outside ASCII has up to four bytes, each written as three in a URL."""


def mode_settings(mode: str, given: Mapping[str, object]) -> Settings:
    """The settings of `dev` or `prod` with what was `given` on the command line, for this process and its workers.

    Raises:
        OperatorError: a setting has a bad value, or none that fits the mode.
    """
    os.environ.update(as_environment(given))
    settings = load_settings()
    development = mode == "dev"
    if not (development or settings.auth_enabled):
        raise OperatorError(
            "PYSCIM_AUTH_ENABLED=false is for 'run dev' only; 'run prod' does not start without tokens."
        )
    readable = settings.log_format == "rich" or (settings.log_format == "auto" and development)
    resolved: dict[str, object] = {
        "host": settings.host or (_LOOPBACK if development else _EVERYWHERE),
        "proxy_headers": development if settings.proxy_headers is None else settings.proxy_headers,
        "log_format": "rich" if readable else "json",
        "docs_enabled": True if development else None,
        "workers": 1 if development else None,
    }
    os.environ.update(as_environment(resolved))
    return load_settings()


def report_unknown_variables() -> None:
    """Warn of `PYSCIM_` variables that mean nothing: most likely a setting was misspelled."""
    for variable in unknown_variables():
        if variable.name != SUPERVISOR:
            log.warning("%s", variable)


def announce(settings: Settings, *, tls: bool) -> None:
    """Say in the log that the server is about to listen."""
    address = local_url(settings.host, settings.port, tls=tls)
    log_event(
        log, logging.INFO, f"starting on {address}", host=settings.host, port=settings.port, workers=settings.workers
    )


def check_certificate(certificate: Path | None, key: Path | None) -> None:
    """Try them before anything is started.

    Raises:
        OperatorError: they cannot be read, or do not belong together.
    """
    if certificate is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        files = f"{certificate} and {key}" if key else str(certificate)
        raise OperatorError(f"The certificate in {files} cannot be used: {error}.") from error


@contextmanager
def embedded_database(settings: Settings) -> Iterator[None]:
    """Hold the embedded PostgreSQL, where it is the one in use.

    Raises:
        OperatorError: it does not start.
    """
    url = settings.database_url.get_secret_value()
    with ExitStack() as stack:
        if url:
            parse_database_url(url)
        else:
            embedded = stack.enter_context(running_sync(settings.data_dir.absolute()))
            stack.callback(_ignore_signals)
            if embedded.notice:
                log.warning("%s", embedded.notice)
        yield


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Ctrl-C, a `kill` and a closed terminal all unwind this process, so that it stops what it has started."""
    signal.signal(signal.SIGTERM, _unwind)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # `nohup` ignores it on purpose
        signal.signal(signal.SIGHUP, _as_sigterm)
    try:
        yield
    except KeyboardInterrupt:
        log.info("stopped")


def prepare_database(settings: Settings) -> None:
    """Migrate where that is wanted. A database that is away is no reason not to start: workers try again until it is there.

    Raises:
        OperatorError: the database is too old, or DATABASE_URL is malformed.
    """
    try:
        asyncio.run(_prepare(settings))
    except Unavailable as error:
        log.warning("%s", error.detail)
        log.warning("The server starts all the same, and serves requests as soon as the database is there.")


async def _prepare(settings: Settings) -> None:
    async with open_database(settings) as database:
        await (prepare(database) if settings.migrate_on_start else database.ping())


def serve(
    settings: Settings,
    listening: socket.socket,
    *,
    reload: bool = False,
    certificate: Path | None = None,
    key: Path | None = None,
) -> None:
    """Serve until a signal ends it.

    Raises:
        OperatorError: the server did not start; the log says why.
    """
    config = _config(settings, reload=reload, certificate=certificate, key=key)
    supervised = reload or settings.workers > 1
    if supervised:
        os.environ[SUPERVISOR] = str(os.getpid())
    else:
        os.environ.pop(SUPERVISOR, None)
    server = uvicorn.Server(config)
    if reload:
        ChangeReload(config, target=server.run, sockets=[listening]).run()
    elif settings.workers > 1:
        _serve_by_workers(Multiprocess(config, sockets=[listening]))
    else:
        _serve_here(server, listening)


def _serve_by_workers(supervisor: Multiprocess) -> None:
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise OperatorError(_NOT_STARTED)


def _serve_here(server: uvicorn.Server, listening: socket.socket) -> None:
    try:
        server.run(sockets=[listening])
    except SystemExit as error:
        raise OperatorError(_NOT_STARTED) from error


def _config(settings: Settings, *, reload: bool, certificate: Path | None, key: Path | None) -> uvicorn.Config:
    """What uvicorn is told; logging, forwarded headers and limits are the application's own, below uvicorn's."""
    return uvicorn.Config(
        APP,
        factory=True,
        lifespan="on",
        ws="none",
        workers=settings.workers,
        reload=reload,
        reload_dirs=[str(Path(scim.__file__ or "").parent)] if reload else None,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=WORKER_START_SECONDS,
        h11_max_incomplete_event_size=_HEADER_BYTES + settings.max_filter_length * _BYTES_PER_CHARACTER,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


def _unwind(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _as_sigterm(_signal: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGTERM)


def _ignore_signals() -> None:
    """An impatient second Ctrl-C must not leave the database behind: stopping it takes a moment, and always ends."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)
