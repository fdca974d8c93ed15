"""The server as an operator runs it: a process of its own, on a port of its own, talked to over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PYSCIM = [sys.executable, "-m", "scim"]
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class Server:
    """One running server; `environment` also serves commands that shall use the same database."""

    url: str
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] = field(repr=False)
    program: Sequence[str] = tuple(PYSCIM)

    @property
    def base(self) -> str:
        return f"{self.url}/scim/v2"

    def command(self, *arguments: str) -> Any:
        """What a command prints as JSON."""
        done = subprocess.run(
            [*self.program, *arguments, "--json"],
            env={**os.environ, **self.environment},
            capture_output=True,
            check=False,
            cwd=self.log.parent,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def token(self, name: str, *options: str) -> str:
        """A token for an application of that name."""
        made: str = self.command("token", "create", "--name", name, "--app", name, *options)["token"]
        return made

    def client(self, token: str) -> httpx.Client:
        headers = {"authorization": f"Bearer {token}", "content-type": "application/scim+json"}
        return httpx.Client(base_url=self.base, headers=headers, timeout=30)

    def wait(self) -> None:
        """Until it is ready."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"not ready after {START_SECONDS} s: {self.log.read_text()}")


@contextmanager
def running_server(
    folder: Path,
    environment: Mapping[str, str],
    *options: str,
    mode: str = "prod",
    ready: bool = True,
    program: Sequence[str] = tuple(PYSCIM),
) -> Iterator[Server]:
    """`pyscim run prod` in `folder`, ended by SIGTERM."""
    port = free_port()
    log = folder / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*program, "run", mode, "--host", "127.0.0.1", "--port", str(port), *options],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", environment, log, process, program)
    try:
        if ready:
            server.wait()
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
