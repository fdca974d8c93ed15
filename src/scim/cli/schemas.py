"""`pyscim schema`: the schemas of an application (RFC 7643 §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scim.cli.definition_files import DefinitionFile, InApp, definitions_in
from scim.cli.options import Force, InTenant, Json
from scim.cli.output import confirm, print_details, print_json, print_table, shown
from scim.cli.runner import on_database

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.services.definitions.info import SchemaInfo
    from scim.services.definitions.schemas import Added

app = typer.Typer(
    no_args_is_help=True, help="Schemas of an application.", epilog="Example: pyscim schema add badge.json --app okta"
)

Urn = Annotated[str, typer.Argument(metavar="URN")]


@app.command(epilog="Example: pyscim schema add badge.json --extends User --app okta-prod")
def add(
    file: DefinitionFile,
    extends: Annotated[
        str | None,
        typer.Option("--extends", metavar="TYPE", help="The resource type it extends; default: as its URN says."),
    ] = None,
    required: Annotated[bool, typer.Option("--required", help="Every resource of that type must have it.")] = False,
    app_name: InApp = "default",
    tenant: InTenant = None,
    as_json: Json = False,
) -> None:
    """Add a schema, or change one; running servers take it on at once."""
    from scim.services.definitions.schemas import add_schemas

    bodies = definitions_in(file)
    added = on_database(
        lambda database: add_schemas(database, bodies, extends=extends, required=required, app=app_name, tenant=tenant)
    )
    if as_json:
        print_json(added)
        return
    for one in added:
        typer.echo(_told(one))


@app.command("list", epilog="Example: pyscim schema list --app okta-prod")
def list_(app_name: InApp = "default", tenant: InTenant = None, as_json: Json = False) -> None:
    """List schemas, the built-in ones first."""
    from scim.services.definitions.info import list_schemas

    found = on_database(lambda database: list_schemas(database, app=app_name, tenant=tenant))
    if as_json:
        print_json(found)
        return
    rows = [(one.urn, _role(one), "RFC" if one.builtin else "own") for one in found]
    print_table(("URN", "Role", "From"), rows, empty="No schemas.", whole=("URN", "From"))


@app.command(epilog="Example: pyscim schema show urn:ietf:params:scim:schemas:core:2.0:User --json")
def show(urn: Urn, app_name: InApp = "default", tenant: InTenant = None, as_json: Json = False) -> None:
    """Show a schema and its attributes."""
    from scim.services.definitions.info import show_schema

    found = on_database(lambda database: show_schema(database, urn, app=app_name, tenant=tenant))
    if as_json:
        print_json(found.document)
        return
    print_details(
        {
            "Schema": found.name,
            "URN": found.urn,
            "Description": shown(found.document.get("description")),
            "Role": _role(found),
            "From": "RFC" if found.builtin else "own",
        }
    )
    typer.echo()
    rows = [row for attribute in found.document["attributes"] for row in _attribute(attribute)]
    print_table(("Attribute", "Type", "Characteristics"), rows, empty="No attributes.", whole=("Type",))


@app.command(epilog="Example: pyscim schema remove urn:example:params:scim:schemas:extension:badge:2.0:User")
def remove(urn: Urn, app_name: InApp = "default", tenant: InTenant = None, force: Force = False) -> None:
    """Remove a schema; refused while data uses it, unless --force, which removes that data too."""
    from scim.services.definitions.info import show_schema
    from scim.services.definitions.schemas import remove_schema

    found = on_database(lambda database: show_schema(database, urn, app=app_name, tenant=tenant))
    if not found.builtin:
        confirm(f"Remove schema '{found.urn}' from application '{app_name}'?", force=force)
    gone = on_database(lambda database: remove_schema(database, found.urn, app=app_name, tenant=tenant, force=force))
    typer.echo(
        f"Schema {found.urn} is removed."
        + (f" Resources that lost values, or went with their type: {gone}." if gone else "")
    )


def _told(one: Added) -> str:
    what = f"Schema {one.schema.urn} is {'added' if one.is_new else 'changed'}"
    if one.waits_for:
        return f"{what}; there is no resource type '{one.waits_for}' yet, so it waits for one that lists it."
    if one.schema.extends:
        return f"{what} and extends {', '.join(one.schema.extends)}."
    used = f"; it is the schema of {', '.join(one.schema.types)}" if one.schema.types else "; no resource type uses it"
    return f"{what}{used}."


def _role(one: SchemaInfo) -> str:
    if one.types:
        return f"of {', '.join(one.types)}"
    return f"extends {', '.join(one.extends)}" if one.extends else "-"


def _attribute(attribute: dict[str, object], prefix: str = "") -> list[tuple[str, str, str]]:
    """An attribute and its parts, a row each; characteristics only where they are not the usual ones."""
    traits = [name for name in ("multiValued", "required", "caseExact") if attribute.get(name)]
    usual = {"mutability": "readWrite", "returned": "default", "uniqueness": "none"}
    traits += [
        f"{name} {attribute[name]}" for name, value in usual.items() if name in attribute and attribute[name] != value
    ]
    name = f"{prefix}{attribute['name']}"
    rows = [(name, str(attribute.get("type", "string")), ", ".join(traits) or "-")]
    parts = attribute.get("subAttributes") or []
    assert isinstance(parts, list)
    return rows + [row for part in parts for row in _attribute(part, f"{name}.")]
