"""Row level security is on for every table, so that no public API in front of the database shows one."""

from __future__ import annotations

from scim.services.doctor.finding import Examined, Finding, Level
from scim.storage import diagnosis

NAME = "row-security"


async def check(examined: Examined) -> list[Finding]:
    """Look for tables without it."""
    async with examined.database.session() as session:
        tables = await diagnosis.tables_without_row_security(session)
    return [_told(table) for table in tables] or [
        Finding(name=NAME, level=Level.OK, message="It is on for every table.")
    ]


def _told(table: str) -> Finding:
    return Finding(
        name=NAME,
        level=Level.FAIL,
        message=f"The table scim.{table} has no row level security.",
        remedy=f"With psql: ALTER TABLE scim.{table} ENABLE ROW LEVEL SECURITY;",
    )
