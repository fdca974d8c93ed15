"""What the protocol has and this server does not offer: 501, as ServiceProviderConfig says (rows A-06, M-16)."""

from __future__ import annotations

from fastapi import APIRouter

from scim.dependencies import Reader
from scim.exceptions import NotOffered

router = APIRouter(include_in_schema=False)


@router.post("/Bulk")
async def bulk(_caller: Reader) -> None:
    """Bulk (RFC 7644 §3.7)."""
    raise NotOffered("Bulk requests are not offered; send the operations one by one.")


@router.api_route("/Me", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
async def me(_caller: Reader) -> None:
    """The caller's own resource (RFC 7644 §3.11)."""
    raise NotOffered("/Me is not offered; address the resource by its id.")


@router.post("/.search")
@router.post("/{endpoint}/.search")
async def post_search(_caller: Reader) -> None:
    """Queries by POST (RFC 7644 §3.4.3)."""
    raise NotOffered("Queries by POST are not offered; use GET with a filter.")


@router.api_route("/", methods=["GET", "HEAD"])
@router.api_route("", methods=["GET", "HEAD"])
async def root(_caller: Reader) -> None:
    """A query over all resource types (RFC 7644 §3.4.2.1, row E-28)."""
    raise NotOffered("Queries over all resource types are not offered; ask /Users or /Groups.")
