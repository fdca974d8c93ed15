"""`pyscim doctor`: what is wrong with the installation, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from scim.cli import completion
from scim.cli.options import Json, OfTenant
from scim.cli.output import print_json
from scim.cli.runner import refusals, settings

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.services.doctor.finding import Finding

EXAMPLE: Final = "pyscim doctor --app okta-prod"
_STYLES: Final = {"ok": "green", "warn": "yellow", "fail": "bold red"}

OneApp = Annotated[
    str | None,
    typer.Option(
        "--app",
        metavar="NAME_OR_ID",
        help="Look at this application only.",
        autocompletion=completion.applications,
    ),
]


def doctor(app: OneApp = None, tenant: OfTenant = None, as_json: Json = False) -> None:
    """Check the installation, and say what to do about what is wrong.

    It changes nothing. Ends with status 1 where a check fails.
    """
    import asyncio
    import logging

    from scim.services.doctor.examination import examine
    from scim.services.doctor.finding import Level

    loaded = settings()
    logging.getLogger("scim.db.database").setLevel(logging.ERROR)  # the same is said here, with what to do
    with refusals():
        found = asyncio.run(examine(loaded, app=app, tenant=tenant))
    if as_json:
        print_json({"checks": found})
    else:
        _show(found)
    if any(finding.level is Level.FAIL for finding in found):
        raise typer.Exit(1)


def _show(found: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in found:
        table.add_row(Text(finding.level, _STYLES[finding.level]), Text(finding.name), Text(finding.message))
        if finding.remedy:
            table.add_row("", "", Text(f"→ {finding.remedy}", "dim" if finding.level == "ok" else ""))
    console = Console(highlight=False)
    console.print(table)
    console.print()
    console.print(_summary(found))


def _summary(found: list[Finding]) -> str:
    """`1 failed, 2 warnings, 12 ok`."""
    count = {level: sum(finding.level == level for finding in found) for level in _STYLES}
    warnings = f"{count['warn']} warning{'' if count['warn'] == 1 else 's'}"
    return f"{count['fail']} failed, {warnings}, {count['ok']} ok"
