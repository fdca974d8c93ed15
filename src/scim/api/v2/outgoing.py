"""From a service's answer to bytes, in the media type that the client takes (RFC 7644 §3.8)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from scim.protocol.media_types import answer_type
from scim.services.requests import Answer
from scim.utils.splice import dump


def json_response(request: Request, body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer; personal data is kept out of caches (row N-19)."""
    kind = answer_type(request.headers.get("accept"))
    pieces = dump(body)
    every = {"Cache-Control": "no-store", **(headers or {})}
    if len(pieces) == 1:
        return Response(pieces[0], status_code=status, media_type=kind, headers=every)
    return _InPieces(pieces, status_code=status, media_type=kind, headers=every)


class _InPieces(Response):
    """An answer of known length that is sent piece by piece, so that it is never there as a whole."""

    def __init__(self, pieces: list[bytes], *, status_code: int, media_type: str, headers: dict[str, str]) -> None:
        length = {"Content-Length": str(sum(map(len, pieces)))}
        super().__init__(None, status_code=status_code, media_type=media_type, headers=headers | length)
        self.pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - what ASGI has
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def outgoing(request: Request, answer: Answer) -> Response:
    """The answer of a service; 204 and 304 have no body (row P-11)."""
    state = request.scope["state"]
    state |= {"summary": answer.summary, "aside": answer.aside, "rules": answer.rules or state.get("rules", ())}
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
