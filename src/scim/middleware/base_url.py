"""Where the client sees this server, and from where the server sees the client (rows P-10, B-17)."""

from __future__ import annotations

import re
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

from scim.config import Settings

API_PATH = "/scim/v2"
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")


def root_url(scope: Scope, settings: Settings) -> str:
    """The server's own URL without a slash at the end: the configured one, else what the request came to."""
    if settings.public_url:
        return settings.public_url
    headers = Headers(scope=scope)
    scheme, host, prefix = scope.get("scheme", "http"), headers.get("host", ""), ""
    if behind_proxy(scope, settings):
        scheme = _first(headers.get("x-forwarded-proto")) or scheme
        host = _first(headers.get("x-forwarded-host")) or host
        prefix = _first(headers.get("x-forwarded-prefix")).rstrip("/")
    if scheme not in ("http", "https"):
        scheme = "http"
    if not _HOST.fullmatch(host):
        host = _own_address(scope)
    return f"{scheme}://{host}{prefix if _PREFIX.fullmatch(prefix) else ''}"


def base_url(scope: Scope, settings: Settings) -> str:
    """The URL that SCIM endpoints are appended to."""
    return root_url(scope, settings) + API_PATH


def client_ip(scope: Scope, settings: Settings) -> str | None:
    """The client's address: behind a trusted proxy the last one in `X-Forwarded-For` that is no proxy of ours."""
    peer = _peer(scope)
    if not behind_proxy(scope, settings):
        return peer
    forwarded = [part.strip() for part in Headers(scope=scope).get("x-forwarded-for", "").split(",")]
    for address in reversed(forwarded):
        if not _is_address(address):
            return peer
        peer = address
        if not _is_trusted(address, settings):
            break
    return peer


def behind_proxy(scope: Scope, settings: Settings) -> bool:
    """Whether forwarded headers count: they are switched on, and the peer is a trusted proxy."""
    peer = _peer(scope)
    return bool(settings.proxy_headers) and peer is not None and _is_trusted(peer, settings)


def _peer(scope: Scope) -> str | None:
    client = scope.get("client")
    return client[0] if client and _is_address(client[0]) else None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str, settings: Settings) -> bool:
    return any(ip_address(address) in network for network in settings.trusted_proxies)


def _first(header: str | None) -> str:
    return (header or "").partition(",")[0].strip()


def _own_address(scope: Scope) -> str:
    host, port = scope.get("server") or ("localhost", None)
    return f"{host}:{port}" if port else str(host)
