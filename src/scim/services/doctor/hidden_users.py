"""Users who were deleted but are kept: how many, and whether that is still meant."""

from __future__ import annotations

from scim.models.settings import ApplicationSettings, OnDelete
from scim.services.applications import Chosen
from scim.services.doctor.finding import Examined, Finding, Level, argument, named, plural
from scim.storage import diagnosis

NAME = "hidden-users"


async def check(examined: Examined) -> list[Finding]:
    """Count them."""
    async with examined.database.session() as session:
        hidden = await diagnosis.hidden_users(session, examined.app_ids)
    found = [_told(examined.by_id[app_id], number) for app_id, number in hidden.items()]
    return found or [Finding(name=NAME, level=Level.OK, message="None is kept.")]


def _told(chosen: Chosen, number: int) -> Finding:
    told = f"Application {named(chosen)} keeps {plural(number, 'deleted user')}"
    if ApplicationSettings.model_validate(chosen.app.settings).on_delete is OnDelete.DEACTIVATE:
        return Finding(name=NAME, level=Level.OK, message=f"{told} (on_delete=deactivate).")
    return Finding(
        name=NAME,
        level=Level.WARN,
        message=f"{told} from when on_delete was 'deactivate'; it is 'delete' now.",
        remedy="They stay until they are restored (`pyscim user restore`). To go on keeping who is deleted:"
        f" `pyscim app update {argument(chosen)} --set on_delete=deactivate`.",
    )
