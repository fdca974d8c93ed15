"""Swagger UI, ReDoc and the OpenAPI document: everything a browser needs comes from this server, nothing from elsewhere.

The two programs come from the package `fastapi-offline`; only its folder of static files is used, its code is never
imported. The pages forbid the browser, by Content-Security-Policy, to talk to any other host.
"""

from __future__ import annotations

import importlib.metadata
import os
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from scim.caller import Caller
from scim.middleware.base_url import root_url
from scim.protocol.attributes.registry import Registry, builtin_registry
from scim.schemas.openapi import openapi_document

_PAGES: Final = Path(__file__).parent / "docs_pages"
_READ: Final = ["GET", "HEAD"]
_ASSET_SECONDS: Final = 3600
_KEPT_DOCUMENTS: Final = 8
"""Documents differ by the URL that the client uses; few such URLs are in use at one time."""


def mount(app: FastAPI, *, base_path: str) -> None:
    """Add `/openapi.json`, `/docs`, `/redoc` and their assets; `base_path` is where the protocol lives.

    The application's settings (`app.state.settings`) tell which URL the document names as its server.
    """
    router = APIRouter(include_in_schema=False)

    @router.api_route("/openapi.json", methods=_READ)
    async def document(request: Request) -> Response:
        url = root_url(request.scope, request.app.state.settings)
        caller: Caller | None = request.scope.get("state", {}).get("caller")
        if caller is None:
            body = _builtin_document(url, base_path)
        else:
            body = _document(await request.app.state.environment.registry(caller), url, base_path)
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-cache"})

    @router.api_route("/docs", methods=_READ)
    async def swagger_ui(request: Request) -> Response:
        return _page(request, "swagger.html")

    @router.api_route("/redoc", methods=_READ)
    async def redoc(request: Request) -> Response:
        return _page(request, "redoc.html")

    app.include_router(router)
    app.mount("/docs/assets", _Assets(directory=_PAGES, packages=[("fastapi_offline", "static")], follow_symlink=True))


class _Assets(StaticFiles):
    """Static files with ETag, kept by the browser for a while. Packages may be installed as symbolic links."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = f"public, max-age={_ASSET_SECONDS}"
        return response


@lru_cache(maxsize=_KEPT_DOCUMENTS)
def _builtin_document(server_url: str, base_path: str) -> bytes:
    return _document(builtin_registry(), server_url, base_path)


def _document(registry: Registry, server_url: str, base_path: str) -> bytes:
    """The document with the types of a registry: with a token, those of its application (DESIGN §4)."""
    version = importlib.metadata.version("pyscim")
    return orjson.dumps(openapi_document(registry, server_url=server_url, version=version, base_path=base_path))


def _page(request: Request, name: str) -> Response:
    server = urlsplit(root_url(request.scope, request.app.state.settings))
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": _policy(f"{server.scheme}://{server.netloc}")}
    return FileResponse(_PAGES / name, headers=headers)


def _policy(server: str) -> str:
    """What a page may load and ask: this host, and the server that requests are tried on.

    Both programs write style elements and draw icons from data URLs; ReDoc searches in a worker of its own.
    """
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "worker-src blob:",
            f"connect-src 'self' {server}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
