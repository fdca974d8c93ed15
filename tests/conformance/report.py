"""Writes docs/conformance.md from the matrix and the tests: `python -m tests.conformance.report`.

What the page says of a row is read from the tests' names, so it cannot claim what no test holds.
"""

from __future__ import annotations

from pathlib import Path

from tests.conformance.matrix import Group, Row, evidence, groups, rows
from tests.conformance.untested_table import NOT_OFFERED, UNTESTED

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
LEVELS = ("MUST", "SHOULD", "MAY")

_HEAD = """\
# Conformance

Made by `scripts/uv run python -m tests.conformance.report` from `tests/vectors/requirements.md` and the tests in
`tests/conformance/`; a test fails where this page is not what that command writes. A test bears the id of its row and goes
through the HTTP stack; all of them run with `scripts/uv run pytest tests/conformance`.
"""


def render() -> str:
    """The whole page."""
    parts = [_HEAD, _summary(), *map(_group, groups())]
    return "\n".join(parts)


def _summary() -> str:
    lines = ["| level | rows | tested | untested, with a reason | not offered |", "| --- | --- | --- | --- | --- |"]
    for level in LEVELS:
        chosen = [row for row in rows().values() if row.level == level]
        absent = [row for row in chosen if row.id[0] in NOT_OFFERED]
        tested = [row for row in chosen if row.id in evidence()]
        reasons = [row for row in chosen if row.id in UNTESTED]
        lines.append(f"| {level} | {len(chosen)} | {len(tested)} | {len(reasons)} | {len(absent)} |")
    return "\n".join(lines) + "\n"


def _group(group: Group) -> str:
    title = f"## {group.letter} {group.title}\n"
    if group.letter in NOT_OFFERED:
        return f"{title}\n{NOT_OFFERED[group.letter]}\n"
    lines = ["| row | level | RFC | test |", "| --- | --- | --- | --- |", *map(_line, group.rows)]
    return f"{title}\n" + "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    return f"| {row.id} | {row.level} | {row.section} | {_evidence(row)} |"


def _evidence(row: Row) -> str:
    found = evidence().get(row.id)
    if found:
        return "<br>".join(f"`{name}`" for name in found)
    return UNTESTED.get(row.id, "-")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
