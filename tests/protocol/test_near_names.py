"""What an unknown name was probably meant for."""

from __future__ import annotations

import pytest

from scim.protocol.near_names import near_name
from tests.support.registry import kind

ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("prefferedLanguage", "preferredLanguage"),
        ("USERNAMES", "userName"),
        ("name.famlyName", "name.familyName"),
        (f"{ENT}:departement", f"{ENT}:department"),
        ("city", None),
        ("shoeSize", None),
        ("x" * 10_000, None),
        ("externalid", None),
        (f"{ENT}:department", None),
    ],
)
def test_an_unknown_name_has_a_near_one_or_none(name: str, near: str | None) -> None:
    assert near_name(name, kind("User")) == near
