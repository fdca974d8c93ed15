"""The log of the server process, in the data directory."""

from __future__ import annotations

import os

from scim.db.embedded.account import open_owned
from scim.db.embedded.place import Place

# One older file is kept, so the log never takes more than about twice this much after a start.
_MAX_BYTES = 16 * 1024 * 1024
_TAIL_BYTES = 4096
_TAIL_LINES = 15


class ServerLog:
    """The log file, open for a program to write to, and to show what that program wrote last."""

    def __init__(self, place: Place) -> None:
        self._path = place.log
        if self._path.exists() and self._path.stat().st_size > _MAX_BYTES:
            self._path.rename(self._path.with_suffix(".log.1"))
        self.descriptor = open_owned(self._path, os.O_WRONLY | os.O_APPEND, place.account)
        self._start = os.fstat(self.descriptor).st_size

    def tail(self) -> str:
        """The last lines written since this object was made."""
        with self._path.open("rb") as file:
            file.seek(max(self._start, os.fstat(file.fileno()).st_size - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])

    def close(self) -> None:
        """Close the file; programs that were given it go on writing."""
        os.close(self.descriptor)
