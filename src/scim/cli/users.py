"""`pyscim user`: the users of an application."""

from __future__ import annotations

from typing import Annotated

import typer

from scim.cli.definition_files import InApp
from scim.cli.options import InTenant, Json
from scim.cli.output import moment, print_details, print_json, shown
from scim.cli.runner import on_database

app = typer.Typer(
    no_args_is_help=True,
    help="Users of an application.",
    epilog="Example: pyscim user restore kim@example.com --app okta-prod",
)


@app.callback()
def _users() -> None:
    """Users of an application."""


@app.command(epilog="Example: pyscim user restore kim@example.com --app okta-prod")
def restore(
    id_or_name: Annotated[str, typer.Argument(metavar="ID_OR_NAME", help="Id, userName or externalId.")],
    app_name: InApp = "default",
    tenant: InTenant = None,
    as_json: Json = False,
) -> None:
    """Bring back a user who was deleted but kept (on_delete=deactivate), with its groups."""
    from scim.services import users

    back = on_database(lambda database: users.restore(database, id_or_name, app=app_name, tenant=tenant))
    if as_json:
        print_json(back)
        return
    print_details(
        {
            "Restored": back.user_name,
            "ID": str(back.id),
            "External id": shown(back.external_id),
            "Active": "yes" if back.active else "no",
            "Application": back.app,
            "Was deleted": moment(back.deleted_at),
        }
    )
