"""Writes the documents that are made from the code: `scripts/uv run python -m tests.docs.report`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.docs import command_line, configuration, errors, quirks, terminal
from tests.docs.pages import FOLDER

MADE: Final[Mapping[Path, Callable[[], str]]] = {
    FOLDER / "configuration.md": configuration.render,
    FOLDER / "cli.md": command_line.render,
    FOLDER / "quirks.md": quirks.render,
    FOLDER / "errors.md": errors.render,
    FOLDER / "terminal.svg": terminal.render,
}
"""Each document with what writes it."""

if __name__ == "__main__":
    for page, render in MADE.items():
        page.write_text(render(), encoding="utf-8")
