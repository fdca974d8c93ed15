"""The examination as a whole: its order, what stops it, and that it changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scim.config import Settings
from scim.exceptions import OperatorError
from scim.services.doctor.examination import MOST_LINES, examine, run
from scim.services.doctor.finding import Finding, Installation, Level
from scim.services.runtime import prepare
from scim.utils.clock import now
from tests.services.doctor.conftest import opened
from tests.support.databases import fresh_database


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def settings(**values: Any) -> Settings:
    return Settings(**values)


def levels(found: list[Finding]) -> dict[str, Level]:
    return {finding.name: finding.level for finding in found}


class TestRun:
    async def test_a_check_that_fails_itself_says_so(self) -> None:
        async def broken(_about: Installation) -> list[Finding]:
            raise RuntimeError("postgres://u:hunter2@db is odd")

        [found] = await run("odd", broken, Installation(settings=settings(), at=now()))
        assert (found.name, found.level) == ("odd", Level.FAIL)
        assert found.message == "The check itself failed: RuntimeError: postgres://u:***@db is odd"

    async def test_one_that_finds_much_shows_the_worst_of_it(self) -> None:
        async def much(_about: Installation) -> list[Finding]:
            lines = [Finding(name="m", level=Level.WARN, message=str(number)) for number in range(40)]
            return [*lines, Finding(name="m", level=Level.FAIL, message="worst")]

        found = await run("m", much, Installation(settings=settings(), at=now()))
        assert len(found) == MOST_LINES
        assert (found[0].message, found[-1].message) == ("worst", "22 more like this.")
        assert found[-1].level is Level.WARN


class TestExamine:
    async def test_of_a_ready_database_goes_through_all_checks(self, server_url: str) -> None:
        async with fresh_database(server_url) as url, opened(url) as database:
            await prepare(database)
            found = await examine(settings(DATABASE_URL=url))
        assert levels(found) == {
            "database": Level.OK,
            "migrations": Level.OK,
            "clock": Level.OK,
            "connections": Level.OK,
            "indexes": Level.OK,
            "row-security": Level.OK,
            "tokens": Level.WARN,
            "token-expiry": Level.OK,
            "requests": Level.OK,
            "profiles": Level.OK,
            "references": Level.OK,
            "guard": Level.OK,
            "hidden-users": Level.OK,
            "settings": Level.OK,
        }

    async def test_of_one_without_tables_changes_nothing(self, server_url: str) -> None:
        async with fresh_database(server_url) as url, opened(url) as database:
            found = await examine(settings(DATABASE_URL=url))
            async with database.session() as session:
                assert await session.fetchval("SELECT to_regnamespace('scim')") is None
        assert levels(found) == {
            "database": Level.OK,
            "migrations": Level.FAIL,
            "clock": Level.OK,
            "connections": Level.OK,
            "settings": Level.OK,
        }

    @pytest.mark.parametrize("url", ["postgresql://u:hunter2@127.0.0.1:1/nothing", "mysql://u:hunter2@host/db"])
    async def test_without_a_database_looks_at_the_rest(self, url: str) -> None:
        found = await examine(settings(DATABASE_URL=url, auth_enabled=False))
        assert levels(found) == {"database": Level.FAIL, "settings": Level.FAIL}
        assert "hunter2" not in str(found)

    async def test_makes_no_embedded_database(self, tmp_path: Path) -> None:
        found = await examine(settings(data_dir=tmp_path / "data"))
        assert levels(found) == {"database": Level.FAIL, "settings": Level.OK}
        assert "pyscim run dev" in str(found[0].remedy)
        assert not (tmp_path / "data").exists()

    @pytest.mark.parametrize(
        ("named", "message"),
        [({"app": "defalt"}, "did you mean 'default'"), ({"tenant": "nosuch"}, "no tenant 'nosuch'")],
    )
    async def test_of_something_unknown_is_an_error(self, server_url: str, named: dict[str, str], message: str) -> None:
        async with fresh_database(server_url) as url, opened(url) as database:
            await prepare(database)
            with pytest.raises(OperatorError, match=message):
                await examine(settings(DATABASE_URL=url), **named)

    async def test_tells_what_was_found_where_the_applications_cannot_be_read(self, server_url: str) -> None:
        async with fresh_database(server_url) as url, opened(url) as database:
            await prepare(database)
            async with database.session() as session:
                await session.script("ALTER TABLE scim.applications RENAME COLUMN name TO title")
            found = await examine(settings(DATABASE_URL=url))
        assert levels(found)["applications"] is Level.FAIL
        assert levels(found)["database"] is Level.OK
