"""Commands on the embedded database: before the first start of the server, and while it runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.server_process import PROGRAM, ServerProcess
from tests.db.embedded_support import open_folder, postmaster


@pytest.fixture
def data_dir() -> Iterator[Path]:
    folder = open_folder()
    yield folder / "data"
    shutil.rmtree(folder)


def pyscim(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYSCIM_DATA_DIR": str(data_dir)}
    return subprocess.run(
        [PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=data_dir.parent,
        stdin=subprocess.DEVNULL,
    )


def issued(data_dir: Path, *options: str) -> dict[str, Any]:
    made = pyscim(data_dir, "token", "create", "--json", *options)
    assert (made.returncode, made.stderr) == (0, "")
    found: dict[str, Any] = json.loads(made.stdout)
    return found


def status(server: ServerProcess, token: str) -> int:
    headers = {"authorization": f"Bearer {token}"}
    return httpx.get(f"{server.url}/scim/v2/Users", headers=headers).status_code


def test_tokens_are_made_before_the_first_start_and_revoked_while_the_server_runs(data_dir: Path) -> None:
    first = issued(data_dir, "--app", "okta")
    assert first["app_created"] is True
    assert postmaster(data_dir) is None, "who was alone stops the database"
    server = ServerProcess(data_dir, "prod", "--host", "127.0.0.1")
    try:
        server.ready()
        second = issued(data_dir, "--app", "okta")
        assert second["app_created"] is False
        assert (status(server, first["token"]), status(server, second["token"])) == (200, 200)
        assert pyscim(data_dir, "token", "revoke", first["id"], "--force").returncode == 0
        for _ in range(100):  # at once, not after the cache's five seconds
            if status(server, first["token"]) == 401:
                break
            time.sleep(0.01)
        assert (status(server, first["token"]), status(server, second["token"])) == (401, 200)
        assert postmaster(data_dir) is not None
        assert server.terminate() == 0
        assert "pyscim_okta" not in server.output + server.log
    finally:
        server.close()
    assert postmaster(data_dir) is None
