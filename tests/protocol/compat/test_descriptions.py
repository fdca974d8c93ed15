"""Every profile is described."""

from __future__ import annotations

import pytest

from scim.protocol.compat.descriptions import DESCRIPTIONS
from scim.protocol.compat.profile import PROFILES


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_says_in_one_line_what_it_is_for(name: str) -> None:
    assert DESCRIPTIONS[name].endswith(".")
    assert len(DESCRIPTIONS[name]) <= 58
    assert "\n" not in DESCRIPTIONS[name]
