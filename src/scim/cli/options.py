"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]
InTenant = Annotated[
    str | None, typer.Option("--tenant", metavar="NAME_OR_ID", help="Tenant; default: the default tenant.")
]
OfTenant = Annotated[str | None, typer.Option("--tenant", metavar="NAME_OR_ID", help="Only of this tenant.")]
DisplayName = Annotated[str | None, typer.Option("--display-name", help="Name for people.")]
Description = Annotated[str | None, typer.Option("--description", help="What it is for.")]
Force = Annotated[bool, typer.Option("--force", help="Do not ask.")]
