"""Rules on values, by what the schema says of their attribute (quirks COMMON-10, -11, -16, -17, -29, -31, -38)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from scim.protocol.attributes.definition import Attribute, AttributeType
from scim.protocol.compat.keys import member
from scim.protocol.compat.rule import FixesValue, Members, Moment
from scim.protocol.filters.values import search_value
from scim.protocol.values import Json, is_integer

_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,3})?")
_LARGEST_NUMBER_AS_TEXT = 10**18
"""Integers of at most 18 digits are printed as every client writes them; all of them fit 64 bits."""


def as_boolean(value: Json) -> Json:
    """The boolean that a text means, in any case; anything else as it is."""
    return _BOOLEANS.get(value.lower(), value) if isinstance(value, str) else value


def _boolean(_attribute: Attribute, value: Json) -> Json:
    return as_boolean(value)


def _number(attribute: Attribute, value: Json) -> Json:
    whole = attribute.type is AttributeType.INTEGER
    if not isinstance(value, str) or not (_INTEGER if whole else _DECIMAL).fullmatch(value):
        return value
    number = json.loads(value)
    return number if math.isfinite(number) else value


def _decimal_text(_attribute: Attribute, value: Json) -> Json:
    return str(value) if is_integer(value) and abs(value) < _LARGEST_NUMBER_AS_TEXT else value


def _wrapped(_attribute: Attribute, value: Json) -> Json:
    """An empty object is no entry: it means unassigned, as an empty list does (row B-37)."""
    return value if isinstance(value, list) or value == {} else [value]


def _entry_of_text(_attribute: Attribute, value: Json) -> Json:
    return {"value": value} if isinstance(value, str) else value


def _unwrapped(_attribute: Attribute, value: Json) -> Json:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _without_nulls(_attribute: Attribute, entries: list[Json]) -> Json:
    return [entry for entry in entries if entry is not None] if None in entries else entries


def _one_primary(_attribute: Attribute, entries: list[Json]) -> Json:
    primaries = [entry for entry in entries if _is_primary(entry)]
    if not primaries[1:]:
        return entries
    return [
        entry if entry is primaries[0] or not _is_primary(entry) else _without(entry, "primary") for entry in entries
    ]


def _is_primary(entry: Json) -> bool:
    return isinstance(entry, dict) and True in entry.values() and member(entry, "primary")[1] is True


def _without(entry: Members, name: str) -> Members:
    return {key: value for key, value in entry.items() if key.lower() != name}


def _distinct_pairs(attribute: Attribute, entries: list[Json]) -> Json:
    """The first of a pair stays and takes over `primary` from those that go (row B-32)."""
    if not entries[1:] or _differ_plainly(entries):
        return entries
    places: dict[Any, int] = {}
    kept: list[Json] = []
    for entry in entries:
        pair = _pair(attribute, entry)
        if pair is None or pair not in places:
            if pair is not None:
                places[pair] = len(kept)
            kept.append(entry)
        elif _is_primary(entry) and not _is_primary(kept[places[pair]]):
            kept[places[pair]] = {**_without(kept[places[pair]], "primary"), "primary": True}
    return entries if len(kept) == len(entries) else kept


def _differ_plainly(entries: list[Json]) -> bool:
    """Whether no two values are alike even without case: what is true of most lists, and cheap to see in ASCII."""
    seen = set()
    for entry in entries:
        value = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(value, str) or not value.isascii():
            return False
        seen.add(value.lower())
    return len(seen) == len(entries)


def _pair(attribute: Attribute, entry: Json) -> tuple[Json, Json] | None:
    """(type, value) in the form in which they are compared; None where they cannot be."""
    kind, value = attribute.sub("type"), attribute.sub("value")
    if kind is None or value is None or not isinstance(entry, Mapping):
        return None
    sent, named = member(entry, "value")[1], member(entry, "type")[1]
    if not isinstance(sent, str) or not isinstance(named, str | None):
        return None
    return search_value(kind, named or ""), search_value(value, sent)


def _is_numeric(attribute: Attribute) -> bool:
    return attribute.type in (AttributeType.INTEGER, AttributeType.DECIMAL)


def _is_list_with_value(attribute: Attribute) -> bool:
    return attribute.multi_valued and attribute.is_complex and attribute.sub("value") is not None


TEXT_BOOLEAN = FixesValue(
    moment=Moment.MISFIT, suits=lambda attribute: attribute.type is AttributeType.BOOLEAN, fix=_boolean
)
TEXT_NUMBER = FixesValue(moment=Moment.MISFIT, suits=_is_numeric, fix=_number)
NUMBER_AS_TEXT = FixesValue(
    moment=Moment.MISFIT, suits=lambda attribute: attribute.type is AttributeType.STRING, fix=_decimal_text
)
LONE_ENTRY = FixesValue(moment=Moment.SHAPE, suits=lambda attribute: attribute.multi_valued, fix=_wrapped)
TEXT_AS_ENTRY = FixesValue(moment=Moment.MISFIT, suits=_is_list_with_value, fix=_entry_of_text)
LIST_OF_ONE = FixesValue(moment=Moment.SHAPE, suits=lambda attribute: not attribute.multi_valued, fix=_unwrapped)
NULL_ENTRIES = FixesValue(moment=Moment.ENTRIES, suits=lambda attribute: attribute.multi_valued, fix=_without_nulls)
REPEATED_PAIRS = FixesValue(
    moment=Moment.LIST,
    suits=lambda attribute: _is_list_with_value(attribute) and attribute.sub("type") is not None,
    fix=_distinct_pairs,
)
TWO_PRIMARIES = FixesValue(
    turn=1,
    moment=Moment.LIST,
    suits=lambda attribute: attribute.multi_valued and attribute.sub("primary") is not None,
    fix=_one_primary,
    in_patch=False,
)
