"""`pyscim group`: the groups of an application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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
from scim.cli.output import print_json, print_table, shown

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.services.looking import Listed, Look

app = typer.Typer(
    no_args_is_help=True,
    help="Groups of an application.",
    epilog="Example: pyscim group list --app okta-prod",
)

_GROUP: Final = "Group"


@app.command("list", epilog="Example: pyscim group list --app okta-prod --filter 'displayName sw \"Eng\"'")
def list_(
    app_name: InApp = "default",
    tenant: InTenant = None,
    filter_text: Filter = None,
    limit: Limit = DEFAULT_LIMIT,
    as_json: Json = False,
) -> None:
    """List groups as SCIM shows them."""
    wanted = () if as_json else ("displayName", "externalId")

    async def work(look: Look) -> tuple[Listed, dict[str, int]]:
        found = await look.select(filter_text=filter_text, limit=limit, attributes=wanted)
        return found, {} if as_json else await look.member_counts(found.resources)

    found, counts = look_at(_GROUP, work, app=app_name, tenant=tenant)
    if as_json:
        print_json(found.resources)
        return
    rows = [
        (shown(one.get("displayName")), shown(one.get("externalId")), f"{counts[one['id']]:,}", one["id"])
        for one in found.resources
    ]
    columns = ("Display name", "External id", "Members", "ID")
    print_table(columns, rows, empty="No groups.", whole=("Members", "ID"))
    note_rest(found)


@app.command(epilog="Example: pyscim group show Engineering --app okta-prod --json")
def show(id_or_name: IdOrName, app_name: InApp = "default", tenant: InTenant = None, as_json: Json = False) -> None:
    """Show one group; with --json as SCIM shows it, members and all."""

    async def work(look: Look) -> tuple[dict[str, Any], int, list[str]]:
        if as_json:
            return await look.show(id_or_name), 0, []
        found = await look.show(id_or_name, excluded=("members",))
        counts = await look.member_counts([found])
        return found, counts[found["id"]], await look.awaited(found, MAX_AWAITED + 1)

    found, number, awaited = look_at(_GROUP, work, app=app_name, tenant=tenant)
    if as_json:
        print_json(found)
        return
    print_resource(found, more={"members": f"{number:,}"} | awaited_names(awaited))
    if number:
        typer.echo(f"\n`pyscim group members {found['id']}` shows who is in it.")


@app.command(epilog="Example: pyscim group members Engineering --app okta-prod --filter 'type eq \"Group\"'")
def members(
    id_or_name: IdOrName,
    app_name: InApp = "default",
    tenant: InTenant = None,
    filter_text: Filter = None,
    limit: Limit = DEFAULT_LIMIT,
    as_json: Json = False,
) -> None:
    """List the members of a group; a filter is one on a member (value, type, display)."""

    async def work(look: Look) -> tuple[Listed, dict[str, str]]:
        found = await look.members(id_or_name, filter_text=filter_text, limit=limit)
        return found, {} if as_json else await look.names_of(found.resources)

    found, names = look_at(_GROUP, work, app=app_name, tenant=tenant)
    if as_json:
        print_json(found.resources)
        return
    rows = [
        (shown(names.get(one["value"])), shown(one.get("display")), one["type"], one["value"])
        for one in found.resources
    ]
    print_table(("Name", "Display", "Type", "ID"), rows, empty="No members.", whole=("Type", "ID"))
    note_rest(found)
