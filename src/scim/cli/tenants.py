"""`pyscim tenant`: customers, or parts of a company, that never see each other's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scim.cli.deleting import delete_after_asking
from scim.cli.options import Description, DisplayName, ExternalId, Force, Json, TenantArgument
from scim.cli.output import counted, moment, print_details, print_json, print_table, shown
from scim.cli.runner import on_database

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.services.tenants import TenantInfo

app = typer.Typer(
    no_args_is_help=True, help="Tenants: they never see each other's data.", epilog="Example: pyscim tenant list"
)


@app.command(epilog='Example: pyscim tenant create --name acme --display-name "Acme Inc."')
def create(
    name: Annotated[str, typer.Option("--name", help="Name in commands and logs; unique.")],
    display_name: DisplayName = None,
    description: Description = None,
    external_id: ExternalId = None,
    as_json: Json = False,
) -> None:
    """Create a tenant."""
    from scim.services import tenants

    made = on_database(
        lambda database: tenants.create(
            database, name=name, display_name=display_name, description=description, external_id=external_id
        )
    )
    _show(made, as_json)


@app.command("list", epilog="Example: pyscim tenant list --json")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Deactivated ones too.")] = False, as_json: Json = False
) -> None:
    """List tenants with how much they hold."""
    from scim.services import tenants

    found = on_database(lambda database: tenants.list_tenants(database, include_inactive=everything))
    if as_json:
        print_json(found)
        return
    rows = [
        (one.name, shown(one.display_name), str(one.applications), counted(one.resources), _state(one)) for one in found
    ]
    print_table(("Name", "Display name", "Applications", "Resources", "State"), rows, empty="No tenants.")


@app.command(epilog="Example: pyscim tenant info default")
def info(name_or_id: TenantArgument, as_json: Json = False) -> None:
    """Show one tenant."""
    from scim.services import tenants

    _show(on_database(lambda database: tenants.info(database, name_or_id)), as_json)


@app.command(epilog="Example: pyscim tenant update acme --display-name 'Acme Ltd.' --deactivate")
def update(
    name_or_id: TenantArgument,
    name: Annotated[str | None, typer.Option("--name", help="New name.")] = None,
    display_name: DisplayName = None,
    description: Description = None,
    external_id: ExternalId = None,
    active: Annotated[
        bool | None,
        typer.Option("--activate/--deactivate", help="Whether its tokens get in; its data stays either way."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change a tenant; an empty text takes away what was there. Running servers take it on at once."""
    from scim.services import tenants

    changed = on_database(
        lambda database: tenants.update(
            database,
            name_or_id,
            name=name,
            display_name=display_name,
            description=description,
            external_id=external_id,
            active=active,
        )
    )
    _show(changed, as_json)


@app.command(epilog="Example: pyscim tenant delete acme")
def delete(name_or_id: TenantArgument, force: Force = False, as_json: Json = False) -> None:
    """Delete a tenant with its applications, users, groups and tokens; asks first, and says how much that is.

    It can be interrupted; the same command goes on.
    """
    from scim.services import tenant_removal

    delete_after_asking(
        lambda database: tenant_removal.look(database, name_or_id),
        lambda database, tenant_id, tell: tenant_removal.delete(database, tenant_id, tell=tell),
        force=force,
        as_json=as_json,
    )


def _show(tenant: TenantInfo, as_json: bool) -> None:
    if as_json:
        print_json(tenant)
        return
    print_details(
        {
            "Name": tenant.name,
            "ID": str(tenant.id),
            "Display name": shown(tenant.display_name),
            "Description": shown(tenant.description),
            "External ID": shown(tenant.external_id),
            "State": _state(tenant),
            "Applications": str(tenant.applications),
            "Resources": counted(tenant.resources),
            "Created": moment(tenant.created_at),
            "Changed": moment(tenant.modified_at),
        }
    )


def _state(tenant: TenantInfo) -> str:
    return "active" if tenant.active else "inactive"
