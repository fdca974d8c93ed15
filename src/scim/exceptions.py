"""Errors, by what they mean to the person who must fix them.

`ScimError` and its subclasses become a SCIM error body (RFC 7644 §3.12): one class per `scimType`, and plain status
classes for the rest. `OperatorError` is for the terminal: a command that cannot go on, told in one sentence.
Nothing here knows a web framework.
"""

from __future__ import annotations

from typing import ClassVar


class ScimError(Exception):
    """A request that cannot be answered as asked (RFC 7644 §3.12).

    `detail` tells the reader what to change: which attribute, which operation, what was expected.
    """

    status: ClassVar[int] = 500
    is_recorded: ClassVar[bool] = False
    """Whether who raises it has left an audit record already."""

    scim_type: ClassVar[str | None] = None
    default_detail: ClassVar[str] = "The server could not answer this request."

    def __init__(self, detail: str | None = None, *, headers: dict[str, str] | None = None) -> None:
        self.detail = detail or self.default_detail
        self.headers = headers or {}
        super().__init__(self.detail)


class InvalidFilter(ScimError):
    """The filter is malformed, or compares what cannot be compared (RFC 7644 Table 9)."""

    status = 400
    scim_type = "invalidFilter"
    default_detail = "The filter is malformed."


class TooMany(ScimError):
    """The query would match or cost more than the server is willing to answer (RFC 7644 Table 9)."""

    status = 400
    scim_type = "tooMany"
    default_detail = "The query matches too many resources; narrow the filter."


class Uniqueness(ScimError):
    """A value that must be unique is taken (RFC 7644 §3.3, Table 9; always 409 here, row M-12)."""

    status = 409
    scim_type = "uniqueness"
    default_detail = "A value that must be unique is already taken."


class Mutability(ScimError):
    """A readOnly attribute, or an immutable one that is set, would change (RFC 7644 Table 9)."""

    status = 400
    scim_type = "mutability"
    default_detail = "The attribute cannot be changed."


class InvalidSyntax(ScimError):
    """The body is not JSON, or not of the message's form (RFC 7644 Table 9)."""

    status = 400
    scim_type = "invalidSyntax"
    default_detail = "The request body is malformed."


class InvalidPath(ScimError):
    """A PATCH path is malformed or names no attribute of the type (RFC 7644 Table 9)."""

    status = 400
    scim_type = "invalidPath"
    default_detail = "The path is malformed or names no attribute."


class NoTarget(ScimError):
    """A PATCH path found nothing to work on (RFC 7644 Table 9)."""

    status = 400
    scim_type = "noTarget"
    default_detail = "The path selects nothing."


class InvalidValue(ScimError):
    """A required value is missing, or a value does not fit its attribute (RFC 7644 Table 9)."""

    status = 400
    scim_type = "invalidValue"
    default_detail = "A value does not fit its attribute."


class InvalidCursor(ScimError):
    """A page cursor that is none of ours, is for another query, or leads nowhere (RFC 9865 §2.1)."""

    status = 400
    scim_type = "invalidCursor"
    default_detail = "The cursor is not one of this query's; begin again with an empty one."


class ExpiredCursor(ScimError):
    """A page cursor that is older than `pagination.cursorTimeout` says (RFC 9865 §2.1)."""

    status = 400
    scim_type = "expiredCursor"
    default_detail = "The cursor has expired; begin again with an empty one."


class InvalidCount(ScimError):
    """A page size that differs from the first page's (RFC 9865 §2.1)."""

    status = 400
    scim_type = "invalidCount"
    default_detail = "'count' must be the same for all pages of one walk."


class InvalidVersion(ScimError):
    """The protocol version in the URL is not served (RFC 7644 §3.13)."""

    status = 400
    scim_type = "invalidVers"
    default_detail = "This server speaks SCIM 2.0 only."


class Sensitive(ScimError):
    """The request would put sensitive data into a URL (RFC 7644 §7.5.2)."""

    status = 403
    scim_type = "sensitive"
    default_detail = "This query may not be made by GET."


class BadRequest(ScimError):
    """A request that is malformed outside its body."""

    status = 400
    default_detail = "The request is malformed."


class Unauthorized(ScimError):
    """Credentials are missing or bad; carries the WWW-Authenticate challenge (RFC 6750 §3)."""

    status = 401
    default_detail = "A valid bearer token is required."


class Forbidden(ScimError):
    """The caller is known, but not allowed to do this."""

    status = 403
    default_detail = "The token does not allow this."


class NotFound(ScimError):
    """No such resource or endpoint."""

    status = 404
    default_detail = "Not found."


class MethodNotAllowed(ScimError):
    """The endpoint does not take this method; `Allow` names those it takes (RFC 9110 §15.5.6)."""

    status = 405
    default_detail = "The endpoint does not take this method."


class NotAcceptable(ScimError):
    """No media type of ours fits `Accept` (RFC 9110 §15.5.7)."""

    status = 406
    default_detail = "Answers are application/scim+json or application/json."


class Conflict(ScimError):
    """The change lost against others made at the same time; the request may be repeated."""

    status = 409
    default_detail = "The resource was changed by other requests at the same time; try again."


class PreconditionFailed(ScimError):
    """`If-Match` or `If-None-Match` does not fit the current version (RFC 7644 §3.14)."""

    status = 412
    default_detail = "The resource's version is not the one named in the request."


class PreconditionRequired(ScimError):
    """The application takes changes only with `If-Match` (RFC 6585 §3, row L-09)."""

    status = 428
    default_detail = "This application takes changes only with If-Match; send the version that you know."


class PayloadTooLarge(ScimError):
    """The body is above a limit, which the detail names (RFC 7644 §3.12)."""

    status = 413
    default_detail = "The request body is too large."


class UnsupportedMediaType(ScimError):
    """The body is not declared as JSON (RFC 9110 §15.5.16)."""

    status = 415
    default_detail = "Send application/scim+json or application/json."


class TooManyRequests(ScimError):
    """The caller sends too much; `Retry-After` tells when to go on (RFC 6585 §4)."""

    status = 429
    default_detail = "Too many requests."


class NotOffered(ScimError):
    """The server does not offer this feature of the protocol (RFC 7644 §3.12, 501)."""

    status = 501
    default_detail = "This server does not offer that feature."


class Unavailable(ScimError):
    """The database is out of reach; the request may be repeated after `Retry-After` seconds."""

    status = 503
    default_detail = "The database cannot be reached at the moment; try again."

    def __init__(self, detail: str | None = None, *, retry_after: int = 5) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class SchemasChanged(Unavailable):
    """The application's schemas changed while a request was read by the old ones; the next one meets the new ones."""

    default_detail = "The application's schemas were changed at this moment; send the request again."

    def __init__(self) -> None:
        super().__init__(retry_after=1)


class OperatorError(Exception):
    """A command or a start that cannot go on; the message says what to do (exit status 1)."""


class UsageError(OperatorError):
    """A command that was given arguments that do not fit (exit status 2)."""
