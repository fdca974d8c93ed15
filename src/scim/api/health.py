"""Health: the process answers, and the database is there and migrated."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from scim.db.migrate import pending
from scim.dependencies import Env
from scim.exceptions import Unavailable

router = APIRouter(include_in_schema=False)


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> Response:
    """200 while the process runs."""
    return JSONResponse({"status": "ok"})


@router.api_route("/readyz", methods=["GET", "HEAD"])
async def readyz(env: Env) -> Response:
    """200 when requests can be served; 503 with the reason otherwise."""
    try:
        missing = await pending(env.database)
    except Unavailable as error:
        return _not_ready(error.detail)
    if missing:
        return _not_ready(f"Migrations are pending: {', '.join(map(str, missing))}. Run 'pyscim db init'.")
    return JSONResponse({"status": "ready"})


def _not_ready(reason: str) -> Response:
    return JSONResponse({"status": "not ready", "reason": reason}, status_code=503, headers={"Retry-After": "5"})
