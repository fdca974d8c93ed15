"""What is valid by the RFC goes through `auto`, and through what every other profile shares with it, as it is.

No rule may turn one accepted meaning into another.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scim.protocol.compat.lenient import read_filter, read_path
from scim.protocol.compat.profile import PROFILES
from scim.protocol.filters.check import check
from scim.protocol.grammar.ast import Filter
from scim.protocol.grammar.parser import parse_filter, parse_path
from scim.protocol.grammar.printer import to_text
from scim.protocol.patch.message import read_patch
from scim.protocol.unknown import Unknowns
from scim.protocol.validation import read_resource
from tests.protocol.compat.tools import AUTO, CAREFUL, GROUP, THING, USER, patch_body, post
from tests.protocol.compat.valid_requests import filters, operations, resources

KINDS = {kind.name: kind for kind in (USER, GROUP, THING)}
NAMES = st.sampled_from(list(KINDS))
SLOW_TO_BUILD = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def _bodies(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    name = draw(NAMES)
    return name, draw(resources(KINDS[name]))


@st.composite
def _operations(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    name = draw(NAMES)
    return name, draw(st.lists(operations(KINDS[name]), min_size=1, max_size=3))


@st.composite
def _filters(draw: st.DrawFn) -> tuple[str, Filter]:
    name = draw(NAMES)
    return name, draw(filters(KINDS[name]))


class TestValidRequests:
    @SLOW_TO_BUILD
    @given(_bodies())
    def test_bodies_stay_the_same_object(self, made: tuple[str, dict[str, Any]]) -> None:
        kind, body = KINDS[made[0]], made[1]
        read_resource(body, kind, unknowns=Unknowns())
        for profile in CAREFUL:
            result = post(profile, body, kind)
            assert result.rules == ()
            assert result.body is body

    @SLOW_TO_BUILD
    @given(_operations())
    def test_operations_stay_the_same_object(self, made: tuple[str, list[dict[str, Any]]]) -> None:
        kind, sent = KINDS[made[0]], made[1]
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": sent}
        read_patch(body, kind, resource_id="7")
        for profile in CAREFUL:
            result = patch_body(profile, body, kind)
            assert result.rules == ()
            assert result.body is body
            for operation in sent:
                if "path" in operation:
                    assert read_path(profile, operation["path"], kind) == (parse_path(operation["path"]), ())

    @SLOW_TO_BUILD
    @given(_filters())
    def test_filters_keep_their_tree(self, made: tuple[str, Filter]) -> None:
        kind, tree = KINDS[made[0]], made[1]
        check(tree, kind)
        text = to_text(tree)
        for profile in CAREFUL:
            assert read_filter(profile, text, kind) == (parse_filter(text), ())

    @pytest.mark.parametrize(
        "body", [{"a": [{"b": 1}] * 3}, {"emails": [[1], {"value": {}}]}, {"name": [[[]]]}], ids=str
    )
    def test_even_nonsense_is_no_fault_of_ours(self, body: dict[str, Any]) -> None:
        assert post(AUTO, body).body["schemas"] == [USER.schema.id]

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "emails",
                            "schemas",
                            "name",
                            "value",
                            "type",
                            "primary",
                            "roles",
                            "Operations",
                            "op",
                            "path",
                            "members",
                            "active",
                            USER.schema.id,
                            "urn:scim:schemas:extension:enterprise:1.0",
                            USER.extensions[0].schema.id,
                            "manager",
                            "title.x",
                            "managerId",
                            "operation",
                        ]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        )
    )
    @settings(max_examples=150, deadline=None)
    def test_any_json_at_all_is_read_without_a_fault(self, body: Any) -> None:
        for profile in PROFILES.values():
            post(profile, body)
            patch_body(profile, body)
            patch_body(profile, {"schemas": ["urn:scim:schemas:core:1.0"], "members": body}, GROUP)
            patch_body(
                profile,
                {"Operations": [{"op": "add", "value": body}, {"op": "Remove", "path": "emails", "value": body}, body]},
            )
