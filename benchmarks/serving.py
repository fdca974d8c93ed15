"""The server under measurement: `pyscim run prod` with its embedded PostgreSQL, in a folder of its own."""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

PYSCIM = [sys.executable, "-m", "scim"]


@dataclass(frozen=True, slots=True)
class Served:
    """A running server and a token for one of its applications."""

    url: str
    token: str
    folder: Path
    environment: Mapping[str, str]
    pid: int

    @property
    def base(self) -> str:
        return f"{self.url}/scim/v2"

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "content-type": "application/scim+json"}

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.base, headers=self.headers, timeout=120)


@contextmanager
def serving(*, workers: int = 1, **settings: str) -> Iterator[Served]:
    """A server with so many workers; `settings` are those of PySCIM, in lower case."""
    with tempfile.TemporaryDirectory(prefix="pyscim-bench-") as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        folder = Path(name)
        folder.chmod(0o755)
        variables = {f"PYSCIM_{key.upper()}": value for key, value in settings.items()}
        environment = os.environ | {"PYSCIM_DATA_DIR": str(folder / "data")} | variables
        command = [*PYSCIM, "run", "prod", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process)
            made = subprocess.run(
                [*PYSCIM, "token", "create", "--app", "bench", "--json"],
                cwd=folder,
                env=environment,
                check=True,
                capture_output=True,
            )
            yield Served(url, json.loads(made.stdout)["token"], folder, environment, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait(url: str, process: subprocess.Popen[Any]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not get ready")


def user(number: int, prefix: str = "u") -> dict[str, Any]:
    """The body of a user as identity providers send it."""
    name = f"{prefix}{number:07}"
    return {
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        ],
        "userName": f"{name}@example.com",
        "externalId": name,
        "displayName": f"Person {number}",
        "name": {"givenName": "Person", "familyName": str(number)},
        "emails": [{"value": f"{name}@example.com", "type": "work", "primary": True}],
        "active": True,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": f"{number:07}"},
    }


def head(title: str) -> str:
    """The first line of a report: what, when, on which machine."""
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"{title} ({at}; {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()})"
