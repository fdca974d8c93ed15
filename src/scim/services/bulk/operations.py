"""One operation of a bulk request as the single request that it stands for, and its result."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, unquote

from scim.caller import Caller
from scim.config import Settings
from scim.exceptions import Conflict, InvalidPath, NotFound, ScimError
from scim.protocol.bulk.message import BulkOperation, Method
from scim.protocol.bulk.references import references, resolved
from scim.protocol.compat.request import Message
from scim.protocol.errors import error_message
from scim.protocol.prefer import Return
from scim.services.create import create
from scim.services.delete import delete
from scim.services.environment import Environment
from scim.services.patch import patch
from scim.services.refusals import BAD_REQUEST, explained
from scim.services.replace import replace as put
from scim.services.requests import Answer, Incoming, ScimRequest
from scim.storage.audit import Entry, Origin
from scim.storage.fields import as_id
from scim.utils.clock import now
from scim.utils.masking import mask_secrets

log = logging.getLogger(__name__)

T = TypeVar("T")
Outcome = Answer | ScimError
"""What became of one operation."""

_MAX_PATH: Final = 500
_OK: Final = 200
_EXPLAINED_IN_FULL: Final = 10
_UPDATES: Final = (Method.PUT, Method.PATCH)
"""They are reported as 200, as in RFC 7644 §3.7.3, though without the resource they would be answered 204."""

_ACTIONS: Final[Mapping[str, str]] = {
    Method.POST: "create",
    Method.PUT: "replace",
    Method.PATCH: "patch",
    Method.DELETE: "delete",
}

SERVICES: Final[Mapping[str, Callable[[Environment, Caller, ScimRequest], Awaitable[Answer]]]] = {
    Method.POST: create,
    Method.PUT: put,
    Method.PATCH: patch,
    Method.DELETE: delete,
}


class Failed(ScimError):
    """An operation that failed in a way nobody foresaw; its cause is in the log."""

    status = 500


@dataclass(slots=True)
class Explanations:
    """What would have been due, for the first refusals of a bulk request in full: each costs some milliseconds."""

    caller: Caller
    settings: Settings
    left: int = _EXPLAINED_IN_FULL

    def of(self, error: ScimError, request: Incoming) -> ScimError:
        """The error with its explanation."""
        self.left -= 1
        return explained(error, request, self.caller, self.settings, briefly=self.left < 0)


@dataclass(frozen=True, slots=True)
class Operations:
    """Turns operations of one bulk request into single requests, once what they refer to is made."""

    request: Incoming
    keep_bodies: bool
    explanations: Explanations

    def needed_by(self, operation: BulkOperation) -> frozenset[str]:
        """The bulkIds that an operation refers to, in its path or its data."""
        if operation.fault is not None:
            return frozenset()
        return frozenset([*references(operation.data), *references(unquote(operation.resource_id or ""))])

    def single(self, operation: BulkOperation, ids: Mapping[str, str]) -> ScimRequest:
        """The request that an operation stands for; `ids` are those of resources that were made, by bulkId.

        Raises:
            ScimError: the operation's form is wrong; what it refers to was not made (row J-21); no such endpoint.
        """
        if operation.fault is not None:
            raise operation.fault
        missing = sorted(self.needed_by(operation) - ids.keys())
        if missing:
            raise Conflict(f"It refers to bulkId '{missing[0]}', which no operation of this request has made.")
        kind = self.request.registry.at_endpoint(f"/{_decoded(operation.endpoint)}")
        if kind is None:
            raise NotFound(f"There is no endpoint '/{operation.endpoint}'.")
        resource_id = _decoded(operation.resource_id) if operation.resource_id is not None else None
        data = resolved(operation.data, ids)
        origin = replace(
            self.request.origin,
            method=operation.method,
            path=self._audited_path(operation),
            request=mask_secrets(data, self.request.registry.secret_names) if self.keep_bodies else None,
        )
        whole = {field.name: getattr(self.request, field.name) for field in fields(Incoming)}
        whole |= {
            "method": operation.method,
            "now": now(),
            "body": data,
            "query": _pairs(operation),
            "if_match": operation.version if operation.method != Method.POST else None,
            "if_none_match": None,
            "prefer": f"return={Return.MINIMAL}",
            "origin": origin,
            "message": Message.PATCH if operation.method == Method.PATCH else None,
        }
        return ScimRequest(**whole, kind=kind, resource_id=resolved(resource_id, ids))

    def result(self, operation: BulkOperation, outcome: Outcome, ids: Mapping[str, str]) -> dict[str, Any]:
        """An entry of the response (rows J-08 to J-11)."""
        found: dict[str, Any] = {"method": operation.method, "bulkId": operation.bulk_id}
        if not isinstance(outcome, ScimError):
            found |= {"version": outcome.etag, "location": outcome.location or self._location(operation, ids)}
            found["status"] = str(_OK if operation.method in _UPDATES else outcome.status)
        else:
            found["location"] = self._location(operation, ids) if operation.method != Method.POST else None
            found["status"] = str(outcome.status)
            found["response"] = error_message(
                self._explained(operation, outcome, ids), self.request.registry.secret_names
            )
        return {name: value for name, value in found.items() if value is not None}

    def refusal(self, operation: BulkOperation, error: ScimError, result: Mapping[str, Any]) -> tuple[Origin, Entry]:
        """The audit record of an operation that was refused; `result` is its entry of the response."""
        keeps_body = self.explanations.settings.audit_bodies != "none"
        kind = self.request.registry.at_endpoint(f"/{operation.endpoint}")
        origin = replace(
            self.request.origin,
            method=operation.method,
            path=self._audited_path(operation),
            request=mask_secrets(operation.data, self.request.registry.secret_names) if keeps_body else None,
        )
        entry = Entry(
            action=_ACTIONS.get(operation.method or "", "bulk"),
            at=now(),
            resource_type=kind.name if kind else None,
            resource_id=as_id(operation.resource_id or ""),
            status=error.status,
            scim_type=error.scim_type,
            detail=result["response"]["detail"],
            rules=self.request.rules,
            response=result["response"] if keeps_body else None,
        )
        return origin, entry

    def _explained(self, operation: BulkOperation, error: ScimError, ids: Mapping[str, str]) -> ScimError:
        """A refusal with what would have been due; where there is no single request, its form is at fault."""
        if error.status != BAD_REQUEST:
            return error
        try:
            return self.explanations.of(error, self.single(operation, ids))
        except ScimError:
            return explained(error, self.request, self.explanations.caller, self.explanations.settings, briefly=True)

    def _location(self, operation: BulkOperation, ids: Mapping[str, str]) -> str:
        """What an operation is about, as far as its path tells: the base where it tells nothing."""
        if operation.resource_id is None:
            return f"{self.request.base_url}/{operation.endpoint}".rstrip("/")
        name = unquote(operation.resource_id)
        known = all(one in ids for one in references(name))
        return f"{self.request.base_url}/{operation.endpoint}/{resolved(name, ids) if known else operation.resource_id}"

    def _audited_path(self, operation: BulkOperation) -> str:
        """As the path of a single request: below the one that the bulk request itself was sent to."""
        base = (self.request.origin.path or "").rpartition("/")[0]
        return (base + (operation.path or "").partition("?")[0])[:_MAX_PATH].replace("\x00", "")


async def contained(work: Awaitable[T], operation: BulkOperation, request_id: str | None) -> T | ScimError:
    """What becomes of an operation; a fault of ours in it is logged, and does not take the others with it."""
    try:
        return await work
    except ScimError as error:
        return error
    except Exception:
        log.exception("operation %d of bulk request %s failed", operation.index, request_id)
        return Failed(f"Something went wrong on the server; its log has more under the request id {request_id}.")


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise InvalidPath(f"'{text[:80]}' is not percent-encoded UTF-8.") from None


def _pairs(operation: BulkOperation) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(parse_qsl(operation.query, keep_blank_values=True, errors="strict"))
    except ValueError:
        raise InvalidPath(f"The query of '{(operation.path or '')[:80]}' is not percent-encoded UTF-8.") from None
