"""The database answers, and is new enough."""

from __future__ import annotations

import asyncpg

from scim.db.migrate import OLDEST_SERVER
from scim.exceptions import Unavailable
from scim.services.doctor.finding import Examined, Finding, Level
from scim.storage import diagnosis

NAME = "database"

_MAJOR = 10_000


async def check(examined: Examined) -> list[Finding]:
    """Ask the server for its version."""
    try:
        async with examined.database.session() as session:
            version = await diagnosis.version_number(session)
    except Unavailable as error:
        return [away(f"{error.detail.partition(';')[0]}: {error.__cause__ or type(error.__cause__).__name__}.")]
    except asyncpg.PostgresError as error:
        return [away(f"The database server answers, but refuses: {error}.")]
    told = f"PostgreSQL {version // _MAJOR}.{version % _MAJOR}"
    if version < OLDEST_SERVER:
        remedy = f"Upgrade the server to PostgreSQL {OLDEST_SERVER // _MAJOR} or newer."
        return [Finding(name=NAME, level=Level.FAIL, message=f"{told} answers, and is too old.", remedy=remedy)]
    return [Finding(name=NAME, level=Level.OK, message=f"{told} answers.")]


def away(message: str) -> Finding:
    """There is no database to ask."""
    remedy = (
        "Check DATABASE_URL (`pyscim config`), and that the database server runs and lets this machine in. What needs"
        " the database was not checked."
    )
    return Finding(name=NAME, level=Level.FAIL, message=message, remedy=remedy)
