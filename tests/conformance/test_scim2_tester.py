"""A conformance checker of somebody else's making, against the server as it is served, with every feature announced."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from tests.support.server import Server

VECTORS = Path(__file__).parents[1] / "vectors" / "schemas"


@pytest.mark.parametrize("custom", [False, True], ids=["built-in types", "an own type too"])
def test_no_check_fails(server: Server, custom: bool, tmp_path: Path) -> None:
    app = f"scim2-tester-{custom}"
    token = server.token(app)
    if custom:
        server.command("schema", "add", str(VECTORS / "thing.json"), "--app", app)
        body = {"name": "Thing", "endpoint": "/Things", "schema": "urn:example:params:scim:schemas:core:2.0:Thing"}
        file = tmp_path / "type.json"
        file.write_text(json.dumps(body))
        server.command("resource-type", "add", str(file), "--app", app)
    with httpx2.Client(base_url=server.base, headers={"Authorization": f"Bearer {token}"}) as http:
        client = SyncSCIMClient(http)
        client.discover()
        config = client.provider.config
        assert config is not None
        for feature in (config.bulk, config.patch, config.filter, config.sort, config.etag, config.change_password):
            assert feature is not None
            assert feature.supported
        results = check_server(client)
    assert [f"{one.title}: {one.reason}" for one in results if one.status is not Status.SUCCESS] == []
    assert len(results) > 100
