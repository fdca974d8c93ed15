"""A conformance checker of somebody else's making, against the server as it is served."""

from __future__ import annotations

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from tests.support.server import Server

ABSENT = ("search_with_attributes",)
"""Checks that the tester itself skips, since the server announces that it does not offer the feature."""


def test_no_check_fails(server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.token('scim2-tester')}"}
    with httpx2.Client(base_url=server.base, headers=headers) as http:
        client = SyncSCIMClient(http)
        client.discover()
        results = check_server(client)
    failed = [f"{result.title}: {result.reason}" for result in results if result.status is not Status.SUCCESS]
    assert [line for line in failed if not line.startswith(ABSENT)] == []
    assert len(results) > 100
