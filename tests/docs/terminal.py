"""docs/terminal.svg: the audit log while Entra provisions, as a terminal shows it.

The records are those that the recording of Entra (tests/idp/entra.json) left, some of them, from `audit list --json`.
"""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from rich.console import Console
from rich.text import Text

from scim.cli.audit_words import line, style_of
from scim.storage.audit_log import Record

WIDTH: Final = 104
"""Columns: at the width that a README is shown in, letters are as large as those of the text."""

_COMMAND: Final = "pyscim audit list --app entra --follow"
_RECORDS: Final = Path(__file__).with_name("terminal.json")
_FIELDS: Final = [name for name in Record.__dataclass_fields__ if name not in {"request", "response"}]

_PICTURE: Final = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font: {char_height}px/{line_height}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}}
.{unique_id}-title {{ font: bold 18px Helvetica, Arial, sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""What rich fills in; the fonts are those that are there, for pictures may load none."""


def render() -> str:
    """The picture."""
    console = Console(
        file=io.StringIO(), record=True, width=WIDTH, force_terminal=True, color_system="truecolor", no_color=False
    )
    console.print(Text.assemble(("$ ", "bold green"), (_COMMAND, "bold")))
    found = records()
    for record in found:
        text = Text(line(record, today=record.at), style=style_of(record))
        console.print(text, no_wrap=True, overflow="ellipsis", highlight=False)
    return console.export_svg(title=_COMMAND, code_format=_PICTURE, unique_id="pyscim")


def records() -> list[Record]:
    """The records of the picture."""
    return [_record(values) for values in json.loads(_RECORDS.read_text(encoding="utf-8"))]


def _record(values: dict[str, Any]) -> Record:
    known: dict[str, Any] = dict.fromkeys(_FIELDS)
    return Record(**known | values | {"id": UUID(values["id"]), "at": datetime.fromisoformat(values["at"])})
