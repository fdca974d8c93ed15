"""What a development server says once it listens: where it is, and how to get in (OPERATOR.md, First contact)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import urlsplit

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from scim.config import API_PATH, Settings
from scim.db.migrate import pending
from scim.exceptions import Unavailable
from scim.services import tokens
from scim.services.applications import DEFAULT_APPLICATION
from scim.services.runtime import open_database
from scim.services.tenants import DEFAULT_TENANT

_ANOTHER: Final = "pyscim token create --app NAME"
_POLL_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Welcome:
    """What there is to say; `token` is a new one, shown this once; without a `note` tokens exist."""

    root_url: str
    port: int
    public: bool
    token: str | None = None
    note: str | None = None

    @property
    def base_url(self) -> str:
        """The URL that an identity provider is given."""
        return self.root_url + API_PATH

    @property
    def places(self) -> dict[str, str]:
        """Where things are."""
        return {
            "SCIM base URL": self.base_url,
            "API docs": f"{self.root_url}/docs",
            "Application": f"{DEFAULT_APPLICATION} (tenant {DEFAULT_TENANT})",
        }

    @property
    def curl(self) -> str:
        """A first request, to be pasted."""
        return f"curl -H 'Authorization: Bearer {self.token}' {self.base_url}/Users"

    @property
    def outside(self) -> str:
        """How an identity provider reaches this machine."""
        if self.public:
            return f"The SCIM base URL must lead to port {self.port} of this machine."
        return f"To let an IdP in: open a tunnel to port {self.port}, and set PYSCIM_PUBLIC_URL to it."


async def welcome(settings: Settings, root_url: str) -> Welcome:
    """What to say; makes a token in the default application where no usable one exists."""
    token, note = await _token_or_note(settings)
    return Welcome(settings.public_url or root_url, settings.port, bool(settings.public_url), token=token, note=note)


async def _token_or_note(settings: Settings) -> tuple[str | None, str | None]:
    if not settings.auth_enabled:
        return None, "WARNING: PYSCIM_AUTH_ENABLED=false: whoever reaches this port may change all data"
    try:
        async with open_database(settings) as database:
            if await pending(database):
                return None, "The database is not migrated: run 'pyscim db init'."
            if await tokens.has_usable_token(database):
                return None, None
            return (await tokens.create(database, name="first token")).token, None
    except Unavailable:
        return None, f"The database is away. When it is back: {_ANOTHER}"


def show(said: Welcome, console: Console | None = None) -> None:
    """Print it: framed on a terminal, in plain lines elsewhere. The token and the curl line stand alone, to be copied."""
    console = console or Console()
    if console.is_terminal:
        table = Table.grid(padding=(0, 2))
        for name, value in said.places.items():
            table.add_row(name, value)
        console.print(Panel(table, title="PySCIM is running", title_align="left", expand=False))
    else:
        _plain(console, ["PySCIM is running", *(f"{name}: {value}" for name, value in said.places.items())])
    _plain(console, ["", *_token_lines(said), said.note or f"Another token: {_ANOTHER}", said.outside])
    _plain(console, ["Ctrl-C stops the server.", ""])


def show_token(said: Welcome, console: Console | None = None) -> None:
    """Print a new token alone: the server ended before it listened, and the token would be lost."""
    _plain(console or Console(), _token_lines(said))


def _token_lines(said: Welcome) -> list[str]:
    if said.token is None:
        return []
    return ["Your token, shown this once:", "", said.token, "", "Try it:", "", said.curl, ""]


def _plain(console: Console, lines: list[str]) -> None:
    """As they are: not wrapped, not coloured, no markup."""
    console.file.write("".join(f"{line}\n" for line in lines))
    console.file.flush()


@contextmanager
def shown_when_listening(said: Welcome, root_url: str) -> Iterator[None]:
    """Print it once, as soon as the server answers."""
    ended = threading.Event()
    thread = threading.Thread(target=_show_later, args=(said, root_url, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _show_later(said: Welcome, root_url: str, ended: threading.Event) -> None:
    while not ended.wait(_POLL_SECONDS):
        if _answers(root_url):
            show(said)
            return
    show_token(said)


def _answers(root_url: str) -> bool:
    """Ask directly: a proxy that the environment names is for other places."""
    parts = urlsplit(root_url)
    with closing(HTTPConnection(parts.hostname or "", parts.port, timeout=2)) as connection:
        try:
            connection.request("GET", "/healthz")
            return bool(connection.getresponse().status)
        except (OSError, HTTPException):
            return False


def run_welcome(settings: Settings, root_url: str) -> Welcome:
    """`welcome`, for callers without an event loop."""
    return asyncio.run(welcome(settings, root_url))
