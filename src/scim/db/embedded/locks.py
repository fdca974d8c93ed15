"""The lock files in the data directory (flock: the kernel gives them back however a process ends)."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from scim.db.embedded.account import Account, open_owned


class FileLock:
    """One holder of the lock on a file; two objects on the same file exclude each other, in one process too."""

    def __init__(self, path: Path, account: Account | None) -> None:
        self.descriptor = open_owned(path, os.O_RDWR, account)

    def take_shared(self) -> bool:
        """Hold the lock together with others; False when somebody has it alone."""
        return self._take(fcntl.LOCK_SH)

    def take_alone(self) -> bool:
        """Hold the lock alone; False when anybody else has it. A shared hold of this object is given up first."""
        return self._take(fcntl.LOCK_EX)

    def release(self) -> None:
        """Give the lock back, also where a forked child still has the file open."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file; a child that was handed the descriptor goes on holding the lock."""
        os.close(self.descriptor)

    def _take(self, kind: int) -> bool:
        try:
            fcntl.flock(self.descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
