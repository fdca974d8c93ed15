"""A database with rows in every table, with values that are easily lost on the way, and a look at all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from scim.db.database import Database
from scim.db.url import parse_database_url

AWKWARD = ("", "\\N", "\\.", "a\tb\nc\r\nd\\e\\n", "'\"$$", "\u00e9\U0001f600\u2028", "NULL", "\x01\x7f")
"""Texts that mean something to COPY, or to a reader of lines."""

TENANT, APP, TOKEN, USER, GROUP = (f"00000000-0000-7000-8000-00000000000{number}" for number in range(1, 6))

FILLING = f"""
INSERT INTO scim.tenants (id, name, external_id, active, settings, created_at, modified_at)
    VALUES ('{TENANT}', 'acme', NULL, false, '{{"a": [1.50, null]}}', '2026-01-02 03:04:05.678901+00', 'infinity');
INSERT INTO scim.applications (id, tenant_id, name, created_at, modified_at)
    VALUES ('{APP}', '{TENANT}', 'okta', now(), now());
INSERT INTO scim.api_tokens (id, tenant_id, app_id, name, token_hash, scopes, allow_ips, created_at)
    VALUES ('{TOKEN}', '{TENANT}', '{APP}', 'x', '\\x00ff5c0a09', '{{scim:read,"a b"}}', '{{10.0.0.0/8,::1/128}}', now());
INSERT INTO scim.schemas VALUES ('{APP}', 'urn:x', '{{ "id" :\t"urn:x",  "n": 1.0 }}');
INSERT INTO scim.resource_types VALUES ('{APP}', 'Thing', '{{"name":"Thing"}}');
INSERT INTO scim.resource_counts VALUES ('{APP}', 'User', 3, 9007199254740993);
INSERT INTO scim.group_members VALUES ('{APP}', '{GROUP}', '{USER}', 'User', NULL, 'k', now());
INSERT INTO scim.unique_values VALUES ('{APP}', 'User', 'x', 'v', '{USER}');
INSERT INTO scim.pending_references VALUES ('{APP}', '{GROUP}', 'members', 'k', '{{"value": "k"}}', now());
INSERT INTO scim.secrets VALUES ('cursor', 'secret', now());
INSERT INTO scim.audit_log (tenant_id, app_id, id, at, action, actor, ip, status, rules, changes, request, duration_ms)
    VALUES ('{TENANT}', '{APP}', '{TOKEN}', now(), 'user.create', 'token', '192.0.2.7', 201, '{{A-1}}',
        '[{{"old": null}}]', '{{"b": 1, "a": 1}}', 0.1);
INSERT INTO scim.deprovisioned VALUES ('{APP}', '{USER}', now(), true);
INSERT INTO scim.guards VALUES ('{APP}', 3, now(), NULL, now());
INSERT INTO scim.activity VALUES ('{APP}', current_date, 'read', 7);
INSERT INTO scim.page_positions VALUES ('{APP}', '{TOKEN}', '\\x00', 1, '[1]', now());
"""
"""A row of each table but resources, in an order that references allow after those."""


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database of a URL."""
    database = Database(parse_database_url(url), pool_min=1, pool_max=4)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def fill(database: Database, *, users: int = 0) -> None:
    """Put rows into every table that the first versions had, and some more users."""
    async with database.transaction() as session:
        texts = [*AWKWARD, *(f"user {number}" for number in range(users))]
        ids = [USER, GROUP, *(f"00000000-0000-7000-9000-{number:012}" for number in range(len(texts) - 2))]
        await session.execute(
            "INSERT INTO scim.resources (app_id, id, resource_type, external_id, document, search, created_at, modified_at)"
            " SELECT $1, id::uuid, 'User', text, json_build_object('userName', text), jsonb_build_object('t', text), now(), now()"
            " FROM unnest($2::text[], $3::text[]) AS given (id, text)",
            APP,
            ids,
            texts,
        )
        await session.script(FILLING)


async def contents(database: Database) -> Mapping[str, Sequence[str]]:
    """All rows of all tables, printed."""
    async with database.session() as session:
        names = await session.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('scim') AND relkind = 'r' ORDER BY 1"
        )
        return {
            name: [row[0] for row in await session.fetch(f'SELECT t::text FROM scim."{name}" AS t ORDER BY 1')]
            for (name,) in names
        }


async def versions(database: Database) -> Sequence[str]:
    """The migrations on the record."""
    async with database.session() as session:
        rows = await session.fetch("SELECT version FROM supabase_migrations.schema_migrations ORDER BY 1")
    return [row[0] for row in rows]


def damaged(backup: bytes) -> bytes:
    """A backup with one byte changed, in the rows of `resources`."""
    at = backup.index(b"tables/resources.copy") + 60
    return backup[:at] + bytes([backup[at] ^ 0x15]) + backup[at + 1 :]
