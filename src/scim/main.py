"""The application: what is in it, in which order, and what lives as long as the process does."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from scim.api import docs, health
from scim.api.errors import install_error_handlers
from scim.api.v2 import bulk, discovery, me, resources, root
from scim.config import API_PATH, Settings, load_settings
from scim.db.database import Database
from scim.middleware.access_log import AccessLog
from scim.middleware.authentication import Authentication
from scim.middleware.body_limit import BodyLimit
from scim.middleware.errors import Errors
from scim.middleware.paths import NormalPaths
from scim.middleware.rate_limit import RateLimit
from scim.middleware.request_id import RequestId
from scim.middleware.trail import Trail
from scim.services.authentication import Authenticates, Authenticator, Everybody
from scim.services.environment import Environment
from scim.services.passwords import Passwords
from scim.services.runtime import prepared_worker, worker_database
from scim.utils.tracing import traces_are_wanted

log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The server. A worker process calls it without settings, and takes them and its log from the environment."""
    if settings is None:
        settings = load_settings()
        prepared_worker(settings)
    app = FastAPI(
        title="PySCIM",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        # The framework's own would tell filters, and so names of people; it stays off, whatever its variables say.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    app.state.settings = settings
    app.state.metrics = app.state.tracing = None
    app.include_router(health.router)
    if settings.docs_enabled:
        docs.mount(app, base_path=API_PATH)
    for router in (bulk.router, discovery.router, root.router, me.router, resources.router):
        app.include_router(router, prefix=API_PATH)
    install_error_handlers(app)
    _add_middleware(app, settings)
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """From the inside out: the last one added sees a request first."""
    bulk_limit = (settings.bulk_max_payload_bytes, "maxPayloadSize")
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, of_paths={f"{API_PATH}{bulk.PATH}": bulk_limit})
    app.add_middleware(NormalPaths)
    app.add_middleware(RateLimit, per_second=settings.rate_limit_per_second)
    app.add_middleware(Authentication, authenticator=lambda: app.state.authenticator, settings=settings)
    app.add_middleware(Errors)
    app.add_middleware(Trail, journal=lambda: app.state.environment.journal, settings=settings)
    if settings.metrics_enabled:
        _count(app, settings)
    app.add_middleware(AccessLog, readable=settings.log_format == "rich")
    if traces_are_wanted():
        _trace(app)
    app.add_middleware(RequestId)


def _count(app: FastAPI, settings: Settings) -> None:
    from scim.api import metrics  # noqa: PLC0415 - where nothing is counted the library is not even loaded

    metrics.install(app, settings)


def _trace(app: FastAPI) -> None:
    try:
        from scim.middleware.tracing import Traces, Tracing  # noqa: PLC0415 - an extra, and loaded for nothing else

        app.state.tracing = Tracing()
    except (ImportError, ValueError, RuntimeError) as error:
        log.warning("no traces are sent: %s (they need pip install 'pyscim[otel]')", error)
    else:
        app.add_middleware(Traces, tracing=app.state.tracing)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what the process needs, and close it in the opposite order."""
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        if app.state.tracing is not None:
            stack.push_async_callback(app.state.tracing.close)
        database = await stack.enter_async_context(worker_database(settings))
        if app.state.metrics is not None:
            await stack.enter_async_context(app.state.metrics.running(database, pool_max=settings.db_pool_max))
        passwords = Passwords(settings)
        stack.callback(passwords.close)
        authenticator = _authenticator(database, settings)
        await authenticator.start()
        stack.push_async_callback(authenticator.stop)
        environment = app.state.environment = Environment.of(database, settings, passwords)
        environment.journal.start()
        stack.push_async_callback(environment.journal.stop)
        app.state.authenticator = authenticator
        yield


def _authenticator(database: Database, settings: Settings) -> Authenticates:
    if settings.auth_enabled:
        return Authenticator(database, cache_seconds=settings.token_cache_s)
    return Everybody(database)
