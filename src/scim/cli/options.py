"""Options and arguments that several commands share, with what the shell offers for them."""

from __future__ import annotations

from typing import Annotated

import typer

from scim.cli import completion

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]
InTenant = Annotated[
    str | None,
    typer.Option(
        "--tenant",
        metavar="NAME_OR_ID",
        help="Tenant; default: the default tenant.",
        autocompletion=completion.tenants,
    ),
]
OfTenant = Annotated[
    str | None,
    typer.Option("--tenant", metavar="NAME_OR_ID", help="Only of this tenant.", autocompletion=completion.tenants),
]
OfApp = Annotated[
    str | None,
    typer.Option(
        "--app", metavar="NAME_OR_ID", help="Only of this application.", autocompletion=completion.applications
    ),
]
DisplayName = Annotated[str | None, typer.Option("--display-name", help="Name for people.")]
Description = Annotated[str | None, typer.Option("--description", help="What it is for.")]
ExternalId = Annotated[str | None, typer.Option("--external-id", help="Its id in another system; unique.")]
Force = Annotated[bool, typer.Option("--force", help="Do not ask.")]
TenantArgument = Annotated[str, typer.Argument(metavar="NAME_OR_ID", autocompletion=completion.tenants)]
AppArgument = Annotated[str, typer.Argument(metavar="NAME_OR_ID", autocompletion=completion.applications)]
TokenArgument = Annotated[
    str,
    typer.Argument(
        metavar="TOKEN_ID",
        help="Its id, or its name if no other has that.",
        autocompletion=completion.tokens,
    ),
]
