"""What a command says when it cannot go on: one message on stderr, and the exit status (OPERATOR.md, Commands)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from scim.exceptions import OperatorError, ScimError, UsageError


@contextmanager
def reported_errors() -> Iterator[None]:
    """Turn the errors that an operator can do something about into a message and exit status 1, or 2 for wrong usage."""
    try:
        yield
    except OperatorError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2 if isinstance(error, UsageError) else 1) from error
    except ScimError as error:
        typer.echo(f"Error: {error.detail}", err=True)
        raise typer.Exit(1) from error
