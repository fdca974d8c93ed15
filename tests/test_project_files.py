"""The files around the code: what a newcomer types, and the script that finds uv."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def executable(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clone that holds scripts/uv alone, and a `bin` to be its whole PATH."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "scripts" / "uv", tmp_path / "scripts" / "uv")
    for name in ("sh", "dirname", "rm"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "scripts" / "uv", *arguments],
        env={"PATH": str(folder / "bin")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# Stands for a Python whose `-m venv` and pip make a uv that prints its arguments; the rest is this Python's work.
PYTHON = f"""#!{shutil.which("sh")}
case "$1 $2" in
    "-m venv")
        {shutil.which("mkdir")} -p "$3/bin"
        printf '#!{shutil.which("sh")}\\nprintf "#!{shutil.which("sh")}\\\\necho installed \\\\$*\\\\n" > "%s/bin/uv"\\n{shutil.which("chmod")} +x "%s/bin/uv"\\n' "$3" "$3" > "$3/bin/python"
        {shutil.which("chmod")} +x "$3/bin/python" ;;
    *) exec {shutil.which("python3")} "$@" ;;
esac
"""


class TestReadme:
    def test_the_quick_start_runs_the_server_and_then_the_tests(self) -> None:
        quick_start = (ROOT / "README.md").read_text(encoding="utf-8").split("## Quick start")[1]
        blocks = re.findall(r"```sh\n(.*?)```", quick_start, re.DOTALL)
        assert blocks[:2] == ["scripts/uv run pyscim run dev\n", "scripts/uv run pytest\n"]

    @pytest.mark.parametrize("name", ["scripts/uv", ".ci/run", ".ci/with-postgres-15"])
    def test_the_scripts_can_be_run(self, name: str) -> None:
        assert os.access(ROOT / name, os.X_OK)


class TestUvScript:
    def test_takes_the_uv_on_path(self, folder: Path) -> None:
        executable(folder / "bin" / "uv", f"#!{shutil.which('sh')}\necho mine $*\n")
        assert run(folder, "run", "x").stdout == "mine run x\n"

    def test_does_not_take_itself_for_the_uv_on_path(self, folder: Path) -> None:
        (folder / "bin" / "python3").write_text("no program")
        (folder / "bin" / "uv").unlink(missing_ok=True)
        done = subprocess.run(
            [folder / "scripts" / "uv"],
            env={"PATH": f"{folder / 'scripts'}:{folder / 'bin'}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, "Python 3.11 or newer is needed" in done.stderr) == (1, True)

    def test_installs_one_of_its_own_once(self, folder: Path) -> None:
        executable(folder / "bin" / "python3", PYTHON)
        first, second = run(folder, "a"), run(folder, "b")
        assert (first.stdout, second.stdout) == ("installed a\n", "installed b\n")
        assert "getting it into" in first.stderr
        assert second.stderr == ""
        assert [path.name for path in folder.glob(".uv-venv*")] == [".uv-venv"]

    def test_replaces_the_remains_of_an_installation(self, folder: Path) -> None:
        (folder / ".uv-venv" / "lib").mkdir(parents=True)
        executable(folder / "bin" / "python3", PYTHON)
        assert run(folder, "a").stdout == "installed a\n"

    def test_of_several_at_once_all_succeed(self, folder: Path) -> None:
        executable(folder / "bin" / "python3", PYTHON)
        running = [
            subprocess.Popen(
                [folder / "scripts" / "uv", "x"],
                env={"PATH": str(folder / "bin")},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            for _ in range(4)
        ]
        assert [process.communicate(timeout=60)[0] for process in running] == ["installed x\n"] * 4

    def test_says_what_is_missing(self, folder: Path) -> None:
        done = run(folder)
        assert (done.returncode, done.stdout) == (1, "")
        assert "Python 3.11 or newer is needed" in done.stderr

    def test_an_installation_that_fails_leaves_nothing(self, folder: Path) -> None:
        executable(folder / "bin" / "python3", f'#!{shutil.which("sh")}\n[ "$1" = -c ]\n')
        done = run(folder)
        assert (done.returncode, "could not be installed" in done.stderr) == (1, True)
        assert not list(folder.glob(".uv-venv*"))
