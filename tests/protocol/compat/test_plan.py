"""Plans are worked out once for a resource type, and not kept for ever."""

from __future__ import annotations

from dataclasses import replace

from scim.protocol.compat.plan import MAX_TYPES, Plans
from tests.protocol.compat.tools import AUTO, USER


class TestPlans:
    def test_are_made_once_for_a_type(self) -> None:
        assert AUTO.plan(USER, patch=False) is AUTO.plan(USER, patch=False)
        assert AUTO.plan(USER, patch=False) is not AUTO.plan(USER, patch=True)

    def test_tell_types_apart_by_identity(self) -> None:
        assert AUTO.plan(USER, patch=False) is not AUTO.plan(replace(USER), patch=False)

    def test_do_not_pile_up_when_types_change(self) -> None:
        plans = Plans(())
        types = [replace(USER, description=str(number)) for number in range(3 * MAX_TYPES)]
        for kind in types:
            plans.of(kind, patch=False)
        assert len(plans._made) <= 2 * MAX_TYPES
        assert plans.of(types[-1], patch=False) is plans.of(types[-1], patch=False)
