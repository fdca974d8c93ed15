"""The Error message (rows M-01 to M-03)."""

from __future__ import annotations

from scim.exceptions import NotFound, Uniqueness
from scim.protocol.errors import ERROR, error_message


def test_the_status_is_a_text_and_scim_type_is_there_only_where_the_rfc_has_one() -> None:
    assert error_message(NotFound("no user 9")) == {"schemas": [ERROR], "status": "404", "detail": "no user 9"}
    assert error_message(Uniqueness("taken"))["scimType"] == "uniqueness"
