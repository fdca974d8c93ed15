"""Names of components in the OpenAPI document, and references to them."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile(r"[^A-Za-z0-9_-]")


def component(*parts: str) -> str:
    """A component's name from its parts; what the OpenAPI form of names forbids becomes `_` (OpenAPI 3.1 §4.8.7.1)."""
    return ".".join(_FORBIDDEN.sub("_", part) for part in parts)


def reference(section: str, *parts: str) -> dict[str, str]:
    """A reference to a component of a section such as `schemas`."""
    return {"$ref": f"#/components/{section}/{component(*parts)}"}
