"""Resource types and the schemas they are made of (RFC 7643 §6): the one place where an attribute is looked up."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from scim.protocol.attributes.definition import (
    Attribute,
    Returned,
    Schema,
    Uniqueness,
    attribute_from_json,
    by_name,
    schema_from_json,
)
from scim.protocol.grammar.ast import AttributePath
from scim.utils.masking import SECRET_NAMES

ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
"""The extension that holds `manager`, whose meaning is special (RFC 7643 §4.3)."""

ORIGIN = "urn:pyscim:params:scim:schemas:extension:origin:1.0"
"""The extension that tells which application a resource is from (DESIGN §4)."""

USER = "User"
"""The resource type with userName, password, active and groups, and with a manager in its extension."""

GROUP = "Group"
"""The resource type with members."""

_DERIVED: Mapping[str, str] = {USER: "groups", GROUP: "members"}
_HERE = Path(__file__).parent
_BUILTIN_SCHEMAS = ("user", "group", "enterprise_user", "service_provider_config", "resource_type", "schema")


@dataclass(frozen=True, slots=True)
class Target:
    """What an attribute path names in a resource type: an attribute, or one of its sub-attributes.

    `extension` is the URN of the extension that holds the attribute, in published spelling; None for the core.
    """

    attribute: Attribute
    sub: Attribute | None = None
    extension: str | None = None

    @property
    def leaf(self) -> Attribute:
        """The sub-attribute if one is named, else the attribute."""
        return self.sub or self.attribute

    def __str__(self) -> str:
        prefix = f"{self.extension}:" if self.extension else ""
        return f"{prefix}{self.attribute.name}" + (f".{self.sub.name}" if self.sub else "")


@dataclass(frozen=True, slots=True)
class Extension:
    """A schema that extends a resource type."""

    schema: Schema
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """A kind of resource: its endpoint, base schema and extensions (RFC 7643 §6)."""

    name: str
    endpoint: str
    description: str
    schema: Schema
    extensions: tuple[Extension, ...] = ()
    unique: tuple[Target, ...] = field(init=False, repr=False, compare=False)
    """What must be unique and has no index of its own: attributes and parts of attributes (rows B-46, B-47)."""
    _core: Mapping[str, Attribute] = field(init=False, repr=False, compare=False)
    _extensions: Mapping[str, Extension] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        core = by_name(self.schema.attributes) | by_name(common_attributes())
        object.__setattr__(self, "_core", core)
        object.__setattr__(self, "_extensions", {e.schema.id.lower(): e for e in self.extensions})
        object.__setattr__(self, "unique", tuple(self._unique_targets()))

    @property
    def is_user(self) -> bool:
        """Whether resources of the type are users: their names, passwords, groups and managers mean something."""
        return self.name == USER

    @property
    def is_group(self) -> bool:
        """Whether resources of the type have members."""
        return self.name == GROUP

    @property
    def derived(self) -> str | None:
        """The attribute that comes from the membership table, and is never part of the document."""
        return _DERIVED.get(self.name)

    @property
    def attributes(self) -> Iterable[Attribute]:
        """Common attributes and those of the base schema."""
        return self._core.values()

    def attribute(self, name: str) -> Attribute | None:
        """The common or core attribute of that name, letter case ignored; common ones win (row B-52)."""
        return self._core.get(name.lower())

    def extension(self, urn: str) -> Extension | None:
        """The extension with that URN, letter case ignored."""
        return self._extensions.get(urn.lower())

    def is_base(self, urn: str) -> bool:
        """Whether this is the URN of the base schema, letter case ignored."""
        return urn.lower() == self.schema.id.lower()

    def has_schema(self, urn: str) -> bool:
        """Whether resources of the type may name this URN in `schemas`."""
        return self.is_base(urn) or self.extension(urn) is not None

    def targets(self) -> Iterator[Target]:
        """Every attribute of the type, those of extensions included."""
        for attribute in self.attributes:
            yield Target(attribute)
        for extension in self.extensions:
            for attribute in extension.schema.attributes:
                yield Target(attribute, extension=extension.schema.id)

    def _unique_targets(self) -> Iterator[Target]:
        indexed = ("id", "userName") if self.is_user else ("id",)
        for target in self.targets():
            for part in (None, *target.attribute.sub_attributes):
                found = replace(target, sub=part)
                if found.leaf.uniqueness is not Uniqueness.NONE and str(found) not in indexed:
                    yield found

    def find(self, path: AttributePath, *, bare_extension_names: bool = False) -> Target | None:
        """What `path` names, or None where the type has no such attribute.

        With `bare_extension_names`, a name without URN that the core lacks is taken from the one extension that has
        it (row F-45); a name that two extensions have stays unknown.
        """
        if path.uri is None or self.is_base(path.uri):
            found = self._core_target(path.name)
        else:
            found = self._extension_target(path.uri, path.name)
        if found is None and path.uri is None and bare_extension_names:
            found = self._bare_extension_target(path.name)
        if found is None or path.sub is None:
            return found
        sub = found.attribute.sub(path.sub)
        return Target(found.attribute, sub, found.extension) if sub else None

    def _core_target(self, name: str) -> Target | None:
        attribute = self.attribute(name)
        return Target(attribute) if attribute else None

    def _extension_target(self, urn: str, name: str) -> Target | None:
        extension = self.extension(urn)
        attribute = extension.schema.attribute(name) if extension else None
        return Target(attribute, extension=extension.schema.id) if extension and attribute else None

    def _bare_extension_target(self, name: str) -> Target | None:
        found = [
            Target(attribute, extension=extension.schema.id)
            for extension in self.extensions
            if (attribute := extension.schema.attribute(name))
        ]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Registry:
    """All schemas and resource types that one application has; `version` moves when they change, last at `changed_at`."""

    schemas: tuple[Schema, ...]
    resource_types: tuple[ResourceType, ...]
    version: int = 0
    changed_at: datetime | None = None
    secret_names: frozenset[str] = field(init=False, repr=False, compare=False)
    """Names, in lower case, of attributes and sub-attributes that are never returned: no log holds their values."""

    def __post_init__(self) -> None:
        attributes = [attribute for schema in self.schemas for attribute in schema.attributes]
        parts = [sub for attribute in attributes for sub in attribute.sub_attributes]
        never = {one.name.lower() for one in (*attributes, *parts) if one.returned is Returned.NEVER}
        object.__setattr__(self, "secret_names", SECRET_NAMES | never)

    def schema(self, urn: str) -> Schema | None:
        """The schema with that URN, letter case ignored (row A-12)."""
        return next((schema for schema in self.schemas if schema.id.lower() == urn.lower()), None)

    def resource_type(self, name: str) -> ResourceType | None:
        """The resource type of that name, with case (row D-02)."""
        return next((kind for kind in self.resource_types if kind.name == name), None)

    def at_endpoint(self, endpoint: str) -> ResourceType | None:
        """The resource type served at `endpoint`, such as `/Users`, with case (row P-09)."""
        return next((kind for kind in self.resource_types if kind.endpoint == endpoint), None)


def resource_type_from_json(body: Mapping[str, Any], schemas: Mapping[str, Schema]) -> ResourceType:
    """A resource type from its ResourceType resource and the schemas by URN (RFC 7643 §6)."""
    return ResourceType(
        name=body["name"],
        endpoint="/" + body["endpoint"].lstrip("/"),
        description=body.get("description", ""),
        schema=schemas[body["schema"]],
        extensions=tuple(
            Extension(schemas[entry["schema"]], entry.get("required", False))
            for entry in body.get("schemaExtensions", ())
        ),
    )


def build_registry(
    schema_bodies: Iterable[Mapping[str, Any]],
    type_bodies: Iterable[Mapping[str, Any]],
    *,
    version: int = 0,
    changed_at: datetime | None = None,
) -> Registry:
    """A registry from Schema and ResourceType resources; every schema that a type names is among them."""
    schemas = {body["id"]: schema_from_json(body) for body in schema_bodies}
    types = tuple(resource_type_from_json(body, schemas) for body in type_bodies)
    return Registry(tuple(schemas.values()), types, version, changed_at)


@functools.cache
def common_attributes() -> tuple[Attribute, ...]:
    """`schemas`, `id`, `externalId` and `meta`, which every resource has though no schema lists them (row B-52)."""
    return tuple(map(attribute_from_json, _read("common")))


@functools.cache
def builtin_registry() -> Registry:
    """The types and schemas of RFC 7643, which every application has."""
    return build_registry(map(_read, _BUILTIN_SCHEMAS), _read("resource_types"))


def application_registry(
    schema_bodies: Iterable[Mapping[str, Any]],
    type_bodies: Iterable[Mapping[str, Any]],
    *,
    version: int,
    changed_at: datetime | None = None,
) -> Registry:
    """The built-in types and schemas with those of one application; a type of a built-in name takes its place."""
    types = {body["name"]: body for body in (*_read("resource_types"), *type_bodies)}
    schemas = (*map(_read, _BUILTIN_SCHEMAS), *schema_bodies)
    return build_registry(schemas, types.values(), version=version, changed_at=changed_at)


@functools.cache
def tenant_registry() -> Registry:
    """What a token for a whole tenant sees: the built-in types, each resource with its origin (DESIGN §4)."""
    builtin = builtin_registry()
    origin = schema_from_json(_read("origin"))
    types = (replace(kind, extensions=(*kind.extensions, Extension(origin))) for kind in builtin.resource_types)
    return Registry((*builtin.schemas, origin), tuple(types))


def _read(name: str) -> Any:
    return json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))
