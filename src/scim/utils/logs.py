"""The log: readable lines for people, one JSON object per line for machines (OPERATOR.md, Log)."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TextIO

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

OWN: Final = "scim"
LIBRARIES: Final = ("tortoise", "asyncpg", "uvicorn", "uvicorn.error", "uvicorn.access", "asyncio", "httpx", "httpcore")
"""Known to set levels or handlers of their own."""

_SECRETS: Final = (
    # Words of prose, as in "a bearer token is required", are no credentials.
    (
        re.compile(
            r"(?i)\b(bearer|basic)\s+(?!(?:tokens?|auth|authentication|authorization|scheme|realm)(?![\w.~+/=-]))[\w.~+/=-]+"
        ),
        r"\1 ***",
    ),
    (re.compile(r"pyscim_[a-z0-9]{1,20}_[A-Za-z0-9]{43}_[A-Za-z0-9]{6}"), "pyscim_***"),
    (re.compile(r"""(://[^\s/:@"']*):[^\s/@"']+@"""), r"\1:***@"),
)
_LEVEL_STYLES: Final = {
    "DEBUG": "dim",
    "INFO": "blue",
    "WARNING": "yellow",
    "ERROR": "bold red",
    "CRITICAL": "bold red",
}
_LEVEL_WIDTH: Final = len("WARNING")
_FIELDS: Final = "fields"
_STYLE: Final = "style"


def configure_logging(level: str, style: str, *, development: bool, stream: TextIO | None = None) -> None:
    """Set up the log of this process; may be called again.

    `style` is rich, json, or auto: rich for a development server, json in production. `level` is for our own loggers;
    all others stay at WARNING, for some libraries print bound values at DEBUG. Written to `stream`, else to stderr.
    """
    readable = style == "rich" or (style == "auto" and development)
    handler = ReadableLines(stream) if readable else _json_handler(stream)
    root = logging.getLogger()
    for former in [one for one in root.handlers if _is_replaced(one)]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(level)
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def log_event(logger: logging.Logger, level: int, message: str, *, style: str = "", **fields: Any) -> None:
    """A record with fields: members of the object in JSON, `name=value` behind the message for people.

    `style` is the colour that people see it in.
    """
    logger.log(level, message, extra={_FIELDS: fields, _STYLE: style})


def mask_credentials(text: str) -> str:
    """The text without anything that looks like a token, an Authorization header or the password of a URL."""
    for pattern, mask in _SECRETS:
        text = pattern.sub(mask, text)
    return text


class JsonLines(logging.Formatter):
    """One JSON object per record; finished lines are masked whole, as the last defence."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, message, logger, the record's fields, and the traceback if there is one."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": time.replace("+00:00", "Z"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        line = {**line, **_fields(record), **line}
        if traceback := _traceback(self, record):
            line["traceback"] = traceback
        return mask_credentials(_written(line))


class ReadableLines(logging.Handler):
    """Lines for people; colours only on a terminal, which also breaks long lines, so that they can be copied whole."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Print the time, the level, the message in the colour of what happened, and the record's fields."""
        try:
            console = self._console()
            head, body = self._head(record), self._body(record)
            console.print(_hanging(head, body) if console.is_terminal else head + body)
        except Exception:  # noqa: BLE001 - a handler never breaks what it tells of
            self.handleError(record)

    def _console(self) -> Console:
        console = Console(file=self._stream or sys.stderr, highlight=False, markup=False, emoji=False)
        console.soft_wrap = not console.is_terminal
        return console

    def _head(self, record: logging.LogRecord) -> Text:
        time = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        level = (f"{record.levelname:<{_LEVEL_WIDTH}} ", _LEVEL_STYLES.get(record.levelname, ""))
        return Text.assemble((f"{time} ", "dim"), level)

    def _body(self, record: logging.LogRecord) -> Text:
        fields = "".join(f"  {name}={value}" for name, value in _fields(record).items())
        told = _printable(mask_credentials(record.getMessage() + fields))
        if traceback := _traceback(logging.Formatter(), record):
            told += "\n    " + _printable(mask_credentials(traceback))
        return Text(told, style=getattr(record, _STYLE, ""))


def _hanging(head: Text, body: Text) -> Table:
    """Two columns: what a terminal breaks goes on below where it began."""
    table = Table.grid()
    table.add_column(no_wrap=True, width=len(head))
    table.add_column(overflow="fold")
    table.add_row(head, body)
    return table


def _printable(text: str) -> str:
    """What a client sent is only text: it moves no cursor, and looks like no line of ours."""
    shown = "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in text)
    return shown.replace("\n", "\n    ")


def _json_handler(stream: TextIO | None) -> logging.Handler:
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    return handler


def _is_replaced(handler: logging.Handler) -> bool:
    """Whether a handler writes to a terminal or a stream, as ours do; those of a test runner stay."""
    return isinstance(handler, ReadableLines) or type(handler) is logging.StreamHandler


def _fields(record: logging.LogRecord) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = getattr(record, _FIELDS, {})
    return fields


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info else ""


def _written(line: Mapping[str, Any]) -> str:
    """The line as JSON; what orjson does not take is written by the standard library, as text at worst."""
    try:
        return orjson.dumps(line, default=str).decode()
    except (TypeError, ValueError):
        return json.dumps(line, default=str)
