"""Traces: a span for each request and each statement in it, with no personal data; nothing is loaded or sent unasked."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import asyncpg
import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from scim.config import Settings
from scim.db.database import Database
from scim.db.session import measured_work
from scim.main import create_app
from scim.middleware import tracing
from scim.middleware.tracing import Traces, Tracing, statement_name
from scim.services.authentication import Authenticator
from scim.services.environment import Environment
from scim.services.passwords import Passwords
from tests.middleware.asgi import Passed, ask
from tests.support.http import SCIM, Scim, account

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith("OTEL_"):
            monkeypatch.delenv(name)


class Traced:
    """What was traced, and a client of the application that is."""

    def __init__(self, client: httpx.AsyncClient, tracing: Tracing, exporter: InMemorySpanExporter) -> None:
        self.client = client
        self._tracing = tracing
        self._exporter = exporter

    @property
    def spans(self) -> list[ReadableSpan]:
        self._tracing.provider.force_flush()
        return list(self._exporter.get_finished_spans())

    def requests(self) -> list[ReadableSpan]:
        return [span for span in self.spans if span.kind is SpanKind.SERVER]


@pytest.fixture
async def traced(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Traced]:
    exporter = InMemorySpanExporter()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setattr(tracing, "OTLPSpanExporter", lambda: exporter)
    settings = Settings()
    app = create_app(settings)
    passwords = Passwords(settings)
    app.state.environment = Environment.of(database, settings, passwords)
    app.state.authenticator = Authenticator(database, cache_seconds=0)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=SCIM) as client:
        yield Traced(client, app.state.tracing, exporter)
    await app.state.tracing.close()
    passwords.close()


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


class TestRequests:
    async def test_have_a_span_with_the_statements_in_it(self, traced: Traced, database: Database) -> None:
        owner = await account(database)
        await Scim(traced.client, owner).post(
            "/Users",
            {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "kim"},
            headers={"x-request-id": "mine-1"},
        )
        *statements, request = traced.spans
        assert request.name == "POST /scim/v2/Users"
        assert attributes(request) == {
            "http.request.method": "POST",
            "http.route": "/scim/v2/Users",
            "http.response.status_code": 201,
            "pyscim.request_id": "mine-1",
            "pyscim.tenant": str(owner.tenant_id),
            "pyscim.app": "app",
        }
        assert request.status.status_code is StatusCode.UNSET
        assert request.context is not None
        assert {one.parent.span_id for one in statements if one.parent} == {request.context.span_id}
        assert "INSERT scim.audit_log" in {one.name for one in statements}
        for one in statements:
            assert one.kind is SpanKind.CLIENT
            assert set(attributes(one)) <= {"db.system.name", "db.operation.name", "db.collection.name"}

    async def test_tell_nothing_of_people(self, traced: Traced, database: Database) -> None:
        scim = Scim(traced.client, await account(database))
        made = await scim.user("kim@example.com", password="Secret-1-Secret", nickName="Kimmy")
        for path in (
            f"/Users/{made['id']}",
            "/kim",
            '/Users?filter=userName eq "kim@example.com"',
            f'/Users?filter=manager eq "{made["id"]}"',
        ):
            await scim.get(path)
        await scim.post("/Users", {"userName": "kim@example.com"})
        told = " ".join(span.to_json() for span in traced.spans).lower()
        for secret in ("kim", made["id"], "secret", scim.owner.token.lower(), "filter"):
            assert secret not in told

    async def test_continue_the_trace_of_who_sent_them(self, traced: Traced) -> None:
        await traced.client.get("/Users", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
        [request] = traced.requests()
        assert request.context is not None
        assert request.parent is not None
        assert (f"{request.context.trace_id:032x}", f"{request.parent.span_id:016x}") == (TRACE, PARENT)
        assert attributes(request)["http.response.status_code"] == 401

    async def test_that_are_not_sampled_leave_nothing(self, traced: Traced, database: Database) -> None:
        scim = Scim(traced.client, await account(database))
        await scim.send("GET", "/Users", headers={"traceparent": f"00-{TRACE}-{PARENT}-00"})
        assert traced.spans == []

    @pytest.mark.parametrize("path", ["/healthz", "/metrics"])
    async def test_of_watchers_are_not_traced(self, traced: Traced, path: str) -> None:
        await traced.client.get(f"http://test{path}")
        assert traced.spans == []

    async def test_have_the_path_that_the_router_saw(self, traced: Traced, database: Database) -> None:
        await Scim(traced.client, await account(database)).get("/scim/v2/Users")
        assert [span.name for span in traced.requests()] == ["GET /scim/v2/Users"]

    async def test_that_fail_are_marked(self) -> None:
        exporter = InMemorySpanExporter()
        own = Tracing(exporter)

        async def failing(_scope: Any, _receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        assert (await ask(Traces(failing, tracing=own))).status == 503
        await own.close()
        [span] = exporter.get_finished_spans()
        assert (span.status.status_code, attributes(span)["error.type"]) == (StatusCode.ERROR, "503")

    async def test_other_protocols_pass(self) -> None:
        inner, own = Passed(), Tracing(InMemorySpanExporter())
        await ask(Traces(inner, tracing=own), {"type": "lifespan"})
        await own.close()
        assert inner.scopes == [{"type": "lifespan"}]


class TestStatements:
    async def test_that_fail_tell_the_kind_of_error_only(self, database: Database) -> None:
        exporter = InMemorySpanExporter()
        own = Tracing(exporter)
        with measured_work(span=own.statement), pytest.raises(asyncpg.PostgresError):
            async with database.session() as session:
                await session.fetchval("SELECT $1::text::int", "kim")
        await own.close()
        [span] = exporter.get_finished_spans()
        assert (span.name, span.status.status_code, span.status.description) == ("SELECT", StatusCode.ERROR, None)
        assert attributes(span)["error.type"] == "InvalidTextRepresentationError"
        assert span.events == ()

    @pytest.mark.parametrize(
        ("sql", "name"),
        [
            ("SELECT a FROM scim.resources WHERE b = 'kim'", ("SELECT", "scim.resources")),
            ("WITH gone AS (DELETE FROM scim.group_members) SELECT 1", ("DELETE", "scim.group_members")),
            ("insert into scim.audit_log (a) VALUES ($1)", ("INSERT", "scim.audit_log")),
            ("COPY scim.audit_log", ("COPY", "scim.audit_log")),
            ("SELECT pg_notify($1, $2)", ("SELECT", None)),
            ("SHOW server_version", ("SQL", None)),
        ],
    )
    def test_are_named_by_what_they_do_to_which_table(self, sql: str, name: tuple[str, str | None]) -> None:
        assert statement_name(sql) == name


class TestResource:
    @pytest.mark.parametrize(
        ("variables", "name"),
        [
            ({}, "pyscim"),
            ({"OTEL_SERVICE_NAME": "provisioning"}, "provisioning"),
            ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=provisioning"}, "provisioning"),
        ],
    )
    async def test_has_the_name_of_the_service(
        self, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], name: str
    ) -> None:
        for variable, text in variables.items():
            monkeypatch.setenv(variable, text)
        own = Tracing(InMemorySpanExporter())
        await own.close()
        assert own.provider.resource.attributes["service.name"] == name


class Collector(BaseHTTPRequestHandler):
    """Takes spans."""

    got: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        self.got.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Collector, "got", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class TestSending:
    async def test_goes_to_the_endpoint_before_the_server_ends(
        self, collector: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
        own = Tracing()
        await ask(Traces(Passed(), tracing=own))
        await own.close()
        [(path, body)] = Collector.got
        assert path == "/v1/traces"
        assert b"GET /scim/v2/Users" in body

    async def test_does_not_keep_a_server_that_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tracing, "CLOSE_SECONDS", 0.1)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
            own = Tracing()
            await ask(Traces(Passed(), tracing=own))
            started = time.monotonic()
            await own.close()
        assert time.monotonic() - started < 0.9


PROGRAM = """
import sys
{before}
from scim.main import create_app
app = create_app()
print(app.state.tracing is not None, *sorted(sys.modules))
"""


def run(program: str, **environ: str) -> tuple[str, str]:
    """What a program of its own process prints, and its log."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYSCIM_LOG_FORMAT": "json", **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


