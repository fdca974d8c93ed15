"""The operations on one resource type; the type is an argument (DESIGN §1.3)."""

from __future__ import annotations

from typing import Any

from scim.protocol.attributes.registry import ResourceType
from scim.schemas.attributes import JsonSchema
from scim.schemas.examples import patch_examples, write_examples
from scim.schemas.names import component, reference
from scim.schemas.parameters import PAGE, SHAPE, WITHIN, WRITE, filter_parameter, shared, sort_parameter
from scim.schemas.responses import Verb, content, empty_answer, failures, resource_answer

Operation = dict[str, Any]

_READ = "Needs a token with the scope `scim:read`."
_WRITE = "Needs a token of one application with the scope `scim:write`."
_MINIMAL = "Done; `Prefer` asks for no body, or the group is a large one."
_CREATE_NOTE = (
    "The server gives `id` and `meta`. With `Prefer: return=minimal` the answer has no body; with `If-None-Match: *` a "
    "taken unique value is 412 in place of 409."
)
_PUT_NOTE = "What the body leaves out is cleared, but for the password; what is readOnly is ignored."
_PATCH_NOTE = "Operations are applied in order, all of them or none; what changes nothing keeps the version."


def resource_paths(kind: ResourceType, base_path: str) -> dict[str, Any]:
    """The collection of a type, and one resource of it."""
    collection = f"{base_path}{kind.endpoint}"
    within = {f"{collection}/{{id}}/members": {"get": _list_members(kind)}} if kind.is_group else {}
    return {
        collection: {"get": _list(kind), "post": _create(kind)},
        f"{collection}/.search": {"post": _search(kind)},
        f"{collection}/{{id}}": {
            "get": _read(kind),
            "put": _replace(kind),
            "patch": _patch(kind),
            "delete": _delete(kind),
        },
        **within,
    }


def tag_of(kind: ResourceType) -> str:
    """The tag that groups a type's operations."""
    return kind.endpoint.lstrip("/")


def operation(verb: Verb, tag: str, subject: str, summary: str, description: str) -> Operation:
    """What every operation of the protocol has; answers are added by the caller."""
    return {
        "tags": [tag],
        "operationId": component(f"{verb}{subject}"),
        "summary": summary,
        "description": description,
        "responses": failures(verb),
    }


def answered(operation: Operation, **answers: dict[str, Any]) -> Operation:
    """The operation with its answers of success, named `on_200` and so on; answers stand in the order of their status."""
    successes = {name.removeprefix("on_"): answer for name, answer in answers.items()}
    return operation | {"responses": dict(sorted((successes | operation["responses"]).items()))}


def _listed(kind: ResourceType) -> dict[str, Any]:
    page = [("page", reference("examples", kind.name, "example", "list"))]
    return {"description": "A page of resources.", "content": content(reference("schemas", kind.name, "list"), page)}


def _search(kind: ResourceType) -> Operation:
    tag = tag_of(kind)
    base = operation(Verb.SEARCH, tag, tag, f"Search {tag}", f"As a list, but asked for in the body. {_READ}")
    base["requestBody"] = search_body()
    return answered(base, on_200=_listed(kind))


def search_body() -> dict[str, Any]:
    """A SearchRequest."""
    example = [("search", reference("examples", "message", "search"))]
    return {"required": True, "content": content(reference("schemas", "message", "SearchRequest"), example)}


def _list(kind: ResourceType) -> Operation:
    base = operation(
        Verb.LIST, tag_of(kind), tag_of(kind), f"List {tag_of(kind)}", f"A page of what a filter selects. {_READ}"
    )
    base["parameters"] = [filter_parameter(kind), sort_parameter(kind), *shared(*PAGE, *SHAPE)]
    return answered(base, on_200=_listed(kind))


def _list_members(kind: ResourceType) -> Operation:
    """Beyond the RFC, for groups that are too large to be read whole."""
    note = "A page of the entries of `members`, in the order of their ids; the filter is one on an entry."
    base = _one(Verb.LIST_WITHIN, kind, "List members of", f"{note} {_READ}", "id", *SHAPE, *WITHIN)
    base["parameters"] = [filter_parameter(), *base["parameters"]]
    page = {"description": "A page of members.", "content": content(reference("schemas", kind.name, "members"))}
    return answered(base, on_200=page)


def _create(kind: ResourceType) -> Operation:
    base = _one(Verb.CREATE, kind, "Create", f"{_CREATE_NOTE} {_WRITE}", *SHAPE, "If-None-Match")
    base["requestBody"] = _write_body(kind)
    return answered(base, on_201=resource_answer("Created.", kind.name))


def _read(kind: ResourceType) -> Operation:
    base = _one(Verb.READ, kind, "Read", _READ, "id", *SHAPE, "If-None-Match")
    return answered(base, on_200=resource_answer("Found.", kind.name), on_304=empty_answer("Not modified."))


def _replace(kind: ResourceType) -> Operation:
    base = _one(Verb.REPLACE, kind, "Replace", f"{_PUT_NOTE} {_WRITE}", "id", *SHAPE, *WRITE)
    base["requestBody"] = _write_body(kind)
    return answered(base, on_200=resource_answer("Replaced.", kind.name), on_204=empty_answer(_MINIMAL))


def _patch(kind: ResourceType) -> Operation:
    base = _one(Verb.PATCH, kind, "Change", f"{_PATCH_NOTE} {_WRITE}", "id", *SHAPE, *WRITE)
    base["requestBody"] = _body(reference("schemas", "message", "PatchOp"), kind, "patch", list(patch_examples(kind)))
    return answered(base, on_200=resource_answer("Changed.", kind.name), on_204=empty_answer(_MINIMAL))


def _delete(kind: ResourceType) -> Operation:
    base = _one(Verb.DELETE, kind, "Delete", _WRITE, "id", "If-Match")
    return answered(base, on_204={"description": "Deleted."})


def _one(verb: Verb, kind: ResourceType, doing: str, description: str, *parameters: str) -> Operation:
    base = operation(verb, tag_of(kind), kind.name, f"{doing} {kind.name}", description)
    return base | {"parameters": shared(*parameters)}


def _write_body(kind: ResourceType) -> dict[str, Any]:
    return _body(reference("schemas", kind.name, "write"), kind, "write", list(write_examples(kind)))


def _body(schema: JsonSchema, kind: ResourceType, group: str, keys: list[str]) -> dict[str, Any]:
    examples = [(key, reference("examples", kind.name, "example", group, key)) for key in keys]
    return {"required": True, "content": content(schema, examples)}
