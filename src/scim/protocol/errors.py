"""The Error message (RFC 7644 §3.12)."""

from __future__ import annotations

from collections.abc import Collection

from scim.exceptions import ScimError
from scim.utils.masking import SECRET_NAMES, mask_filter

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def error_body(status: int, detail: str, scim_type: str | None = None) -> dict[str, object]:
    """An Error message; `status` is a text in it."""
    body: dict[str, object] = {"schemas": [ERROR], "status": str(status), "detail": detail}
    return body | {"scimType": scim_type} if scim_type else body


def error_message(error: ScimError, secret_names: Collection[str] = SECRET_NAMES) -> dict[str, object]:
    """The Error message for an error of ours; values that secret attributes were compared with are masked in it."""
    return error_body(error.status, mask_filter(error.detail, secret_names), error.scim_type)
