"""`pyscim` at a terminal of 80 columns: it is seen what somebody would see there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Mapping
from pathlib import Path

from tests.cli.server_process import PROGRAM

_SECONDS = 60.0


class Terminal:
    """A command in a process of its own, whose three streams are one terminal."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._seen = b""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("COLUMNS", "TERMINAL_"))}
        self._process = subprocess.Popen(
            [PROGRAM, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env={**kept, "TERM": "xterm", **environment},
            start_new_session=True,
        )
        os.close(theirs)

    @property
    def screen(self) -> str:
        """What was written so far, without what only moves the cursor or colours."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._seen.decode()).replace("\r", "\n")

    def until(self, pattern: str) -> None:
        """Read until something is seen."""
        while not re.search(pattern, self.screen):
            assert self._read(), self.screen

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def ended(self) -> int:
        """The exit status, after everything was read."""
        while self._read():
            pass
        os.close(self._ours)
        return self._process.wait(_SECONDS)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _read(self) -> bool:
        assert select.select([self._ours], [], [], _SECONDS)[0], f"nothing happens any more:\n{self.screen}"
        try:
            piece = os.read(self._ours, 65_536)
        except OSError:  # the other side is closed
            return False
        self._seen += piece
        return bool(piece)
