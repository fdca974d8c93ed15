"""What commands print: tables for people, one JSON document for programs, messages on stderr."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NoReturn

import typer

# Largest unit first; the first that fits once is used.
_UNITS: Final = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
NOTHING: Final = "-"


def print_json(value: Any) -> None:
    """One JSON document: dataclasses as objects, times as `…Z`."""
    typer.echo(json.dumps(value, indent=2, default=as_plain))


def as_object(value: Any) -> dict[str, Any]:
    """A dataclass as a JSON object, so that keys can be added."""
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str, whole: Sequence[str] = ()
) -> None:
    """A table that reads well at 80 columns and without colours; columns in `whole` are never broken."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    cells = [[Text(cell) for cell in row] for row in rows]
    if not cells:
        typer.echo(empty)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in whole)
    for row_cells in cells:
        table.add_row(*row_cells)
    _print(table)


def print_details(pairs: Mapping[str, str]) -> None:
    """Names and values, one below the other."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs.items():
        grid.add_row(name, Text(value))
    _print(grid)


def note(message: str) -> None:
    """A message beside the result, on stderr."""
    typer.echo(message, err=True)


def fail(message: str, *, status: int = 1) -> NoReturn:
    """End the command: the reason on stderr, no traceback."""
    typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(status)


def confirm(question: str, *, force: bool) -> None:
    """Ask before something that cannot be undone; without a terminal there is nobody to ask, so it is refused."""
    if force:
        return
    if not at_terminal():
        fail(f"{question} Without a terminal there is nobody to ask: add --force to do it.")
    typer.confirm(question, abort=True, err=True)


def at_terminal() -> bool:
    """Whether somebody can answer."""
    return sys.stdin.isatty()


def shown(value: str | None) -> str:
    """A text, or a sign that there is none."""
    return value or NOTHING


def moment(at: datetime | None) -> str:
    """A time in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at else NOTHING


def distance(at: datetime | None, now: datetime, *, never: str = NOTHING) -> str:
    """`3 h ago`, `in 29 d`, `now`."""
    if at is None:
        return never
    gap = abs(at - now)
    for unit, seconds in _UNITS:
        if gap >= timedelta(seconds=seconds):
            count = f"{gap // timedelta(seconds=seconds)} {unit}"
            return f"in {count}" if at > now else f"{count} ago"
    return "now"


def counted(resources: Mapping[str, int]) -> str:
    """`12 User, 3 Group`: what there is of each type."""
    return ", ".join(f"{number} {kind}" for kind, number in resources.items() if number) or "0"


def _print(content: Any) -> None:
    """Through rich, which finds out the width and whether colours are seen."""
    from rich.console import Console

    Console(highlight=False).print(content)


def as_plain(value: Any) -> Any:
    """What JSON lacks: times as text, dataclasses as objects."""
    from scim.protocol.date_time import printed

    if isinstance(value, datetime):
        return printed(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return as_object(value)
    return list(value) if isinstance(value, tuple | frozenset) else str(value)
