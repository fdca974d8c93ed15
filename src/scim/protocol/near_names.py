"""The attribute that an unknown name was probably meant for (quirk ONELOGIN-17)."""

from __future__ import annotations

import difflib
from dataclasses import replace

from scim.protocol.attributes.registry import ResourceType

_NEAR = 0.8
"""So much of two names must be alike, as `difflib` counts."""


def near_name(name: str, kind: ResourceType) -> str | None:
    """The path of the attribute, or of the part of one, that is nearest to an unknown name; None if none is near.

    None too if the type has it by that very name: it stood where it means nothing, such as `id` in a PATCH.
    """
    targets = (replace(one, sub=part) for one in kind.targets() for part in (None, *one.attribute.sub_attributes))
    known = {path.lower(): path for path in map(str, targets)}
    found = difflib.get_close_matches(name.lower()[:200], known, n=1, cutoff=_NEAR)
    return known[found[0]] if found and found[0] != name.lower() else None
