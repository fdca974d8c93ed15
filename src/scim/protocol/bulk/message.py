"""The BulkRequest message (RFC 7644 §3.7): from its JSON to operations, each with what is wrong with its form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from scim.exceptions import InvalidPath, InvalidSyntax, InvalidValue, PayloadTooLarge, ScimError
from scim.protocol.values import Json, canonical_keys, is_integer, shown

BULK_REQUEST: Final = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_RESPONSE: Final = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

_PATH: Final = re.compile(r"/(?P<endpoint>[^/?#]+)(?:/(?P<id>[^/?#]+))?/?(?:\?(?P<query>[^#]*))?")
_MEMBERS: Final = ("method", "bulkId", "version", "path", "data")
_KNOWN: Final = {name.lower(): name for name in _MEMBERS}


class Method(StrEnum):
    """What an operation does; GET is no method of Bulk (row J-25)."""

    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOperation:
    """One operation as it was sent; `fault` is what is wrong with its form, and then it is not carried out.

    `endpoint`, `resource_id` and `query` are the parts of `path`, still percent-encoded.
    """

    index: int
    method: str | None = None
    path: str | None = None
    bulk_id: str | None = None
    version: str | None = None
    data: Json = None
    endpoint: str = ""
    resource_id: str | None = None
    query: str = ""
    fault: ScimError | None = None

    @property
    def creates(self) -> str | None:
        """The bulkId that others may refer to this operation's resource by."""
        return self.bulk_id if self.method == Method.POST and self.fault is None else None


@dataclass(frozen=True, slots=True)
class BulkMessage:
    """The operations of a request; after `fail_on_errors` errors the rest is left undone (None: never)."""

    operations: tuple[BulkOperation, ...]
    fail_on_errors: int | None = None


def read_bulk(body: Json, *, max_operations: int) -> BulkMessage:
    """The operations of a BulkRequest body.

    Raises:
        InvalidSyntax: the envelope is not of the form of RFC 7644 §3.7 (rows J-02, J-27).
        InvalidValue: `failOnErrors` is no number from 1 (row J-14).
        PayloadTooLarge: more operations than are taken (row J-15).
    """
    if not isinstance(body, Mapping):
        raise InvalidSyntax(f"The body must be a BulkRequest object, not {shown(body)}.")
    members = canonical_keys(body, "The body")
    if members.get("schemas") != [BULK_REQUEST]:
        raise InvalidSyntax(f"'schemas' of a bulk request must be ['{BULK_REQUEST}'].")
    for name in members.keys() - {"schemas", "operations", "failonerrors"}:
        raise InvalidSyntax(f"A bulk request has no member '{name}', only schemas, failOnErrors and Operations.")
    operations = members.get("operations")
    if not isinstance(operations, list):
        raise InvalidSyntax(f"'Operations' must be a list, not {shown(operations)}.")
    if len(operations) > max_operations:
        raise PayloadTooLarge(
            f"The request has {len(operations)} operations; maxOperations is {max_operations}. Send them in parts."
        )
    read: list[BulkOperation] = []
    taken: set[str] = set()
    for index, raw in enumerate(operations, 1):
        if not isinstance(raw, Mapping):
            raise InvalidSyntax(f"Operation {index} must be an object, not {shown(raw)}.")
        operation = _operation(index, raw, taken)
        taken |= {operation.creates} if operation.creates else set()
        read.append(operation)
    return BulkMessage(tuple(read), _fail_on_errors(members.get("failonerrors")))


def _fail_on_errors(value: Json) -> int | None:
    if value is None:
        return None
    if not is_integer(value) or value < 1:
        raise InvalidValue(f"'failOnErrors' must be a whole number from 1, not {shown(value)}.")
    return int(value)


def _operation(index: int, raw: Mapping[str, Json], taken: set[str]) -> BulkOperation:
    """One operation; a fault of its form fails it alone (rows J-04 to J-06)."""
    texts = {name: value for name, value in raw.items() if isinstance(value, str)}
    known: dict[str, Any] = {_KNOWN[name.lower()]: value for name, value in texts.items() if name.lower() in _KNOWN}
    method, path, bulk_id = known.get("method"), known.get("path"), known.get("bulkId")
    method = method.upper() if method and method.upper() in set(Method) else method
    named: dict[str, Any] = {"index": index, "method": method, "path": path, "bulk_id": bulk_id}
    parts = _PATH.fullmatch(path or "")
    if parts is not None:
        named |= {"endpoint": parts["endpoint"], "resource_id": parts["id"], "query": parts["query"] or ""}
    try:
        members = canonical_keys(raw, f"Operation {index}")
        _check_form(index, members, method, taken)
        _check_path(index, path or "", parts, method)
    except ScimError as error:
        return BulkOperation(**named, fault=error)
    return BulkOperation(**named, version=known.get("version"), data=members.get("data"))


def _check_form(index: int, members: Mapping[str, Json], method: str | None, taken: set[str]) -> None:
    for name in members.keys() - _KNOWN.keys():
        raise InvalidSyntax(f"Operation {index} has no member '{name}', only {', '.join(_MEMBERS)}.")
    for name in ("bulkid", "version"):
        if members.get(name) is not None and not isinstance(members[name], str):
            raise InvalidSyntax(f"Operation {index}: '{_KNOWN[name]}' must be a text, not {shown(members[name])}.")
    if method not in set(Method):
        sent = shown(members.get("method"))
        raise InvalidSyntax(f"Operation {index}: 'method' must be POST, PUT, PATCH or DELETE, not {sent}.")
    data = members.get("data")
    if method != Method.DELETE and not isinstance(data, Mapping):
        raise InvalidSyntax(f"Operation {index}: 'data' of a {method} must be an object, not {shown(data)}.")
    if method == Method.DELETE and data:
        raise InvalidSyntax(f"Operation {index}: a DELETE takes no 'data'.")
    if method == Method.POST:
        _check_bulk_id(index, members.get("bulkid"), taken)


def _check_bulk_id(index: int, bulk_id: Json, taken: set[str]) -> None:
    if not bulk_id:
        raise InvalidSyntax(f"Operation {index}: a POST needs a 'bulkId'.")
    if bulk_id in taken:
        raise InvalidSyntax(f"Operation {index}: the bulkId '{bulk_id}' is another operation's already.")


def _check_path(index: int, path: str, parts: re.Match[str] | None, method: str | None) -> None:
    """A path is one below the base URL (row J-24): POST goes to an endpoint, the others to a resource (row J-04)."""
    if parts is None:
        raise InvalidPath(f"Operation {index}: 'path' must be like /Users or /Users/ID, not '{path[:80]}'.")
    if (method == Method.POST) != (parts["id"] is None):
        due = "an endpoint such as /Users" if method == Method.POST else "one resource, such as /Users/ID"
        raise InvalidPath(f"Operation {index}: the path of a {method} is {due}, not '{path[:80]}'.")
