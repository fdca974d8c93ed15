"""Dockerfile, .dockerignore and compose.yaml: what a container of PySCIM promises, as far as it shows without one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from scim.config import PREFIX, Settings
from scim.db.url import parse_database_url
from tests.support.server import Server, free_port

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

Instruction = tuple[str, str]


def instructions() -> list[Instruction]:
    """Each instruction with its arguments on one line."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def last_stage() -> list[Instruction]:
    found = instructions()
    starts = [at for at, (name, _) in enumerate(found) if name == "FROM"]
    return found[starts[-1] :]


def only(name: str) -> str:
    """What the one instruction of that name in the last stage says."""
    (found,) = [rest for one, rest in last_stage() if one == name]
    return found


def options(text: str) -> tuple[dict[str, str], str]:
    """`--interval=10s CMD …` → the options and the rest."""
    given = dict(re.findall(r"--([a-z-]+)=(\S+)\s", text))
    return given, re.sub(r"--[a-z-]+=\S+\s+", "", text)


def health_command() -> list[str]:
    command: list[str] = json.loads(options(only("HEALTHCHECK"))[1].removeprefix("CMD "))
    return command


def compose() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


def images() -> list[str]:
    built = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    return built + [one["image"] for one in compose()["services"].values() if "build" not in one]


class TestImages:
    @pytest.mark.parametrize("image", images())
    def test_are_named_with_a_version_and_without_a_host(self, image: str) -> None:
        assert re.fullmatch(r"[a-z]+:\d[\w.-]*", image)
        assert "latest" not in image

    def test_have_the_python_that_the_project_asks_for_and_is_tested_with(self) -> None:
        least = PROJECT["requires-python"].removeprefix(">=")
        assert [image for image in images() if image.startswith("python")] == [f"python:{least}-slim-bookworm"] * 2

    def test_have_the_postgres_that_is_promised(self) -> None:
        assert compose()["services"]["database"]["image"].startswith("postgres:17-")


class TestDockerfile:
    def test_what_runs_is_not_root_from_the_last_user_on(self) -> None:
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", only("USER"))
        names = [name for name, _ in last_stage()]
        assert "RUN" not in names[names.index("USER") :]

    def test_the_command_is_the_production_server(self) -> None:
        assert json.loads(only("CMD")) == ["pyscim", "run", "prod"]

    def test_the_data_is_on_the_volume(self) -> None:
        environment = dict(re.findall(r"(\w+)=(\S+)", only("ENV")))
        assert Path(environment["PYSCIM_DATA_DIR"]).is_relative_to(only("VOLUME"))

    def test_the_tools_of_the_build_stay_behind(self) -> None:
        copied = [rest for name, rest in last_stage() if name == "COPY"]
        assert copied == ["--from=build /opt/pyscim /opt/pyscim"]

    def test_it_is_built_from_the_lock_without_what_developers_need(self) -> None:
        syncs = [rest for name, rest in instructions() if name == "RUN" and "uv sync" in rest]
        assert syncs
        assert all({"--locked", "--no-dev"} <= set(one.split()) for one in syncs)

    def test_what_is_copied_is_let_through_and_nothing_else(self) -> None:
        copied = {
            source
            for name, rest in instructions()
            if name == "COPY" and not rest.startswith("--from")
            for source in rest.split()[:-1]
        }
        lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
        assert lines[0] == "*"
        assert {line[1:] for line in lines if line[0] == "!"} == copied
        assert all((ROOT / source).exists() for source in copied)


class TestHealthCheck:
    def test_needs_python_alone(self) -> None:
        assert health_command()[0] == "python"
        assert "/readyz" in health_command()[-1]

    def test_leaves_time_for_the_first_start(self) -> None:
        given, _ = options(only("HEALTHCHECK"))
        assert int(given["start-period"].removesuffix("s")) >= 60

    def test_is_content_with_a_server_that_is_ready(self, server: Server) -> None:
        assert check(int(server.url.rpartition(":")[2])) == 0

    def test_is_not_content_without_a_server(self) -> None:
        assert check(free_port()) == 1


def check(port: int) -> int:
    command = [sys.executable, *health_command()[1:]]
    done = subprocess.run(command, env={"PYSCIM_PORT": str(port)}, capture_output=True, check=False, timeout=30)
    return done.returncode


class TestCompose:
    def test_the_server_waits_for_a_database_that_is_healthy(self) -> None:
        services = compose()["services"]
        assert services["pyscim"]["depends_on"] == {"database": {"condition": "service_healthy"}}
        assert services["database"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
        assert services["pyscim"]["build"] == "."

    def test_the_server_gets_the_address_of_that_database(self) -> None:
        services = compose()["services"]
        url = services["pyscim"]["environment"]["DATABASE_URL"].replace("${POSTGRES_PASSWORD}", "secret")
        found, database = parse_database_url(url, environ={}), services["database"]["environment"]
        assert (found.hosts, found.ports, found.password) == (("database",), (5432,), "secret")
        assert (found.user, found.database) == (database["POSTGRES_USER"], database["POSTGRES_DB"])

    def test_there_is_no_password_that_everybody_knows(self) -> None:
        password = compose()["services"]["database"]["environment"]["POSTGRES_PASSWORD"]
        assert password.startswith("${POSTGRES_PASSWORD:?")

    def test_the_settings_exist(self) -> None:
        given = compose()["services"]["pyscim"]["environment"]
        known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
        assert {name for name in given if name != "DATABASE_URL"} <= known

    def test_only_this_machine_reaches_it(self) -> None:
        assert compose()["services"]["pyscim"]["ports"] == ["127.0.0.1:8000:8000"]
        assert "ports" not in compose()["services"]["database"]

    def test_data_outlives_containers(self) -> None:
        used = {volume.partition(":")[0] for one in compose()["services"].values() for volume in one["volumes"]}
        assert used == set(compose()["volumes"])
        assert f"data:{only('VOLUME')}" in compose()["services"]["pyscim"]["volumes"]

    def test_the_server_is_locked_in(self) -> None:
        found = compose()["services"]["pyscim"]
        assert (found["read_only"], found["cap_drop"]) == (True, ["ALL"])
        assert found["security_opt"] == ["no-new-privileges:true"]
