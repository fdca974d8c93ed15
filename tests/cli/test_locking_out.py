"""What an operator takes away is answered 401 at once by every worker of a running server."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.cli.support import Commands
from tests.support.operators import unique
from tests.support.server import Server, running_server

WORKERS = 2
AT_ONCE_S = 2.0
"""Less than the five seconds for which a token is remembered."""
_IN_A_ROW = 20
"""So many answers on connections of their own come from each worker."""


@pytest.fixture(scope="module")
def server(ready_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workers")
    with running_server(folder, {"DATABASE_URL": ready_url}, "--workers", str(WORKERS)) as running:
        yield running


def statuses(server: Server, token: str) -> set[int]:
    headers = {"authorization": f"Bearer {token}"}
    return {httpx.get(f"{server.base}/Users", headers=headers).status_code for _ in range(_IN_A_ROW)}


def until(server: Server, token: str, status: int) -> None:
    end = time.monotonic() + AT_ONCE_S
    while statuses(server, token) != {status}:
        assert time.monotonic() < end, f"it is not {status} everywhere"


@pytest.mark.parametrize(
    ("away", "back"),
    [
        (["app", "deactivate", "okta", "--tenant", "{tenant}"], ["app", "activate", "okta", "--tenant", "{tenant}"]),
        (["tenant", "update", "{tenant}", "--deactivate"], ["tenant", "update", "{tenant}", "--activate"]),
        (["app", "delete", "okta", "--tenant", "{tenant}", "--force"], None),
        (["tenant", "delete", "{tenant}", "--force"], None),
        (["token", "rotate", "{token}", "--overlap-hours", "0"], None),
    ],
    ids=lambda value: " ".join(value[:2]) if value else "",
)
def test_every_worker_hears_of_it(server: Server, ready_url: str, away: list[str], back: list[str] | None) -> None:
    pyscim, tenant = Commands(ready_url), unique("acme")
    pyscim.done("tenant", "create", "--name", tenant)
    made = pyscim.json("token", "create", "--app", "okta", "--tenant", tenant)

    def run(arguments: list[str]) -> None:
        pyscim.done(*(part.format(tenant=tenant, token=made["id"]) for part in arguments))

    assert statuses(server, made["token"]) == {200}
    run(away)
    until(server, made["token"], 401)
    if back is not None:
        run(back)
        until(server, made["token"], 200)
