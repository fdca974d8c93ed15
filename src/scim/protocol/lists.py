"""Rules for the entries of one multi-valued attribute taken together (RFC 7643 §2.4)."""

from __future__ import annotations

from scim.exceptions import InvalidValue
from scim.protocol.attributes.definition import Attribute
from scim.protocol.filters.values import search_value
from scim.protocol.values import Json


def check_list(attribute: Attribute, entries: list[Json], *, where: str) -> None:
    """Refuse two primary entries (rows B-30, H-63) and the same (type, value) pair twice (row B-32).

    Raises:
        InvalidValue: naming the entry that repeats another.
    """
    if not attribute.is_complex:
        return
    check_primary(attribute, entries, where=where)
    seen = set()
    for entry in entries:
        pair = pair_of(attribute, entry)
        if pair is not None and pair in seen:
            raise InvalidValue(f"'{where}' has the same type and value twice: '{entry['value']}'.")
        seen.add(pair)


def check_primary(attribute: Attribute, entries: list[Json], *, where: str) -> None:
    """Refuse two primary entries.

    Raises:
        InvalidValue: there are several.
    """
    if attribute.sub("primary") and sum(entry.get("primary") is True for entry in entries) > 1:
        raise InvalidValue(f"'{where}' has more than one entry with primary true; only one may be.")


def pair_of(attribute: Attribute, entry: Json) -> tuple[Json, Json] | None:
    """The (type, value) pair of an entry, in the form in which it is compared; None where there is no such pair."""
    kind, value = attribute.sub("type"), attribute.sub("value")
    if kind is None or value is None or "value" not in entry:
        return None
    return search_value(kind, entry.get("type", "")), search_value(value, entry["value"])


def keep_one_primary(entries: list[Json], chosen: list[Json], *, where: str) -> None:
    """After `chosen` entries were written: one that is primary takes the flag from all others (row H-13).

    Raises:
        InvalidValue: several of the chosen entries are primary (row H-63).
    """
    primaries = [entry for entry in chosen if isinstance(entry, dict) and entry.get("primary") is True]
    if len(primaries) > 1:
        raise InvalidValue(f"'{where}' would have more than one entry with primary true; only one may be.")
    if not primaries:
        return
    for entry in entries:
        if entry is not primaries[0] and entry.get("primary") is True:
            entry["primary"] = False
