"""Rows of the matrix that no test through HTTP can hold the server to, and why."""

from __future__ import annotations

from collections.abc import Mapping

NOT_OFFERED: Mapping[str, str] = {"R": "Events (RFC 9967) are not offered yet; ServiceProviderConfig announces none."}
"""Whole groups, by letter."""

UNTESTED: Mapping[str, str] = {
    "E-28": "Queries over all types are offered, and no result is refused as too large, so neither answer occurs.",
    "F-41": "Which data is sensitive is the server's policy, and it names none: passwords are refused in every filter (F-40).",
    "M-16": "PATCH, Bulk, /Me and queries over all types are offered, so nothing answers 501.",
    "N-21": "No token is limited to its own user: rights are per application and by scope, also with a subject.",
}
"""Single rows, by id."""
