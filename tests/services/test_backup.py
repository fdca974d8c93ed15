"""A backup holds everything as of one moment; a restore puts it back whole, or changes nothing."""

from __future__ import annotations

import asyncio
import secrets
import stat
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import asyncpg
import pytest

from scim.db import migrate as migrating
from scim.db.database import Database
from scim.db.migrate import migrate, migrations
from scim.db.session import Session
from scim.exceptions import OperatorError
from scim.services import backup
from scim.services.backup import Saved, back_up, check, present, restore
from scim.services.backup_file import BackupFile
from scim.services.setup import ensure_defaults
from scim.storage import backup as stored
from scim.storage.backup import Table
from tests.support.databases import fresh_database
from tests.support.filled import APP, GROUP, TENANT, USER, contents, damaged, fill, opened, versions


def silent(_table: str, _step: int, _total: int) -> None:
    """Nobody looks."""


@pytest.fixture
async def bare_url(server_url: str) -> AsyncIterator[str]:
    """A database without tables."""
    async with fresh_database(server_url) as url:
        yield url


@pytest.fixture
async def bare(bare_url: str) -> AsyncIterator[Database]:
    """The same, open."""
    async with opened(bare_url) as database:
        yield database


@pytest.fixture(scope="module")
async def source(server_url: str) -> AsyncIterator[Database]:
    """A database with rows in every table; nothing may be changed in it."""
    async with fresh_database(server_url) as url, opened(url) as database:
        await migrate(database)
        await fill(database)
        yield database


