"""Models and tables of columns say what a freshly migrated database has, column by column."""

from __future__ import annotations

import re

import pytest
from tortoise.models import Model

from scim.db.database import Database
from scim.models import ApiToken, Application, AuditRecord, Resource, Tenant
from scim.storage.columns import RAW_TABLES
from scim.utils.clock import now
from scim.utils.uuid7 import new_id

MODELS: tuple[type[Model], ...] = (Tenant, Application, ApiToken, AuditRecord, Resource)

TYPES = {
    "UUID": "uuid",
    "TEXT": "text",
    "BOOL": "boolean",
    "BOOLEAN": "boolean",
    "TIMESTAMPTZ": "timestamp with time zone",
    "JSON": "json",
    "JSONB": "jsonb",
    "BIGINT": "bigint",
    "SMALLINT": "smallint",
    "BYTEA": "bytea",
    "INET": "inet",
    "DOUBLE PRECISION": "real",
    "TEXT[]": "text[]",
    "CIDR[]": "cidr[]",
}


async def columns(database: Database) -> dict[str, dict[str, tuple[str, bool]]]:
    """Table → column → (type, may be null)."""
    async with database.session() as session:
        rows = await session.fetch(
            "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable"
            " FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
            " WHERE c.relnamespace = 'scim'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        )
    tables: dict[str, dict[str, tuple[str, bool]]] = {}
    for row in rows:
        tables.setdefault(row["relname"], {})[row["attname"]] = (row["type"], row["nullable"])
    return tables


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.__name__))
async def test_a_model_has_the_columns_of_its_table(database: Database, model: type[Model]) -> None:
    table = (await columns(database))[model._meta.db_table]
    described = {}
    for field in model._meta.fields_map.values():
        kind = re.sub(r"\(\d+\)", "", field.get_for_dialect("postgres", "SQL_TYPE"))
        described[field.source_field or field.model_field_name] = (TYPES[kind], field.null)
    assert described == table


async def test_the_other_tables_are_described_by_columns(database: Database) -> None:
    tables = await columns(database)
    modelled = {model._meta.db_table for model in MODELS}
    found = {name: {column: kind for column, (kind, _) in table.items()} for name, table in tables.items()}
    assert {name: table for name, table in found.items() if name not in modelled} == RAW_TABLES


async def test_every_table_has_row_level_security(database: Database) -> None:
    async with database.session() as session:
        rows = await session.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'scim'::regnamespace AND relkind = 'r' AND NOT relrowsecurity"
        )
    assert rows == []


async def test_nothing_is_granted_to_other_roles(database: Database) -> None:
    async with database.session() as session:
        rows = await session.fetch(
            "SELECT grantee, table_name FROM information_schema.role_table_grants"
            " WHERE table_schema = 'scim' AND grantee <> current_user"
        )
    assert rows == []


async def test_a_resource_cannot_be_reached_past_its_application() -> None:
    with pytest.raises(TypeError):
        Resource.get(id=1)
    resource = Resource(id=new_id(now()))
    with pytest.raises(TypeError):
        await resource.save()
    with pytest.raises(TypeError):
        await resource.delete()
