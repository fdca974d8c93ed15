"""`pyscim db backup` and `db restore`, as the operator sees them."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from scim.db.migrate import migrate
from tests.cli.server_process import PROGRAM, ServerProcess
from tests.cli.support import Commands
from tests.db.embedded_support import open_folder, postmaster
from tests.support.databases import fresh_database
from tests.support.filled import damaged, fill, opened


@pytest.fixture(scope="module")
async def full(server_url: str) -> AsyncIterator[Commands]:
    """`pyscim` on a database with rows in every table; nothing may be changed in it."""
    async with fresh_database(server_url) as url:
        async with opened(url) as database:
            await migrate(database)
            await fill(database)
        yield Commands(url)


@pytest.fixture(scope="module")
def saved(full: Commands, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The backup of `full`."""
    path = str(tmp_path_factory.mktemp("backup") / "a.backup")
    full.done("db", "backup", path)
    return path


class TestBackup:
    def test_says_what_it_wrote_and_that_it_is_secret(self, full: Commands, tmp_path: Path) -> None:
        result = full.run("db", "backup", "a.backup")
        assert result.exit_code == 0
        assert "23 in 16 tables" in result.stdout
        assert "20261125220000_audit" in result.stdout
        assert result.stderr == "It holds the hashes of passwords and tokens: keep it as safe as the database.\n"
        assert [path.name for path in tmp_path.iterdir()] == ["a.backup"]

    def test_tells_programs_the_same(self, full: Commands, tmp_path: Path) -> None:
        found = full.json("db", "backup", "a.backup")
        assert found["size"] == (tmp_path / "a.backup").stat().st_size
        assert (found["file"], found["tables"]["resources"], found["tables"]["guards"]) == ("a.backup", 8, 1)

    def test_replaces_a_file_with_force_only(self, full: Commands, tmp_path: Path) -> None:
        (tmp_path / "a.backup").touch()
        assert "exists; add --force" in full.refused("db", "backup", "a.backup")
        full.done("db", "backup", "a.backup", "--force")

    def test_help_says_that_the_file_is_secret(self, full: Commands) -> None:
        text = " ".join(full.done("db", "backup", "--help").split())
        assert "hashes of passwords and tokens" in text
        assert "mode is 0600" in text

    @pytest.mark.usefixtures("held_up")
    @pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
    def test_interrupted_leaves_nothing(self, full: Commands, tmp_path: Path, ending: signal.Signals) -> None:
        process = subprocess.Popen(
            [PROGRAM, "db", "backup", "a.backup"],
            env={**os.environ, "DATABASE_URL": full.url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        until_there_is_something(tmp_path)
        process.send_signal(ending)
        _, told = process.communicate(timeout=30)
        assert process.returncode == 130
        assert b"Traceback" not in told
        assert not list(tmp_path.iterdir())

    @pytest.fixture
    async def held_up(self, full: Commands) -> AsyncIterator[None]:
        """Somebody has a table for themselves: a backup waits for it."""
        async with opened(full.url) as database, database.transaction() as session:
            await session.script("LOCK TABLE scim.guards IN ACCESS EXCLUSIVE MODE")
            yield


def until_there_is_something(folder: Path) -> None:
    deadline = time.monotonic() + 30
    while not list(folder.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.001)


class TestRestore:
    def test_needs_no_preparation(self, saved: str, bare: Commands) -> None:
        assert bare.done("db", "restore", saved).endswith("The database is restored.\n")
        assert bare.json("db", "status")["rows"]["api_tokens"] == 1
        assert [one["name"] for one in bare.json("tenant", "list", "--all")] == ["acme", "default"]

    def test_tells_programs_what_was_restored(self, saved: str, bare: Commands) -> None:
        found = bare.json("db", "restore", saved)
        assert (found["backup"]["tables"]["resources"], found["applied"]) == (8, [])

    def test_without_a_terminal_replaces_data_with_force_only(self, saved: str, bare: Commands) -> None:
        bare.done("db", "init")
        bare.done("token", "create", "--name", "kept")
        message = bare.refused("db", "restore", saved)
        assert "api_tokens: 1" in message
        assert "add --force" in message
        assert [one["name"] for one in bare.json("token", "list")] == ["kept"]
        bare.done("db", "restore", saved, "--force")
        assert [one["name"] for one in bare.json("token", "list", "--all")] == ["x"]

    @pytest.mark.parametrize(("answer", "tokens"), [("y", ["x"]), ("n", ["kept"])])
    def test_at_a_terminal_asks(
        self, saved: str, bare: Commands, answer: str, tokens: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bare.done("db", "init")
        bare.done("token", "create", "--name", "kept")
        monkeypatch.setattr("scim.cli.output.at_terminal", lambda: True)
        result = bare.run("db", "restore", saved, stdin=f"{answer}\n")
        assert "Replace all of it?" in result.stderr
        assert result.exit_code == (0 if answer == "y" else 1)
        assert [one["name"] for one in bare.json("token", "list", "--all")] == tokens

    def test_dry_run_checks_the_file_and_needs_no_database(self, saved: str) -> None:
        away = Commands("postgresql://somebody:secret@127.0.0.1:1/nothing")
        assert "23 in 16 tables" in away.done("db", "restore", saved, "--dry-run")
        assert away.json("db", "restore", saved, "--dry-run")["rows"] == 23

    def test_a_damaged_file_is_refused_before_the_database_is_asked(self, saved: str, tmp_path: Path) -> None:
        whole = Path(saved).read_bytes()
        (tmp_path / "short").write_bytes(whole[:-1])
        (tmp_path / "changed").write_bytes(damaged(whole))
        away = Commands("postgresql://somebody:secret@127.0.0.1:1/nothing")
        assert "cut off" in away.refused("db", "restore", "short")
        assert "is damaged: the rows of" in away.refused("db", "restore", "changed", "--force")
        assert "cannot be read: No such file" in away.refused("db", "restore", "nothing")

    def test_the_progress_is_for_people(self, saved: str, full: Commands) -> None:
        """The commands above printed nothing but their result; here the messages go to a terminal."""
        controller, terminal = pty.openpty()
        process = subprocess.Popen(
            [PROGRAM, "db", "restore", saved, "--dry-run"], stdout=subprocess.PIPE, stderr=terminal
        )
        os.close(terminal)
        shown = b""
        with os.fdopen(controller, "rb", buffering=0) as screen:
            while chunk := read_or_nothing(screen.fileno()):
                shown += chunk
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert b"Checking" in shown
        assert b"100%" in shown
        assert b"Checking" not in out


def read_or_nothing(descriptor: int) -> bytes:
    """Nothing when the other side is closed: Linux calls that an error."""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    folder = open_folder()
    yield folder / "data"
    shutil.rmtree(folder)


def pyscim(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYSCIM_DATA_DIR": str(data_dir)},
        stdin=subprocess.DEVNULL,
    )


def test_the_embedded_database_is_saved_while_its_server_runs_and_restored_when_none_does(data_dir: Path) -> None:
    server = ServerProcess(data_dir, "prod", "--host", "127.0.0.1")
    try:
        server.ready()
        made = pyscim(data_dir, "db", "backup", "a.backup", "--json")
        assert made.returncode == 0, made.stderr
        refused = pyscim(data_dir, "db", "restore", "a.backup", "--force")
        assert refused.returncode == 1
        assert "Stop every server" in refused.stderr
        assert server.terminate() == 0
    finally:
        server.close()
    back = pyscim(data_dir, "db", "restore", "a.backup", "--force", "--json")
    assert json.loads(back.stdout)["backup"] == json.loads(made.stdout)
    assert postmaster(data_dir) is None
