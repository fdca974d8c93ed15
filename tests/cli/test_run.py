"""The server as its operator sees it: started, used, stopped, and started again."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import httpx
import pytest
from typer.testing import CliRunner

from scim.cli import serving
from scim.cli.main import app
from scim.config import Settings
from scim.utils import logs
from tests.cli.server_process import ServerProcess, free_port
from tests.db.embedded_support import open_folder, postmaster, until

TOKEN = re.compile(r"^pyscim_default_\w+$", re.MULTILINE)

Start = Callable[..., ServerProcess]


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A data directory that the tests of this module share, in their order."""
    folder = open_folder()
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def start(data_dir: Path) -> Iterator[Start]:
    started: list[ServerProcess] = []

    def start(*arguments: str) -> ServerProcess:
        started.append(ServerProcess(data_dir, *arguments))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """What one test leaves for the next."""
    return {}


def users(server: ServerProcess, token: str) -> httpx.Response:
    return httpx.get(f"{server.url}/scim/v2/Users", headers={"authorization": f"Bearer {token}"})


def test_the_first_start_makes_everything_and_prints_a_token_once(
    start: Start, data_dir: Path, found: dict[str, str]
) -> None:
    server = start("dev")
    server.ready()
    server.said("Ctrl-C")
    tokens = TOKEN.findall(server.output)
    assert len(tokens) == 1, "on a line of its own, so that it can be copied"
    found["token"] = tokens[0]
    base_url = f"{server.url}/scim/v2"
    assert f"curl -H 'Authorization: Bearer {tokens[0]}' {base_url}/Users\n" in server.output
    for part in (base_url, f"{server.url}/docs", "tunnel", "PYSCIM_PUBLIC_URL"):
        assert part in server.output
    assert users(server, tokens[0]).json()["totalResults"] == 0
    assert httpx.get(f"{server.url}/docs").is_success
    assert server.interrupt() == 0
    assert postmaster(data_dir) is None
    assert "Traceback" not in server.log
    assert tokens[0] not in server.log


def test_the_second_start_finds_its_data_and_makes_no_token(
    start: Start, data_dir: Path, found: dict[str, str]
) -> None:
    server = start("dev", "--no-reload")
    server.ready()
    server.said("Ctrl-C")
    assert not TOKEN.search(server.output)
    assert "pyscim token create" in server.output
    assert users(server, found["token"]).is_success
    assert server.terminate() == 0
    assert postmaster(data_dir) is None


def test_workers_end_when_their_parent_is_killed_and_the_database_with_them(
    start: Start, data_dir: Path, found: dict[str, str]
) -> None:
    server = start("prod", "--workers", "2", "--host", "127.0.0.1")
    server.ready()
    assert users(server, found["token"]).is_success
    assert httpx.get(f"{server.url}/docs").status_code == 404
    assert "server" not in users(server, found["token"]).headers
    assert server.output == ""
    server.kill()
    server.is_gone()
    asyncio.run(until(lambda: postmaster(data_dir) is None))


@pytest.fixture
def own_environment(tmp_path: Path) -> Iterator[None]:
    """Options become environment variables, for the workers; here they are taken back."""
    before = dict(os.environ)
    os.environ["PYSCIM_DATA_DIR"] = str(tmp_path / "data")
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("mode", ["dev", "prod"])
def test_a_port_in_use_is_told_before_anything_is_started(
    mode: str, taken_port: int, tmp_path: Path, own_environment: None
) -> None:
    ended = CliRunner().invoke(app, ["run", mode, "--host", "127.0.0.1", "--port", str(taken_port)])
    assert ended.exit_code == 1
    assert ended.stdout == ""
    assert ended.stderr.splitlines()[-1] == (
        f"Error: Port {taken_port} on 127.0.0.1 is in use by another program; choose another with --port."
    )
    assert not (tmp_path / "data").exists()


def test_a_key_without_a_certificate_is_wrong_usage(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.touch()
    assert CliRunner().invoke(app, ["run", "prod", "--ssl-keyfile", str(key)]).exit_code == 2


@pytest.mark.parametrize("mode", ["dev", "prod"])
def test_ctrl_c_while_the_database_starts_ends_quietly(
    mode: str, own_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_settings: Settings) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(serving, "embedded_database", interrupted)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(logs, "configure_logging", lambda *_, **__: None)
    ended = CliRunner().invoke(app, ["run", mode, "--port", str(free_port())])
    assert (ended.exit_code, ended.output) == (0, "")
