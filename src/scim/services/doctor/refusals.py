"""What identity providers sent within the last day was accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from scim.services.applications import Chosen
from scim.services.doctor.finding import Examined, Finding, Level, named, option, plural
from scim.storage import diagnosis
from scim.storage.diagnosis import Refused

NAME = "requests"

LATELY: Final = timedelta(days=1)
_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}


async def check(examined: Examined) -> list[Finding]:
    """Count what the audit log has of refused and failed requests."""
    async with examined.database.session() as session:
        refused = await diagnosis.refused_requests(session, examined.app_ids, since=examined.at - LATELY)
    found = [_told(examined.by_id[app_id], kinds) for app_id, kinds in refused.items()]
    return found or [Finding(name=NAME, level=Level.OK, message="None was refused or failed within the last day.")]


def _told(chosen: Chosen, kinds: Sequence[Refused]) -> Finding:
    failed = sum(kind.number for kind in kinds if kind.status >= HTTPStatus.INTERNAL_SERVER_ERROR)
    refused = sum(kind.number for kind in kinds) - failed
    counts = [f"{plural(refused, 'request')} refused"] if refused else []
    counts += [f"{plural(failed, 'request')} failed"] if failed else []
    most = kinds[0]
    kind = f"{most.status} {most.scim_type or _PHRASES.get(most.status, '')}".rstrip()
    return Finding(
        name=NAME,
        level=Level.WARN,
        message=f"Application {named(chosen)}: {' and '.join(counts)} within the last day, most with {kind}.",
        remedy=f"`pyscim audit list {option(chosen)} --since 1d` lists them; `pyscim audit show ID` says what to change.",
    )
