"""Requests made from the served OpenAPI document: no answer breaks the document, and none is a fault of the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.server import Server

VECTORS = Path(__file__).parents[1] / "vectors" / "schemas"
CHECKS = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="session")
def token(server: Server) -> str:
    """Of an application with types of its own, bound to a user of it."""
    issued = server.token("document")
    for name in ("thing", "lab_user"):
        server.command("schema", "add", str(VECTORS / f"{name}.json"), "--app", "document")
    server.command("resource-type", "add", str(VECTORS / "resource_types.json"), "--app", "document")
    with server.client(issued) as client:
        client.post("/Users", json={"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "me"})
    made: str = server.command("token", "create", "--app", "document", "--subject", "me")["token"]
    return made


def test_every_answer_is_as_described(server: Server, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json", headers=headers)
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        note = f"{operation.method.upper()} {operation.path}"

        fitting, other = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

        @few
        @given(case=st.one_of(fitting, other))
        def answered(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            answered()
        except Exception as failure:
            raise AssertionError(f"{note}: {failure}") from failure
        tried += 1
    assert tried > 30
