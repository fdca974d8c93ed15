"""docs/quirks.md, from the tables of the profiles."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from scim.models.settings import STRICT
from scim.protocol.compat.descriptions import DESCRIPTIONS
from scim.protocol.compat.profile import PROFILES
from scim.protocol.compat.rule import Rule
from tests.docs.markdown import code, table

_HEAD: Final = """\
# Quirk rules

Made by `scripts/uv run python -m tests.docs.report` from the code; a test fails where this page is not what that writes.

Identity providers send things that the standard has otherwise, or not at all. Each such habit that the server knows is a
rule with an id. The log, the audit record and a refusal name the rules that were applied, or that would explain the
request. `pyscim profile show PROFILE --rule ID` shows one with an example, `pyscim profile check FILE` what a profile makes
of a request.

The kind says what a rule does: `rewrite` puts a request into the standard's form, `habit` is something that the server
allows for, `valid` is good by the standard and listed because other servers stumble over it.

## Profiles

"""


def render() -> str:
    """The whole page."""
    profiles = table(
        ("Profile", "Rules", "For"),
        ((code(name), str(len(one.rules)), DESCRIPTIONS[name]) for name, one in PROFILES.items()),
    )
    return _HEAD + profiles + "".join(_family(family, list(rules)) for family, rules in groupby(_rules(), _family_of))


def profiles_of(rule_id: str) -> list[str]:
    """The profiles that have a rule."""
    return [name for name, one in PROFILES.items() if any(rule.id == rule_id for rule in one.rules)]


def _rules() -> list[Rule]:
    """Every rule once, family by family: those that all share first."""
    found = {rule.id: rule for one in PROFILES.values() for rule in one.rules}
    families = dict.fromkeys(["COMMON", *(_family_of(rule) for one in PROFILES.values() for rule in one.rules)])
    order = list(families)
    return sorted(found.values(), key=lambda rule: (order.index(_family_of(rule)), rule.id))


def _family_of(rule: Rule) -> str:
    return rule.id.rpartition("-")[0]


def _family(name: str, rules: list[Rule]) -> str:
    rows = [(rule.id, rule.sentence, rule.kind, _shown(profiles_of(rule.id))) for rule in rules]
    return f"\n## {name}\n\n" + table(("Rule", "What it says", "Kind", "Profiles"), rows)


def _shown(profiles: list[str]) -> str:
    if set(profiles) == PROFILES.keys() - {STRICT}:
        return f"all but {code(STRICT)}"
    return ", ".join(map(code, profiles))
