"""Every command explains itself."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from scim.cli.main import app

PROMISED = {
    *("run dev", "run prod", "config", "db init", "db status", "tenant create", "tenant list", "tenant info"),
    *("app create", "app list", "app info", "app update", "token create", "token list", "token info", "token revoke"),
    *("tenant update", "tenant delete", "app activate", "app deactivate", "app delete", "token rotate"),
}
WITH_JSON = PROMISED - {"run dev", "run prod", "db init"}


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, child in getattr(command, "commands", {}).items():
        yield " ".join((*path, name)), child
        yield from walk(child, (*path, name))


EVERYTHING = dict(walk(typer.main.get_command(app)))


def test_the_commands_of_the_contract_are_there() -> None:
    assert set(EVERYTHING) >= PROMISED


@pytest.mark.parametrize("path", ["", *EVERYTHING])
def test_help_has_an_example_and_fits_80_columns(path: str) -> None:
    result = CliRunner().invoke(app, [*path.split(), "--help"])
    assert result.exit_code == 0
    assert re.search(rf"Example: pyscim {path}".rstrip(), " ".join(result.stdout.split())), result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert not re.search(r"\x1b\[", result.stdout)


@pytest.mark.parametrize("path", sorted(WITH_JSON))
def test_what_shows_something_shows_it_as_json_too(path: str) -> None:
    assert "--json" in {option for one in EVERYTHING[path].params for option in one.opts}


@pytest.mark.parametrize("path", sorted(path for path, one in EVERYTHING.items() if hasattr(one, "commands")))
def test_a_group_without_a_command_shows_its_help(path: str) -> None:
    result = CliRunner().invoke(app, path.split())
    assert "Usage" in result.output


@pytest.mark.parametrize(
    "arguments", [["nosuch"], ["tenant", "create"], ["tenant", "info"], ["token", "list", "--nosuch"]]
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_the_version_is_printed() -> None:
    assert re.fullmatch(r"pyscim \d+\.\d+\.\d+\S*\n", CliRunner().invoke(app, ["--version"]).stdout)


def test_help_loads_neither_database_nor_server() -> None:
    """It must be there at once, and so must completion in the shell."""
    program = "import sys, scim.cli.main; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"asyncpg", "tortoise", "uvicorn", "fastapi", "starlette", "pydantic", "lark"} & set(loaded)
