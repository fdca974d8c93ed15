"""Definitions as files: what `schema add` and `resource-type add` are given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from scim.cli import completion
from scim.cli.output import fail

DefinitionFile = Annotated[
    str, typer.Argument(metavar="FILE", help="A JSON file with one definition or a list of them; - reads stdin.")
]
InApp = Annotated[
    str,
    typer.Option(
        "--app",
        metavar="NAME_OR_ID",
        help="Application; default: the default one.",
        autocompletion=completion.applications,
    ),
]


def definitions_in(file: str) -> list[Any]:
    """The definitions in a file; what is wrong with it ends the command."""
    from scim.services.definitions.work import bodies_of

    bodies = bodies_of(json_in(file))
    if not bodies:
        fail(f"{file}: there is no definition in it")
    return bodies


def json_in(file: str, *, status: int = 1) -> Any:
    """The JSON document in a file, or on stdin for `-`; what is wrong with it ends the command with a status."""
    from scim.exceptions import InvalidSyntax
    from scim.utils.json import loads

    name = "standard input" if file == "-" else file
    try:
        return loads(typer.get_binary_stream("stdin").read() if file == "-" else Path(file).read_bytes())
    except OSError as error:
        fail(f"{name} cannot be read: {error.strerror}", status=status)
    except InvalidSyntax as error:
        fail(f"{name}: {error.detail.replace('The body', 'it', 1)}", status=status)
