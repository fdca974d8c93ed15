"""Which attributes a client set in a request: those with `returned: request` are shown to it then (row B-44)."""

from __future__ import annotations

from collections.abc import Iterable

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.patch.message import Operation
from scim.protocol.validation import Document


def sent_attributes(document: Document, kind: ResourceType) -> frozenset[str]:
    """The attributes that a body holds, as targets are printed."""
    return frozenset(
        str(target)
        for target in kind.targets()
        if target.attribute.name in (document if target.extension is None else document.get(target.extension, {}))
    )


def patched_attributes(operations: Iterable[Operation]) -> frozenset[str]:
    """The attributes that operations name; those of a whole extension count each."""
    names: set[str] = set()
    for operation in operations:
        if operation.target is not None:
            names.add(str(operation.target).partition(".")[0] if not operation.target.extension else _whole(operation))
        elif operation.extension is not None:
            names |= {f"{operation.extension.id}:{attribute.name}" for attribute in operation.extension.attributes}
    return frozenset(names)


def _whole(operation: Operation) -> str:
    assert operation.target is not None
    return f"{operation.target.extension}:{operation.target.attribute.name}"
