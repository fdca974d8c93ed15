"""Entity tags and the conditions that name them (RFC 7644 §3.14)."""

from __future__ import annotations

import pytest

from scim.exceptions import PreconditionFailed, PreconditionRequired
from scim.protocol.etag import check_if_match, check_if_none_match, etag


def test_l03_tags_are_weak_and_quoted() -> None:
    assert etag(7) == 'W/"7"'


NAMES_7 = ['W/"7"', '"7"', "7", " 7 ", "*", " * ", 'W/"1", W/"7"', '"1","7"']
NAMES_OTHERS = ['W/"8"', '"77"', "8", 'W/"1", "2"', "", '""', "W/7", '"*"']


@pytest.mark.parametrize("condition", NAMES_7)
def test_l05_l06_if_match_names_the_version_with_or_without_the_weak_mark(condition: str) -> None:
    check_if_match(condition, 7)
    with pytest.raises(PreconditionFailed, match="If-None-Match is"):
        check_if_none_match(condition, 7)


@pytest.mark.parametrize("condition", NAMES_OTHERS)
def test_l05_another_version_is_refused(condition: str) -> None:
    check_if_none_match(condition, 7)
    with pytest.raises(PreconditionFailed, match='the resource\'s version is W/"7"'):
        check_if_match(condition, 7)


def test_l09_without_a_condition_all_goes_through() -> None:
    check_if_match(None, 7)
    check_if_none_match(None, 7)


def test_l09_a_condition_may_be_demanded() -> None:
    check_if_match("*", 7, required=True)
    with pytest.raises(PreconditionRequired, match="If-Match"):
        check_if_match(None, 7, required=True)
