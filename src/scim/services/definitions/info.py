"""Looking at schemas and resource types, built-in ones too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scim.db.database import Database
from scim.protocol.attributes.definition import Schema
from scim.protocol.attributes.registry import Registry, ResourceType, application_registry, builtin_registry
from scim.protocol.discovery import resource_type_document, schema_document
from scim.services import applications
from scim.services.names import unknown
from scim.services.operator import operator_caller
from scim.storage import definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaInfo:
    """A schema: the types that are made of it, and those that it extends; `document` is as `/Schemas` answers it."""

    urn: str
    name: str
    builtin: bool
    attributes: int
    types: tuple[str, ...]
    extends: tuple[str, ...]
    document: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeInfo:
    """A resource type; `document` is as `/ResourceTypes` answers it."""

    name: str
    builtin: bool
    endpoint: str
    schema: str
    extensions: tuple[str, ...]
    document: Mapping[str, Any] = field(repr=False)


async def list_schemas(database: Database, *, app: str, tenant: str | None = None) -> list[SchemaInfo]:
    """All schemas of an application, its own ones last.

    Raises:
        OperatorError: no such application.
    """
    registry = await _registry(database, app, tenant)
    return [schema_info(schema, registry) for schema in registry.schemas]


async def show_schema(database: Database, urn: str, *, app: str, tenant: str | None = None) -> SchemaInfo:
    """One schema.

    Raises:
        OperatorError: no such application, or none of that URN.
    """
    registry = await _registry(database, app, tenant)
    found = registry.schema(urn)
    if found is None:
        raise unknown("schema", urn, [schema.id for schema in registry.schemas])
    return schema_info(found, registry)


async def list_resource_types(database: Database, *, app: str, tenant: str | None = None) -> list[TypeInfo]:
    """All resource types of an application, its own ones last.

    Raises:
        OperatorError: no such application.
    """
    return [type_info(kind) for kind in (await _registry(database, app, tenant)).resource_types]


async def show_resource_type(database: Database, name: str, *, app: str, tenant: str | None = None) -> TypeInfo:
    """One resource type.

    Raises:
        OperatorError: no such application, or none of that name.
    """
    registry = await _registry(database, app, tenant)
    found = registry.resource_type(name)
    if found is None:
        raise unknown("resource type", name, [kind.name for kind in registry.resource_types])
    return type_info(found)


def schema_info(schema: Schema, registry: Registry) -> SchemaInfo:
    """A schema of a registry."""
    kinds = registry.resource_types
    return SchemaInfo(
        urn=schema.id,
        name=schema.name,
        builtin=builtin_registry().schema(schema.id) is not None,
        attributes=len(schema.attributes),
        types=tuple(kind.name for kind in kinds if kind.is_base(schema.id)),
        extends=tuple(kind.name for kind in kinds if kind.extension(schema.id)),
        document=schema_document(schema, base_url=""),
    )


def type_info(kind: ResourceType) -> TypeInfo:
    """A resource type of a registry."""
    return TypeInfo(
        name=kind.name,
        builtin=builtin_registry().resource_type(kind.name) is not None,
        endpoint=kind.endpoint,
        schema=kind.schema.id,
        extensions=tuple(one.schema.id for one in kind.extensions),
        document=resource_type_document(kind, base_url=""),
    )


async def _registry(database: Database, app: str, tenant: str | None) -> Registry:
    async with database.session() as session:
        chosen = await applications.resolve(session, app, tenant=tenant)
        found = await definitions.load(operator_caller(chosen.tenant, chosen.app), session)
    return application_registry(found.schemas, found.resource_types, version=found.version)
