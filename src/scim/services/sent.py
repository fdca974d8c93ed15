"""What a client set in a request: attributes and parts with `returned: request` are shown to it then (row B-44, B-45)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.patch.message import Operation
from scim.protocol.validation import Document


def sent_attributes(document: Document, kind: ResourceType) -> frozenset[str]:
    """The attributes and sub-attributes that a body holds, as targets are printed."""
    return frozenset(
        name
        for target in kind.targets()
        for holder in [document if target.extension is None else document.get(target.extension, {})]
        if target.attribute.name in holder
        for name in _names(target, holder[target.attribute.name])
    )


def patched_attributes(operations: Iterable[Operation]) -> frozenset[str]:
    """The attributes and sub-attributes that operations name, in their paths or in their values."""
    return frozenset(name for operation in operations for name in _patched(operation))


def _patched(operation: Operation) -> Iterator[str]:
    if operation.target is not None:
        whole = replace(operation.target, sub=None)
        part = operation.sub or operation.target.sub
        yield from _names(whole, operation.value if part is None else {part.name: operation.value})
    elif operation.extension is not None and isinstance(operation.value, Mapping):
        for name, value in operation.value.items():
            attribute = operation.extension.attribute(name)
            if attribute is not None:
                yield from _names(Target(attribute, extension=operation.extension.id), value)


def _names(target: Target, value: Any) -> Iterator[str]:
    """An attribute, and the parts of it that any entry of the value has."""
    yield str(target)
    for entry in value if isinstance(value, list) else [value]:
        for name in entry if isinstance(entry, Mapping) else ():
            sub = target.attribute.sub(name)
            if sub is not None:
                yield str(replace(target, sub=sub))
