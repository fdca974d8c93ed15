"""`app update --set KEY=VALUE`: what is taken, and how a mistake is explained."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import UsageError
from scim.services.application_settings import accepted, shown_settings, with_settings


class TestWithSettings:
    @pytest.mark.parametrize(
        ("assignment", "name", "value"),
        [
            ("unknown_attributes=reject", "unknown_attributes", "reject"),
            ("unknown-attributes= ignore ", "unknown_attributes", "ignore"),
            ("member_references=userName, id", "member_references", ["userName", "id"]),
            ("unique_group_names=true", "unique_group_names", True),
            ("unique_group_names=no", "unique_group_names", False),
        ],
    )
    def test_reads_the_type_of_the_setting(self, assignment: str, name: str, value: Any) -> None:
        assert with_settings({}, [assignment]) == {name: value}

    def test_leaves_the_others_and_takes_several(self) -> None:
        before = {"unique_group_names": True}
        after = with_settings(before, ["unknown_attributes=ignore", "member_references=id"])
        assert after == {"unique_group_names": True, "unknown_attributes": "ignore", "member_references": ["id"]}
        assert before == {"unique_group_names": True}

    def test_an_empty_value_goes_back_to_the_default(self) -> None:
        assert with_settings({"unique_group_names": True}, ["unique_group_names="]) == {}

    @pytest.mark.parametrize(
        ("assignment", "message"),
        [
            ("unknown_attributes=maybe", "unknown_attributes is 'maybe'; accepted: ignore or reject"),
            ("unique_group_names=perhaps", "unique_group_names is 'perhaps'; accepted: true or false"),
            (
                "member_references=id,mail",
                "member_references is 'id,mail'; accepted: a list with commas, of id, externalId, userName, email, employeeNumber",
            ),
            (
                "unknown_attribute=reject",
                "'unknown_attribute' is not a setting of applications; did you mean unknown_attributes?",
            ),
            ("unknown_attributes", "--set takes KEY=VALUE; 'unknown_attributes' has no '='."),
        ],
    )
    def test_explains_a_mistake(self, assignment: str, message: str) -> None:
        with pytest.raises(UsageError) as refusal:
            with_settings({}, [assignment])
        assert str(refusal.value) == message

    def test_lists_the_settings_where_none_is_near(self) -> None:
        with pytest.raises(UsageError, match=r"there are: .*unique_group_names"):
            with_settings({}, ["zzz=1"])


def test_every_setting_says_what_it_takes() -> None:
    for setting in shown_settings({}):
        assert accepted(setting.name)
        assert setting.description


def test_shown_settings_tell_defaults_from_what_was_set() -> None:
    shown = {one.name: one for one in shown_settings({"unknown_attributes": "ignore"})}
    assert (shown["unknown_attributes"].value, shown["unknown_attributes"].is_default) == ("ignore", False)
    assert (shown["unique_group_names"].value, shown["unique_group_names"].is_default) == (False, True)
