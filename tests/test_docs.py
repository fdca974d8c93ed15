"""The documents: complete, true, and nothing in them leads nowhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from scim.config import PREFIX, Settings, environment_name
from scim.db.session import DatabaseWork
from scim.exceptions import ScimError
from scim.main import create_app
from scim.middleware.access_log import _fields
from scim.models.settings import ApplicationSettings
from scim.protocol.attributes.registry import builtin_registry
from scim.protocol.compat.profile import PROFILES
from scim.schemas.openapi import openapi_document
from tests.docs import command_line, errors
from tests.docs.commands import exists, problem, told, values, walk, words
from tests.docs.pages import FOLDER, PAGES, ROOT, blocks, leads_somewhere, links, name, table, text
from tests.docs.report import MADE
from tests.protocol.compat.quirks import QUIRKS
from tests.support.databases import fresh_database
from tests.support.server import Server, running_server

COMING: tuple[str, ...] = ("export", "import")
"""What the documents tell of and others are about to add: commands with their options."""

GENERATED = {page.name for page in MADE}
WRITTEN = [page for page in PAGES if page.name not in {*GENERATED, "conformance.md"}]
LONGEST_LINE = 140
ADDRESS = "http://127.0.0.1:8000"
SHELL = "sh run"
LARGEST_PICTURE = 60_000

MACHINES = re.compile(r"(?<![\w.}/-])/(?:root|home|work|mnt|private|Users/[a-z])\b|\b[A-Z]:\\")
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.|yarnpkg\.|crates\.io|rubygems\.org|proxy\.golang|ghcr\.io|docker\.io|quay\.io",
    re.IGNORECASE,
)


def is_coming(command: str) -> bool:
    given = words(command)
    return any(set(entry.split()) <= set(given) and given[0] == entry.split()[0] for entry in COMING)


class TestMade:
    @pytest.mark.parametrize("page", MADE, ids=name)
    def test_pages_are_what_the_code_makes_them(self, page: Path) -> None:
        assert page.read_text(encoding="utf-8") == MADE[page](), "run `scripts/uv run python -m tests.docs.report`"

    def test_the_picture_is_small(self) -> None:
        assert (FOLDER / "terminal.svg").stat().st_size <= LARGEST_PICTURE

    def test_the_picture_loads_nothing(self) -> None:
        assert not re.search(r"url\((?!#)|href|<script|@import", (FOLDER / "terminal.svg").read_text(encoding="utf-8"))


class TestComplete:
    def test_every_setting_of_the_server(self) -> None:
        found = [row[0] for row in table(FOLDER / "configuration.md", "## Settings of the server")]
        assert found == [f"`{environment_name(one)}`" for one in Settings.model_fields]

    def test_every_setting_of_an_application(self) -> None:
        found = [row[0] for row in table(FOLDER / "configuration.md", "## Settings of an application")]
        assert found == [f"`{one}`" for one in ApplicationSettings.model_fields]

    @pytest.mark.parametrize("path", [path for path, _ in walk() if path], ids=" ".join)
    def test_every_command_with_its_options(self, path: tuple[str, ...]) -> None:
        section = re.split(rf"^##+ {command_line.title(path)}$", text(FOLDER / "cli.md"), flags=re.MULTILINE)[1]
        section = re.split(r"^##", section, flags=re.MULTILINE)[0]
        command = dict(walk())[path]
        if hasattr(command, "commands"):
            assert section.strip()
            return
        assert "pyscim " in section
        for param in command.params:
            names = param.opts if param.param_type_name == "option" else [param.metavar or param.name.upper()]
            assert [one for one in names if f"`{one}`" not in section] == []

    def test_every_endpoint_with_its_methods(self) -> None:
        rows = list(table(FOLDER / "api-notes.md", "## Endpoints"))
        shown = {
            path: set(re.findall("[A-Z]+", methods))
            for paths, methods, _ in rows
            for path in re.findall("`(.+?)`", paths)
        }
        assert {path: methods - shown.get(path, set()) for path, methods in served()} == {
            path: set() for path, _ in served()
        }

    @pytest.mark.parametrize("error", errors.classes(), ids=lambda one: str(one.__name__))
    def test_every_type_of_error_with_what_to_do(self, error: type[ScimError]) -> None:
        kind = f"| {error.status} | {f'`{error.scim_type}`' if error.scim_type else ''} | "
        assert kind in text(FOLDER / "errors.md")
        assert "fault of the server" not in (errors.remedy(error) or "fault of the server")

    def test_every_quirk_rule(self) -> None:
        rules = {rule.id: rule for one in PROFILES.values() for rule in one.rules}
        lines = text(FOLDER / "quirks.md").splitlines()
        found = {row[2:-2].split(" | ")[0]: row for row in lines if re.match(r"\| [A-Z]+-\d", row)}
        assert found.keys() == rules.keys()
        assert all(rule.sentence.replace("|", r"\|") in found[rule.id] for rule in rules.values())

    def test_every_field_of_the_log(self) -> None:
        scope: dict[str, Any] = {"state": {}, "headers": [], "method": "GET", "path": "/"}
        fields = _fields(scope, 200, 1.0, DatabaseWork())
        told_of = " ".join(row[0] for row in table(FOLDER / "production.md", "## Log"))
        assert [one for one in fields if f"`{one}`" not in told_of] == []

    def test_every_page_is_in_the_index_and_linked_from_the_readme(self) -> None:
        pages = {page.name for page in FOLDER.glob("*.md")} - {"index.md"}
        assert pages <= set(links(FOLDER / "index.md"))
        assert {f"docs/{page}" for page in pages} <= set(links(ROOT / "README.md"))


def served() -> list[tuple[str, set[str]]]:
    """Every path that the server answers, with its methods: those of the protocol, and those beside it."""
    paths = openapi_document(builtin_registry(), server_url="", version="")["paths"]
    found = [(path, {method.upper() for method in methods}) for path, methods in paths.items()]
    everything = {one: True for one in Settings.model_fields if one.endswith("_enabled")}
    app = create_app(Settings().model_copy(update=everything))
    routes: list[Any] = [
        one for route in app.routes for one in getattr(route, "effective_route_contexts", lambda own=route: [own])()
    ]
    known = {path for path, _ in found}
    return found + [
        (route.path, set(route.methods) - {"HEAD"})
        for route in routes
        if getattr(route, "methods", None) and not route.path.startswith("/scim") and route.path not in known
    ]


class TestWritten:
    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_links_lead_somewhere(self, page: Path) -> None:
        lost = [link for link in links(page) if not leads_somewhere(page, link)]
        assert lost == []

    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_no_machine_and_no_registry_is_named(self, page: Path) -> None:
        assert MACHINES.findall(text(page)) == []
        assert REGISTRIES.findall(text(page)) == []

    @pytest.mark.parametrize("page", WRITTEN, ids=name)
    def test_lines_are_short(self, page: Path) -> None:
        lines = [line for line in text(page).splitlines() if not line.startswith(("|", "!["))]
        assert [line for line in lines if len(line) > LONGEST_LINE] == []

    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_variables_are_settings(self, page: Path) -> None:
        known = {environment_name(one) for one in Settings.model_fields}
        named = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", text(page)))
        assert named <= known

    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_quirks_exist(self, page: Path) -> None:
        families = {quirk.id.rpartition("-")[0] for quirk in QUIRKS}
        named = {one for one in re.findall(r"\b[A-Z]+-\d\d\b", text(page)) if one.rpartition("-")[0] in families}
        assert named - {quirk.id for quirk in QUIRKS} == set()


class TestCommands:
    @pytest.mark.parametrize(("page", "command"), told(PAGES))
    def test_are_there_with_their_options(self, page: str, command: str) -> None:
        assert problem(words(command)) is None or is_coming(command), f"{page}: {command}"

    @pytest.mark.parametrize(("page", "command"), told(PAGES))
    def test_set_what_applications_have(self, page: str, command: str) -> None:
        keys = {value.partition("=")[0] for value in values(command, "--set")}
        assert keys <= {*ApplicationSettings.model_fields, "KEY"}, page

    @pytest.mark.parametrize(("page", "command"), told(PAGES))
    def test_name_profiles_that_are_there(self, page: str, command: str) -> None:
        assert values(command, "--profile") <= {*PROFILES, "x"}, page

    @pytest.mark.parametrize(
        ("command", "wrong"),
        [
            ("pyscim app create --name okta --profile okta", False),
            ("pyscim app guard okta --release", False),
            ("pyscim app info --nosuch okta", True),
            ("pyscim app nosuch", True),
            ("pyscim app", False),
            ("pyscim app create", False),
            ("pyscim app create --profile okta", True),
            ("pyscim app info okta google", True),
            ("pyscim app guard okta --nosuch", True),
        ],
    )
    def test_a_wrong_one_is_noticed(self, command: str, wrong: bool) -> None:
        assert (problem(words(command)) is not None) == wrong


class TestComing:
    """What was added must leave the list, so that the documents are held to it."""

    def test_commands_are_not_here_yet(self) -> None:
        assert [entry for entry in COMING if exists(entry.split())] == []


@pytest.fixture(scope="module")
async def running(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server on a database of its own, with nothing in it."""
    async with fresh_database(server_url) as url:
        with running_server(tmp_path_factory.mktemp("docs"), {"DATABASE_URL": url}) as server:
            yield server


@pytest.fixture(scope="module")
def token(running: Server) -> str:
    """The one that a reader got from the first start."""
    made: str = running.command("token", "create")["token"]
    return made


RUNNABLE = [page for page in PAGES if blocks(page, SHELL)]


class TestRunnable:
    def test_there_are_some(self) -> None:
        assert {"quick-start.md", "tokens-and-tenants.md", "api-notes.md"} <= {page.name for page in RUNNABLE}

    @pytest.mark.skipif(shutil.which("curl") is None, reason="the blocks are typed with curl at hand")
    @pytest.mark.parametrize("page", RUNNABLE, ids=name)
    def test_blocks_run_one_after_the_other(self, page: Path, running: Server, token: str, tmp_path: Path) -> None:
        """In one shell, against a server on another port; an answer of curl that is an error ends it."""
        script = "\n".join(['curl() { command curl --fail-with-body -sS "$@"; }', *blocks(page, SHELL)])
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        done = subprocess.run(
            ["sh", "-eux", "-c", script.replace(ADDRESS, running.url)],
            env=environment | dict(running.environment) | {"TOKEN": token, "PATH": path_with_pyscim(), "COLUMNS": "80"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def path_with_pyscim() -> str:
    return os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
