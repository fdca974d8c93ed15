"""`pyscim db`, and what other commands do with a database that is not ready."""

from __future__ import annotations

import json

from tests.cli.support import Commands


class TestInit:
    def test_migrates_and_may_be_repeated(self, bare: Commands) -> None:
        assert "Applied 2026" in bare.done("db", "init")
        assert bare.done("db", "init") == "The database was up to date.\n"
        assert [one["name"] for one in bare.json("app", "list")] == ["default"]


class TestStatus:
    def test_of_a_ready_database(self, pyscim: Commands) -> None:
        found = pyscim.json("db", "status")
        assert (found["ready"], found["reachable"], found["pending"], found["reason"]) == (True, True, [], None)
        assert found["applied"]
        assert found["rows"]["tenants"] >= 1
        assert "PostgreSQL" in pyscim.done("db", "status")

    def test_of_one_without_tables(self, bare: Commands) -> None:
        result = bare.run("db", "status", "--json")
        assert result.exit_code == 1
        found = json.loads(result.stdout)
        assert (found["ready"], found["reachable"]) == (False, True)
        assert "pyscim db init" in result.stderr

    def test_of_one_that_is_away(self) -> None:
        away = Commands("postgresql://somebody:secret@127.0.0.1:1/nothing")
        result = away.run("db", "status", "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["reachable"] is False
        assert "cannot be reached" in result.stderr
        assert "secret" not in result.output


class TestOtherCommands:
    def test_say_to_migrate_a_database_of_somebody_elses(self, bare: Commands) -> None:
        assert "pyscim db init" in bare.refused("token", "create")

    def test_say_that_the_database_is_away_and_why(self) -> None:
        message = Commands("postgresql://somebody:secret@127.0.0.1:1/nothing").refused("tenant", "list")
        assert "cannot be reached" in message
        assert "127.0.0.1" in message
        assert "secret" not in message

    def test_name_a_bad_setting(self) -> None:
        assert "DATABASE_URL" in Commands("mysql://host/db").refused("tenant", "list")

    def test_make_the_defaults_of_a_migrated_database(self, bare: Commands) -> None:
        """As after `supabase db reset`."""
        bare.done("db", "init")
        assert [one["name"] for one in bare.json("tenant", "list")] == ["default"]
