"""All migrations are applied."""

from __future__ import annotations

from scim.db.migrate import migrations, pending
from scim.services.doctor.finding import Examined, Finding, Level

NAME = "migrations"


async def check(examined: Examined) -> list[Finding]:
    """Compare the files with what the database has recorded."""
    missing = await pending(examined.database)
    if not missing:
        return [Finding(name=NAME, level=Level.OK, message=f"All {len(migrations())} are applied.")]
    return [
        Finding(
            name=NAME,
            level=Level.FAIL,
            message=f"Pending: {', '.join(map(str, missing))}.",
            remedy="Run `pyscim db init`, or start the server, which does so. What needs the tables was not checked.",
        )
    ]
