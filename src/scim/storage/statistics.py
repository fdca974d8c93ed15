"""What the database holds, for `db status`. It counts over all tenants, so nothing here takes a caller (`UNSCOPED`)."""

from __future__ import annotations

from typing import Final

from scim.db.session import Session

UNSCOPED: Final = (
    # They serve the operator, who sees all tenants, and count without showing anything.
    "row_counts",
    "server_version",
)

_COUNTED: Final = ("tenants", "applications", "api_tokens", "group_members", "audit_log")


async def row_counts(session: Session) -> dict[str, int]:
    """Rows of each table, resources by type; no caller, for it counts over all tenants."""
    tables = await session.fetch(
        " UNION ALL ".join(f"SELECT '{table}' AS name, count(*) AS n FROM scim.{table}" for table in _COUNTED)
    )
    types = await session.fetch(
        "SELECT resource_type AS name, sum(n)::bigint AS n FROM scim.resource_counts GROUP BY 1 ORDER BY 1"
    )
    return {row["name"]: row["n"] for row in (*tables, *types)}


async def server_version(session: Session) -> str:
    """The server's own version; no caller, it is nobody's."""
    version: str = await session.fetchval("SHOW server_version")
    return version
