"""A recorded request, sent again: dry, to see what it would change, or for good."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from scim.caller import Caller
from scim.config import API_PATH, Settings
from scim.db.database import Database
from scim.db.session import Session
from scim.exceptions import OperatorError, ScimError
from scim.models import Application, Tenant
from scim.protocol.compat.normalise import normal_path
from scim.protocol.compat.profile import profile
from scim.protocol.compat.request import Message
from scim.services import audit as audit_services
from scim.services.create import create
from scim.services.delete import delete
from scim.services.environment import Environment
from scim.services.operator import operator_caller
from scim.services.passwords import Passwords
from scim.services.patch import patch
from scim.services.read import read
from scim.services.refusals import explained
from scim.services.replace import replace as put
from scim.services.requests import Answer, ScimRequest
from scim.services.search import search
from scim.storage import applications, audit_log, tenants
from scim.storage.audit import Origin
from scim.storage.audit_log import Record, Wanted
from scim.utils.clock import now
from scim.utils.masking import MASK

_REFUSED: Final = 400
_WITH_BODY: Final = ("POST", "PUT", "PATCH")
_SERVICES: Final = {"POST": create, "PUT": put, "PATCH": patch, "DELETE": delete}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What became of a request that was sent again.

    `changes` are those of each record that it left, or would have left; `left_out` names the masked values of the
    recorded body, which are never sent.
    """

    record: Record
    applied: bool
    status: int
    detail: str
    body: Any
    changes: Sequence[Record]
    left_out: Sequence[str]

    @property
    def accepted(self) -> bool:
        """Whether it was."""
        return self.status < _REFUSED


async def replay(database: Database, settings: Settings, record_id: str, *, apply: bool) -> Replayed:
    """Send a recorded request again, by the application's profile and settings as they are now.

    Raises:
        OperatorError: no such record; one without a request, or whose body was not kept; its application is gone.
    """
    record = await audit_services.one(database, record_id)
    body, left_out = _body(record)
    passwords = Passwords(settings)
    try:
        used = database if apply else _RollingBack(database)
        env = Environment.of(used, settings, passwords)
        async with database.session() as session:
            tenant, app = await _owner(session, record)
        caller = replace(operator_caller(tenant, app), app_names=(app.name,))
        request = await _request(env, caller, record, body)
        status, detail, answer = await _sent(env, caller, request)
        changes = used.left if isinstance(used, _RollingBack) else await _left(database, request)
    finally:
        passwords.close()
    return Replayed(
        record=record, applied=apply, status=status, detail=detail, body=answer, changes=changes, left_out=left_out
    )


class _RollingBack(Database):
    """A database on which every transaction is undone at its end; `left` are the audit records that were written."""

    def __init__(self, database: Database) -> None:
        self._real = database
        self.left: list[Record] = []

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """As on the real one: sessions outside transactions only read."""
        async with self._real.session() as session:
            yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """A transaction that ends with a rollback."""
        try:
            async with self._real.transaction() as session:
                yield session
                self.left = await audit_log.written_here(session)
                raise _Undone  # noqa: TRY301 - the transaction must see it
        except _Undone:
            return


class _Undone(Exception):
    """Ends a transaction."""


async def _owner(session: Session, record: Record) -> tuple[Tenant, Application]:
    app = await applications.by_id(session, record.app_id) if record.app_id else None
    tenant = await tenants.by_id(session, app.tenant_id) if app else None
    if app is None or tenant is None:
        raise OperatorError("the record is of no application that is there; there is nobody to send it as")
    return tenant, app


def _body(record: Record) -> tuple[Any, list[str]]:
    if record.method is None or record.path is None:
        raise OperatorError("the record is of a command, not of a request; there is nothing to send again")
    if record.action == "bulk":
        raise OperatorError("the record is of a whole bulk request; each of its operations has a record to replay")
    if record.method not in _WITH_BODY:
        return None, []
    if not isinstance(record.request, Mapping):
        raise OperatorError(
            "the record has no body: PYSCIM_AUDIT_BODIES says which are kept (errors, by default), and what is longer"
            " than 1 MiB never is"
        )
    left_out: list[str] = []
    return _without_masked(record.request, "", left_out), left_out


def _without_masked(value: Any, path: str, left_out: list[str]) -> Any:
    """A body without masked values; an operation whose value is masked goes whole."""
    if isinstance(value, Mapping):
        kept = {}
        for name, part in value.items():
            if part == MASK:
                left_out.append(f"{path}{name}")
            else:
                kept[name] = _without_masked(part, f"{path}{name}.", left_out)
        return kept
    if isinstance(value, list):
        return [
            _without_masked(part, path, left_out) for part in value if not _is_masked_operation(part, path, left_out)
        ]
    return value


def _is_masked_operation(part: Any, path: str, left_out: list[str]) -> bool:
    masked = isinstance(part, Mapping) and any(key.lower() == "op" for key in part) and MASK in part.values()
    if masked:
        left_out.append(f"{path}{part.get('path', 'value')}")
    return masked


async def _request(env: Environment, caller: Caller, record: Record, body: Any) -> ScimRequest:
    registry = await env.registry(caller)
    path, _, query = (record.path or "").partition("?")
    path, _ = normal_path(profile(caller.profile), path)
    parts = path.removeprefix(f"{API_PATH}/").strip("/").split("/")
    kind = registry.at_endpoint(f"/{parts[0]}")
    if kind is None:
        raise OperatorError(f"the application has no endpoint '/{parts[0]}'")
    is_search = parts[1:] == [".search"]
    return ScimRequest(
        registry=registry,
        method=record.method or "",
        base_url=API_PATH,
        now=now(),
        body=body,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        origin=Origin(
            request_id=f"replay-{record.id}", user_agent=record.user_agent, method=record.method, path=record.path
        ),
        message=Message.SEARCH if is_search else Message.PATCH if record.method == "PATCH" else None,
        kind=kind,
        resource_id=parts[1] if len(parts) > 1 and not is_search else None,
    )


async def _sent(env: Environment, caller: Caller, request: ScimRequest) -> tuple[int, str, Any]:
    try:
        answer = await _answer(env, caller, request)
    except ScimError as error:
        return error.status, explained(error, request, caller, env.settings).detail, None
    return answer.status, answer.summary, answer.body


async def _answer(env: Environment, caller: Caller, request: ScimRequest) -> Answer:
    if request.message is Message.SEARCH or (request.method in ("GET", "HEAD") and request.resource_id is None):
        return await search(env, caller, request, (request.kind,))
    if request.method in ("GET", "HEAD"):
        return await read(env, caller, request)
    service = _SERVICES.get(request.method)
    if service is None:
        raise OperatorError(f"{request.method} is no method of the protocol; there is nothing to send again")
    return await service(env, caller, request)


async def _left(database: Database, request: ScimRequest) -> list[Record]:
    """The records that the request left."""
    async with database.session() as session:
        found = await audit_log.find(session, Wanted(since=request.now), limit=100)
    own: UUID | str | None = request.origin.request_id
    return [one for one in found if one.request_id == own]
