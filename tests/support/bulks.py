"""Operations of bulk requests, and what is looked at in their results."""

from __future__ import annotations

from typing import Any

import httpx

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def create_user(bulk_id: str, name: str | None = None, **attributes: Any) -> dict[str, Any]:
    """A POST of a user; the bulkId is the userName unless a name is given."""
    data = {"schemas": [USER], "userName": bulk_id if name is None else name} | attributes
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data}


def create_managed(bulk_id: str, manager: str) -> dict[str, Any]:
    """A POST of a user with a manager."""
    extension: dict[str, Any] = {ENTERPRISE: {"manager": {"value": manager}}}
    return create_user(bulk_id, schemas=[USER, ENTERPRISE], **extension)


def create_group(bulk_id: str, *members: str) -> dict[str, Any]:
    """A POST of a group with members."""
    data = {"schemas": [GROUP], "displayName": bulk_id, "members": [{"value": one} for one in members]}
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data}


def change(path: str, *operations: dict[str, Any]) -> dict[str, Any]:
    """A PATCH."""
    return {"method": "PATCH", "path": path, "data": {"schemas": [PATCH_OP], "Operations": list(operations)}}


def put(path: str, name: str) -> dict[str, Any]:
    """A PUT of a user."""
    return {"method": "PUT", "path": path, "data": {"schemas": [USER], "userName": name}}


def delete(path: str) -> dict[str, Any]:
    """A DELETE."""
    return {"method": "DELETE", "path": path}


def title(value: str) -> dict[str, Any]:
    """A PATCH operation that sets the title."""
    return {"op": "replace", "path": "title", "value": value}


def results_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """The results of a bulk request that was carried out."""
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["Operations"]
    return found


def statuses_of(answer: httpx.Response) -> list[str]:
    """The statuses of the results."""
    return [one["status"] for one in results_of(answer)]


def id_of(result: dict[str, Any]) -> str:
    """The id of the resource that a result is about."""
    return str(result["location"].rpartition("/")[2])
