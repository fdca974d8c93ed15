"""Errors as answers: one form for all of them, wherever they arise (RFC 7644 §3.12, rows M-01 to M-24)."""

from __future__ import annotations

import logging
from http import HTTPStatus

import orjson
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scim.exceptions import ScimError
from scim.protocol.errors import error_body
from scim.protocol.media_types import answer_type
from scim.utils.masking import SECRET_NAMES, mask_filter

log = logging.getLogger(__name__)


def error_response(scope: Scope, error: ScimError) -> Response:
    """The answer for an error of ours; notes it in the scope for the log."""
    state = scope.setdefault("state", {})
    detail = mask_filter(error.detail, state.get("secret_names", SECRET_NAMES))
    state["scim_type"] = error.scim_type
    state["detail"] = detail
    return plain_error(scope, error.status, detail, error.scim_type, error.headers)


def plain_error(
    scope: Scope, status: int, detail: str, scim_type: str | None = None, headers: dict[str, str] | None = None
) -> Response:
    """An Error message in the media type that the client takes."""
    return Response(
        orjson.dumps(error_body(status, detail, scim_type)),
        status_code=status,
        media_type=answer_type(Headers(scope=scope).get("accept")),
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


class Errors:
    """Turns errors that arise in the middlewares below into answers; an unknown one becomes one opaque 500."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noting_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting_start)
        except ScimError as error:
            if started:
                raise
            await error_response(scope, error)(scope, receive, send)
        except ClientDisconnect:
            log.info("the client of request %s went away", scope["state"].get("request_id"))
        except Exception:
            request_id = scope["state"].get("request_id")
            log.exception("request %s failed", request_id)
            if started:
                raise
            detail = f"Something went wrong on the server; its log has more under the request id {request_id}."
            await plain_error(scope, HTTPStatus.INTERNAL_SERVER_ERROR, detail)(scope, receive, send)
