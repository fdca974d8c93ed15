"""References to users and groups that are not here yet do not wait for long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from scim.services.applications import Chosen
from scim.services.doctor.finding import Examined, Finding, Level, argument, named, plural
from scim.storage import diagnosis
from scim.storage.diagnosis import Waiting

NAME = "references"

LONG: Final = timedelta(days=1)
"""Identity providers send everybody within hours."""


async def check(examined: Examined) -> list[Finding]:
    """Count those that wait, and look for how long the oldest does."""
    async with examined.database.session() as session:
        pending = await diagnosis.pending_references(session, examined.app_ids)
    found = [_told(examined.by_id[app_id], waiting, examined.at) for app_id, waiting in pending.items()]
    return found or [Finding(name=NAME, level=Level.OK, message="None is waiting.")]


def _told(chosen: Chosen, waiting: Waiting, at: datetime) -> Finding:
    age = at - waiting.since
    since = f"{age.days} days" if age.days > 1 else f"{age.total_seconds() / 3600:.0f} hours"
    message = (
        f"Application {named(chosen)}: {plural(waiting.number, 'reference')} to members or managers who are not here, the"
        f" oldest for {since}."
    )
    if age <= LONG:
        return Finding(name=NAME, level=Level.OK, message=message)
    remedy = (
        "Assign these people to the application at the identity provider; until then their groups lack them"
        f" (`pyscim app info {argument(chosen)}`)."
    )
    return Finding(name=NAME, level=Level.WARN, message=message, remedy=remedy)
