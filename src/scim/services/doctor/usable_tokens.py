"""Every application can be reached: it is active and has a token that works."""

from __future__ import annotations

from scim.services.applications import DEFAULT_APPLICATION, Chosen
from scim.services.doctor.finding import Examined, Finding, Level, argument, named, option, plural
from scim.services.tenants import DEFAULT_TENANT
from scim.storage import applications, tokens

NAME = "tokens"


async def check(examined: Examined) -> list[Finding]:
    """Look which applications have none."""
    async with examined.database.session() as session:
        rows = await tokens.list_tokens(session, include_inactive=True)
        counts = await applications.resource_counts(session, examined.app_ids)
    usable = {row.owner.app_id for row in rows if row.is_usable(examined.at)}
    ever = {row.owner.app_id for row in rows}
    spare = {app_id for app_id, held in counts.items() if app_id not in ever and not any(held.values())}
    found = [_inactive(one) for one in examined.applications if not (one.app.active and one.tenant.active)]
    for chosen in examined.applications:
        is_spare = _is_default(chosen) and chosen.app.id in spare and bool(usable) and examined.is_whole
        if chosen.app.active and chosen.tenant.active and chosen.app.id not in usable and not is_spare:
            found.append(_without(chosen))
    told = f"Every active application has one that works ({plural(len(usable), 'application')})."
    return found or [Finding(name=NAME, level=Level.OK, message=told)]


def _is_default(chosen: Chosen) -> bool:
    """The application that every installation begins with; who makes others may never use it."""
    return chosen.app.name == DEFAULT_APPLICATION and chosen.tenant.name == DEFAULT_TENANT


def _without(chosen: Chosen) -> Finding:
    return Finding(
        name=NAME,
        level=Level.WARN,
        message=f"Application {named(chosen)} has no token that works, so nobody can use it.",
        remedy=f"`pyscim token create {option(chosen)}`, or `pyscim app deactivate {argument(chosen)}` if it is not used.",
    )


def _inactive(chosen: Chosen) -> Finding:
    what, command = ("Application", f"app activate {argument(chosen)}")
    if chosen.app.active:
        what, command = ("The tenant of application", f"tenant update {chosen.tenant.name} --activate")
    message = f"{what} {named(chosen)} is deactivated: its tokens are answered 401."
    return Finding(name=NAME, level=Level.WARN, message=message, remedy=f"`pyscim {command}` lets them in again.")
