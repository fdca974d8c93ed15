"""The port that metrics have of their own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from scim.cli import metrics
from scim.cli.metrics import shared_metrics
from scim.config import Network, Settings
from scim.exceptions import OperatorError
from scim.services.metrics.applications import Board
from scim.services.metrics.exposition import Exposition
from scim.services.metrics.meters import Meters


@contextmanager
def served(*networks: Network) -> Iterator[str]:
    """The URL of metrics that these networks may read."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    exposition = Exposition(folder=None, meters=Meters(), board=Board(None))
    server = metrics._Server(listening, exposition, networks)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/metrics"
    server.shutdown()
    server.server_close()
    thread.join()


def test_is_open_where_nothing_is_said_and_else_for_who_is_listed() -> None:
    with served() as url:
        assert "pyscim_pool_max" in httpx.get(f"{url}?x=1").text
    with served(ip_network("127.0.0.0/8")) as url:
        assert httpx.get(url).status_code == 200
    with served(ip_network("10.0.0.0/8")) as url:
        answer = httpx.get(url)
        assert (answer.status_code, "PYSCIM_METRICS_ALLOW" in answer.text) == (403, True)
        assert "pool" not in answer.text


def test_in_use_by_others_is_told_with_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = Settings(metrics_enabled=True, metrics_port=port, host="127.0.0.1")
        with pytest.raises(OperatorError, match=f"Port {port} .*choose another with PYSCIM_METRICS_PORT"):
            shared_metrics(settings).__enter__()
    assert list(tmp_path.iterdir()) == []


def test_there_is_none_where_nothing_is_counted() -> None:
    with shared_metrics(Settings(metrics_port=1)):
        pass
