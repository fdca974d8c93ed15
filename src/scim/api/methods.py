"""Methods that an endpoint does not take (RFC 9110 §15.5.6, row M-18).

Each endpoint refuses them itself: the framework would name the methods of the first matching route alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fastapi import APIRouter, Request

from scim.exceptions import MethodNotAllowed

READ: Final = ("GET", "HEAD")
METHODS: Final = (*READ, "POST", "PUT", "PATCH", "DELETE")


def others_than(*methods: str) -> list[str]:
    """The methods of the protocol but for some."""
    return [method for method in METHODS if method not in methods]


def refuse_others(router: APIRouter, path: str, *methods: str) -> None:
    """Let a path answer 405 to all methods but these."""

    async def refuse(request: Request) -> None:
        raise method_not_allowed(request.method, methods)

    router.add_api_route(path, refuse, methods=others_than(*methods), include_in_schema=False)


def method_not_allowed(method: str, possible: Iterable[str]) -> MethodNotAllowed:
    """The error for a method, with those that are possible."""
    allowed = ", ".join(one for one in METHODS if one in set(possible))
    return MethodNotAllowed(f"{method} is not possible here; there are {allowed}.", headers={"Allow": allowed})