def loaded(before: str = "", **environ: str) -> tuple[bool, set[str], str]:
    """Whether a server traces, what it has loaded, and its log."""
    printed, log = run(PROGRAM.format(before=before), **environ)
    traces, *modules = printed.split()
    return traces == "True", set(modules), log


class TestLoading:
    def test_is_left_where_nothing_is_watched(self) -> None:
        """The framework loads OpenTelemetry's interfaces itself, but nothing that makes or sends anything."""
        traces, modules, log = loaded()
        assert not traces
        assert not {"opentelemetry.sdk", "opentelemetry.exporter", "prometheus_client", "requests"} & modules
        assert log == ""

    def test_is_done_where_an_endpoint_is_configured(self) -> None:
        traces, modules, _ = loaded(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")
        assert traces
        assert "opentelemetry.sdk" in modules

    def test_that_fails_is_said_and_the_server_starts_all_the_same(self) -> None:
        missing = "sys.modules['opentelemetry.sdk'] = None"
        traces, _, log = loaded(missing, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")
        assert not traces
        assert "pyscim[otel]" in log


FRAMEWORK = """
import asyncio, httpx
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
exporter, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
from scim.main import create_app
async def ask():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create_app())) as client:
        await client.get("http://test/healthz?filter=kim")
asyncio.run(ask())
print(len(exporter.get_finished_spans()))
"""


def test_the_framework_sends_nothing_of_its_own() -> None:
    assert run(FRAMEWORK, FASTAPI_OTEL_AUTO_CONFIGURE="true")[0] == "0\n"
