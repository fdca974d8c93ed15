"""Whether a Schema resource may become a schema of an application (RFC 7643 §7), with every fault it has.

A schema of one's own may add attributes, and not redefine what the RFC has defined, nor loosen a characteristic that the
RFC fixes. What passes comes out whole: every characteristic written out, in the spelling of the RFC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from scim.exceptions import OperatorError
from scim.protocol.attributes.attribute_check import MAX_ATTRIBUTES, AttributeCheck, Faults, as_list, text_member
from scim.protocol.attributes.definition import Attribute, attribute_from_json, by_name
from scim.protocol.attributes.registry import builtin_registry, common_attributes

SCHEMA_URN: Final = "urn:ietf:params:scim:schemas:core:2.0:Schema"
_EXTENSION: Final = re.compile(r":extension:(?:[^:]+:)+(?P<type>[A-Za-z][A-Za-z0-9_-]*)$", re.IGNORECASE)
_KNOWN: Final = ("schemas", "id", "name", "description", "attributes", "meta")
_FIXED: Final[Mapping[str, str]] = {
    "type": "type",
    "multi_valued": "multiValued",
    "case_exact": "caseExact",
    "mutability": "mutability",
    "returned": "returned",
    "uniqueness": "uniqueness",
}
"""What the RFC fixes of a common attribute, and the word for it in a definition."""

_URN: Final = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:[a-z0-9](?:[a-z0-9+.:=@;$_!*&~-]*[a-z0-9])?", re.IGNORECASE)
"""URNs of RFC 8141, but for characters that a URL, a list of names or a path would have to escape."""

_MAX_URN: Final = 255
_MESSAGES: Final = "urn:ietf:params:scim:api:"
_OURS: Final = "urn:pyscim:"
_PASSWORD: Final = "password"  # noqa: S105 - the attribute's name


def checked_schema(body: Any) -> dict[str, Any]:
    """The Schema resource as it is kept: canonical, with defaults filled in.

    Raises:
        OperatorError: one line for each fault, naming the attribute and what was expected.
    """
    if not isinstance(body, Mapping):
        raise OperatorError("a schema is a JSON object (RFC 7643 §7)")
    faults = Faults()
    urn = _urn(body.get("id"), faults)
    for key in body.keys() - set(_KNOWN):
        faults.add(f"'{key}' is no member of a schema; it has {', '.join(_KNOWN)}")
    if SCHEMA_URN not in as_list(body.get("schemas", [SCHEMA_URN])):
        faults.add(f"'schemas' must be ['{SCHEMA_URN}']")
    attributes = AttributeCheck(faults).all(body.get("attributes"), "attributes")
    total = sum(1 + len(one.get("subAttributes", ())) for one in attributes)
    if total > MAX_ATTRIBUTES:
        faults.add(f"it has {total} attributes, parts counted; at most {MAX_ATTRIBUTES} are taken")
    _check_names(attributes, faults)
    _check_common(attributes, faults)
    read = {
        "id": urn,
        "name": text_member(body, "name", faults) or urn.rpartition(":")[2],
        "description": text_member(body, "description", faults),
        "attributes": attributes,
    }
    faults.check(f"the schema {urn or 'in the file'} cannot be taken")
    return read


def extended_type(urn: str) -> str | None:
    """The resource type that the URN of an extension names: `User` for `…:extension:…:2.0:User`."""
    match = _EXTENSION.search(urn)
    return match["type"] if match else None


def _urn(value: Any, faults: Faults) -> str:
    if not isinstance(value, str) or not value.lower().startswith("urn:"):
        faults.add("'id' must be a URN, such as urn:example:params:scim:schemas:extension:lab:2.0:User")
        return ""
    if len(value) > _MAX_URN:
        faults.add(f"'id' has {len(value)} characters; at most {_MAX_URN} are taken")
    elif not _URN.fullmatch(value):
        faults.add(f"'id' is {value!r}: it is no URN that an attribute path and a URL can hold as it is")
    elif value.lower().startswith(_MESSAGES):
        faults.add(f"'id' is {value}: URNs below {_MESSAGES} are those of messages")
    elif value.lower().startswith(_OURS):
        faults.add(f"'id' is {value}: URNs below {_OURS} are the server's own")
    elif builtin_registry().schema(value) is not None:
        faults.add(f"'id' is {value}: the RFC's own schemas are built in and cannot be redefined")
    return value


def check_urn_beside(urn: str, others: Iterable[str]) -> None:
    """A path such as `URN:name` must have one reading.

    Raises:
        OperatorError: one URN is another with what could be an attribute of that one behind it.
    """
    for other in others:
        shorter, longer = sorted((urn, other), key=len)
        prefix, _, name = longer.rpartition(":")
        if prefix.lower() == shorter.lower():
            raise OperatorError(
                f"the schema {urn} cannot be taken: {longer} would be read as the attribute '{name}' of {shorter}"
            )


def _check_names(attributes: list[dict[str, Any]], faults: Faults) -> None:
    for attribute in attributes:
        if str(attribute.get("name", "")).lower() == _PASSWORD:
            faults.add(f"'{attribute['name']}': passwords are kept for users only, by the attribute that they have")


def _check_common(attributes: list[dict[str, Any]], faults: Faults) -> None:
    """`id`, `externalId`, `meta` and `schemas` may be listed as the RFC has them, and in no other way (row B-52)."""
    common = by_name(common_attributes())
    for attribute in attributes:
        defined = common.get(str(attribute.get("name", "")).lower())
        if defined is not None and not faults:
            _compare(attribute_from_json(attribute), defined, faults)


def _compare(given: Attribute, defined: Attribute, faults: Faults) -> None:
    for trait, word in _FIXED.items():
        due = getattr(defined, trait)
        if getattr(given, trait) != due:
            faults.add(f"'{defined.name}' belongs to every resource (RFC 7643 §3.1): its {word} is {_spelled(due)}")
    if given.required and not defined.required:
        faults.add(f"'{defined.name}' belongs to every resource (RFC 7643 §3.1): it is not required")
    for sub in given.sub_attributes:
        if (known := defined.sub(sub.name)) is None:
            faults.add(f"'{defined.name}' belongs to every resource (RFC 7643 §3.1): it has no '{sub.name}'")
        else:
            _compare(sub, known, faults)


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
