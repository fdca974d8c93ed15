"""`pyscim config`."""

from __future__ import annotations

from pathlib import Path

from tests.cli.support import Commands

SECRET = "postgresql://me:hunter2@db.example/scim"


def by_name(found: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    return {str(one["name"]): one for one in found}


def test_tells_where_each_value_comes_from(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PYSCIM_PORT=9000\n")
    result = Commands(SECRET).json("config")
    found = by_name(result)
    assert result[0].keys() == {"name", "value", "source", "secret", "description"}
    assert found["DATABASE_URL"]["source"] == "environment"
    assert found["PYSCIM_PORT"]["source"] == ".env"
    assert found["PYSCIM_LOG_LEVEL"]["source"] == "default"


def test_values_are_masked_unless_asked_and_secrets_always(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PYSCIM_PUBLIC_URL=https://scim.example.com\n")
    masked, shown = (Commands(SECRET).done("config", *options) for options in ((), ("--show-values",)))
    assert "scim.example.com" not in masked
    assert "scim.example.com" in shown
    assert "hunter2" not in masked + shown
    assert max(map(len, (masked + shown).splitlines())) <= 80


def test_a_misspelled_variable_is_reported() -> None:
    result = Commands("").run("config", "--json", PYSCIM_PROT="1")
    assert result.exit_code == 0
    assert "did you mean PYSCIM_PORT?" in result.stderr


def test_a_bad_value_is_named() -> None:
    result = Commands("").run("config", PYSCIM_PORT="abc")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: PYSCIM_PORT is 'abc'; accepted: ")
