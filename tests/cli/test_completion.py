"""What the shell offers: names that the database has, if it answers at once; never an error, never a start."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import typer
import typer.main

from scim.cli import completion
from scim.cli.main import app
from scim.db.embedded import running_sync
from tests.cli.server_process import PROGRAM
from tests.cli.support import Commands
from tests.db.embedded_support import open_folder
from tests.support.operators import unique

NAMED = {"NAME_OR_ID", "TOKEN_ID"}


def offered(names: Callable[..., completion.Offers], *arguments: Any) -> completion.Offers:
    """What a callback gives, in a thread: the tests' own event loop may be running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(names, *arguments).result()


def complete(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What bash gets for a line that ends where the tab key is pressed."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1), "_PYSCIM_COMPLETE": "complete_bash"}
    return subprocess.run(
        [PROGRAM], env=os.environ | words | environment, cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def tenant(pyscim: Commands, monkeypatch: pytest.MonkeyPatch) -> str:
    """A tenant with an application and a token, in the database that the callbacks look into."""
    monkeypatch.setenv("DATABASE_URL", pyscim.url)
    name = unique("acme")
    pyscim.done("tenant", "create", "--name", name, "--display-name", "Acme")
    pyscim.done("token", "create", "--tenant", name, "--app", "okta")
    return name


def context(tenant: str | None) -> typer.Context:
    made = typer.Context(typer.main.get_command(app))
    made.params["tenant"] = tenant
    return made


class TestOffers:
    def test_tenants_by_what_was_typed(self, tenant: str) -> None:
        assert offered(completion.tenants, tenant[:-1]) == [(tenant, "Acme")]
        assert ("default", "") in offered(completion.tenants, "")
        assert offered(completion.tenants, "nosuch") == []

    def test_applications_of_the_tenant_that_is_named(self, tenant: str) -> None:
        assert offered(completion.applications, context(tenant), "") == [("okta", "")]
        assert ("default", "") in offered(completion.applications, context(None), "")
        assert offered(completion.applications, context("nosuch"), "") == []

    def test_deactivated_ones_too(self, pyscim: Commands, tenant: str) -> None:
        pyscim.done("app", "deactivate", "okta", "--tenant", tenant)
        assert offered(completion.applications, context(tenant), "o") == [("okta", "")]

    def test_ids_of_tokens_that_work_with_their_names(self, pyscim: Commands, tenant: str) -> None:
        (made,) = pyscim.json("token", "list", "--tenant", tenant)
        assert offered(completion.tokens, made["id"]) == [(made["id"], f"okta, for {tenant}/okta")]
        pyscim.done("token", "revoke", made["id"], "--force")
        assert offered(completion.tokens, made["id"]) == []

    def test_profiles_without_a_database(self) -> None:
        assert [name for name, _ in offered(completion.profiles, "entra")] == ["entra", "entra-legacy"]

    def test_bash_is_told_the_names(self, tenant: str, tmp_path: Path) -> None:
        done = complete(f"pyscim app info --tenant {tenant} ok", tmp_path)
        assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["okta"], "")


@pytest.fixture
def silent() -> Iterator[str]:
    """A database that takes connections and never says anything."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield f"postgresql://x:y@127.0.0.1:{other.getsockname()[1]}/z"


class TestSilence:
    @pytest.mark.parametrize("line", ["pyscim app info ", "pyscim tenant info ", "pyscim token revoke "])
    def test_the_embedded_server_is_not_started(self, line: str, tmp_path: Path) -> None:
        done = complete(line, tmp_path, PYSCIM_DATA_DIR=str(tmp_path / "data"))
        assert (done.stdout.strip(), done.stderr) == ("", "")
        assert not (tmp_path / "data").exists()

    @pytest.mark.parametrize(
        "variables",
        [
            {"DATABASE_URL": "postgresql://x:y@127.0.0.1:1/z"},
            {"DATABASE_URL": "mysql://x"},
            {"PYSCIM_PORT": "x", "DATABASE_URL": "postgresql://x:y@127.0.0.1:1/z"},
        ],
    )
    def test_what_is_wrong_is_not_told(self, variables: dict[str, str], tmp_path: Path) -> None:
        done = complete("pyscim app info ", tmp_path, **variables)
        assert (done.stdout.strip(), done.stderr) == ("", "")

    def test_a_database_without_tables_has_nothing(self, bare: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", bare.url)
        assert offered(completion.tenants, "") == []

    def test_nobody_waits_long(self, silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", silent)
        began = time.monotonic()
        assert offered(completion.tenants, "") == []
        assert time.monotonic() - began < 5


def test_an_embedded_server_that_runs_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = open_folder()
    try:
        with running_sync(folder / "data"):
            monkeypatch.setenv("PYSCIM_DATA_DIR", str(folder / "data"))
            made = subprocess.run([PROGRAM, "db", "init"], cwd=folder, capture_output=True, check=False)
            assert made.returncode == 0
            assert offered(completion.tenants, "") == [("default", "")]
        assert offered(completion.tenants, "") == []
    finally:
        shutil.rmtree(folder)


def test_every_name_is_completed() -> None:
    """A new command that takes a name of a tenant, an application or a token offers those there are."""
    silent = [
        f"{path} {parameter.name}"
        for path, command in walk(typer.main.get_command(app))
        for parameter in command.params
        if parameter.metavar in NAMED and parameter._custom_shell_complete is None
    ]
    assert silent == []


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, child in getattr(command, "commands", {}).items():
        yield " ".join((*path, name)), child
        yield from walk(child, (*path, name))


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_completion_installs_itself(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"'{PROGRAM}' --install-completion; echo $?"],
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.endswith("0\n"), done.stdout + done.stderr
    assert "_PYSCIM_COMPLETE=complete_bash" in (tmp_path / ".bash_completions" / "pyscim.sh").read_text()
