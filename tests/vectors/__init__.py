"""Test vectors shared by several tests: filters, and schemas with one attribute of every kind."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from scim.protocol.attributes.registry import Registry, build_registry, builtin_registry

_HERE = Path(__file__).parent


def read_vectors(name: str) -> Any:
    """The vectors of one JSON file, such as `filters` or `schemas/thing`."""
    return json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))


@functools.cache
def lab_registry() -> Registry:
    """The built-in schemas, User with the lab extension, and the type Thing."""
    schemas = [schema.body for schema in builtin_registry().schemas]
    lab = [read_vectors("schemas/lab_user"), read_vectors("schemas/thing")]
    return build_registry([*schemas, *lab], read_vectors("schemas/resource_types"))
