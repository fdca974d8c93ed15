"""Checks of the database itself: reachable, migrated, indexes, row level security, connections, clock."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest

from scim.config import Settings
from scim.db.migrate import migrations
from scim.services.doctor import clock, connections, indexes, migrated, reachable, row_security
from scim.services.doctor.finding import Examined, Level
from scim.storage import diagnosis
from scim.storage.diagnosis import Connections
from scim.utils.clock import now
from tests.services.doctor.conftest import Examine, opened
from tests.support.databases import fresh_database

NOBODY = "postgresql://somebody:hunter2@127.0.0.1:1/nothing"


class TestReachable:
    async def test_says_which_server_answers(self, examine: Examine) -> None:
        [found] = await reachable.check(await examine())
        assert (found.level, found.remedy) == (Level.OK, None)
        assert found.message.startswith("PostgreSQL ")

    async def test_fails_where_nobody_answers(self) -> None:
        async with opened(NOBODY) as away:
            [found] = await reachable.check(Examined(settings=Settings(), at=now(), database=away))
        assert found.level is Level.FAIL
        assert "127.0.0.1" in found.message
        assert "hunter2" not in found.message
        assert "DATABASE_URL" in str(found.remedy)

    async def test_fails_where_it_is_not_let_in(self, server_url: str) -> None:
        parts = urlsplit(server_url)
        host = parts.netloc.rpartition("@")[2]
        async with opened(urlunsplit(parts._replace(netloc=f"nobody:hunter2@{host}"))) as refusing:
            [found] = await reachable.check(Examined(settings=Settings(), at=now(), database=refusing))
        assert found.level is Level.FAIL
        assert 'for user "nobody"' in found.message or 'role "nobody"' in found.message
        assert "hunter2" not in found.message

    async def test_fails_on_a_server_that_is_too_old(self, examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
        async def old(_session: object) -> int:
            return 140012

        monkeypatch.setattr(diagnosis, "version_number", old)
        [found] = await reachable.check(await examine())
        assert (found.level, found.message) == (Level.FAIL, "PostgreSQL 14.12 answers, and is too old.")


class TestMigrated:
    async def test_names_what_is_pending_and_applies_nothing(self, server_url: str) -> None:
        async with fresh_database(server_url) as url, opened(url) as bare:
            examined = Examined(settings=Settings(), at=now(), database=bare)
            [found] = await migrated.check(examined)
            assert await migrated.check(examined) == [found]
        assert found.level is Level.FAIL
        assert all(str(one) in found.message for one in migrations())
        assert "pyscim db init" in str(found.remedy)

    async def test_is_content_with_all_of_them(self, examine: Examine) -> None:
        [found] = await migrated.check(await examine())
        assert found.level is Level.OK


class TestIndexes:
    async def test_those_that_the_migrations_make_are_those_that_there_are(self, own_database: Examined) -> None:
        async with own_database.database.session() as session:
            there = {index.name for index in await diagnosis.indexes(session)}
        assert indexes.made_indexes(one.path.read_text() for one in migrations()) == there
        [found] = await indexes.check(own_database)
        assert found.level is Level.OK

    async def test_a_missing_one_is_named(self, own_database: Examined) -> None:
        async with own_database.database.session() as session:
            await session.script("DROP INDEX scim.group_members_by_member")
        [found] = await indexes.check(own_database)
        assert (found.level, found.message) == (Level.FAIL, "The index scim.group_members_by_member is missing.")

    async def test_an_invalid_one_is_to_be_made_again(self, own_database: Examined) -> None:
        """As a CREATE INDEX CONCURRENTLY leaves it that was broken off."""
        async with own_database.database.session() as session:
            await session.script(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'scim.resources_search'::regclass"
            )
        [found] = await indexes.check(own_database)
        assert found.level is Level.FAIL
        assert "REINDEX INDEX CONCURRENTLY scim.resources_search" in str(found.remedy)

    @pytest.mark.parametrize(
        ("sql", "names"),
        [
            ("create index a on scim.t (x);", {"a"}),
            ("create unique index concurrently if not exists a on scim.t (x);", {"a"}),
            ("create index a on scim.t (x);\ndrop index scim.a;", set()),
            ("create index a on scim.t (x);\ndrop index concurrently if exists a;", set()),
            ("-- create index a on scim.t (x);", set()),
            ("create unlogged table scim.t (\n    id uuid primary key, -- unique\n    name text unique\n);", None),
            ("create table scim.t (\n    a int,\n    b int,\n    unique (a, b)\n);", {"t_a_b_key"}),
        ],
    )
    def test_are_read_from_the_migrations(self, sql: str, names: set[str] | None) -> None:
        assert indexes.made_indexes([sql]) == ({"t_pkey", "t_name_key"} if names is None else names)


class TestRowSecurity:
    async def test_is_on_for_every_table(self, own_database: Examined) -> None:
        [found] = await row_security.check(own_database)
        assert found.level is Level.OK

    async def test_a_table_without_it_is_named(self, own_database: Examined) -> None:
        async with own_database.database.session() as session:
            await session.script("ALTER TABLE scim.secrets DISABLE ROW LEVEL SECURITY")
        [found] = await row_security.check(own_database)
        assert found.level is Level.FAIL
        assert found.remedy == "With psql: ALTER TABLE scim.secrets ENABLE ROW LEVEL SECURITY;"


class TestConnections:
    async def test_the_pools_of_all_workers_fit(self, examine: Examine) -> None:
        [found] = await connections.check(await examine())
        assert found.level is Level.OK
        assert "may open 11 connections" in found.message

    async def test_more_workers_than_the_server_takes_fail(self, examine: Examine) -> None:
        [found] = await connections.check(await examine(settings=Settings(workers=100, db_pool_max=50)))
        assert found.level is Level.FAIL
        assert "100 workers may open 5100 connections" in found.message
        assert "PYSCIM_DB_POOL_MAX" in str(found.remedy)

    @pytest.mark.parametrize(("others", "level"), [(9, Level.OK), (10, Level.WARN)])
    async def test_what_other_programs_have_counts_too(
        self, examine: Examine, monkeypatch: pytest.MonkeyPatch, others: int, level: Level
    ) -> None:
        async def limits(_session: object) -> Connections:
            return Connections(allowed=20, others=others)

        monkeypatch.setattr(diagnosis, "connection_limits", limits)
        [found] = await connections.check(await examine())
        assert found.level is level

    async def test_the_limit_of_the_database_counts(self, own_database: Examined) -> None:
        async with own_database.database.session() as session:
            name = await session.fetchval("SELECT current_database()")
            await session.script(f'ALTER DATABASE "{name}" CONNECTION LIMIT 5')
        [found] = await connections.check(own_database)
        assert found.level is Level.FAIL
        assert "the database takes 5 in all" in found.message


class TestClock:
    async def test_of_a_database_on_this_machine_is_the_same(self, examine: Examine) -> None:
        [found] = await clock.check(await examine())
        assert found.level is Level.OK

    async def test_is_compared_with_the_database(self, examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "now", lambda: now() - timedelta(seconds=90))
        [found] = await clock.check(await examine())
        assert found.level is Level.FAIL
        assert found.message.endswith(" s ahead.")
        assert "NTP" in str(found.remedy)

    @pytest.mark.parametrize(
        ("seconds", "level"),
        [(0, Level.OK), (-1.9, Level.OK), (3, Level.WARN), (-3, Level.WARN), (59, Level.WARN), (-61, Level.FAIL)],
    )
    def test_may_differ_a_little(self, seconds: float, level: Level) -> None:
        assert clock.judged(timedelta(seconds=seconds)).level is level
