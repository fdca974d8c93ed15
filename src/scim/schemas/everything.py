"""Operations over all resource types: queries at the root, bulk requests, and the caller's own resource."""

from __future__ import annotations

from typing import Any

from scim.protocol.attributes.registry import ResourceType
from scim.schemas.attributes import JsonSchema
from scim.schemas.example_table import BULK, BULK_ANSWER, SEARCH
from scim.schemas.messages import bulk_answer_schema, bulk_schema, list_schema, search_schema
from scim.schemas.names import component, reference
from scim.schemas.operations import Operation, answered, operation, search_body
from scim.schemas.parameters import PAGE, SHAPE, WRITE, filter_parameter, shared, sort_parameter
from scim.schemas.responses import Verb, content, empty_answer

ALL_TAG = "Everything"
ME_TAG = "Me"

_READ = "Needs a token with the scope `scim:read`."
_WRITE = "Needs a token of one application with the scope `scim:write`."
_ROOT = f"A page of the resources of all types that a filter selects. {_READ}"
_BULK = (
    "Operations are carried out in this order, but that one which refers to a resource not yet made waits for it. "
    f"ServiceProviderConfig tells how many operations and bytes are taken. {_WRITE}"
)
_MINIMAL = "Done; `Prefer` asks for no body."


def everything_components(kinds: tuple[ResourceType, ...]) -> dict[str, JsonSchema]:
    """JSON Schemas of messages about all types."""
    return {
        component("message", "SearchRequest"): search_schema(),
        component("message", "BulkRequest"): bulk_schema(),
        component("message", "BulkResponse"): bulk_answer_schema(),
        component("all", "types", "list"): list_schema("List of everything", _any(kinds)),
    }


def everything_examples() -> dict[str, Any]:
    """Examples of those messages."""
    return {
        component("message", "search"): {"summary": "Active users, by cursor", "value": SEARCH},
        component("message", "bulk"): {"summary": "A user and a group with that user", "value": BULK},
        component("message", "results"): {"summary": "One made, one refused", "value": BULK_ANSWER},
    }


def everything_paths(kinds: tuple[ResourceType, ...], base_path: str) -> dict[str, Any]:
    """The root, its search, bulk, and `/Me`."""
    return {
        f"{base_path}/": {"get": _list()},
        f"{base_path}/.search": {"post": _search()},
        f"{base_path}/Bulk": {"post": _bulk()},
        f"{base_path}/Me": {
            "get": _own(kinds, Verb.READ, "Read", _READ, *SHAPE, "If-None-Match"),
            "put": _own(kinds, Verb.REPLACE, "Replace", _WRITE, *SHAPE, *WRITE),
            "patch": _own(kinds, Verb.PATCH, "Change", _WRITE, *SHAPE, *WRITE),
            "delete": _own(kinds, Verb.DELETE, "Delete", _WRITE, "If-Match"),
        },
    }


def _any(kinds: tuple[ResourceType, ...], *group: str) -> JsonSchema:
    return {"anyOf": [reference("schemas", kind.name, *group) for kind in kinds]}


def _listed() -> dict[str, Any]:
    return {"description": "A page of resources.", "content": content(reference("schemas", "all", "types", "list"))}


def _list() -> Operation:
    base = operation(Verb.LIST, ALL_TAG, ALL_TAG, "List everything", _ROOT)
    base["parameters"] = [filter_parameter(), sort_parameter(), *shared(*PAGE, *SHAPE)]
    return answered(base, on_200=_listed())


def _search() -> Operation:
    base = operation(
        Verb.SEARCH, ALL_TAG, ALL_TAG, "Search everything", f"As a list, but asked for in the body. {_READ}"
    )
    base["requestBody"] = search_body()
    return answered(base, on_200=_listed())


def _bulk() -> Operation:
    base = operation(Verb.BULK, ALL_TAG, "", "Carry out several operations", _BULK)
    request, results = reference("schemas", "message", "BulkRequest"), reference("schemas", "message", "BulkResponse")
    asked = [("bulk", reference("examples", "message", "bulk"))]
    done = [("results", reference("examples", "message", "results"))]
    base["requestBody"] = {"required": True, "content": content(request, asked)}
    return answered(base, on_200={"description": "A result for each operation.", "content": content(results, done)})


def _own(kinds: tuple[ResourceType, ...], verb: Verb, doing: str, scope: str, *parameters: str) -> Operation:
    """An operation on the resource that the token is bound to."""
    text = f"The resource that the token is bound to (`pyscim token create --subject USER`). {scope}"
    base = operation(verb, ME_TAG, ME_TAG, f"{doing} one's own resource", text)
    base["parameters"] = shared(*parameters)
    if verb is Verb.DELETE:
        return answered(base, on_204={"description": "Deleted."})
    if verb is not Verb.READ:
        patch = reference("schemas", "message", "PatchOp")
        base["requestBody"] = {
            "required": True,
            "content": content(patch if verb is Verb.PATCH else _any(kinds, "write")),
        }
    shown = empty_answer("The resource.") | {"content": content(_any(kinds))}
    if verb is Verb.READ:
        return answered(base, on_200=shown, on_304=empty_answer("Not modified."))
    return answered(base, on_200=shown, on_204=empty_answer(_MINIMAL))
