"""Keeping secrets out of logs and audit records."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, Final

MASK: Final = "***"
SECRET_NAMES: Final = frozenset({"password"})

# Members whose text is in the filter language: the path of a PATCH operation, and the filter of a search request.
_FILTER_MEMBERS: Final = frozenset({"path", "filter"})
_NAME: Final = re.compile(r"[\w$-]+")
_SELECTION: Final = re.compile(r"""\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]?""")


def mask_secrets(body: Any, names: Collection[str] = SECRET_NAMES, *, mask: Any = MASK) -> Any:
    """A copy of a body with the values of secret attributes masked; a null stays, it tells nothing.

    They are found by name in objects (bulk data and PATCH values included), by the path of a PATCH operation, and in
    comparisons of filters. Letter case is ignored; a name may carry a URN, a parent, a sub-attribute or a selection.
    """
    return _masked(body, _lowered(names), mask)


def mask_filter(text: str, names: Collection[str] = SECRET_NAMES) -> str:
    """A text with the values that secret attributes are compared with, or selected by, masked."""
    return _comparison(_lowered(names)).sub(_without_value, text)


def secret_members(body: Mapping[str, Any], names: Collection[str] = SECRET_NAMES) -> frozenset[str]:
    """The members of an object whose values are secrets, as `mask_secrets` finds them."""
    lowered = _lowered(names)
    of_secret = _is_operation_on(lowered, body)
    return frozenset(key for key in body if (of_secret and key.lower() == "value") or _names_one(lowered, key))


def _lowered(names: Collection[str]) -> frozenset[str]:
    return names if names is SECRET_NAMES else frozenset(name.lower() for name in names)


def _masked(body: Any, names: frozenset[str], mask: Any) -> Any:
    if isinstance(body, Mapping):
        secret = secret_members(body, names)
        return {key: _member(key, value, names, mask, is_secret=key in secret) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [_masked(part, names, mask) for part in body]
    return body


def _member(key: str, value: Any, names: frozenset[str], mask: Any, *, is_secret: bool) -> Any:
    if is_secret:
        return None if value is None else mask
    if isinstance(value, str) and key.lower() in _FILTER_MEMBERS:
        return mask_filter(value, names)
    return _masked(value, names, mask)


def _is_operation_on(names: frozenset[str], body: Mapping[str, Any]) -> bool:
    return any(
        isinstance(value, str) and key.lower() == "path" and _names_one(names, value) for key, value in body.items()
    )


def _names_one(names: frozenset[str], path: str) -> bool:
    """Whether a path names a secret, outside of selections; one that is malformed may do so too."""
    lowered = path.lower()
    if not any(name in lowered for name in names):
        return False
    return not names.isdisjoint(_NAME.findall(_SELECTION.sub(" ", lowered)))


def _without_value(match: re.Match[str]) -> str:
    return (match["compared"] or match["selected"]) + MASK


@lru_cache(maxsize=64)
def _comparison(names: frozenset[str]) -> re.Pattern[str]:
    """`password eq "x"`, also with a sub-attribute, and with a value in wrong quotes or in none; `password[…]`."""
    any_name = "|".join(re.escape(name) for name in sorted(names)) or r"(?!)"
    name = rf"(?<![\w$-])(?:{any_name})(?:\.[\w$-]+)?"
    value = r"""(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s)\]]+)"""
    inside = r"""(?:"(?:[^"\\]|\\.)*"?|[^"\]])+"""
    return re.compile(rf"(?i)(?P<compared>{name}\s+\w\w\s+){value}|(?P<selected>{name}\s*\[){inside}")
