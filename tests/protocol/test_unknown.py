"""Attributes that nobody knows (rows B-09, H-52; quirk COMMON-33)."""

from __future__ import annotations

import pytest

from scim.exceptions import InvalidSyntax, InvalidValue
from scim.protocol.unknown import UnknownPolicy, Unknowns


def test_by_default_they_are_refused_as_syntax() -> None:
    with pytest.raises(InvalidSyntax, match="no such thing"):
        Unknowns().meet("x", 1, "no such thing")


def test_the_refusal_is_the_caller_s() -> None:
    with pytest.raises(InvalidValue, match="no such thing"):
        Unknowns(UnknownPolicy.REJECT, InvalidValue).meet("x", 1, "no such thing")


def test_or_they_are_collected_for_the_audit_record() -> None:
    unknowns = Unknowns(UnknownPolicy.IGNORE)
    unknowns.meet("x", 1, "no such thing")
    unknowns.meet("y.z", "a", "no such thing")
    assert unknowns.ignored == ["x", "y.z"]


def test_null_is_nothing_to_tell_of_but_refused_all_the_same() -> None:
    unknowns = Unknowns(UnknownPolicy.IGNORE)
    unknowns.meet("x", None, "no such thing")
    assert unknowns.ignored == []
    with pytest.raises(InvalidSyntax):
        Unknowns().meet("x", None, "no such thing")
