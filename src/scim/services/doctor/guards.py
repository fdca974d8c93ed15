"""No guard against mass deprovisioning is closed."""

from __future__ import annotations

from scim.models.settings import ApplicationSettings
from scim.services import guard_control
from scim.services.applications import Chosen
from scim.services.doctor.finding import Examined, Finding, Level, argument, named, plural
from scim.services.guard_control import GuardState

NAME = "guard"


async def check(examined: Examined) -> list[Finding]:
    """Look at the guards that are on."""
    guarded = [one for one in examined.applications if ApplicationSettings.model_validate(one.app.settings).is_guarded]
    async with examined.database.session() as session:
        states = [(chosen, await guard_control.state_of(session, chosen)) for chosen in guarded]
    found = [_told(chosen, state) for chosen, state in states if state.closed]
    told = f"{plural(len(guarded), 'guard')} on, none closed." if guarded else "None is on."
    return found or [Finding(name=NAME, level=Level.OK, message=told)]


def _told(chosen: Chosen, state: GuardState) -> Finding:
    refused = f", and {plural(state.refused, 'request')} to do so were refused" if state.refused else ""
    return Finding(
        name=NAME,
        level=Level.FAIL if state.refused else Level.WARN,
        message=f"Application {named(chosen)}: its guard is closed. {state.deprovisioned} of {state.users} users were"
        f" deactivated or deleted lately{refused}.",
        remedy="Find out at the identity provider whether that is meant; if it is,"
        f" `pyscim app guard {argument(chosen)} --release`.",
    )
