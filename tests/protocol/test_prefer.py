"""`Prefer: return=…` (RFC 7240)."""

from __future__ import annotations

import pytest

from scim.protocol.prefer import Return, preferred_return


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, None),
        ("", None),
        ("return=minimal", Return.MINIMAL),
        ("Return=Representation", Return.REPRESENTATION),
        ('return="minimal"', Return.MINIMAL),
        ("respond-async, return=minimal; foo=bar", Return.MINIMAL),
        ("return = minimal, return=representation", Return.MINIMAL),
        ("handling=strict", None),
        ("return=nothing", None),
        ("return=nothing, return=minimal", None),
        ("noreturn=minimal", None),
        ("return", None),
        ('foo="a, return=minimal"', None),
        ('foo="a, \\", return=minimal", return=representation', Return.REPRESENTATION),
    ],
)
def test_the_first_return_counts(header: str | None, wanted: Return | None) -> None:
    assert preferred_return(header) is wanted
