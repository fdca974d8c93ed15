"""Labels of requests for whoever counts them: few, whatever clients send, and without ids or names of people."""

from __future__ import annotations

from typing import Final

from scim.config import API_PATH

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SERVED: Final = frozenset({"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/redoc"})
_SINGLE: Final = frozenset({"", "Me", "Bulk", "ServiceProviderConfig", ".search"})
_TYPES: Final = frozenset({"Users", "Groups", "Schemas", "ResourceTypes"})
_BELOW: Final[dict[tuple[object, ...], str]] = {(0,): "", (1,): "/{id}", (2, "members"): "/{id}/members"}
"""By how many parts follow, and what stands behind the id."""

UNKNOWN: Final = "other"


def method_label(method: str) -> str:
    """The method, if it is one that servers know."""
    return method if method in _METHODS else UNKNOWN


def route_label(path: str) -> str:
    """The route that a path belongs to, with `{id}` for ids, and `{endpoint}` for types of an application's own."""
    if path in _SERVED:
        return path
    if path.startswith("/docs/"):
        return "/docs"
    if path != API_PATH and not path.startswith(f"{API_PATH}/"):
        return UNKNOWN
    known = _known(path.removeprefix(API_PATH).strip("/"))
    return UNKNOWN if known is None else f"{API_PATH}{known}"


def _known(path: str) -> str | None:
    """The route below the protocol's own path; None where nothing is served there."""
    first, *rest = path.split("/")
    if first in _SINGLE:
        return None if rest else f"/{first}".rstrip("/")
    below = "/.search" if rest == [".search"] else _BELOW.get((len(rest), *rest[1:]))
    return None if below is None else f"/{first if first in _TYPES else '{endpoint}'}{below}"
