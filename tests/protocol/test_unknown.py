"""Attributes that nobody knows (rows B-09, H-52; quirk COMMON-33)."""

from __future__ import annotations

import pytest

from scim.exceptions import InvalidSyntax, InvalidValue
from scim.protocol.unknown import UnknownPolicy, Unknowns


def test_by_default_they_are_refused_as_syntax() -> None:
    with pytest.raises(InvalidSyntax, match="no such thing"):
        Unknowns().meet("x", "no such thing")


def test_the_refusal_is_the_caller_s() -> None:
    with pytest.raises(InvalidValue, match="no such thing"):
        Unknowns(UnknownPolicy.REJECT, InvalidValue).meet("x", "no such thing")


def test_or_they_are_collected_for_the_audit_record() -> None:
    unknowns = Unknowns(UnknownPolicy.IGNORE)
    unknowns.meet("x", "no such thing")
    unknowns.meet("y.z", "no such thing")
    assert unknowns.ignored == ["x", "y.z"]
