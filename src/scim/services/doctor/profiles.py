"""The profile of each application fits who writes there.

An identity provider's rules are those of its own section; the rules of COMMON are everybody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from scim.models.settings import STRICT
from scim.protocol.compat.profile import PROFILES
from scim.services.applications import DEFAULT_PROFILE, Chosen
from scim.services.doctor.finding import Examined, Finding, Level, argument, named, plural
from scim.storage import diagnosis
from scim.storage.diagnosis import RuleUse
from scim.utils.user_agents import identity_provider

NAME = "profiles"

LATELY: Final = timedelta(days=7)
_COMMON: Final = "COMMON"


async def check(examined: Examined) -> list[Finding]:
    """Look at what was written lately, by whom, and by which rules it was read."""
    async with examined.database.session() as session:
        uses = await diagnosis.rule_use(session, examined.app_ids, since=examined.at - LATELY)
    found = [_judged(examined.by_id[app_id], use) for app_id, use in uses.items()]
    sound = Finding(name=NAME, level=Level.OK, message="Each fits what was written within the last 7 days.")
    return [finding for finding in found if finding] or [sound]


def _judged(chosen: Chosen, use: RuleUse) -> Finding | None:
    profile = chosen.app.profile
    if profile == STRICT:
        return _unread(chosen, use)
    return _narrower(chosen, use) if profile == DEFAULT_PROFILE else _unused(chosen, use)


def _unused(chosen: Chosen, use: RuleUse) -> Finding | None:
    """The profile is an identity provider's, and it is not that one who writes."""
    profile, writes = chosen.app.profile, sum(use.user_agents.values())
    own = _OWN.get(profile, frozenset())
    if not writes or not own or own & use.rules.keys() or profile.partition("-")[0] in _writers(use):
        return None
    others = sorted(_writers(use))
    who = f" They look like {' and '.join(others)}." if others else ""
    return Finding(
        name=NAME,
        level=Level.WARN,
        message=f"Application {named(chosen)} has profile '{profile}', but none of that profile's own rules was applied"
        f" to {plural(writes, 'write')} within the last 7 days.{who}",
        remedy="If it is another identity provider that writes there:"
        f" `pyscim app update {argument(chosen)} --profile {others[0] if len(others) == 1 else DEFAULT_PROFILE}`.",
    )


def _unread(chosen: Chosen, use: RuleUse) -> Finding | None:
    """The profile is strict, and refuses what the rules of one identity provider would read."""
    fitting = _only(use.missed)
    if fitting is None:
        return None
    return Finding(
        name=NAME,
        level=Level.WARN,
        message=f"Application {named(chosen)} has profile 'strict', and within the last 7 days refused what the rules of"
        f" '{fitting}' would have read.",
        remedy=f"`pyscim app update {argument(chosen)} --profile {fitting}`",
    )


def _narrower(chosen: Chosen, use: RuleUse) -> Finding | None:
    """The profile is auto, and one identity provider's would do: that is no fault."""
    fitting = _only(use.rules)
    if fitting is None:
        return None
    return Finding(
        name=NAME,
        level=Level.OK,
        message=f"Application {named(chosen)} has profile 'auto'; of the identity providers' rules only those of"
        f" '{fitting}' were applied within the last 7 days.",
        remedy=f"To take what that one sends and nothing more: `pyscim app update {argument(chosen)} --profile {fitting}`",
    )


def _writers(use: RuleUse) -> set[str]:
    """The identity providers that the user agents tell of."""
    return {name for agent in use.user_agents if (name := identity_provider(agent))}


def _only(rules: Iterable[str]) -> str | None:
    """The one identity provider whose own rules are among these."""
    fitting = {name for rule in rules for name in _OF_RULE.get(rule, ())}
    return next(iter(fitting)) if len(fitting) == 1 else None


def _own_rules() -> dict[str, frozenset[str]]:
    """The own rules of each profile that is an identity provider's."""
    own = {
        name: frozenset(rule.id for rule in profile.rules if rule.id.partition("-")[0] != _COMMON)
        for name, profile in PROFILES.items()
        if name not in {DEFAULT_PROFILE, STRICT}
    }
    return {name: rules for name, rules in own.items() if rules}


def _by_rule(own: Mapping[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    """Whose each rule is; of two profiles with the same rules the one with the shorter name stands for both."""
    shortest = {rules: min((name for name in own if own[name] == rules), key=len) for rules in own.values()}
    return {rule: (name,) for rules, name in shortest.items() for rule in rules}


_OWN: Final = _own_rules()
_OF_RULE: Final = _by_rule(_OWN)
