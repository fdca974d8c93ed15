"""Rows of the matrix that no test through HTTP can hold the server to, and why."""

from __future__ import annotations

from collections.abc import Mapping

NOT_OFFERED: Mapping[str, str] = {"R": "Events (RFC 9967) are not offered yet; ServiceProviderConfig announces none."}
"""Whole groups, by letter."""

UNTESTED: Mapping[str, str] = {}
"""Single rows, by id."""
