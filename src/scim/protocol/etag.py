"""Weak entity tags made from a resource's version, and the conditions that name them (RFC 7644 §3.14, RFC 9110 §13)."""

from __future__ import annotations

import re

from scim.exceptions import PreconditionFailed, PreconditionRequired

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def etag(version: int) -> str:
    """The tag of a version, as in the `ETag` header and `meta.version` (row L-03): `W/"7"`."""
    return f'W/"{version}"'


def matches(condition: str, version: int) -> bool:
    """Whether a list of tags, or `*`, names this version; weak marks do not count (row L-06)."""
    if condition.strip() == "*":
        return True
    return str(version) in _TAG.findall(condition) or condition.strip() == str(version)


def check_if_match(condition: str | None, version: int, *, required: bool = False) -> None:
    """Refuse a write whose `If-Match` does not name the current version (row L-05), or one without it (row L-09).

    Raises:
        PreconditionFailed: with the version the resource has.
        PreconditionRequired: there is none, and one is `required`.
    """
    if condition is None and required:
        raise PreconditionRequired
    if condition is not None and not matches(condition, version):
        raise PreconditionFailed(f"If-Match is {condition}, but the resource's version is {etag(version)}.")


def check_if_none_match(condition: str | None, version: int) -> None:
    """Refuse a write whose `If-None-Match` names the current version (row L-11).

    Raises:
        PreconditionFailed: with the version the resource has.
    """
    if condition is not None and matches(condition, version):
        raise PreconditionFailed(f"If-None-Match is {condition}, and the resource's version is {etag(version)}.")
