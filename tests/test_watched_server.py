"""A server with two workers as its operator watches it: metrics of both, and a log with all that was promised."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from scim.db.database import Database
from tests.middleware.test_metrics import value
from tests.support.server import Server, free_port, running_server

USERS = {"tenant": "default", "method": "GET", "route": "/scim/v2/Users", "status": "200"}
LOGGED = {
    *("time", "level", "request_id", "tenant", "app", "token_id", "idp", "method", "path", "status"),
    *("scim_type", "duration_ms", "db_ms", "queries"),
}
"""OPERATOR.md, Log."""


@dataclass(frozen=True)
class Watched:
    server: Server
    metrics: str
    folder: Path

    def workers(self) -> list[int]:
        """The processes that serve, once both do."""
        for _ in range(200):
            found = {int(path.stem.rpartition("_")[2]) for path in self.folder.glob("*/gauge_livesum_*.db")}
            alive = sorted(pid for pid in found if Path(f"/proc/{pid}").exists())
            if len(alive) == 2:
                return alive
            time.sleep(0.05)
        raise AssertionError(self.server.log.read_text())

    def read(self, name: str, **labels: str) -> float | None:
        answer = httpx.get(self.metrics)
        assert answer.status_code == 200, answer.text
        return value(answer.text, name, **labels)

    def until(self, expected: float, name: str) -> None:
        for _ in range(200):
            if self.read(name) == expected:
                return
            time.sleep(0.05)
        raise AssertionError(f"{name} is {self.read(name)}")


@pytest.fixture(scope="module", params=["own port", "server's port"])
def watched(
    request: pytest.FixtureRequest, database: Database, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """A server whose metrics have a port of their own, or not."""
    _ = database
    folder, port = tmp_path_factory.mktemp("temporary"), free_port()
    environment = {
        "DATABASE_URL": database_url,
        "TMPDIR": str(folder),
        "PYSCIM_METRICS_ENABLED": "true",
        "PYSCIM_METRICS_PORT": str(port) if request.param == "own port" else "0",
    }
    with running_server(tmp_path_factory.mktemp("watched"), environment, "--workers", "2") as server:
        metrics = f"http://127.0.0.1:{port}" if request.param == "own port" else server.url
        yield Watched(server, f"{metrics}/metrics", folder)
    assert list(folder.iterdir()) == [], "a server that ends leaves nothing behind"


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A process that does nothing meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_the_metrics_are_the_sum_of_both_workers_and_stay_when_one_is_killed(watched: Watched) -> None:
    first, second = watched.workers()
    token = watched.server.token(f"watched-{first}")
    for idle, times in ((first, 3), (second, 4)):
        with stopped(idle), watched.server.client(token) as client:
            assert [client.get("/Users").status_code for _ in range(times)] == [200] * times
    app = {"app": f"watched-{first}"}
    assert watched.read("pyscim_requests_total", **USERS, **app) == 7
    assert watched.read("pyscim_pool_max") == 20
    assert watched.read("pyscim_pending_references", tenant="default", app="default") == 0
    os.kill(first, signal.SIGKILL)
    watched.until(10, "pyscim_pool_max")
    watched.until(20, "pyscim_pool_max")
    assert watched.read("pyscim_requests_total", **USERS, **app) == 7


def test_a_port_of_its_own_has_nothing_else(watched: Watched) -> None:
    if watched.metrics.startswith(watched.server.url):
        pytest.skip("it has none")
    assert httpx.get(f"{watched.server.url}/metrics").status_code == 404
    root = watched.metrics.removesuffix("/metrics")
    for path in ("/", "/scim/v2/Users", "/metrics/x"):
        assert httpx.get(root + path).status_code == 404
    head = httpx.head(watched.metrics)
    assert (head.status_code, head.content, "server" in head.headers) == (200, b"", False)
    assert httpx.post(watched.metrics).status_code == 501


def test_a_line_of_the_log_has_all_that_was_promised(watched: Watched) -> None:
    name = f"logged-{watched.workers()[0]}"
    with watched.server.client(watched.server.token(name)) as client:
        client.get("/Users/none", headers={"x-request-id": "mine-1", "user-agent": "Okta SCIM Client 1.0.0"})
    lines = [json.loads(line) for line in watched.server.log.read_text().splitlines()]
    [line] = [line for line in lines if line.get("app") == name]
    assert set(line) >= LOGGED
    assert (line["request_id"], line["idp"], line["status"], line["tenant"]) == ("mine-1", "okta", 404, "default")
    assert (line["method"], line["path"], line["level"]) == ("GET", "/scim/v2/Users/none", "INFO")
    assert line["duration_ms"] >= line["db_ms"] > 0
    assert line["queries"] >= 1
    assert {line["logger"].partition(".")[0] for line in lines if line["level"] in {"DEBUG", "INFO"}} == {"scim"}
