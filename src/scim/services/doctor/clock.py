"""This machine and the database agree on what time it is."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from scim.services.doctor.finding import Examined, Finding, Level
from scim.storage import diagnosis
from scim.utils.clock import now

NAME = "clock"

WARN_ABOVE: Final = timedelta(seconds=2)
FAIL_ABOVE: Final = timedelta(seconds=60)


async def check(examined: Examined) -> list[Finding]:
    """Ask for the time; half of what the answer took is its way back."""
    async with examined.database.session() as session:
        started = time.monotonic()
        theirs = await diagnosis.clock(session)
        ours = now() - timedelta(seconds=(time.monotonic() - started) / 2)
    return [judged(theirs - ours)]


def judged(ahead: timedelta) -> Finding:
    """What a difference means: tokens expire by one clock, and pages and the audit log are dated by the other."""
    size = abs(ahead)
    told = f"The database's clock is {size.total_seconds():.1f} s {'ahead' if ahead > timedelta() else 'behind'}."
    if size <= WARN_ABOVE:
        return Finding(name=NAME, level=Level.OK, message="The database has the same time.")
    level = Level.FAIL if size > FAIL_ABOVE else Level.WARN
    return Finding(name=NAME, level=level, message=told, remedy="Let both machines keep their time by NTP.")
