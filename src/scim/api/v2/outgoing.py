"""From a service's answer to bytes, in the media type that the client takes (RFC 7644 §3.8)."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Request, Response

from scim.protocol.media_types import answer_type
from scim.services.requests import Answer


def json_response(request: Request, body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer; personal data is kept out of caches (row N-19)."""
    kind = answer_type(request.headers.get("accept"))
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type=kind,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def outgoing(request: Request, answer: Answer) -> Response:
    """The answer of a service; 204 and 304 have no body (row P-11)."""
    request.scope["state"]["summary"] = answer.summary
    headers = {}
    if answer.location is not None:
        headers["Location"] = answer.location
    if answer.etag is not None:
        headers["ETag"] = answer.etag
    if answer.preference_applied is not None:
        headers["Preference-Applied"] = answer.preference_applied
    if answer.body is None:
        return Response(status_code=answer.status, headers={"Cache-Control": "no-store", **headers})
    return json_response(request, answer.body, status=answer.status, headers=headers)
