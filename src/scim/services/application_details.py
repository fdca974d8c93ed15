"""All that `app info` shows of an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scim.db.database import Database
from scim.services import applications, guard_control
from scim.services.application_settings import ShownSetting, shown_settings
from scim.services.applications import ApplicationInfo, described
from scim.services.guard_control import GuardState
from scim.services.operator import operator_caller
from scim.storage import activity, audit, hidden, pending, tokens
from scim.storage import applications as stored
from scim.storage.pending import MANAGER, MEMBERS
from scim.storage.tokens import TokenRow
from scim.utils.clock import now

RULES_OF: Final = timedelta(days=7)
"""So far back the uses of quirk rules are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationDetails:
    """An application with its settings and what is going on in it.

    `tokens` are those that work; `pending` counts references to what is not there yet, by `members` and `managers`;
    `hidden_users` were deleted but are kept; `rules` counts the writes of the last `RULES_OF` by quirk rule, and
    `requests` the requests of that time: read, write, refusal.
    """

    application: ApplicationInfo
    settings: Sequence[ShownSetting]
    tokens: Sequence[TokenRow]
    last_activity: datetime | None
    pending: Mapping[str, int]
    hidden_users: int
    guard: GuardState
    rules: Mapping[str, int]
    requests: Mapping[str, int]


async def info(database: Database, name_or_id: str, *, tenant: str | None = None) -> ApplicationDetails:
    """One application with all of it.

    Raises:
        OperatorError: there is none of that name or id.
    """
    async with database.session() as session:
        chosen = await applications.resolve(session, name_or_id, tenant=tenant)
        caller, app_id = operator_caller(chosen.tenant, chosen.app), chosen.app.id
        counts = await stored.resource_counts(session, [app_id])
        waiting = await pending.counts(caller, session)
        return ApplicationDetails(
            application=described(chosen.app, chosen.tenant.name, counts[app_id]),
            settings=shown_settings(chosen.app.settings),
            tokens=await tokens.list_tokens(session, app_id=app_id),
            last_activity=await stored.last_activity(session, app_id),
            pending={"members": waiting.get(MEMBERS, 0), "managers": waiting.get(MANAGER, 0)},
            hidden_users=await hidden.count(caller, session),
            guard=await guard_control.state_of(session, chosen),
            rules=await audit.rule_counts(caller, session, since=now() - RULES_OF),
            requests=await activity.since(caller, session, (now() - RULES_OF).date()),
        )
