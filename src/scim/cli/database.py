"""`pyscim db`: the database's tables and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from scim.cli import backups
from scim.cli.options import Json
from scim.cli.output import fail, print_details, print_json, print_table, shown
from scim.cli.runner import on_database, settings

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.config import Settings
    from scim.db.database import Database

app = typer.Typer(no_args_is_help=True, help="The database.", epilog="Example: pyscim db status")


@app.command(epilog="Example: pyscim db init")
def init() -> None:
    """Create or migrate the tables; safe to repeat."""
    applied = on_database(_init, raw=True)
    for migration in applied:
        typer.echo(f"Applied {migration}.")
    typer.echo("The database is ready." if applied else "The database was up to date.")


@app.command(epilog="Example: pyscim db status --json")
def status(as_json: Json = False) -> None:
    """Show whether the database can be used, and what is in it."""
    from scim.cli.output import as_object
    from scim.services.status import database_status

    found = on_database(database_status, raw=True)
    where = _where(settings())
    if as_json:
        print_json({"database": where} | as_object(found))
    else:
        print_details(
            {
                "Database": where,
                "Reachable": "yes" if found.reachable else "no",
                "Server": f"PostgreSQL {found.server_version}" if found.server_version else shown(None),
                "Applied": shown(", ".join(found.applied)),
                "Pending": shown(", ".join(found.pending)),
            }
        )
        typer.echo()
        rows = [(name, str(number)) for name, number in found.rows.items()]
        print_table(("Table", "Rows"), rows, empty="Nothing counted.")
    if found.reason:
        fail(found.reason)


app.command("backup", epilog="Example: pyscim db backup pyscim.backup")(backups.backup)
app.command("restore", epilog="Example: pyscim db restore pyscim.backup")(backups.restore)


async def _init(database: Database) -> list[str]:
    from scim.db.migrate import migrate
    from scim.services.setup import ensure_defaults

    applied = [str(one) for one in await migrate(database)]
    await ensure_defaults(database)
    return applied


def _where(loaded: Settings) -> str:
    """The database without its password."""
    from scim.db.url import parse_database_url

    url = loaded.database_url.get_secret_value()
    return parse_database_url(url).safe_text if url else f"embedded, in {loaded.data_dir}"
