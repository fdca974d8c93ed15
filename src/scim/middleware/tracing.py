"""Traces by OpenTelemetry: a span for each request, and one for each database statement in it.

Spans hold names of routes, tenants, applications and tables, but neither ids nor names of people: no URL, no SQL, no values,
and of errors their type alone. Loaded only where traces are wanted (`utils.tracing`); the packages are the extra `otel`.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

from opentelemetry import context as contexts
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scim.caller import Caller
from scim.middleware.access_log import NO_ANSWER
from scim.middleware.routes import UNKNOWN, method_label, route_label

PROGRAM: Final = "pyscim"
CLOSE_SECONDS: Final = 2.0
"""How long a server that ends waits for who takes the spans."""

_UNTRACED: Final = ("/healthz", "/readyz", "/metrics", "/docs", "/redoc", "/openapi.json")
_KEPT_NAMES: Final = 1024

_OPERATION: Final = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|COPY)\b", re.IGNORECASE)
_TABLE: Final = re.compile(r"\bscim\.(\w+)")


class Tracing:
    """Makes spans and hands them in batches to an exporter; by default one that sends them where OTEL_ says."""

    def __init__(self, exporter: SpanExporter | None = None) -> None:
        self._exporter = exporter or OTLPSpanExporter()
        self.provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self.provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self.provider.get_tracer(PROGRAM, version(PROGRAM))

    async def close(self) -> None:
        """Send what is left, unless that takes too long."""
        ending = threading.Thread(target=self.provider.shutdown, daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, CLOSE_SECONDS)
        if ending.is_alive():
            await asyncio.to_thread(self._exporter.shutdown)

    def request(self, name: str, context: contexts.Context) -> Span:
        """A span for a request that came in."""
        return self._tracer.start_span(name, context=context, kind=SpanKind.SERVER)

    @contextmanager
    def statement(self, sql: str) -> Iterator[None]:
        """A span around a database statement."""
        operation, table = statement_name(sql)
        name = f"{operation} {table}" if table else operation
        attributes = {"db.system.name": "postgresql", "db.operation.name": operation}
        if table:
            attributes["db.collection.name"] = table
        span = self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(Status(StatusCode.ERROR))
            raise
        finally:
            span.end()


class Traces:
    """Puts a span around each request, and lets the access log put spans around its statements."""

    def __init__(self, app: ASGIApp, *, tracing: Tracing) -> None:
        self.app = app
        self.tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_UNTRACED):
            await self.app(scope, receive, send)
            return
        status = NO_ANSWER

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        context = extract(dict(Headers(scope=scope)))
        span = self.tracing.request(_name(scope), context)
        if span.is_recording():
            scope["state"]["statement_span"] = self.tracing.statement
        token = contexts.attach(set_span_in_context(span, context))
        try:
            await self.app(scope, receive, noting_status)
        finally:
            contexts.detach(token)
            _describe(span, scope, status)
            span.end()


@lru_cache(maxsize=_KEPT_NAMES)
def statement_name(sql: str) -> tuple[str, str | None]:
    """What a statement does, and the first of our tables in it."""
    operation, table = _OPERATION.search(sql), _TABLE.search(sql)
    return (operation[1].upper() if operation else "SQL"), (f"scim.{table[1]}" if table else None)


def _name(scope: Scope) -> str:
    """The name of a request's span, such as `GET /scim/v2/Users`."""
    method, route = method_label(scope["method"]), route_label(scope["path"])
    return method if route == UNKNOWN else f"{method} {route}"


def _describe(span: Span, scope: Scope, status: int) -> None:
    state = scope["state"]
    caller: Caller | None = state.get("caller")
    attributes: dict[str, Any] = {
        "http.request.method": method_label(scope["method"]),
        "http.route": route_label(scope["path"]),
        "http.response.status_code": status,
        "pyscim.request_id": state.get("request_id"),
        "pyscim.tenant": caller.tenant if caller else None,
        "pyscim.app": caller.app if caller else None,
    }
    span.update_name(_name(scope))
    span.set_attributes({name: value for name, value in attributes.items() if value is not None})
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.set_attribute("error.type", str(status))
        span.set_status(Status(StatusCode.ERROR))


def _resource() -> Resource:
    """What the variables say of the service; one without a name is ours."""
    named = Resource.create()
    is_named = not str(named.attributes.get(SERVICE_NAME, "")).startswith("unknown_service")
    return named if is_named else named.merge(Resource({SERVICE_NAME: PROGRAM}))
