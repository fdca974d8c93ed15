"""Keeping secrets out of logs and audit records."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

MASK = "***"
SECRET_NAMES = frozenset({"password"})

_NAME = re.compile(r"[A-Za-z$][\w$-]*")


def mask_secrets(body: Any, names: Collection[str] = SECRET_NAMES) -> Any:
    """A copy of a body with the values of secret attributes masked.

    They are found by name in objects, and by the path of a PATCH operation; letter case is ignored, and names may carry a
    URN or a parent.
    """
    secret = {name.lower() for name in names}
    if isinstance(body, Mapping):
        by_path = _names_secret(body, secret)
        return {key: _member(key, value, secret, by_path=by_path) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [mask_secrets(part, secret) for part in body]
    return body


def _member(key: str, value: Any, secret: set[str], *, by_path: bool) -> Any:
    if _last_name(key) in secret or (by_path and key.lower() == "value"):
        return None if value is None else MASK
    return mask_secrets(value, secret)


def _names_secret(body: Mapping[str, Any], secret: set[str]) -> bool:
    """Whether an object is an operation on a secret."""
    return any(
        key.lower() == "path" and isinstance(value, str) and _last_name(value) in secret for key, value in body.items()
    )


def _last_name(path: str) -> str:
    found = _NAME.findall(path.strip().rpartition(":")[2])
    return found[-1].lower() if found else ""
