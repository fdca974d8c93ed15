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
