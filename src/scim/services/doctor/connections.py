"""All workers together get as many connections as their pools may open."""

from __future__ import annotations

from scim.services.doctor.finding import Examined, Finding, Level, plural
from scim.storage import diagnosis

NAME = "connections"

LISTENERS = 1
"""Connections of a worker beside its pool: one listens for changes."""


async def check(examined: Examined) -> list[Finding]:
    """Compare what the workers may open with what the server lets in."""
    settings = examined.settings
    async with examined.database.session() as session:
        limits = await diagnosis.connection_limits(session)
    needed = settings.workers * (settings.db_pool_max + LISTENERS)
    told = (
        f"{plural(settings.workers, 'worker')} may open {plural(needed, 'connection')}; the database takes {limits.allowed}"
        f" in all, and other programs have {limits.others}."
    )
    if needed + limits.others <= limits.allowed:
        return [Finding(name=NAME, level=Level.OK, message=told)]
    return [
        Finding(
            name=NAME,
            level=Level.FAIL if needed > limits.allowed else Level.WARN,
            message=told,
            remedy="Lower PYSCIM_DB_POOL_MAX or PYSCIM_WORKERS, or raise max_connections (or the limit of the role"
            " or database).",
        )
    ]
