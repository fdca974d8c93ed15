"""What the tests of the embedded server share: processes that use it, a prepared data directory, a look at it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg

from scim.db.embedded import running_sync
from scim.db.embedded.place import Place
from scim.db.embedded.postmaster import Postmaster, is_ours, read_postmaster

_PROGRAM = Path(__file__).with_name("embedded_user.py")


class User:
    """Another process that uses the server on `data_dir`."""

    def __init__(self, data_dir: Path, *, uid: int | None = None) -> None:
        command = [sys.executable, str(_PROGRAM), str(data_dir), str(data_dir.parent / "fallback")]
        self.process = subprocess.Popen(
            command + ([] if uid is None else [str(uid)]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def joined(self) -> dict[str, Any]:
        """Wait until it uses the server; what it was told about it (or its error)."""
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def leave(self) -> None:
        self.tell_to_leave()
        assert self.process.wait() == 0

    def tell_to_leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def interrupt(self) -> None:
        """What Ctrl-C at a terminal sends: to the process and all its children of the same group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


class Pool:
    """Data directories with an empty database, used again by test after test: making one takes a second."""

    def __init__(self) -> None:
        self._folder = open_folder()
        self._made = 0
        self._free: list[Path] = []

    def take(self, target: Path) -> None:
        target.parent.mkdir(exist_ok=True)
        (self._free.pop() if self._free else self._make()).rename(target)

    def put_back(self, data_dir: Path) -> None:
        self._made += 1
        self._free.append(data_dir.rename(self._folder / str(self._made)))

    def close(self) -> None:
        shutil.rmtree(self._folder)

    def _make(self) -> Path:
        self._made += 1
        with running_sync(self._folder / str(self._made)) as database:
            return database.data_dir


class Workspace:
    """A folder that the server's account can reach (pytest's own are closed), with everything started in it."""

    def __init__(self, pool: Pool) -> None:
        self.folder = open_folder()
        self._pool = pool
        self._users: list[User] = []
        self._intact: list[Path] = []

    def data_dir(self, name: str = "data", *, spoil: bool = False) -> Path:
        """A data directory with a database in it; a test that leaves it unusable says `spoil`."""
        data_dir = self.folder / name
        self._pool.take(data_dir)
        if not spoil:
            self._intact.append(data_dir)
        return data_dir

    def user(self, data_dir: Path, *, uid: int | None = None) -> User:
        user = User(data_dir, uid=uid)
        self._users.append(user)
        return user

    def close(self) -> None:
        for user in self._users:
            user.close()
        for note in self.folder.rglob("postmaster.pid"):
            home = note.parent.parent
            if postmaster(home) is not None:
                kill_server(home)
        for data_dir in self._intact:
            self._pool.put_back(data_dir)
        shutil.rmtree(self.folder)


def open_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pyscim-test-"))
    folder.chmod(0o755)
    return folder


def postmaster(home: Path) -> Postmaster | None:
    """The server that runs on this data directory."""
    place = Place(home, None)
    found = read_postmaster(place)
    return found if found is not None and is_ours(found, place) else None


def server_pid(home: Path) -> int:
    found = postmaster(home)
    assert found is not None, "no server runs"
    return found.pid


def kill_server(home: Path) -> None:
    """Do a kill -9 of the server's first process and of all its children."""
    pid = server_pid(home)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for process in (pid, *map(int, children)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def owner_of_server(home: Path) -> int:
    return Path(f"/proc/{server_pid(home)}").stat().st_uid


@contextlib.contextmanager
def changed(path: Path, text: str) -> Iterator[None]:
    """The file with another text, and afterwards as it was."""
    before = path.read_text()
    path.write_text(text)
    yield
    path.write_text(before)


async def until(condition: Callable[[], object]) -> None:
    """Look again and again, at most ten seconds."""
    async with asyncio.timeout(10):
        while True:
            if condition():
                return
            await asyncio.sleep(0.002)


async def query(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        result: object = await connection.fetchval(sql)
        return result
    finally:
        await connection.close()
