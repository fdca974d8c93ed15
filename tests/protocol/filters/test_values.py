"""The form in which values are compared."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from scim.protocol.attributes.definition import Attribute, AttributeType
from scim.protocol.filters.values import comparable, ignores_case, search_value

TEXT = Attribute(name="title")
EXACT = Attribute(name="id", case_exact=True)
URN = Attribute(name="schemas", type=AttributeType.REFERENCE)
LINK = Attribute(name="$ref", type=AttributeType.REFERENCE, case_exact=True)
BYTES = Attribute(name="blob", type=AttributeType.BINARY)
TIME = Attribute(name="at", type=AttributeType.DATE_TIME)
FLAG = Attribute(name="active", type=AttributeType.BOOLEAN)
WHOLE = Attribute(name="level", type=AttributeType.INTEGER)
NUMBER = Attribute(name="score", type=AttributeType.DECIMAL)
COMPLEX = Attribute(name="name", type=AttributeType.COMPLEX)


@pytest.mark.parametrize(
    ("attribute", "value", "searched"),
    [
        (TEXT, "ÅSE", "åse"),
        (EXACT, "ÅSE", "ÅSE"),
        (URN, "urn:X:Y", "urn:x:y"),
        (LINK, "https://X/Y", "https://X/Y"),
        (LINK, "https://h/v2/Users/1", "https://h/Users/1"),
        (LINK, "https://h/scim/v1.1/Users/1", "https://h/scim/Users/1"),
        (LINK, "/v2/Users/v2", "/Users/v2"),
        (LINK, "https://v2/Users/1", "https://v2/Users/1"),
        (LINK, "https://h/scim/v2", "https://h/scim"),
        (BYTES, "AaBb", "AaBb"),
        (TIME, "2025-01-01T01:00:00+01:00", "2025-01-01T00:00:00.000000Z"),
        (TIME, "Yesterday", "Yesterday"),
        (FLAG, True, True),
        (WHOLE, 7, 7),
        (NUMBER, 4.5, 4.5),
        (TEXT, 7, 7),
        (TEXT, None, None),
    ],
)
def test_search_values(attribute: Attribute, value: Any, searched: Any) -> None:
    assert search_value(attribute, value) == searched
    assert type(search_value(attribute, value)) is type(searched)


def test_only_text_and_references_ignore_case() -> None:
    assert [ignores_case(one) for one in (TEXT, URN, EXACT, LINK, BYTES, TIME, FLAG)] == [True, True, *[False] * 5]


@pytest.mark.parametrize(
    ("attribute", "value", "compared"),
    [
        (TEXT, "ÅSE", "åse"),
        (BYTES, "AaBb", "AaBb"),
        (TIME, "2025-01-01T00:00:00", "2025-01-01T00:00:00.000000Z"),
        (FLAG, False, False),
        (WHOLE, 7, Decimal(7)),
        (WHOLE, 4.0, Decimal(4)),
        (NUMBER, 0.1, Decimal("0.1")),
        (NUMBER, 1e23, Decimal(10**23)),
        (NUMBER, 10**399, Decimal(10**399)),
        (NUMBER, -0.0, Decimal(0)),
    ],
)
def test_comparable_values(attribute: Attribute, value: Any, compared: Any) -> None:
    assert comparable(attribute, value) == compared


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (TEXT, 7),
        (TEXT, None),
        (TEXT, ["a"]),
        (BYTES, 7),
        (TIME, "Yesterday"),
        (TIME, 7),
        (FLAG, "true"),
        (FLAG, 1),
        (WHOLE, True),
        (WHOLE, "7"),
        (NUMBER, float("nan")),
        (NUMBER, float("inf")),
        (COMPLEX, {"a": 1}),
    ],
)
def test_what_does_not_fit_its_attribute_is_not_comparable(attribute: Attribute, value: Any) -> None:
    assert comparable(attribute, value) is None
