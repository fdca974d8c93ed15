"""The form in which values are compared (rows F-22, F-23, F-26, F-27), alike for operands, documents and `search`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from scim.protocol.attributes.definition import Attribute, AttributeType
from scim.protocol.date_time import fixed_width, parse_date_time
from scim.protocol.text_key import bounded_text, text_key

Json = Any
"""What a JSON parser gives."""

REFERENCE = "$ref"
_API_VERSION = re.compile(r"(?<!/)/v[0-9]+(?:\.[0-9]+)*(?=/|\Z)")

Comparable: TypeAlias = str | bool | Decimal
"""Values of one attribute in this form are equal, and ordered, as `==` and `<` say."""


def ignores_case(attribute: Attribute) -> bool:
    """Whether the attribute's values are compared as text keys; binaries never are (row F-24)."""
    return attribute.type in (AttributeType.STRING, AttributeType.REFERENCE) and not attribute.case_exact


def without_api_version(uri: str) -> str:
    """A reference to a resource without the segment that names the protocol's version, which says nothing (row B-62)."""
    return _API_VERSION.sub("", uri, count=1)


def search_value(attribute: Attribute, value: Json) -> Json:
    """One value of a simple attribute as the `search` column and a checked operand hold it.

    A text key where `caseExact` is false, text of fixed width for a dateTime, a `$ref` without the version of the
    protocol in it, all else unchanged; so is a value that does not fit the attribute's type.
    """
    if not isinstance(value, str):
        return value
    if attribute.name == REFERENCE:
        return without_api_version(value)
    if ignores_case(attribute):
        return text_key(value)
    if attribute.type is AttributeType.DATE_TIME:
        instant = parse_date_time(value)
        return value if instant is None else fixed_width(instant)
    return value


def unique_key(attribute: Attribute, value: Json) -> str:
    """The text under which a value must be unique: equal values have one, whatever their spelling (row B-22)."""
    compared = comparable(attribute, value)
    if isinstance(compared, Decimal):
        return f"{compared.normalize() + 0:f}"
    return bounded_text(str(search_value(attribute, value)))


def comparable(attribute: Attribute, value: Json) -> Comparable | None:
    """One stored value of a simple attribute, ready to compare; None where it does not fit the attribute's type.

    Numbers are decimals of their shortest text, as PostgreSQL reads what we print.
    """
    reader = _READERS.get(attribute.type)
    return reader(attribute, value) if reader else None


def _text(attribute: Attribute, value: Json) -> str | None:
    return search_value(attribute, value) if isinstance(value, str) else None


def _boolean(_: Attribute, value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(_: Attribute, value: Json) -> Decimal | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return Decimal(repr(value)) if isinstance(value, float) and math.isfinite(value) else None


def _date_time(_: Attribute, value: Json) -> str | None:
    instant = parse_date_time(value) if isinstance(value, str) else None
    return fixed_width(instant) if instant else None


_READERS: Mapping[AttributeType, Callable[[Attribute, Json], Comparable | None]] = {
    AttributeType.STRING: _text,
    AttributeType.REFERENCE: _text,
    AttributeType.BINARY: _text,
    AttributeType.BOOLEAN: _boolean,
    AttributeType.INTEGER: _number,
    AttributeType.DECIMAL: _number,
    AttributeType.DATE_TIME: _date_time,
}
