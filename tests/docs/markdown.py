"""Tables as Markdown has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells may hold any text."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def code(value: str) -> str:
    """A text as it is typed; nothing where there is none."""
    return f"`{value}`" if value else ""


def _cell(value: str) -> str:
    return " ".join(value.split()).replace("|", r"\|")
