"""No token expires soon."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from scim.services.doctor.finding import Examined, Finding, Level, named
from scim.storage import tokens
from scim.storage.tokens import TokenRow

NAME = "token-expiry"

SOON: Final = timedelta(days=14)


async def check(examined: Examined) -> list[Finding]:
    """Look at the tokens that work; those of a whole tenant too, unless one application was named."""
    async with examined.database.session() as session:
        rows = await tokens.list_tokens(session)
    found = [_told(examined, row, row.expires_at) for row in rows if row.expires_at and _concerns(examined, row)]
    sound = Finding(name=NAME, level=Level.OK, message=f"No token expires within {SOON.days} days.")
    return [finding for finding in found if finding] or [sound]


def _concerns(examined: Examined, row: TokenRow) -> bool:
    if row.owner.app_id is not None:
        return row.owner.app_id in examined.by_id
    tenants = {chosen.tenant.id for chosen in examined.applications}
    return examined.is_whole and row.owner.tenant_id in tenants


def _told(examined: Examined, row: TokenRow, expires_at: datetime) -> Finding | None:
    left = expires_at - examined.at
    if left > SOON:
        return None
    chosen = examined.by_id.get(row.owner.app_id) if row.owner.app_id else None
    owner = f"application {named(chosen)}" if chosen else f"tenant '{row.owner.tenant}'"
    when = f"{left.days} days" if left.days > 1 else f"{left.total_seconds() / 3600:.0f} hours"
    return Finding(
        name=NAME,
        level=Level.WARN,
        message=f"Token '{row.name}' of {owner} expires in {when}.",
        remedy=f"Make its successor with `pyscim token rotate {row.id}`, and give that to the identity provider.",
    )
