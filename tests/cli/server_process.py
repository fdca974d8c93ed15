"""A server as its operator starts it: a process of its own, on a free port."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sysconfig
import time
from pathlib import Path

import httpx

PROGRAM = str(Path(sysconfig.get_path("scripts"), "pyscim"))
START_SECONDS = 60.0
_POLL_SECONDS = 0.05


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """`pyscim run …` on a data directory; what it prints goes to files."""

    def __init__(self, data_dir: Path, *arguments: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._out, self._err = data_dir.with_suffix(".out"), data_dir.with_suffix(".err")
        command = [PROGRAM, "run", *arguments, "--port", str(self.port)]
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYSCIM_", "DATABASE_"))
        }
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=data_dir.parent,
                env=environment | {"PYSCIM_DATA_DIR": str(data_dir)},
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._out.read_text()

    @property
    def log(self) -> str:
        return self._err.read_text()

    def ready(self) -> None:
        """Wait until it serves requests."""
        for _ in self._looks():
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz").is_success:
                    return

    def said(self, text: str) -> None:
        """Wait until it has printed a text."""
        for _ in self._looks():
            if text in self.output:
                return

    def is_gone(self) -> None:
        """Wait until nobody listens any more."""
        for _ in self._looks(alive=False):
            try:
                httpx.get(f"{self.url}/healthz")
            except httpx.ConnectError:
                return
            except httpx.HTTPError:
                continue

    def interrupt(self) -> int:
        """What Ctrl-C at a terminal sends: to the process and all its children; its exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(START_SECONDS)

    def terminate(self) -> int:
        self.process.terminate()
        return self.process.wait(START_SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """End whatever is left, all of which is in one process group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _looks(self, *, alive: bool = True) -> _Looks:
        return _Looks(self, alive=alive)


class _Looks:
    """Turns of waiting, until the time is up or the process has ended."""

    def __init__(self, server: ServerProcess, *, alive: bool) -> None:
        self._server = server
        self._alive = alive
        self._end = time.monotonic() + START_SECONDS

    def __iter__(self) -> _Looks:
        return self

    def __next__(self) -> None:
        ended = self._alive and self._server.process.poll() is not None
        assert not ended, f"the server ended:\n{self._server.log}"
        assert time.monotonic() < self._end, f"nothing happened in time:\n{self._server.log}"
        time.sleep(_POLL_SECONDS)
