"""The Error message (RFC 7644 §3.12)."""

from __future__ import annotations

from scim.exceptions import ScimError

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def error_body(status: int, detail: str, scim_type: str | None = None) -> dict[str, object]:
    """An Error message; `status` is a text in it."""
    body: dict[str, object] = {"schemas": [ERROR], "status": str(status), "detail": detail}
    return body | {"scimType": scim_type} if scim_type else body


def error_message(error: ScimError) -> dict[str, object]:
    """The Error message for an error of ours."""
    return error_body(error.status, error.detail, error.scim_type)
