"""Rules on the URL and the headers of a request (quirks COMMON-25, -26, -28)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scim.protocol.compat.request import Pairs
from scim.protocol.compat.rule import FixesQuery, FixesUrl, TakesMediaType
from scim.protocol.values import Json

_SLASHES = re.compile("/{2,}")
_EMPTY_COUNTS_AS_ABSENT = frozenset({"", "filter", "count", "startindex"})
_SENT_BY_FORMS = ("application/x-www-form-urlencoded", "multipart/")
"""Media types of HTML forms; a page of another origin can have a browser send them with the user's cookies."""


def _without_repetition(path: str, base: str) -> str:
    """Below the base path: single slashes, and neither the base path nor its last segment once more."""
    rest = _SLASHES.sub("/", path.removeprefix(base))
    repeated = (base, base[base.rfind("/") :])
    while prefix := next((one for one in repeated if f"{rest}/".startswith(f"{one}/")), None):
        rest = rest.removeprefix(prefix)
    return base + rest


def _without_empty_parts(pairs: Pairs) -> Pairs:
    return tuple(pair for pair in pairs if pair[1] or pair[0].lower() not in _EMPTY_COUNTS_AS_ABSENT)


def _is_object_of_no_form(content_type: str | None, body: Json) -> bool:
    return isinstance(body, Mapping) and not (content_type or "").strip().lower().startswith(_SENT_BY_FORMS)


REPEATED_BASE = FixesUrl(fix=_without_repetition)
EMPTY_PARTS = FixesQuery(fix=_without_empty_parts)
UNDECLARED_JSON = TakesMediaType(takes=_is_object_of_no_form)
