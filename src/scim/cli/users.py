"""`pyscim user`: the users of an application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from scim.cli.definition_files import InApp
from scim.cli.looking import (
    DEFAULT_LIMIT,
    MAX_AWAITED,
    Filter,
    IdOrName,
    Limit,
    awaited_names,
    look_at,
    note_rest,
    print_resource,
)
from scim.cli.options import InTenant, Json
from scim.cli.output import fail, moment, note, print_details, print_json, print_table, shown
from scim.cli.runner import on_database

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.services.looking import Look

app = typer.Typer(
    no_args_is_help=True,
    help="Users of an application.",
    epilog="Example: pyscim user list --app okta-prod",
)

_USER: Final = "User"


@app.command("list", epilog="Example: pyscim user list --app okta-prod --filter 'active eq false'")
def list_(
    app_name: InApp = "default",
    tenant: InTenant = None,
    filter_text: Filter = None,
    limit: Limit = DEFAULT_LIMIT,
    hidden: Annotated[
        bool,
        typer.Option("--hidden", help="Those who were deleted but are kept (on_delete=deactivate), and since when."),
    ] = False,
    as_json: Json = False,
) -> None:
    """List users as SCIM shows them, or those hidden from it."""
    if hidden:
        if filter_text is not None:
            fail("--hidden and --filter exclude each other: SCIM does not see hidden users.", status=2)
        _list_hidden(app_name, tenant, limit, as_json=as_json)
        return
    wanted = () if as_json else ("userName", "displayName", "active")
    found = look_at(
        _USER,
        lambda look: look.select(filter_text=filter_text, limit=limit, attributes=wanted),
        app=app_name,
        tenant=tenant,
    )
    if as_json:
        print_json(found.resources)
        return
    rows = [(one["userName"], shown(one.get("displayName")), _active(one), one["id"]) for one in found.resources]
    print_table(("User name", "Display name", "Active", "ID"), rows, empty="No users.", whole=("Active", "ID"))
    note_rest(found)


@app.command(epilog="Example: pyscim user show kim@example.com --app okta-prod")
def show(id_or_name: IdOrName, app_name: InApp = "default", tenant: InTenant = None, as_json: Json = False) -> None:
    """Show one user as SCIM shows it."""

    async def work(look: Look) -> tuple[dict[str, Any], list[str]]:
        found = await look.show(id_or_name)
        return found, [] if as_json else await look.awaited(found, MAX_AWAITED + 1)

    found, awaited = look_at(_USER, work, app=app_name, tenant=tenant)
    if as_json:
        print_json(found)
    else:
        print_resource(found, more=awaited_names(awaited))


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


def _list_hidden(app_name: str, tenant: str | None, limit: int, *, as_json: bool) -> None:
    from scim.services import users

    total, found = on_database(lambda database: users.list_hidden(database, app=app_name, tenant=tenant, limit=limit))
    if as_json:
        print_json(found)
        return
    rows = [(one.user_name, moment(one.deleted_at), str(one.id)) for one in found]
    print_table(("User name", "Deleted", "ID"), rows, empty="No hidden users.", whole=("Deleted", "ID"))
    if total > len(found):
        note(f"{len(found):,} of {total:,} are shown; --limit shows more.")


def _active(user: dict[str, Any]) -> str:
    active = user.get("active")
    return shown(None if active is None else ("no", "yes")[active])
