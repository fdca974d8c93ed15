"""Metrics: counted where that is switched on, and shown to who may read them; a port of their own is not served here."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, FastAPI, Request, Response

from scim.config import Settings
from scim.exceptions import Forbidden
from scim.middleware.metrics import Metrics, may_read
from scim.services.metrics.exposition import ServerMetrics

router = APIRouter(include_in_schema=False)

_REFUSED = "Metrics are not shown to this address; PYSCIM_METRICS_ALLOW lists who may read them."


def install(app: FastAPI, settings: Settings) -> None:
    """Count the requests of an application, and show the metrics where they have no port of their own."""
    app.state.metrics = ServerMetrics.of_process()
    app.add_middleware(Metrics, meters=app.state.metrics.meters)
    if not settings.metrics_port:
        app.include_router(router)


@router.api_route("/metrics", methods=["GET", "HEAD"])
async def metrics(request: Request) -> Response:
    """What Prometheus reads.

    Raises:
        Forbidden: the client is neither on this machine nor where PYSCIM_METRICS_ALLOW says.
    """
    if not may_read(request.scope, request.app.state.settings):
        raise Forbidden(_REFUSED)
    page = await asyncio.to_thread(request.app.state.metrics.exposition.page, request.headers.get("accept"))
    return Response(page.body, headers={"Content-Type": page.media_type, "Cache-Control": "no-store"})
