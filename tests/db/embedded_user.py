"""A program that uses the embedded server: it joins, says so, and leaves when it is told to (or killed).

Run as `python embedded_user.py DATA_DIR FALLBACK_ROOT [UID]`; with UID it goes on as that user after its imports, so
that the interpreter may be where only root can read.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
from pathlib import Path

from scim.db.embedded import running_sync
from scim.exceptions import OperatorError


def main(data_dir: str, fallback_root: str, uid: str | None = None) -> int:
    # Started in the background, as by `nohup … &`, a process would not notice Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if uid is not None:
        os.setgroups([])
        os.setgid(int(uid))
        os.setuid(int(uid))
    try:
        with running_sync(Path(data_dir), fallback_root=Path(fallback_root)) as database:
            _tell(dataclasses.asdict(database))
            sys.stdin.readline()
    except OperatorError as error:
        _tell({"error": str(error)})
        return 1
    return 0


def _tell(facts: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(facts, default=str) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
