"""`pyscim run dev` and `pyscim run prod`: the server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:  # heavy to import, and only needed to read the annotations
    import socket

    from scim.config import Settings

app = typer.Typer(no_args_is_help=True, help="Start the server.", epilog="Example: pyscim run dev")

HostDev = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1", metavar="ADDRESS")]
HostProd = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="0.0.0.0", metavar="ADDRESS")]  # noqa: S104
Port = Annotated[int | None, typer.Option(min=1, max=65_535, help="Port to listen on.", show_default="8000")]
ProxyDev = Annotated[
    bool | None,
    typer.Option(
        "--proxy-headers/--no-proxy-headers",
        help="Believe X-Forwarded-* headers of trusted proxies.",
        show_default="on",
    ),
]
ProxyProd = Annotated[
    bool | None,
    typer.Option(
        "--proxy-headers/--no-proxy-headers",
        help="Believe X-Forwarded-* headers of trusted proxies.",
        show_default="off",
    ),
]


@app.command("dev", epilog="Example: pyscim run dev --port 8080")
def dev(
    host: HostDev = None,
    port: Port = None,
    no_reload: Annotated[bool, typer.Option("--no-reload", help="Do not restart when source files change.")] = False,
    proxy_headers: ProxyDev = None,
) -> None:
    """Start the development server: restarts on changes, readable log, API docs at /docs.

    Where no usable token exists yet, it makes one and prints it once.
    """
    from scim.cli.addresses import local_url
    from scim.cli.first_contact import run_welcome, shown_when_listening
    from scim.cli.serving import ended_by_signals, prepare_database, serve

    given = {"host": host or None, "port": port, "proxy_headers": proxy_headers}
    with ended_by_signals(), _started("dev", given) as (settings, listening):
        root_url = local_url(settings.host, settings.port)
        prepare_database(settings)
        with shown_when_listening(run_welcome(settings, root_url), root_url):
            serve(settings, listening, reload=not no_reload)


@app.command("prod", epilog="Example: pyscim run prod --workers 4 --port 8000")
def prod(
    host: HostProd = None,
    port: Port = None,
    workers: Annotated[int | None, typer.Option(min=1, max=1024, help="Server processes.", show_default="1")] = None,
    ssl_certfile: Annotated[
        Path | None, typer.Option(help="Certificate chain for HTTPS, as PEM.", exists=True, dir_okay=False)
    ] = None,
    ssl_keyfile: Annotated[
        Path | None, typer.Option(help="Private key of the certificate, as PEM.", exists=True, dir_okay=False)
    ] = None,
    proxy_headers: ProxyProd = None,
) -> None:
    """Start the production server: JSON log, no docs pages unless PYSCIM_DOCS_ENABLED.

    It migrates the database before it listens, unless PYSCIM_MIGRATE_ON_START=false. It makes no tokens.
    """
    from scim.cli.serving import announce, check_certificate, ended_by_signals, prepare_database, serve

    if ssl_keyfile and not ssl_certfile:
        raise typer.BadParameter("it needs --ssl-certfile too", param_hint="--ssl-keyfile")
    given = {"host": host or None, "port": port, "workers": workers, "proxy_headers": proxy_headers}
    with ended_by_signals(), _started("prod", given) as (settings, listening):
        check_certificate(ssl_certfile, ssl_keyfile)
        prepare_database(settings)
        announce(settings, tls=ssl_certfile is not None)
        serve(settings, listening, certificate=ssl_certfile, key=ssl_keyfile)


@contextmanager
def _started(mode: str, given: Mapping[str, object]) -> Iterator[tuple[Settings, socket.socket]]:
    """What both modes begin with: settings, log, the port, and the embedded database; errors end with status 1."""
    from scim.cli.listening import bound_socket
    from scim.cli.metrics import shared_metrics
    from scim.cli.runner import refusals
    from scim.cli.serving import embedded_database, mode_settings, report_unknown_variables
    from scim.utils.logs import configure_logging

    with ExitStack() as stack:
        stack.enter_context(refusals())
        settings = mode_settings(mode, given)
        listening = stack.enter_context(bound_socket(str(settings.host), settings.port))
        configure_logging(settings.log_level, settings.log_format, development=mode == "dev")
        report_unknown_variables()
        stack.enter_context(shared_metrics(settings))
        stack.enter_context(embedded_database(settings))
        yield settings, listening
