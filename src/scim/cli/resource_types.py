"""`pyscim resource-type`: the resource types of an application (RFC 7643 §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scim.cli.definition_files import DefinitionFile, InApp, definitions_in
from scim.cli.options import Force, InTenant, Json
from scim.cli.output import confirm, print_details, print_json, print_table, shown
from scim.cli.runner import on_database

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.services.definitions.resource_types import Added

app = typer.Typer(
    no_args_is_help=True,
    help="Resource types of an application.",
    epilog="Example: pyscim resource-type add device.json --app okta",
)

Name = Annotated[str, typer.Argument(metavar="NAME")]


@app.command(epilog="Example: pyscim resource-type add device.json --app okta-prod")
def add(
    file: DefinitionFile,
    app_name: InApp = "default",
    tenant: InTenant = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also where values of an extension that it loses would be removed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a resource type, or replace the extensions of one there is; running servers take it on at once."""
    from scim.services.definitions.resource_types import add_resource_types

    bodies = definitions_in(file)
    added = on_database(lambda database: add_resource_types(database, bodies, app=app_name, tenant=tenant, force=force))
    if as_json:
        print_json(added)
        return
    for one in added:
        typer.echo(_told(one))


@app.command("list", epilog="Example: pyscim resource-type list --app okta-prod")
def list_(app_name: InApp = "default", tenant: InTenant = None, as_json: Json = False) -> None:
    """List resource types, the built-in ones first."""
    from scim.services.definitions.info import list_resource_types

    found = on_database(lambda database: list_resource_types(database, app=app_name, tenant=tenant))
    if as_json:
        print_json(found)
        return
    rows = [(one.name, one.endpoint, one.schema, "RFC" if one.builtin else "own") for one in found]
    print_table(
        ("Name", "Endpoint", "Schema", "From"), rows, empty="No resource types.", whole=("Name", "Endpoint", "From")
    )


@app.command(epilog="Example: pyscim resource-type show User --json")
def show(name: Name, app_name: InApp = "default", tenant: InTenant = None, as_json: Json = False) -> None:
    """Show a resource type."""
    from scim.services.definitions.info import show_resource_type

    found = on_database(lambda database: show_resource_type(database, name, app=app_name, tenant=tenant))
    if as_json:
        print_json(found.document)
        return
    listed = found.document.get("schemaExtensions", [])
    extensions = [f"{one['schema']}{' (required)' if one['required'] else ''}" for one in listed]
    print_details(
        {
            "Resource type": found.name,
            "Endpoint": found.endpoint,
            "Description": shown(found.document.get("description")),
            "Schema": found.schema,
            "Extensions": "\n".join(extensions) or shown(None),
            "From": "RFC" if found.builtin else "own",
        }
    )


@app.command(epilog="Example: pyscim resource-type remove Device --app okta-prod")
def remove(name: Name, app_name: InApp = "default", tenant: InTenant = None, force: Force = False) -> None:
    """Remove a resource type; refused while there are resources of it, unless --force, which removes them too."""
    from scim.services.definitions.info import show_resource_type
    from scim.services.definitions.resource_types import remove_resource_type

    found = on_database(lambda database: show_resource_type(database, name, app=app_name, tenant=tenant))
    if not found.builtin:
        confirm(f"Remove resource type '{found.name}' from application '{app_name}'?", force=force)
    gone = on_database(
        lambda database: remove_resource_type(database, found.name, app=app_name, tenant=tenant, force=force)
    )
    typer.echo(f"Resource type '{found.name}' is removed." + (f" Resources that went with it: {gone}." if gone else ""))


def _told(one: Added) -> str:
    if one.is_new:
        return f"Resource type '{one.type.name}' is added at {one.type.endpoint}."
    extensions = ", ".join(one.type.extensions) or "none"
    return f"Resource type '{one.type.name}' has these extensions now: {extensions}."
