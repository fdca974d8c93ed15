"""Rules that only authentik needs (quirk AUTHENTIK-04)."""

from __future__ import annotations

from scim.protocol.compat.rule import Mark, Phase

EMPTY_MEMBERS = Mark(phase=Phase.OPERATIONS, meaning="a group without members is answered with an empty list of them")
