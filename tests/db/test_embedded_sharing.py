"""Processes that use the embedded server one after the other, together, and after each other's death."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scim.db.embedded import running, running_sync, session
from scim.db.embedded.account import spawn
from scim.db.embedded.locks import FileLock
from scim.db.embedded.place import find_place
from tests.db.embedded_support import Workspace, kill_server, postmaster, query, server_pid, until


class TestOneAfterTheOther:
    async def test_a_later_start_finds_the_data(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        async with running(data_dir) as first:
            await query(first.url, "create table kept_at_stop as select 42 as n")
        async with running(data_dir) as second:
            assert await query(second.url, "select n from kept_at_stop") == 42
        assert (first.adopted, second.adopted) == (False, False)

    def test_the_last_user_stops_the_server(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        with running_sync(data_dir):
            assert postmaster(data_dir) is not None
        assert postmaster(data_dir) is None
        assert not (data_dir / "postgres" / "postmaster.pid").exists()

    def test_it_is_stopped_after_an_error_in_the_body_too(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        with contextlib.suppress(ZeroDivisionError), running_sync(data_dir):
            raise ZeroDivisionError
        assert postmaster(data_dir) is None


class TestTogether:
    async def test_a_command_joins_a_running_server_and_leaves_it_running(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        service = workspace.user(data_dir)
        url = service.joined()["url"]
        pid = server_pid(data_dir)
        command = workspace.user(data_dir)
        assert command.joined()["adopted"] is True
        command.leave()
        assert server_pid(data_dir) == pid
        assert await query(url, "select 1") == 1
        service.leave()
        assert postmaster(data_dir) is None

    async def test_the_first_of_two_overlapping_users_leaves_the_server_to_the_second(
        self, workspace: Workspace
    ) -> None:
        data_dir = workspace.data_dir()
        first, second = workspace.user(data_dir), workspace.user(data_dir)
        told = (first.joined(), second.joined())
        assert sorted(each["adopted"] for each in told) == [False, True]
        first.leave()
        assert await query(told[1]["url"], "select 1") == 1
        second.leave()
        assert postmaster(data_dir) is None

    async def test_who_joins_while_the_last_one_leaves_has_a_server(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        leaving = workspace.user(data_dir)
        leaving.joined()
        for _ in range(4):
            joining = workspace.user(data_dir)
            leaving.tell_to_leave()
            assert await query(joining.joined()["url"], "select 1") == 1
            assert leaving.process.wait() == 0
            leaving = joining
        leaving.leave()
        assert postmaster(data_dir) is None

    def test_the_last_of_many_that_leave_at_once_stops_it(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        users = [workspace.user(data_dir) for _ in range(5)]
        for user in users:
            user.joined()
        for user in users:
            user.tell_to_leave()
        assert [user.process.wait() for user in users] == [0] * 5
        assert postmaster(data_dir) is None

    def test_joining_takes_less_than_a_tenth_of_a_second(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        taken = []
        with running_sync(data_dir):
            for _ in range(3):
                began = time.perf_counter()
                with running_sync(data_dir) as joined:
                    taken.append(time.perf_counter() - began)
                assert joined.adopted
        assert min(taken) < 0.1

    async def test_servers_of_several_data_directories_do_not_meet(self, workspace: Workspace) -> None:
        async with running(workspace.data_dir("one")) as one, running(workspace.data_dir("two")) as two:
            await query(one.url, "create table only_in_one ()")
            assert await query(two.url, "select to_regclass('only_in_one')") is None


class TestLeavingWhileTheGateIsClosed:
    def test_who_is_not_the_last_leaves_at_once(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        leaving = workspace.user(data_dir)
        leaving.joined()
        with _held(data_dir, "start.lock"), _held(data_dir, "users.lock", shared=True):
            leaving.leave()
        assert postmaster(data_dir) is not None

    def test_who_is_the_last_waits_for_it_and_stops_the_server(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        leaving = workspace.user(data_dir)
        leaving.joined()
        with _held(data_dir, "start.lock"):
            leaving.tell_to_leave()
            with pytest.raises(subprocess.TimeoutExpired):
                leaving.process.wait(timeout=0.3)
        assert leaving.process.wait() == 0
        assert postmaster(data_dir) is None


class TestAfterAKill:
    async def test_ctrl_c_of_one_user_does_not_reach_the_server(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        starter, other = workspace.user(data_dir), workspace.user(data_dir)
        starter.joined()
        url = other.joined()["url"]
        starter.interrupt()
        assert await query(url, "select 1") == 1

    async def test_the_server_of_a_killed_user_is_adopted_and_then_stopped(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        killed = workspace.user(data_dir)
        killed.joined()
        pid = server_pid(data_dir)
        killed.kill()
        async with running(data_dir) as database:
            assert database.adopted
            assert server_pid(data_dir) == pid
            assert await query(database.url, "select 1") == 1
        assert postmaster(data_dir) is None

    async def test_after_a_kill_of_everything_committed_data_is_there(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        killed = workspace.user(data_dir)
        await query(killed.joined()["url"], "create table kept_at_kill as select generate_series(1, 1000) as n")
        kill_server(data_dir)
        killed.kill()
        assert (data_dir / "postgres" / "postmaster.pid").exists()
        async with running(data_dir) as database:
            assert not database.adopted
            assert await query(database.url, "select count(*) from kept_at_kill") == 1000

    async def test_a_stale_process_id_that_another_program_has_now_is_no_obstacle(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        killed = workspace.user(data_dir)
        killed.joined()
        kill_server(data_dir)
        killed.kill()
        with _stranger(data_dir) as stranger:
            for note in (data_dir / "postgres" / "postmaster.pid", data_dir / ".s.PGSQL.5432.lock"):
                lines = note.read_text().splitlines(keepends=True)
                note.write_text("".join([f"{stranger.pid}\n", *lines[1:]]))
            async with running(data_dir) as database:
                assert await query(database.url, "select 1") == 1
            assert stranger.poll() is None
            stranger.kill()

    async def test_a_server_that_does_not_answer_yet_is_waited_for(
        self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(session, "_SLOW_SECONDS", 0.005)
        caplog.set_level(logging.INFO)
        data_dir = workspace.data_dir()
        killed = workspace.user(data_dir)
        killed.joined()
        killed.kill()
        pid = server_pid(data_dir)
        os.kill(pid, signal.SIGSTOP)
        try:
            joining = asyncio.create_task(_join(data_dir))
            done, _ = await asyncio.wait([joining], timeout=0.5)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert not done
        assert await joining is True
        assert "recovers" in caplog.text


class TestInterrupted:
    async def test_a_cancelled_start_gives_everything_back(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        with _held(data_dir, "start.lock"):
            joining = asyncio.create_task(_join(data_dir))
            await asyncio.sleep(0.05)
            joining.cancel()
            with pytest.raises(asyncio.CancelledError):
                await joining
        for name in ("start.lock", "users.lock"):
            with _held(data_dir, name):
                pass
        assert postmaster(data_dir) is None

    async def test_a_start_cancelled_while_the_server_comes_up_stops_it(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        joining = asyncio.create_task(_join(data_dir))
        await until((data_dir / "postgres" / "postmaster.pid").exists)
        joining.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await joining
        assert postmaster(data_dir) is None
        with _held(data_dir, "server.lock"):
            pass

    async def test_a_first_start_that_is_cancelled_ends_its_programs(self, workspace: Workspace) -> None:
        data_dir = workspace.folder / "data"
        joining = asyncio.create_task(_join(data_dir))
        await until(lambda: list(data_dir.glob("postgres.new-*/PG_VERSION")))
        joining.cancel()
        with pytest.raises(asyncio.CancelledError):
            await joining
        with _held(data_dir, "server.lock"):
            assert not (data_dir / "postgres").exists()

    def test_a_data_directory_that_was_removed_meanwhile_can_be_left(
        self, workspace: Workspace, caplog: pytest.LogCaptureFixture
    ) -> None:
        data_dir = workspace.data_dir(spoil=True)
        with caplog.at_level(logging.WARNING), running_sync(data_dir):
            kill_server(data_dir)
            shutil.rmtree(data_dir)
        assert "is gone" in caplog.text


def _stranger(data_dir: Path) -> subprocess.Popen[bytes]:
    """Another program of the user that runs the server."""
    return spawn(["/bin/sleep", "60"], find_place(data_dir).account)


async def _join(data_dir: Path) -> bool:
    async with running(data_dir) as database:
        return database.adopted


@contextlib.contextmanager
def _held(data_dir: Path, name: str, *, shared: bool = False) -> Iterator[None]:
    """A lock of the data directory, held by the test; nobody else has it (alone)."""
    lock = FileLock(data_dir / name, find_place(data_dir).account)
    try:
        assert lock.take_shared() if shared else lock.take_alone()
        yield
    finally:
        lock.close()
