"""Whether the database can be used, and what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scim.db.database import Database
from scim.db.migrate import applied_versions, migrations
from scim.exceptions import Unavailable
from scim.storage import statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatus:
    """`reason` says why it is not ready; there is none when it is. `rows` are counted only when it is."""

    ready: bool
    reachable: bool
    server_version: str | None = None
    applied: Sequence[str] = ()
    pending: Sequence[str] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None


async def database_status(database: Database) -> DatabaseStatus:
    """Ask the database; one that is away is an answer too."""
    try:
        async with database.session() as session:
            version = await statistics.server_version(session)
            done = await applied_versions(session)
            applied = [str(one) for one in migrations() if one.version in done]
            pending = [str(one) for one in migrations() if one.version not in done]
            rows = {} if pending else await statistics.row_counts(session)
    except Unavailable as error:
        cause = f" ({error.__cause__ or type(error.__cause__).__name__})" if error.__cause__ else ""
        return DatabaseStatus(ready=False, reachable=False, reason=error.detail + cause)
    return DatabaseStatus(
        ready=not pending,
        reachable=True,
        server_version=version,
        applied=applied,
        pending=pending,
        rows=rows,
        reason=f"Migrations are pending: {', '.join(pending)}. Run `pyscim db init`." if pending else None,
    )
