"""Where the client sees this server, and from where the server sees the client (rows P-10, B-17).

Forwarded headers are read here and nowhere else, so the server below must leave them alone.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

from scim.config import API_PATH, Settings

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?P<port>:\d{1,5})?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
_WITH_PORT = re.compile(r"\[(?P<v6>[^]]+)\](?::\d+)?|(?P<v4>[\d.]+):\d+")
_DEFAULT_PORTS = ("80", "443")
"""A proxy that talks plain HTTP behind another one names its own port: either default port says nothing."""


def root_url(scope: Scope, settings: Settings) -> str:
    """The server's own URL without a slash at the end: the configured one, else what the request came to."""
    if settings.public_url:
        return settings.public_url
    headers = Headers(scope=scope)
    scheme, hosts, prefix, port = scope.get("scheme", "http"), [headers.get("host", "")], "", ""
    if behind_proxy(scope, settings):
        scheme = _outermost(headers, "x-forwarded-proto") or scheme
        hosts.insert(0, _outermost(headers, "x-forwarded-host"))
        prefix = _outermost(headers, "x-forwarded-prefix").rstrip("/")
        port = _outermost(headers, "x-forwarded-port")
    scheme = scheme if scheme in ("http", "https") else "http"
    host = next((_with_port(host, port) for host in hosts if _HOST.fullmatch(host)), None) or _own_address(scope)
    return f"{scheme}://{host}{prefix if _PREFIX.fullmatch(prefix) else ''}"


def base_url(scope: Scope, settings: Settings) -> str:
    """The URL that SCIM endpoints are appended to."""
    return root_url(scope, settings) + API_PATH


def client_ip(scope: Scope, settings: Settings) -> str | None:
    """The client's address: behind a trusted proxy the last one in `X-Forwarded-For` that is no proxy of ours.

    What stands before that one, or before something that is no address, the client may have written itself.
    """
    found = _peer(scope)
    if found is not None and behind_proxy(scope, settings):
        for part in reversed(_all(Headers(scope=scope), "x-forwarded-for")):
            address = _address(part)
            if address is None:
                break
            found = address
            if not _is_trusted(address, settings):
                break
    return None if found is None else str(found)


def behind_proxy(scope: Scope, settings: Settings) -> bool:
    """Whether forwarded headers count: they are switched on, and the peer is a trusted proxy."""
    peer = _peer(scope)
    return bool(settings.proxy_headers) and peer is not None and _is_trusted(peer, settings)


def _peer(scope: Scope) -> IPv4Address | IPv6Address | None:
    client = scope.get("client")
    return _address(client[0]) if client else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as it may be written in headers: with a port, with a zone, or an IPv4 one in IPv6 form."""
    match = _WITH_PORT.fullmatch(text)
    host = (match["v6"] or match["v4"]) if match else text
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_trusted(address: IPv4Address | IPv6Address, settings: Settings) -> bool:
    return any(address in network for network in settings.trusted_proxies)


def _all(headers: Headers, name: str) -> list[str]:
    """The values of a header; a proxy adds to the line it found, or adds a line."""
    return [part.strip() for line in headers.getlist(name) for part in line.split(",")]


def _outermost(headers: Headers, name: str) -> str:
    """What the proxy next to the client said."""
    return next(iter(_all(headers, name)), "")


def _with_port(host: str, port: str) -> str:
    match = _HOST.fullmatch(host)
    named = match is not None and match["port"] is not None
    return host if named or not port.isdecimal() or port in _DEFAULT_PORTS else f"{host}:{int(port)}"


def _own_address(scope: Scope) -> str:
    host, port = scope.get("server") or ("localhost", None)
    if port is None:
        return "localhost"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
