"""The log: readable lines for people, one JSON object per line for machines (OPERATOR.md, Log)."""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from rich.console import Console
from rich.highlighter import NullHighlighter
from rich.logging import RichHandler
from rich.text import Text

LIBRARIES: Final = ("tortoise", "asyncpg", "uvicorn", "uvicorn.error", "uvicorn.access", "asyncio", "httpx", "httpcore")
"""They stay at WARNING: some print bound values at DEBUG."""

_SECRETS: Final = (
    (re.compile(r"pyscim_[a-z0-9]{1,20}_[A-Za-z0-9]{43}_[A-Za-z0-9]{6}"), "pyscim_***"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 ***"),
)
_FIELDS: Final = "fields"


def configure_logging(level: str, style: str, *, development: bool) -> None:
    """Set up the root logger.

    `style` is rich, json, or auto: rich for a development server on a terminal or not, json in production.
    """
    readable = style == "rich" or (style == "auto" and development)
    handler = _rich_handler() if readable else _json_handler()
    handler.addFilter(MasksSecrets())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.WARNING)


def log_event(logger: logging.Logger, level: int, message: str, **fields: Any) -> None:
    """A record with fields: printed one by one in JSON, and left to the message for people."""
    logger.log(level, message, extra={_FIELDS: fields})


class MasksSecrets(logging.Filter):
    """The last defence: nothing that looks like a token or an Authorization header is ever printed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the message; the record is always kept."""
        message = record.getMessage()
        for pattern, mask in _SECRETS:
            message = pattern.sub(mask, message)
        record.msg, record.args = message, None
        return True


class JsonLines(logging.Formatter):
    """One JSON object per record."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, message, logger, the record's fields, and the traceback if there is one."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def _json_handler() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    return handler


class ReadableLines(RichHandler):
    """Lines for people; colours only on a terminal, no markup taken from messages."""

    def render_message(self, record: logging.LogRecord, message: str) -> Text:
        """The message as it is, coloured by what happened."""
        style = getattr(record, _FIELDS, {}).get("style", "")
        return Text(message, style=style)


def _rich_handler() -> logging.Handler:
    console = Console(stderr=True, soft_wrap=True)
    return ReadableLines(
        console=console,
        show_path=False,
        omit_repeated_times=False,
        log_time_format="%H:%M:%S",
        highlighter=NullHighlighter(),
        rich_tracebacks=False,
    )
