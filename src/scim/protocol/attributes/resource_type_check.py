"""Whether a ResourceType resource may become a resource type of an application (RFC 7643 §6), with every fault it has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from scim.exceptions import OperatorError
from scim.protocol.attributes.attribute_check import Faults, as_list, text_member
from scim.protocol.attributes.definition import Schema
from scim.protocol.attributes.registry import Registry, ResourceType, builtin_registry, common_attributes

RESOURCE_TYPE_URN: Final = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_ENDPOINT: Final = re.compile(r"/?[A-Za-z][A-Za-z0-9_-]{0,99}")
_RESERVED: Final = ("bulk", "me", "schemas", "resourcetypes", "serviceproviderconfig")
_KNOWN: Final = ("schemas", "id", "name", "description", "endpoint", "schema", "schemaExtensions", "meta")


def checked_resource_type(body: Any, registry: Registry) -> dict[str, Any]:
    """The ResourceType resource as it is kept, judged against what the application has.

    A name that there is already keeps its endpoint and schema: only its list of extensions is taken.

    Raises:
        OperatorError: one line for each fault.
    """
    if not isinstance(body, Mapping):
        raise OperatorError("a resource type is a JSON object (RFC 7643 §6)")
    faults = Faults()
    for key in body.keys() - set(_KNOWN):
        faults.add(f"'{key}' is no member of a resource type; it has {', '.join(_KNOWN)}")
    if RESOURCE_TYPE_URN not in as_list(body.get("schemas", [RESOURCE_TYPE_URN])):
        faults.add(f"'schemas' must be ['{RESOURCE_TYPE_URN}']")
    name = body.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        faults.add(f"'name' must be a letter followed by letters, digits, - and _; it is {name!r}")
    elif body.get("id", name) != name:
        faults.add(f"'id' is {body['id']!r}, but the name is '{name}'; they are the same")
    present = registry.resource_type(str(name))
    schema, endpoint = _schema(body, registry, present, faults), _endpoint(body, registry, present, faults)
    extensions = _extensions(body, registry, schema, faults)
    read = {
        "id": name,
        "name": name,
        "description": text_member(body, "description", faults) or (present.description if present else ""),
        "endpoint": endpoint,
        "schema": schema.id if schema else "",
        "schemaExtensions": extensions,
    }
    faults.check(f"the resource type {name or 'in the file'} cannot be taken")
    return read


def check_extension(base: Schema, extension: Schema, faults: Faults) -> None:
    """An extension has no attribute of a name that the resource has already: it would redefine that one."""
    taken = {attribute.name.lower(): attribute.name for attribute in (*base.attributes, *common_attributes())}
    for attribute in extension.attributes:
        if attribute.name.lower() in taken:
            faults.add(
                f"'{extension.id}' defines '{attribute.name}', which {base.name} has already; choose another name"
            )


def _schema(body: Mapping[str, Any], registry: Registry, present: ResourceType | None, faults: Faults) -> Schema | None:
    urn = body.get("schema")
    found = registry.schema(urn) if isinstance(urn, str) else None
    if found is None:
        faults.add(f"'schema' is {urn!r}, which this application does not have; add it first (`pyscim schema add`)")
    elif present is not None and found.id != present.schema.id:
        faults.add(f"'schema' is {found.id}, but {present.name} is made of {present.schema.id}; that cannot change")
    elif present is None and builtin_registry().schema(found.id) is not None:
        faults.add(f"'schema' is {found.id}, which is built in; a type of its own needs a schema of its own")
    elif present is None and _extends(found, registry):
        faults.add(f"'schema' is {found.id}, which extends another type already")
    return found


def _endpoint(body: Mapping[str, Any], registry: Registry, present: ResourceType | None, faults: Faults) -> str:
    given = body.get("endpoint")
    if not isinstance(given, str) or not _ENDPOINT.fullmatch(given):
        faults.add(f"'endpoint' must be one step such as /Things; it is {given!r}")
        return ""
    endpoint = "/" + given.lstrip("/")
    if present is not None:
        if endpoint != present.endpoint:
            faults.add(f"'endpoint' is {endpoint}, but {present.name} is at {present.endpoint}; that cannot change")
    elif endpoint[1:].lower() in _RESERVED:
        faults.add(f"'endpoint' is {endpoint}, which the protocol has for itself")
    elif owner := next((one for one in registry.resource_types if one.endpoint.lower() == endpoint.lower()), None):
        faults.add(f"'endpoint' is {endpoint}, where {owner.name} is")
    return endpoint


def _extends(schema: Schema, registry: Registry) -> bool:
    return any(kind.extension(schema.id) for kind in registry.resource_types)


def _extensions(
    body: Mapping[str, Any], registry: Registry, base: Schema | None, faults: Faults
) -> list[dict[str, Any]]:
    given = body.get("schemaExtensions")
    given = [] if given is None else given
    if not isinstance(given, list) or not all(isinstance(entry, Mapping) for entry in given):
        faults.add("'schemaExtensions' must be a list of objects with 'schema' and 'required' (erratum 7522)")
        return []
    read: list[dict[str, Any]] = []
    for entry in given:
        for key in entry.keys() - {"schema", "required"}:
            faults.add(f"an entry of 'schemaExtensions' has 'schema' and 'required', not '{key}'")
        urn, required = entry.get("schema"), entry.get("required", False)
        found = registry.schema(urn) if isinstance(urn, str) else None
        if found is None:
            faults.add(f"the extension {urn!r} is no schema of this application; add it first (`pyscim schema add`)")
            continue
        if not isinstance(required, bool):
            faults.add(f"the extension {urn}: 'required' must be true or false, not {required!r}")
        if any(one["schema"] == found.id for one in read):
            faults.add(f"the extension {urn} is listed twice")
        if found.id in _bases(registry) or found is base:
            faults.add(f"{urn} is the schema of a resource type, and extends none")
        if base is not None:
            check_extension(base, found, faults)
        read.append({"schema": found.id, "required": required is True})
    return read


def _bases(registry: Registry) -> Iterable[str]:
    core = ("ServiceProviderConfig", "ResourceType", "Schema")
    described = (f"urn:ietf:params:scim:schemas:core:2.0:{name}" for name in core)
    return {*described, *(kind.schema.id for kind in registry.resource_types)}
