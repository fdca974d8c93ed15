"""Checks that need no database: settings, disk, and the public URL."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from scim.config import Settings
from scim.services.doctor import disk, public_url, safety
from scim.services.doctor.finding import Finding, Installation, Level
from scim.utils.clock import now
from tests.support.server import free_port


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


def installation(**settings: Any) -> Installation:
    return Installation(settings=Settings(**settings), at=now())


class TestSettings:
    async def test_the_defaults_are_safe(self) -> None:
        [found] = await safety.check(installation())
        assert found.level is Level.OK

    @pytest.mark.parametrize(
        ("settings", "level", "named"),
        [
            ({"auth_enabled": False}, Level.FAIL, "PYSCIM_AUTH_ENABLED"),
            ({"docs_enabled": True}, Level.WARN, "PYSCIM_DOCS_ENABLED"),
            ({"audit_retention_days": 0}, Level.WARN, "PYSCIM_AUDIT_RETENTION_DAYS"),
            ({"log_level": "DEBUG"}, Level.WARN, "PYSCIM_LOG_LEVEL"),
            ({"public_url": "http://scim.example.com"}, Level.WARN, "PYSCIM_PUBLIC_URL"),
            ({"public_url": "http://127.0.0.1:8000"}, Level.OK, ""),
            ({"public_url": "http://localhost:8000"}, Level.OK, ""),
            ({"public_url": "https://scim.example.com"}, Level.OK, ""),
            ({"proxy_headers": True, "trusted_proxies": "0.0.0.0/0"}, Level.FAIL, "PYSCIM_TRUSTED_PROXIES"),
            ({"proxy_headers": False, "trusted_proxies": "0.0.0.0/0"}, Level.OK, ""),
            ({"metrics_enabled": True, "public_url": "https://x.example"}, Level.WARN, "PYSCIM_METRICS_PORT"),
            ({"metrics_enabled": True, "public_url": "https://x.example", "metrics_port": 9100}, Level.OK, ""),
        ],
    )
    async def test_dangerous_ones_are_named(self, settings: dict[str, Any], level: Level, named: str) -> None:
        [found] = await safety.check(installation(**settings))
        assert found.level is level
        assert named in f"{found.message} {found.remedy}"

    async def test_misspelled_ones_are_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYSCIM_PROT", "80")
        [found] = await safety.check(installation())
        assert (found.level, found.message) == (
            Level.WARN,
            "PYSCIM_PROT (environment) is not a setting; did you mean PYSCIM_PORT?",
        )


class TestDisk:
    @pytest.fixture
    def data_dir(self, tmp_path: Path) -> Path:
        (tmp_path / "data" / "postgres").mkdir(parents=True)
        return tmp_path / "data"

    @pytest.mark.parametrize(("mib", "level"), [(255, Level.FAIL), (2047, Level.WARN), (2048, Level.OK)])
    async def test_is_free(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch, mib: int, level: Level) -> None:
        looked_at = []

        def usage(path: Path) -> Any:
            looked_at.append(path)
            return type("Usage", (), {"free": mib * 1024**2})

        monkeypatch.setattr("shutil.disk_usage", usage)
        [found] = await disk.check(installation(data_dir=data_dir))
        assert (found.level, looked_at) == (level, [data_dir])

    async def test_of_another_server_is_not_known(self, data_dir: Path) -> None:
        assert await disk.check(installation(data_dir=data_dir, DATABASE_URL="postgres://db")) == []

    async def test_is_not_looked_at_before_there_is_data(self, tmp_path: Path) -> None:
        assert await disk.check(installation(data_dir=tmp_path / "none")) == []
        assert not (tmp_path / "none").exists()


class Answers(BaseHTTPRequestHandler):
    """A server that answers as the test says."""

    status: ClassVar[int] = 200
    body: ClassVar[bytes] = b'{"status":"ok"}'
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Answers, "asked", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/base"
    server.shutdown()
    server.server_close()
    thread.join()


async def asked(url: str) -> Finding:
    [found] = await public_url.check(installation(public_url=url))
    return found


class TestPublicUrl:
    async def test_is_not_asked_where_none_is_set(self) -> None:
        assert await public_url.check(installation()) == []

    async def test_that_answers_as_we_do_is_well(self, other: str) -> None:
        assert await asked(other) == Finding(name="public-url", level=Level.OK, message=f"{other}/healthz answers.")
        assert Answers.asked == ["/base/healthz"]

    @pytest.mark.parametrize(
        ("status", "body"), [(200, b"<html>"), (200, b'{"status":"up"}'), (404, b"{}"), (301, b""), (502, b"")]
    )
    async def test_that_answers_otherwise_fails(
        self, other: str, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes
    ) -> None:
        monkeypatch.setattr(Answers, "status", status)
        monkeypatch.setattr(Answers, "body", body)
        found = await asked(other)
        assert found.level is Level.FAIL
        assert f"status {status}" in found.message
        assert "reverse proxy" in str(found.remedy)

    async def test_where_nobody_answers_fails(self) -> None:
        url = f"http://127.0.0.1:{free_port()}"
        found = await asked(url)
        assert found.level is Level.FAIL
        assert f"curl {url}/healthz" in str(found.remedy)

    async def test_that_hangs_fails_in_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(public_url, "TIMEOUT_S", 0.1)
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            found = await asked(f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert found.level is Level.FAIL
        assert "timed out" in found.message
