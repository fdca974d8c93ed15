"""Reading the values of a request: type, canonical names, nothing that a client may not set (RFC 7643 §2.3, §2.4).

What comes out has the schema's spelling and no null, empty list, empty object or readOnly part, since all of these mean
"unassigned" or "not yours to set" (RFC 7643 §2.5, §7).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from scim.exceptions import InvalidSyntax, InvalidValue
from scim.protocol.attributes.definition import Attribute, AttributeType, Mutability, Returned
from scim.protocol.date_time import parse_date_time
from scim.protocol.unknown import Unknowns

Json = Any
"""What a JSON parser gives: the types are checked here, by the schema."""

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_DUE = {
    AttributeType.STRING: "a string",
    AttributeType.BOOLEAN: "true or false",
    AttributeType.INTEGER: "a whole number",
    AttributeType.DECIMAL: "a number",
    AttributeType.DATE_TIME: "a dateTime such as 2025-01-31T08:00:00Z",
    AttributeType.BINARY: "base64 text",
    AttributeType.REFERENCE: "a URI",
    AttributeType.COMPLEX: "an object",
}


def is_integer(value: Json) -> bool:
    """A JSON number without fraction and exponent; true and false are none (row B-23)."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_date_time(value: Json) -> bool:
    return isinstance(value, str) and parse_date_time(value) is not None


def _is_base64(value: Json) -> bool:
    if not isinstance(value, str) or not _BASE64.fullmatch(value):
        return False
    plain = value.rstrip("=")
    try:
        base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return False
    return True


_FITS: Mapping[AttributeType, Callable[[Json], bool]] = {
    AttributeType.STRING: _is_text,
    AttributeType.BOOLEAN: lambda value: isinstance(value, bool),
    AttributeType.INTEGER: is_integer,
    AttributeType.DECIMAL: _is_number,
    AttributeType.DATE_TIME: _is_date_time,
    AttributeType.BINARY: _is_base64,
    AttributeType.REFERENCE: _is_text,
    AttributeType.COMPLEX: lambda value: isinstance(value, Mapping),
}


def fits(attribute: Attribute, value: Json) -> bool:
    """Whether `value` has the JSON type that one value of the attribute must have (RFC 7643 §2.3)."""
    return _FITS[attribute.type](value)


def is_unassigned(value: Json) -> bool:
    """null, an empty list and an object without parts are the same as absence (RFC 7643 §2.5, row B-37)."""
    return value is None or (isinstance(value, list | dict) and not value)


def is_reference(attribute: Attribute) -> bool:
    """Whether values name SCIM resources by id: complex, with `value` and a `$ref` to resource types."""
    ref = attribute.sub("$ref")
    if ref is None or attribute.sub("value") is None:
        return False
    return any(kind not in ("external", "uri") for kind in ref.reference_types)


def shown(value: Json) -> str:
    """A value as an error message shows it: short, and never a whole document."""
    match value:
        case str():
            return f"the text '{value[:40]}'"
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
    return "an object"


def unlike(attribute: Attribute, value: Json) -> str:
    """`, not VALUE` for an error message; nothing where the attribute is a secret."""
    return f", not {shown(value)}" if attribute.returned is not Returned.NEVER else ""


def canonical_keys(body: Mapping[str, Json], where: str) -> dict[str, Json]:
    """The members of an object by lower-case name.

    Raises:
        InvalidSyntax: two names differ in letter case only (row B-07).
    """
    by_key: dict[str, Json] = {}
    for key, value in body.items():
        if key.lower() in by_key:
            raise InvalidSyntax(f"{where} names '{key}' twice, in different letter case.")
        by_key[key.lower()] = value
    return by_key


def read_value(attribute: Attribute, value: Json, *, where: str, unknowns: Unknowns) -> Json:
    """The value of a whole attribute: a list of entries, or one value; None when unassigned.

    Raises:
        InvalidValue: the value does not fit the attribute (rows B-20 to B-29).
    """
    if is_unassigned(value):
        return None
    if not attribute.multi_valued:
        return read_entry(attribute, value, where=where, unknowns=unknowns)
    if not isinstance(value, list):
        raise InvalidValue(f"'{where}' holds several values: it must be a list{unlike(attribute, value)}.")
    return read_entries(attribute, value, where=where, unknowns=unknowns) or None


def read_entries(attribute: Attribute, values: list[Json], *, where: str, unknowns: Unknowns) -> list[Json]:
    """The entries of a multi-valued attribute; entries without any assigned part are left out."""
    entries = []
    for position, value in enumerate(values):
        if value is None:
            raise InvalidValue(f"'{where}' has null as entry {position + 1}; leave the entry out.")
        entry = read_entry(attribute, value, where=where, unknowns=unknowns)
        if not is_unassigned(entry):
            entries.append(entry)
    return entries


def read_entry(attribute: Attribute, value: Json, *, where: str, unknowns: Unknowns) -> Json:
    """One value of an attribute, its sub-attributes included.

    Raises:
        InvalidValue: the value does not fit the attribute.
    """
    if not fits(attribute, value):
        raise InvalidValue(f"'{where}' must be {_DUE[attribute.type]}{unlike(attribute, value)}.")
    if not attribute.is_complex:
        return value
    return _read_parts(attribute, value, where=where, unknowns=unknowns) or None


def _read_parts(attribute: Attribute, value: Mapping[str, Json], *, where: str, unknowns: Unknowns) -> dict[str, Json]:
    parts: dict[str, Json] = {}
    canonical_keys(value, f"'{where}'")
    for key, part in value.items():
        sub = attribute.sub(key)
        if sub is None:
            unknowns.meet(f"{where}.{key}", part, f"'{where}' has no sub-attribute '{key}'.")
            continue
        if sub.mutability is Mutability.READ_ONLY:
            continue
        if attribute.returned is Returned.NEVER:
            sub = replace(sub, returned=Returned.NEVER)
        read = read_value(sub, part, where=f"{where}.{sub.name}", unknowns=unknowns)
        if not is_unassigned(read):
            parts[sub.name] = read
    if is_reference(attribute) and parts.get("value") == "":
        raise InvalidValue(f"'{where}.value' is empty; no resource has an empty id.")
    return parts
