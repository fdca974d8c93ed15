"""The embedded database has room to grow."""

from __future__ import annotations

import shutil
from typing import Final

from scim.db.embedded.place import find_data
from scim.services.doctor.finding import Finding, Installation, Level

NAME = "disk"

WARN_BELOW: Final = 2 * 1024**3
FAIL_BELOW: Final = 256 * 1024**2


async def check(examined: Installation) -> list[Finding]:
    """Look at the file system of its data directory; nothing where the database is another one, or there is none yet."""
    home = None if examined.settings.database_url.get_secret_value() else find_data(examined.settings.data_dir)
    if home is None:
        return []
    free = shutil.disk_usage(home).free
    message = f"{free / 1024**3:.1f} GiB are free for the data in {home}."
    if free >= WARN_BELOW:
        return [Finding(name=NAME, level=Level.OK, message=message)]
    level = Level.FAIL if free < FAIL_BELOW else Level.WARN
    remedy = (
        "Make room, or prune the audit log (`pyscim audit prune --older-than 30d`): a full disk stops the database."
    )
    return [Finding(name=NAME, level=level, message=message, remedy=remedy)]
