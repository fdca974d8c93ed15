"""Secrets that were not configured: made once, and the same for every worker (DESIGN §3).

They belong to the server, not to a tenant, so nothing here takes a caller (`UNSCOPED`).
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from scim.db.session import Session

UNSCOPED: Final = (
    # The server's own, and shown to nobody.
    "get_or_make",
)
_BYTES: Final = 32


async def get_or_make(session: Session, name: str, *, at: datetime) -> str:
    """The secret of a name; of several workers that look for it at once, one makes it. No caller: it is the server's."""
    found: str | None = await session.fetchval("SELECT value FROM scim.secrets WHERE name = $1", name)
    if found is not None:
        return found
    await session.execute(
        "INSERT INTO scim.secrets (name, value, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
        name,
        secrets.token_urlsafe(_BYTES),
        at,
    )
    made: str = await session.fetchval("SELECT value FROM scim.secrets WHERE name = $1", name)
    return made
