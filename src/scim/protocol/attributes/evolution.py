"""What a new definition of a schema would do to values that were stored by the old one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from scim.protocol.attributes.definition import Attribute, Mutability, Returned, Schema, Uniqueness, by_name

_KEPT: Final[Mapping[str, str]] = {
    "type": "type",
    "multi_valued": "multiValued",
    "case_exact": "caseExact",
    "uniqueness": "uniqueness",
}
"""Characteristics by which values are stored and compared, and their words in a definition."""


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Why stored values might not fit the new definition any longer, one sentence each; none where all stay good.

    Attributes may come, if they are neither required nor unique; texts, suggestions, who may set a value and when it is
    seen may change. Whether it is seen at all may not: what is never returned is in no filter either (DESIGN §1.5).
    """
    return list(_changes(old.attributes, new.attributes, ""))


def _changes(old: tuple[Attribute, ...], new: tuple[Attribute, ...], prefix: str) -> Iterator[str]:
    before, after = by_name(old), by_name(new)
    for name, attribute in before.items():
        if name not in after:
            yield f"'{prefix}{attribute.name}' would be gone"
        else:
            yield from _change(attribute, after[name], prefix)
    for name, attribute in after.items():
        if name not in before:
            yield from _addition(attribute, prefix)


def _change(old: Attribute, new: Attribute, prefix: str) -> Iterator[str]:
    for trait, word in _KEPT.items():
        before, after = getattr(old, trait), getattr(new, trait)
        if before != after:
            yield f"'{prefix}{old.name}': {word} would change from {_spelled(before)} to {_spelled(after)}"
    if new.name != old.name:
        yield f"'{prefix}{old.name}' would be spelled '{new.name}'"
    if (new.returned is Returned.NEVER) != (old.returned is Returned.NEVER):
        yield f"'{prefix}{old.name}': returned would change from {old.returned} to {new.returned}"
    if _is_due(new) and not _is_due(old):
        yield f"'{prefix}{old.name}' would become required"
    yield from _changes(old.sub_attributes, new.sub_attributes, f"{prefix}{old.name}.")


def _addition(attribute: Attribute, prefix: str) -> Iterator[str]:
    if _is_due(attribute):
        yield f"'{prefix}{attribute.name}' would be new and required"
    if attribute.uniqueness is not Uniqueness.NONE:
        yield f"'{prefix}{attribute.name}' would be new and unique"


def _is_due(attribute: Attribute) -> bool:
    """Whether a client must set it."""
    return attribute.required and attribute.mutability is not Mutability.READ_ONLY


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