@pytest.fixture(scope="module")
async def saved(source: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup of `source`."""
    path = tmp_path_factory.mktemp("backup") / "a.backup"
    await back_up(source, path, replace=False, progress=silent)
    return path


async def put_back(database: Database, path: Path, *, replace: bool = False) -> list[str]:
    with BackupFile.opened(path) as file:
        check(file, silent)
        return list((await restore(database, file, replace=replace, progress=silent)).applied)


class TestRoundTrip:
    async def test_keeps_every_row_of_every_table(self, source: Database, saved: Path, bare: Database) -> None:
        before = await contents(source)
        assert all(before.values()), "a table that has no rows shows nothing"
        assert await put_back(bare, saved) == []
        assert await contents(bare) == before
        assert await versions(bare) == await versions(source)

    async def test_into_a_database_with_nothing_but_the_defaults(
        self, source: Database, saved: Path, bare: Database
    ) -> None:
        await migrate(bare)
        await ensure_defaults(bare)
        assert not await present(bare)
        await put_back(bare, saved)
        assert await contents(bare) == await contents(source)

    async def test_what_was_restored_can_be_saved_again(self, saved: Path, bare: Database, tmp_path: Path) -> None:
        await put_back(bare, saved)
        again = tmp_path / "again"
        await back_up(bare, again, replace=False, progress=silent)
        with BackupFile.opened(saved) as one, BackupFile.opened(again) as other:
            first, second = ({table.name: table.sha256 for table in file.manifest.tables} for file in (one, other))
        assert second == first

    async def test_the_server_plans_by_what_is_there(self, saved: Path, bare: Database) -> None:
        await put_back(bare, saved)
        async with bare.session() as session:
            assert await session.fetchval("SELECT reltuples FROM pg_class WHERE oid = 'scim.resources'::regclass") > 0

    async def test_no_table_counts_by_a_sequence(self, source: Database) -> None:
        """Its position would not be in the backup."""
        async with source.session() as session:
            assert not await session.fetch("SELECT 1 FROM pg_sequences WHERE schemaname = 'scim'")


class TestBackUp:
    async def test_is_as_of_one_moment(self, bare: Database, bare_url: str, tmp_path: Path) -> None:
        await migrate(bare)
        await fill(bare)
        before = await contents(bare)
        steps = iter([lambda: meanwhile(bare_url)])

        def step(_table: str, _step: int, _total: int) -> None:
            next(steps, lambda: None)()

        path = tmp_path / "a.backup"
        await back_up(bare, path, replace=False, progress=step)
        assert await contents(bare) != before
        await put_back(bare, path, replace=True)
        assert await contents(bare) == before

    async def test_tells_what_it_wrote(self, source: Database, tmp_path: Path) -> None:
        told: dict[str, int] = {}

        def step(table: str, step: int, _total: int) -> None:
            told[table] = told.get(table, 0) + step

        done = await back_up(source, tmp_path / "a.backup", replace=False, progress=step)
        rows = {name: len(found) for name, found in (await contents(source)).items()}
        assert done.tables == rows
        assert told == rows
        assert done.rows == sum(rows.values())
        assert done.migrations == tuple(map(str, migrations()))
        assert done.size == (tmp_path / "a.backup").stat().st_size

    async def test_only_its_owner_can_read_it(self, saved: Path) -> None:
        assert mode(saved) == 0o600

    async def test_a_file_that_exists_is_replaced_when_told_only(self, source: Database, tmp_path: Path) -> None:
        path = tmp_path / "a.backup"
        path.write_text("precious")
        with pytest.raises(OperatorError, match="exists; add --force"):
            await back_up(source, path, replace=False, progress=silent)
        assert path.read_text() == "precious"
        await back_up(source, path, replace=True, progress=silent)
        assert isinstance(checked(path), Saved)

    @pytest.mark.parametrize("replace", [False, True])
    async def test_what_is_no_ordinary_file_is_never_replaced(
        self, source: Database, tmp_path: Path, replace: bool
    ) -> None:
        link = tmp_path / "link"
        link.symlink_to("nowhere")
        for target in (tmp_path, link, Path("/dev/null")):
            with pytest.raises(OperatorError, match="no ordinary file"):
                await back_up(source, target, replace=replace, progress=silent)

    async def test_a_folder_that_is_not_there(self, source: Database, tmp_path: Path) -> None:
        with pytest.raises(OperatorError, match="cannot be written: No such file"):
            await back_up(source, tmp_path / "no" / "a.backup", replace=False, progress=silent)

    async def test_a_full_disk_is_no_lost_database(
        self, source: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> NoReturn:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("zipfile._ZipWriteFile.write", full)
        with pytest.raises(OperatorError, match="cannot be written: No space left"):
            async with asyncio.timeout(4):  # the driver alone would wait for the other side of the COPY
                await back_up(source, tmp_path / "a.backup", replace=False, progress=silent)
        assert not names(tmp_path)

    @pytest.mark.parametrize("rows", [0, 8], ids=["before COPY", "within COPY"])
    async def test_interrupted_leaves_nothing(self, source: Database, tmp_path: Path, rows: int) -> None:
        seen = []

        def step(table: str, step: int, _total: int) -> None:
            seen.append(names(tmp_path))
            if (table, step) == ("resources", rows):
                raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await back_up(source, tmp_path / "a.backup", replace=False, progress=step)
        assert all(len(there) == 1 and there[0].endswith(".part") for there in seen), "not under its own name"
        assert not names(tmp_path)

    async def test_of_nothing_is_refused(self, bare: Database, tmp_path: Path) -> None:
        with pytest.raises(OperatorError, match="nothing to back up"):
            await back_up(bare, tmp_path / "a.backup", replace=False, progress=silent)
        assert not names(tmp_path)

    async def test_rows_that_row_level_security_hides_are_an_error(
        self, bare: Database, bare_url: str, tmp_path: Path
    ) -> None:
        """A role that does not own the tables sees none of them, and would save an empty database."""
        await migrate(bare)
        await fill(bare)
        role = f"reader_{secrets.token_hex(4)}"
        async with bare.session() as session:
            await session.script(
                f"CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA scim, supabase_migrations TO {role};"
                f"GRANT SELECT ON ALL TABLES IN SCHEMA scim, supabase_migrations TO {role}"
            )
        try:
            reader = f"{bare_url}{'&' if '?' in bare_url else '?'}options=-c%20role%3D{role}"
            async with opened(reader) as database:
                with pytest.raises(asyncpg.PostgresError, match="row-level security"):
                    await back_up(database, tmp_path / "a.backup", replace=False, progress=silent)
        finally:
            async with bare.session() as session:
                await session.script(f"DROP OWNED BY {role}; DROP ROLE {role}")


def damaged_copy(backup: Path, folder: Path) -> Path:
    (folder / "damaged").write_bytes(damaged(backup.read_bytes()))
    return folder / "damaged"


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def meanwhile(url: str) -> None:
    """Somebody else changes and removes rows, and is done when this returns."""

    async def change() -> None:
        async with opened(url) as database, database.session() as session:
            await session.execute("UPDATE scim.tenants SET name = 'renamed'")
            await session.execute(f"DELETE FROM scim.resources WHERE app_id = '{APP}'")

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, change()).result()


def checked(path: Path) -> Saved:
    with BackupFile.opened(path) as file:
        return check(file, silent)


class TestRestore:
    async def test_data_is_replaced_when_told_only(self, source: Database, saved: Path, bare: Database) -> None:
        await migrate(bare)
        await fill(bare, users=1)
        before = await contents(bare)
        with pytest.raises(OperatorError, match=r"holds data \(.*resources: 9.*\); add --force"):
            await put_back(bare, saved)
        assert await contents(bare) == before
        await put_back(bare, saved, replace=True)
        assert await contents(bare) == await contents(source)

    @pytest.mark.parametrize("table", ["tenants", "applications", "audit_log", "api_tokens"])
    async def test_little_is_data_too(self, saved: Path, bare: Database, table: str) -> None:
        await migrate(bare)
        await ensure_defaults(bare)
        async with bare.session() as session:
            await session.execute(
                "INSERT INTO scim.tenants (id, name, created_at, modified_at)"
                f" SELECT '{TENANT}', 'acme', now(), now() WHERE '{table}' = 'tenants'"
            )
            await session.execute(
                "INSERT INTO scim.applications (id, tenant_id, name, created_at, modified_at)"
                f" SELECT '{APP}', id, 'b', now(), now() FROM scim.tenants WHERE '{table}' = 'applications'"
            )
            await session.execute(
                "INSERT INTO scim.audit_log (id, at, action, actor)"
                f" SELECT '{APP}', now(), 'user.create', 'x' WHERE '{table}' = 'audit_log'"
            )
            await session.execute(
                "INSERT INTO scim.api_tokens (id, tenant_id, name, token_hash, scopes, created_at)"
                f" SELECT id, id, 'x', '', '{{}}', now() FROM scim.tenants WHERE '{table}' = 'api_tokens'"
            )
        with pytest.raises(OperatorError, match=rf"holds data \({table}: \d\)"):
            await put_back(bare, saved)

    async def test_is_refused_while_others_are_connected(
        self, saved: Path, bare: Database, bare_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(backup, "_LOOK_SECONDS", 0.01)
        async with opened(bare_url) as other:
            await other.ping()
            with pytest.raises(OperatorError, match=r"1 other connection to it\. Stop every server"):
                await put_back(bare, saved, replace=True)

    async def test_waits_for_connections_that_are_about_to_end(
        self, saved: Path, bare: Database, bare_url: str
    ) -> None:
        async with opened(bare_url) as other:
            await other.ping()
            going = asyncio.create_task(put_back(bare, saved))
            await asyncio.sleep(0.3)
            assert not going.done()
        await going

    async def test_that_fails_at_the_end_changes_nothing(
        self, saved: Path, bare: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await migrate(bare)
        await fill(bare, users=1)
        before = await contents(bare)
        copy_in = stored.copy_in

        async def one_lost(session: Session, table: Table, lines: AsyncIterator[bytes]) -> int:
            return await copy_in(session, table, lines) - (table.name == "schemas")

        monkeypatch.setattr(stored, "copy_in", one_lost)
        with pytest.raises(OperatorError, match="is damaged: schemas has 0 rows instead of 1"):
            await put_back(bare, saved, replace=True)
        assert await contents(bare) == before

    async def test_a_file_that_is_damaged_meanwhile_changes_nothing(
        self, saved: Path, bare: Database, tmp_path: Path
    ) -> None:
        await migrate(bare)
        await fill(bare, users=1)
        before = await contents(bare)
        with (
            BackupFile.opened(damaged_copy(saved, tmp_path)) as file,
            pytest.raises(OperatorError, match="rows of resources are not those"),
        ):
            await restore(bare, file, replace=True, progress=silent)
        assert await contents(bare) == before

    async def test_nobody_migrates_meanwhile(self, saved: Path, bare: Database, bare_url: str) -> None:
        settings = bare.settings.connect_kwargs() | {"server_settings": {"application_name": "another"}}
        connection = await asyncpg.connect(**settings)
        try:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", migrating._LOCK)
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await put_back(bare, saved)
        finally:
            await connection.close()

    async def test_tables_that_others_hold_are_told(
        self, saved: Path, bare: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A person at psql, say, in the middle of a transaction."""
        await migrate(bare)
        monkeypatch.setattr(stored, "_SETTINGS", {**stored._SETTINGS, "lock_timeout": "100ms"})
        settings = bare.settings.connect_kwargs() | {"server_settings": {"application_name": "psql"}}
        connection = await asyncpg.connect(**settings)
        try:
            async with connection.transaction():
                await connection.fetch("SELECT 1 FROM scim.tenants")
                with pytest.raises(OperatorError, match="Others use the database's tables"):
                    await put_back(bare, saved)
        finally:
            await connection.close()


class TestVersions:
    @pytest.fixture
    async def old(self, server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The backup of a database that had the first two migrations, made by a PySCIM that knew no others."""
        path = tmp_path / "old.backup"
        with monkeypatch.context() as patched:
            for module in (migrating, backup):
                patched.setattr(module, "migrations", lambda: migrations()[:2])
            async with fresh_database(server_url) as url, opened(url) as database:
                await migrate(database)
                async with database.session() as session:
                    await session.execute(OLD_USERS)
                await back_up(database, path, replace=False, progress=silent)
        return path

    @pytest.mark.parametrize("level", [0, 1, 2, len(migrations())])
    async def test_an_old_backup_is_migrated(
        self, old: Path, bare: Database, level: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever the database was before; what a migration does to rows, it does to those of the backup."""
        with monkeypatch.context() as patched:
            patched.setattr(migrating, "migrations", lambda: migrations()[:level])
            await migrate(bare)
        if level > 2:
            await fill(bare)
        applied = await put_back(bare, old, replace=True)
        assert applied == [str(one) for one in migrations()[2:]]
        assert await versions(bare) == [one.version for one in migrations()]
        found = await contents(bare)
        assert {name for name, rows in found.items() if rows} == {"resources"}
        async with bare.session() as session:
            assert await session.fetchval("SELECT count(manager_id) FROM scim.resources") == 1

    async def test_the_migrations_of_others_stay_on_the_record(self, old: Path, bare: Database) -> None:
        """A Supabase project keeps its own ones in the same table."""
        await migrate(bare)
        async with bare.session() as session:
            await session.execute(
                "INSERT INTO supabase_migrations.schema_migrations (version) VALUES ('20200101000000')"
            )
        await put_back(bare, old)
        assert "20200101000000" in await versions(bare)

    async def test_a_backup_of_a_newer_version_is_refused(
        self, saved: Path, bare: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(backup, "migrations", lambda: migrations()[:2])
        with BackupFile.opened(saved) as file:
            with pytest.raises(OperatorError, match=r"does not know \(20261125180000_.*\); restore it with PySCIM"):
                check(file, silent)
            with pytest.raises(OperatorError, match="does not know"):
                await restore(bare, file, replace=True, progress=silent)
        assert not await contents(bare)

    async def test_tables_that_no_known_migration_makes_are_refused(
        self, source: Database, saved: Path, bare: Database, tmp_path: Path
    ) -> None:
        """The database had been migrated by a newer version, and an older one made the backup."""
        await put_back(bare, saved)
        async with bare.session() as session:
            await session.script("ALTER TABLE scim.guards ADD COLUMN news text; CREATE TABLE scim.news (id int)")
        path = tmp_path / "new.backup"
        await back_up(bare, path, replace=False, progress=silent)
        async with bare.session() as session:
            await session.script("ALTER TABLE scim.guards DROP COLUMN news; DROP TABLE scim.news")
        with pytest.raises(OperatorError, match="what it has of guards, news is not what the migrations make"):
            await put_back(bare, path, replace=True)
        assert await contents(bare) == await contents(source)


OLD_USERS = f"""
INSERT INTO scim.resources (app_id, id, resource_type, document, search, created_at, modified_at)
VALUES ('{APP}', '{USER}', 'User', '{{}}', '{{}}', now(), now()),
       ('{APP}', '{GROUP}', 'User', '{{}}',
        '{{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {{"manager": {{"value": "{USER}"}}}}}}', now(), now())
"""
"""The second one's manager is the first one."""
