from __future__ import annotations

import typer

app = typer.Typer()


@app.command()
def dev() -> None:
    """x"""


@app.command()
def prod() -> None:
    """x"""
