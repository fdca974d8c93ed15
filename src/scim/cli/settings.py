"""`pyscim config`: every setting and where its value comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from scim.cli.options import Json
from scim.cli.output import note, print_json, print_table
from scim.cli.runner import settings


def config(
    show_values: Annotated[bool, typer.Option("--show-values", help="Show values too; secrets stay masked.")] = False,
    as_json: Json = False,
) -> None:
    """Show every setting and where its value comes from: default, environment or .env."""
    from dataclasses import replace

    from scim.config import MASK, sources, unknown_variables

    found = sources(settings())
    shown = [one if show_values or not one.value else replace(one, value=MASK) for one in found]
    if as_json:
        print_json(shown)
    else:
        rows = [(one.name, one.source, one.value) for one in shown]
        print_table(("Setting", "From", "Value"), rows, empty="", whole=("Setting", "From"))
    for variable in unknown_variables():
        note(f"Warning: {variable}")
