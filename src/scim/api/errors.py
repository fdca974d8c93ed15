"""Errors that arise in the router or below it, as SCIM errors (DESIGN §5)."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from scim.exceptions import InvalidSyntax, MethodNotAllowed, NotFound, ScimError
from scim.middleware.errors import error_response, plain_error
from scim.services.refusals import explained


def install_error_handlers(app: FastAPI) -> None:
    """Render every error of the router as a SCIM error."""
    app.add_exception_handler(ScimError, _scim_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)


async def _scim_error(request: Request, error: Exception) -> Response:
    """What was sent says, of a refusal, what would have been due."""
    assert isinstance(error, ScimError)
    state = request.scope["state"]
    state["recorded"] = error.is_recorded
    told = explained(error, state.get("sent"), state.get("caller"), request.app.state.settings)
    return error_response(request.scope, told)


async def _http_error(request: Request, error: Exception) -> Response:
    """What the router itself refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException)
    known: dict[int, ScimError] = {
        404: NotFound(f"There is no endpoint '{request.scope['path']}'."),
        405: MethodNotAllowed(f"{request.method} is not possible here.", headers=dict(error.headers or {})),
    }
    if error.status_code in known:
        return error_response(request.scope, known[error.status_code])
    return plain_error(request.scope, error.status_code, str(error.detail), headers=dict(error.headers or {}))


async def _validation_error(request: Request, _error: Exception) -> Response:
    return error_response(request.scope, InvalidSyntax())
