"""Names that the operator gives: what may be one, and what is said about one that nothing has."""

from __future__ import annotations

from uuid import uuid4

import pytest

from scim.exceptions import UsageError
from scim.services.names import MAX_LENGTH, checked_name, unknown


class TestCheckedName:
    @pytest.mark.parametrize("name", ["a", "okta-prod", "Größe 東京", "x" * MAX_LENGTH, "a b"])
    def test_takes_what_can_be_printed(self, name: str) -> None:
        assert checked_name(name, "a tenant") == name

    @pytest.mark.parametrize(
        "name", ["", "x" * (MAX_LENGTH + 1), " a", "a ", "a\nb", "a\tb", "a\x00", "a\u200b", str(uuid4())]
    )
    def test_refuses_the_rest(self, name: str) -> None:
        with pytest.raises(UsageError):
            checked_name(name, "a tenant")


class TestUnknown:
    @pytest.mark.parametrize(
        ("given", "known", "expected"),
        [
            ("okta-prd", ["default", "okta-prod"], "did you mean 'okta-prod'?"),
            ("OKTA-PROD", ["default", "okta-prod"], "did you mean 'okta-prod'?"),
            ("zzz", ["b", "a"], "there are: 'a', 'b'"),
            ("zzz", [], "there is none yet"),
            ("zzz", [f"{n:02}" for n in range(12)], "'08', '09' and 2 more"),
        ],
    )
    def test_says_the_nearest_or_what_there_is(self, given: str, known: list[str], expected: str) -> None:
        message = str(unknown("application", given, known, where=" in tenant 'default'"))
        assert message.startswith(f"no application '{given}' in tenant 'default'; ")
        assert message.endswith(expected)
