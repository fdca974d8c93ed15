"""Migrations: old and new workers run side by side within a minor version, so they only add."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scim.db import migrate as migrating
from scim.db.database import Database
from scim.db.migrate import Migration, migrate, migrations
from scim.db.url import parse_database_url
from scim.exceptions import OperatorError
from tests.support.additive import CONSTRAINT, NULLS, REMOVED, RENAMED, TYPE, Known, complaints, statements
from tests.support.databases import fresh_database

STARTS_A_MINOR_VERSION: frozenset[str] = frozenset()
"""Files that may take away what the minor version before did not use any longer: `20270101000000_name`."""


@pytest.mark.parametrize("at", range(1, len(migrations())), ids=lambda at: str(migrations()[at]))
def test_a_migration_only_adds(at: int) -> None:
    known = Known()
    for before in migrations()[:at]:
        known.learn(before.path.read_text())
    migration = migrations()[at]
    if str(migration) not in STARTS_A_MINOR_VERSION:
        assert not complaints(migration.path.read_text(), known)


ADDS = [
    "alter table scim.a add column b text",
    "alter table scim.a add column b text not null default ''",
    "alter table scim.a add b bigint, add column if not exists c boolean default false not null",
    "alter table scim.a add column b text not null generated always as (lower(c)) stored",
    "alter table scim.a add column b int; alter table scim.a add constraint positive check (b > 0)",
    "alter table scim.a add column b int; create unique index one_b on scim.a (b) where b is not null",
    "alter table scim.a enable row level security; revoke all on scim.a from public",
    "create table scim.b (c text not null, unique (c)); alter table scim.b alter column c type int, drop column d",
    "create table scim.b (c text not null); create unique index one on scim.b(c)",
    "create index a_by_b on scim.a (b); drop index scim.plain; drop index if exists plain",
    "create or replace view scim.v as select 'drop table scim.a; drop' as text, 1 as \"rename\"",
    "update scim.a set b = 'x' -- drop table scim.a;\n where c /* ; drop view scim.v */ is null",
    "do $$ begin execute format('revoke all on scim.a from %I', 'anon'); end $$",
]


@pytest.mark.parametrize("sql", ADDS)
def test_what_adds_is_let_through(sql: str) -> None:
    known = Known()
    known.learn("create index plain on scim.a (b); create unique index strict on scim.a (c)")
    assert complaints(sql, known) == []


BREAKS = [
    ("drop table scim.a", REMOVED),
    ("DROP VIEW IF EXISTS scim.users", REMOVED),
    ("drop index scim.strict", REMOVED),
    ("alter table scim.a drop column b", REMOVED),
    ("alter table scim.a add column b text, drop constraint c", REMOVED),
    ("alter table scim.a alter column b drop default", REMOVED),
    ("alter table scim.a rename column b to c", RENAMED),
    ("alter table if exists only scim.a\n  rename to b", RENAMED),
    ("alter view scim.users rename to people", RENAMED),
    ("alter table scim.a set schema other", RENAMED),
    ("alter table scim.a alter column b type bigint", TYPE),
    ("alter table scim.a alter b set data type bigint using b::bigint", TYPE),
    ("alter table scim.a alter column b set not null", NULLS),
    ("alter table scim.a add column b text not null", NULLS),
    ("alter table scim.a add column b numeric(3, 2) default 1 not null, add column c uuid primary key", NULLS),
    ("alter table scim.a add constraint positive check (b > 0)", CONSTRAINT),
    ("alter table scim.a add unique (b)", CONSTRAINT),
    ("create unique index one on scim.a (b)", CONSTRAINT),
    ("do $$ begin if true then drop table scim.a; end if; end $$", REMOVED),
    ("do $body$ begin execute format('alter table %I drop column b', 'a'); end $body$", REMOVED),
]


@pytest.mark.parametrize(("sql", "remedy"), BREAKS)
def test_what_breaks_old_workers_is_refused_and_told_what_to_do(sql: str, remedy: str) -> None:
    known = Known()
    known.learn("create index plain on scim.a (b); create unique index strict on scim.a (c)")
    (complaint,) = complaints(sql, known)
    assert complaint.endswith(remedy)


def test_the_first_migration_is_understood() -> None:
    """A look at what the statements above are compared with."""
    found = list(statements(migrations()[0].path.read_text()))
    assert "create schema if not exists scim" in found
    assert sum(one.startswith("create table scim.") for one in found) == 12


class TestMigrate:
    @pytest.fixture
    async def impatient(self, server_url: str) -> AsyncIterator[Database]:
        """A database without tables, where a statement of a request may take a second and a half."""
        async with fresh_database(server_url) as url:
            opened = Database(parse_database_url(url), pool_min=1, pool_max=2, timeout=1.5)
            await opened.open()
            yield opened
            await opened.close()

    async def test_takes_as_long_as_it_takes(
        self, impatient: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An index of a large table is not made within the limits that requests have."""
        slow = Migration("20260101000000", "slow", tmp_path / "slow.sql")
        write(slow.path, "select pg_sleep(1.8)")
        monkeypatch.setattr(migrating, "migrations", lambda: [slow])
        assert await migrate(impatient) == [slow]

    async def test_that_the_server_refuses_is_named(
        self, impatient: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wrong = Migration("20260101000000", "wrong", tmp_path / "wrong.sql")
        write(wrong.path, "select nonsense")
        monkeypatch.setattr(migrating, "migrations", lambda: [wrong])
        with pytest.raises(OperatorError, match=r"20260101000000_wrong could not be applied: .*nonsense"):
            await migrate(impatient)
        async with impatient.session() as session:
            assert await migrating.applied_versions(session) == set()


def write(path: Path, sql: str) -> None:
    path.write_text(sql)
