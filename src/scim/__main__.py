"""`python -m scim`: the command line, where the `pyscim` script is not on the path."""

from __future__ import annotations

from scim.cli.main import app

if __name__ == "__main__":
    app(prog_name="pyscim")
