"""What the database holds of an application, in any table."""

from __future__ import annotations

from uuid import UUID

from scim.db.database import Database


async def rows_of(database: Database, owner: UUID) -> dict[str, int]:
    """Rows with this `app_id`, by table, where there are any; audit records are nobody's data."""
    async with database.session() as session:
        tables = await session.fetch(
            "SELECT c.table_name FROM information_schema.columns AS c JOIN information_schema.tables AS t"
            " USING (table_schema, table_name) WHERE c.table_schema = 'scim' AND c.column_name = 'app_id'"
            " AND t.table_type = 'BASE TABLE' AND c.table_name <> 'audit_log'"
        )
        counted = {
            row["table_name"]: await session.fetchval(
                f"SELECT count(*) FROM scim.{row['table_name']} WHERE app_id = $1", owner
            )
            for row in tables
        }
        counted["applications"] = await session.fetchval("SELECT count(*) FROM scim.applications WHERE id = $1", owner)
    return {table: number for table, number in counted.items() if number}
