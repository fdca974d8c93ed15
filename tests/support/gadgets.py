"""A resource type with every trait that the built-in types and the vectors' types lack, and a document of it."""

from __future__ import annotations

import functools
from typing import Any

from scim.protocol.attributes.registry import ResourceType, build_registry

GADGET = "urn:example:params:scim:schemas:core:2.0:Gadget"
SPEC = "urn:example:params:scim:schemas:extension:spec:2.0:Gadget"
TAGGED = "urn:example:params:scim:schemas:extension:tagged:2.0:Gadget"
PLAIN = "urn:example:params:scim:schemas:extension:plain:2.0:Gadget"


def _attribute(name: str, *subs: dict[str, Any], **traits: Any) -> dict[str, Any]:
    kind = {"type": "complex", "subAttributes": list(subs)} if subs else {"type": "string"}
    return {"name": name, **kind, **traits}


_VALUE = _attribute("value", caseExact=True)
_PRIMARY = _attribute("primary", type="boolean")
_REF = _attribute("$ref", type="reference", referenceTypes=["User"])

_CORE = [
    _attribute("name", required=True),
    _attribute("aliases", multiValued=True, required=True),
    _attribute("origin", mutability="immutable"),
    _attribute("marks", multiValued=True, mutability="immutable"),
    _attribute("seals", _VALUE, _attribute("text"), multiValued=True, mutability="immutable"),
    _attribute("pin", mutability="writeOnly"),
    _attribute("always", returned="always"),
    _attribute("asked", returned="request"),
    _attribute("made", mutability="readOnly"),
    _attribute(
        "box",
        _attribute("label", returned="always"),
        _attribute("text"),
        _attribute("hint", returned="request"),
        _attribute("key", returned="never"),
        _attribute("code", mutability="immutable"),
    ),
    _attribute(
        "parts",
        _VALUE,
        _attribute("type"),
        _PRIMARY,
        _attribute("weight", type="decimal"),
        _attribute("at", type="dateTime"),
        _attribute("colours", multiValued=True),
        _attribute("stamps", multiValued=True, mutability="immutable"),
        _attribute("key", returned="never"),
        multiValued=True,
    ),
    _attribute("keepers", _VALUE, _REF, _PRIMARY, _attribute("note"), multiValued=True),
    _attribute("home", _attribute("text"), required=True),
]
_SPEC = [
    _attribute("level", type="integer", required=True),
    _attribute("slots", _VALUE, _attribute("text"), multiValued=True),
    _attribute("made", mutability="readOnly"),
]
_SCHEMAS = [
    {"id": GADGET, "name": "Gadget", "attributes": _CORE},
    {"id": SPEC, "name": "Spec", "attributes": _SPEC},
    {
        "id": TAGGED,
        "name": "Tagged",
        "attributes": [_attribute("tag", required=True), _attribute("stamp", mutability="immutable")],
    },
    {"id": PLAIN, "name": "Plain", "attributes": [_attribute("word"), _attribute("stamp", mutability="immutable")]},
]


@functools.cache
def gadget(*, plain_required: bool = False) -> ResourceType:
    """The type; the extension Spec is required, and has a required attribute."""
    extensions = [{"schema": SPEC, "required": True}, {"schema": PLAIN, "required": plain_required}, {"schema": TAGGED}]
    body = {"name": "Gadget", "endpoint": "/Gadgets", "schema": GADGET, "schemaExtensions": extensions}
    return build_registry(_SCHEMAS, [body]).resource_types[0]


def document(**more: Any) -> dict[str, Any]:
    """A gadget with what is required, and `more`; keys of extensions are given by `|`."""
    return {
        "schemas": [GADGET, SPEC],
        "name": "saw",
        "aliases": ["s1"],
        "home": {"text": "shed"},
        SPEC: {"level": 1},
    } | more
