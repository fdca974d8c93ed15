"""The database goes away and comes back; the server is killed: nobody who was answered 201 is lost."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scim.db.database import Database
from tests.db.embedded_support import open_folder
from tests.support.proxy import Door, door
from tests.support.server import Server, running_server

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture
def shut_door(database: Database, database_url: str) -> Iterator[Door]:
    """A door to the migrated database, shut for now."""
    _ = database
    with door(database_url) as made:
        made.shut()
        yield made


def until(condition: object, *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_server_starts_while_the_database_is_away_and_recovers(shut_door: Door, tmp_path: Path) -> None:
    with running_server(tmp_path, {"DATABASE_URL": shut_door.url}, ready=False) as server:
        until(lambda: answers(server, "/healthz") == 200)
        refused = httpx.get(f"{server.base}/Users", headers={"authorization": "Bearer x"})
        assert refused.status_code == 401
        assert answers(server, "/readyz") == 503
        assert "cannot be reached" in server.log.read_text()
        shut_door.open()
        until(lambda: answers(server, "/readyz") == 200)
        with server.client(server.token("away")) as client:
            assert client.get("/Users").status_code == 200
            shut_door.shut()
            away = client.get("/Users")
            assert away.status_code == 503
            assert int(away.headers["retry-after"]) > 0
            assert away.json()["status"] == "503"
            shut_door.open()
            until(lambda: client.get("/Users").status_code == 200)


def answers(server: Server, path: str) -> int:
    try:
        return httpx.get(server.url + path, timeout=5).status_code
    except httpx.TransportError:
        return 0


def test_the_embedded_server_is_started_again_when_it_alone_was_killed() -> None:
    folder = open_folder()
    try:
        with running_server(folder, {"PYSCIM_DATA_DIR": str(folder / "data")}) as server:
            token = server.token("revived")
            postmaster = int((folder / "data" / "postgres" / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGKILL)
            with server.client(token) as client:
                until(lambda: client.get("/Users").status_code == 503)
                until(lambda: client.get("/Users").status_code == 200)
    finally:
        shutil.rmtree(folder)


def test_who_was_answered_201_survives_kill_9() -> None:
    folder = open_folder()
    try:
        environment = {"PYSCIM_DATA_DIR": str(folder / "data")}
        made: list[str] = []
        with running_server(folder, environment) as server:
            token = server.token("durable")
            stop = threading.Event()
            writer = threading.Thread(target=keep_creating, args=(server, token, made, stop))
            writer.start()
            until(lambda: len(made) > 50)
            os.killpg(server.process.pid, signal.SIGKILL)
            stop.set()
            writer.join()
        with running_server(folder, environment) as again, again.client(token) as client:
            found = set()
            for start in range(1, len(made) + 1000, 1000):
                page = client.get("/Users", params={"startIndex": start, "count": 1000}).json()
                found |= {user["userName"] for user in page["Resources"]}
        assert set(made) <= found
    finally:
        shutil.rmtree(folder)


def keep_creating(server: Server, token: str, made: list[str], stop: threading.Event) -> None:
    with server.client(token) as client:
        for number in range(10_000):
            name = f"user-{number}"
            try:
                answer = client.post("/Users", json={"schemas": [USER], "userName": name})
            except httpx.TransportError:
                return
            if answer.status_code == 201:
                made.append(name)
            if stop.is_set():
                return
