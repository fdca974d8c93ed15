"""Which section of which RFC says what was due, for each error by its class, what was read, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from scim.exceptions import (
    ExpiredCursor,
    InvalidCount,
    InvalidCursor,
    InvalidFilter,
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    InvalidVersion,
    Mutability,
    ScimError,
)
from scim.protocol.compat.request import Message, Raw


class Reading(Enum):
    """What was being read when a request was refused."""

    HTTP = "what is not yet a request of SCIM"
    QUERY = "the parameters of a GET"
    SEARCH = "a SearchRequest"
    RESOURCE = "the resource in a POST or PUT"
    PATCH = "a PatchOp"
    BULK = "a BulkRequest, or the form of one of its operations"


_EVERYWHERE = frozenset(Reading)
_VALUES = frozenset({Reading.RESOURCE, Reading.PATCH})
_MESSAGES = {Message.PATCH: Reading.PATCH, Message.BULK: Reading.BULK, Message.SEARCH: Reading.SEARCH}


@dataclass(frozen=True, slots=True)
class Row:
    """A section, and the errors that it is for; `says` is a pattern found in their detail."""

    section: str
    errors: type[ScimError] | tuple[type[ScimError], ...] = ScimError
    reading: frozenset[Reading] = _EVERYWHERE
    says: str = ""


def _during(reading: Reading) -> frozenset[Reading]:
    return frozenset({reading})


_RESOURCE, _PATCH = _during(Reading.RESOURCE), _during(Reading.PATCH)

_ROWS = (
    Row("RFC 7644 §3.4.2.2", InvalidFilter),
    Row("RFC 7644 §3.13", InvalidVersion),
    Row("RFC 9865 §2.1", (InvalidCursor, ExpiredCursor, InvalidCount)),
    Row("RFC 9865 §2.4", InvalidValue, says="^'cursor' and 'startIndex'"),
    Row("RFC 7644 §3.9", InvalidValue, says="^'attributes' and 'excludedAttributes'"),
    Row("RFC 7644 §3.4.2.3", (InvalidPath, InvalidValue), says="^'sort(By|Order)' |cannot be sorted by"),
    Row("RFC 7644 §3.4.2.4", InvalidValue, says="^'(count|startIndex)' must be"),
    Row("RFC 7644 §3.4.2", says="^The parameter |^The query string "),
    Row("RFC 7644 §3.7", reading=_during(Reading.BULK)),
    Row("RFC 7644 §3.4.3", reading=_during(Reading.SEARCH)),
    Row("RFC 7644 §3.4.2", reading=_during(Reading.QUERY)),
    Row("RFC 7644 §3.8", reading=_during(Reading.HTTP)),
    Row("RFC 7643 §2.1", InvalidSyntax, says="in different letter case"),
    Row("RFC 7644 §3.5.2.2", Mutability, says="is required and cannot be removed"),
    Row("RFC 7643 §7", Mutability),
    Row("RFC 7644 §3.10", InvalidPath, _PATCH, "has no (sub-)?attribute"),
    Row("RFC 7644 §3.8", InvalidSyntax, _RESOURCE, "^The body must be"),
    Row("RFC 7643 §3", reading=_RESOURCE, says="^'schemas' "),
    Row("RFC 7644 §3.1", reading=_RESOURCE, says="has no (sub-)?attribute"),
    Row("RFC 7643 §3.3", InvalidValue, _VALUES, "must be an object with the extension's attributes"),
    Row("RFC 7643 §6", InvalidValue, _VALUES, "^The extension '.*' is required"),
    Row("RFC 7643 §7", InvalidValue, _VALUES, "is required"),
    Row(
        "RFC 7643 §2.4", InvalidValue, _VALUES, "it must be a list|null as entry|with primary true|same type and value"
    ),
    Row("RFC 7643 §3.1", InvalidValue, _VALUES, "no resource has an empty id"),
    Row("RFC 7643 §4.2", InvalidValue, _VALUES, "'members'(: |.* cannot contain itself)"),
    Row("RFC 7643 §2.3.1", InvalidValue, _VALUES, "must be a string"),
    Row("RFC 7643 §2.3.2", InvalidValue, _VALUES, "must be true or false"),
    Row("RFC 7643 §2.3.3", InvalidValue, _VALUES, "must be a number"),
    Row("RFC 7643 §2.3.4", InvalidValue, _VALUES, "must be a whole number"),
    Row("RFC 7643 §2.3.5", InvalidValue, _VALUES, "must be a dateTime"),
    Row("RFC 7643 §2.3.6", InvalidValue, _VALUES, "must be base64"),
    Row("RFC 7643 §2.3.7", InvalidValue, _VALUES, "must be a URI"),
    Row("RFC 7643 §2.3.8", InvalidValue, _VALUES, "(?<!without a path 'value' )must be an object"),
    Row("RFC 7643 §2.3", InvalidValue, _RESOURCE),
    Row("RFC 7644 §3.5.2.1", reading=_PATCH, says=r"^Operation \d+ \(add "),
    Row("RFC 7644 §3.5.2.2", reading=_PATCH, says=r"^Operation \d+ \(remove "),
    Row("RFC 7644 §3.5.2.3", reading=_PATCH, says=r"^Operation \d+ \(replace "),
    Row("RFC 7644 §3.5.2", reading=_PATCH),
    Row("RFC 7644 §3.12"),
)
"""The first row that fits is the one."""


def section(error: ScimError, raw: Raw | None) -> str:
    """The section for an error; `raw` is None where the request did not come so far."""
    reading = _reading(raw)
    return next(row.section for row in _ROWS if _fits(row, error, reading))


def _fits(row: Row, error: ScimError, reading: Reading) -> bool:
    return isinstance(error, row.errors) and reading in row.reading and re.search(row.says, error.detail) is not None


def _reading(raw: Raw | None) -> Reading:
    if raw is None:
        return Reading.HTTP
    if raw.message is not None:
        return _MESSAGES[raw.message]
    return Reading.RESOURCE if raw.method in ("POST", "PUT") else Reading.QUERY
