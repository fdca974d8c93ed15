"""Rules that only Okta needs (quirks OKTA-24, -26)."""

from __future__ import annotations

from collections.abc import Mapping

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.rule import FixesMembers, Mark, Members, Phase

BARE_TOKEN = Mark(phase=Phase.URL, meaning="an Authorization value of one word is tried as a token")


def _with_base_attributes_on_top(members: Members, kind: ResourceType) -> Members:
    """What stands under the base schema's URN belongs at the top; names that are set there win."""
    urn = next((key for key in members if ":" in key and kind.is_base(key)), None)
    if urn is None or not isinstance(members[urn], Mapping):
        return members
    top = {key: value for key, value in members.items() if key != urn}
    set_on_top = {key.lower() for key, value in top.items() if value is not None}
    moved = {key: value for key, value in members[urn].items() if key.lower() not in set_on_top}
    replaced = {key.lower() for key in moved}
    return {key: value for key, value in top.items() if key.lower() not in replaced} | moved


ATTRIBUTES_UNDER_BASE_URN = FixesMembers(turn=1, fix=_with_base_attributes_on_top)
