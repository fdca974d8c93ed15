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
_SELECTION: Final = re.compile(r"""\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]?""")


def mask_secrets(body: Any, names: Collection[str] = SECRET_NAMES) -> Any:
    """A copy of a body with the values of secret attributes masked; a null stays, it tells nothing.

    They are found by name in objects (bulk data and PATCH values included), by the path of a PATCH operation, and in
    comparisons of filters. Letter case is ignored; a name may carry a URN, a parent, a sub-attribute or a selection.
    """
    return _masked(body, frozenset(name.lower() for name in names))


def mask_filter(text: str, names: Collection[str] = SECRET_NAMES) -> str:
    """A filter or path with the values that secret attributes are compared with masked."""
    return _comparison(frozenset(name.lower() for name in names)).sub(rf"\1{MASK}", text)


def _masked(body: Any, names: frozenset[str]) -> Any:
    if isinstance(body, Mapping):
        of_secret = _is_operation_on(names, body)
        return {key: _member(key, value, names, of_secret=of_secret) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [_masked(part, names) for part in body]
    return body


def _member(key: str, value: Any, names: frozenset[str], *, of_secret: bool) -> Any:
    member = key.lower()
    if (of_secret and member == "value") or _names_one(names, key):
        return None if value is None else MASK
    if member in _FILTER_MEMBERS and isinstance(value, str):
        return _comparison(names).sub(rf"\1{MASK}", value)
    return _masked(value, names)


def _is_operation_on(names: frozenset[str], body: Mapping[str, Any]) -> bool:
    return any(
        key.lower() == "path" and isinstance(value, str) and _names_one(names, value) for key, value in body.items()
    )


def _names_one(names: frozenset[str], path: str) -> bool:
    """Whether a name of a path is a secret's; `urn:…:2.0:User:a[b eq "c"].d` has the names a and d."""
    return not names.isdisjoint(_path_names(path))


def _path_names(path: str) -> tuple[str, ...]:
    without_selection = _SELECTION.sub("", path.lower()) if "[" in path else path.lower()
    return tuple(name.strip() for name in without_selection.rpartition(":")[2].split("."))


@lru_cache(maxsize=64)
def _comparison(names: frozenset[str]) -> re.Pattern[str]:
    """`password eq "x"`, also with a sub-attribute, and with a value in wrong quotes or in none."""
    any_name = "|".join(re.escape(name) for name in sorted(names)) or r"(?!)"
    value = r"""(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s)\]]+)"""
    return re.compile(rf"(?i)((?<![\w$-])(?:{any_name})(?:\.[\w$-]+)?\s+\w\w\s+){value}")
