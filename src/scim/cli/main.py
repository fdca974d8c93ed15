"""The command `pyscim`."""

from __future__ import annotations

from typing import Annotated

import typer

from scim.cli import (
    applications,
    audit,
    database,
    doctor,
    groups,
    profiles,
    resource_types,
    run,
    schemas,
    settings,
    tenants,
    tokens,
    users,
)

app = typer.Typer(
    name="pyscim",
    no_args_is_help=True,
    help="PySCIM: a SCIM 2.0 server that identity providers provision users and groups into.",
    epilog="Example: pyscim run dev",
    pretty_exceptions_show_locals=False,  # they would print tokens
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(run.app, name="run", epilog="Example: pyscim run dev --port 8080")
app.command("config", epilog="Example: pyscim config --show-values")(settings.config)
app.add_typer(database.app, name="db")
app.add_typer(tenants.app, name="tenant")
app.add_typer(applications.app, name="app")
app.add_typer(tokens.app, name="token")
app.add_typer(audit.app, name="audit")
app.add_typer(users.app, name="user")
app.add_typer(groups.app, name="group")
app.add_typer(schemas.app, name="schema")
app.add_typer(resource_types.app, name="resource-type")
app.add_typer(profiles.app, name="profile")
app.command("doctor", epilog=f"Example: {doctor.EXAMPLE}")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"pyscim {version('pyscim')}")
        raise typer.Exit


@app.callback()
def main(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Nothing to do before a command; the help text is that of the app."""
