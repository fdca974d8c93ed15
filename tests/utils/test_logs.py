"""The log's two forms, what they print of a record, and what they never print."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from scim.utils.logs import LIBRARIES, configure_logging, log_event, mask_credentials

TOKEN = f"pyscim_entra_{'aB3' * 14}x_q1W2e3"
log = logging.getLogger("scim.test")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root, own = logging.getLogger(), logging.getLogger("scim")
    before = root.handlers[:], root.level, own.level
    yield
    root.handlers[:], root.level, own.level = before
    logging.captureWarnings(capture=False)
    for logger in [logging.getLogger(name) for name in LIBRARIES]:
        logger.setLevel(logging.NOTSET)


def readable(stream: io.StringIO | None = None, level: str = "INFO") -> io.StringIO:
    stream = stream or io.StringIO()
    configure_logging(level, "rich", development=True, stream=stream)
    return stream


def machine(level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    configure_logging(level, "json", development=False, stream=stream)
    return stream


def lookup(key: str) -> None:
    raise KeyError(key)


def raise_with_escape() -> None:
    raise RuntimeError("\x1b[31mred")


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


class TestStyle:
    @pytest.mark.parametrize(
        ("style", "development", "is_json"),
        [
            ("auto", True, False),
            ("auto", False, True),
            ("rich", False, False),
            ("json", True, True),
        ],
    )
    def test_auto_is_for_people_in_development(self, style: str, development: bool, is_json: bool) -> None:
        stream = io.StringIO()
        configure_logging("INFO", style, development=development, stream=stream)
        log.info("hello")
        assert stream.getvalue().startswith("{") is is_json

    def test_configuring_again_replaces(self) -> None:
        first, second = machine(), machine()
        log.info("hello")
        assert (first.getvalue(), len(lines(second))) == ("", 1)


class TestLevels:
    def test_ours_is_as_asked(self) -> None:
        stream = machine("DEBUG")
        log.debug("seen")
        configure_logging("ERROR", "json", development=False, stream=stream)
        log.warning("not seen")
        assert [line["message"] for line in lines(stream)] == ["seen"]

    @pytest.mark.parametrize("name", [*LIBRARIES, "tortoise.db_client", "some.other.library"])
    @pytest.mark.parametrize("level", ["DEBUG", "ERROR"])
    def test_libraries_stay_at_warning(self, name: str, level: str) -> None:
        library = logging.getLogger(name)
        library.addHandler(logging.StreamHandler(io.StringIO())) if name in LIBRARIES else None
        stream = machine(level)
        library.info("bound values")
        library.warning("trouble")
        assert [(line["message"], line["logger"]) for line in lines(stream)] == [("trouble", name)]

    def test_so_do_all_that_a_server_loads(self) -> None:
        program = (
            "import logging\n"
            "from scim.main import create_app\n"
            "app = create_app()\n"
            "assert app.state.tracing and app.state.metrics\n"
            "loggers = {name: logging.getLogger(name) for name in logging.root.manager.loggerDict}\n"
            "low = [name for name, one in loggers.items() if one.getEffectiveLevel() < logging.WARNING]\n"
            "print(*{name.partition('.')[0] for name in low})\n"
        )
        watched = {"PYSCIM_METRICS_ENABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
        environment = {**os.environ, **watched, "PYSCIM_LOG_LEVEL": "DEBUG"}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        assert done.stdout == b"scim\n"

    def test_warnings_are_log_lines_too(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            stream = machine()
            warnings.warn("old habit", stacklevel=1)
        assert "old habit" in lines(stream)[0]["message"]


class TestJson:
    def test_has_time_level_message_and_fields(self) -> None:
        stream = machine()
        log_event(log, logging.INFO, "request", style="green", status=201, app=None, took=1.5)
        (line,) = lines(stream)
        assert line.pop("time").endswith("Z")
        assert line == {
            "level": "INFO",
            "message": "request",
            "logger": "scim.test",
            "status": 201,
            "app": None,
            "took": 1.5,
        }

    def test_fields_do_not_replace_the_record(self) -> None:
        stream = machine()
        log.info("x", extra={"fields": {"level": "forged", "more": 1}})
        assert (lines(stream)[0]["level"], lines(stream)[0]["more"]) == ("INFO", 1)

    @pytest.mark.parametrize("value", [2**70, "\ud800", object, {1: 2}, b"x", {"a"}])
    def test_any_value_is_written(self, value: object) -> None:
        stream = machine()
        log_event(log, logging.INFO, "x", value=value)
        assert "value" in lines(stream)[0]

    def test_an_error_is_one_line_with_its_traceback(self) -> None:
        stream = machine()
        try:
            lookup(TOKEN)
        except KeyError:
            log.exception("failed")
        (line,) = lines(stream)
        assert "KeyError" in line["traceback"]
        assert TOKEN not in line["traceback"]


class TestReadable:
    def test_piped_lines_are_plain_and_whole(self) -> None:
        stream = readable()
        log_event(log, logging.INFO, f"<-- GET /{'x' * 200}", style="green", rows=3)
        text = stream.getvalue()
        assert text.count("\n") == 1
        assert "\x1b" not in text
        assert text[8:17] == " INFO    "
        assert text.endswith("x  rows=3\n")

    def test_a_terminal_gets_colour_and_a_hanging_indent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.delenv("NO_COLOR", raising=False)
        stream = readable(Terminal())
        log_event(log, logging.INFO, "word " * 30, style="green")
        first, second, *_ = stream.getvalue().splitlines()
        assert "\x1b[32m" in first
        assert second.replace("\x1b[32m", "").startswith(" " * 17 + "word")

    @pytest.mark.parametrize(
        ("sent", "shown"),
        [
            ("\x1b[31mred", "\\x1b[31mred"),
            ("a\r\nb", "a\\r\n    b"),
            ("[bold]x[/bold] :smile:", "[bold]x[/bold] :smile:"),
            ("\u202egnp", "\\u202egnp"),
        ],
    )
    def test_what_a_client_sent_is_only_text(self, sent: str, shown: str) -> None:
        stream = readable()
        log.info("%s", sent)
        assert stream.getvalue()[17:] == f"{shown}\n"

    def test_an_error_shows_its_traceback(self) -> None:
        stream = readable()
        try:
            lookup(TOKEN)
        except KeyError:
            log.exception("failed", stack_info=True)
        assert "KeyError" in stream.getvalue()
        assert TOKEN not in stream.getvalue()

    def test_a_traceback_is_only_text_too(self) -> None:
        stream = readable()
        try:
            raise_with_escape()
        except RuntimeError:
            log.exception("failed")
        assert "\x1b" not in stream.getvalue()

    def test_a_stream_that_is_gone_does_not_stop_the_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(logging, "raiseExceptions", False)
        readable().close()
        log.info("x")


class TestMaskCredentials:
    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            (f"token {TOKEN}!", "token pyscim_***!"),
            (f"Authorization: Bearer {TOKEN}", "Authorization: Bearer ***"),
            ("(b'authorization', b'bearer eyJ.a-b_c=')", "(b'authorization', b'bearer ***')"),
            ("Basic dXNlcjpwYXNz", "Basic ***"),
            ("Bearer abc", "Bearer ***"),
            ("Bearer token-abc", "Bearer ***"),
            ("A valid bearer token is required.", "A valid bearer token is required."),
            ("postgres://u:hunter2@h:5432/d", "postgres://u:***@h:5432/d"),
            ("http://h:8000/a@b", "http://h:8000/a@b"),
            ("http://h:8000/ and a@b", "http://h:8000/ and a@b"),
        ],
    )
    def test_leaves_no_credential(self, text: str, masked: str) -> None:
        assert mask_credentials(text) == masked

    @pytest.mark.parametrize("make", [readable, machine])
    def test_covers_messages_arguments_and_fields(self, make: Any) -> None:
        stream = make()
        log.info("got %s", TOKEN)
        log_event(log, logging.INFO, "x", header=f"Bearer {TOKEN}", url="postgres://u:hunter2@h/d")
        assert TOKEN not in stream.getvalue()
        assert "hunter2" not in stream.getvalue()
