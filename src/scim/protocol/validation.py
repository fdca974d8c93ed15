"""From the body of a POST or PUT to the document that will be stored (RFC 7644 §3.3, §3.5.1; RFC 7643 §3, §7).

The operation is an argument: a create takes the body as it is; a replace also keeps what the client may not take away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scim.exceptions import InvalidSyntax, InvalidValue, Mutability
from scim.protocol.attributes.definition import Attribute, AttributeType
from scim.protocol.attributes.definition import Mutability as Mutable
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.equality import same_entry
from scim.protocol.filters.values import search_value
from scim.protocol.lists import check_list
from scim.protocol.unknown import Unknowns
from scim.protocol.values import Json, canonical_keys, is_unassigned, read_value, shown

Document = dict[str, Any]
"""A resource in canonical spelling: core attributes at the top, each extension under its URN."""


def read_resource(body: Json, resource_type: ResourceType, *, unknowns: Unknowns) -> Document:
    """The document a create asks for, without anything a client may not set.

    Raises:
        InvalidSyntax: no object, no usable `schemas`, an unknown attribute that the policy refuses.
        InvalidValue: a value that does not fit, a required one that is missing, a schema the type does not have.
    """
    if not isinstance(body, Mapping):
        raise InvalidSyntax(f"The body must be a JSON object, not {shown(body)}.")
    members = canonical_keys(body, "The body")
    check_schemas(members.get("schemas"), resource_type)
    document: Document = {}
    for key, value in body.items():
        if key.lower() != "schemas":
            _read_member(document, key, value, resource_type, unknowns)
    _check_lists(document, resource_type)
    check_required(document, resource_type)
    return with_schemas(document, resource_type)


def read_replacement(body: Json, stored: Document, resource_type: ResourceType, *, unknowns: Unknowns) -> Document:
    """The document a PUT asks for: what the body leaves out is gone, but immutable values stay (rows G-03 to G-07).

    Raises:
        Mutability: an immutable value would change.
        InvalidSyntax, InvalidValue: as `read_resource`.
    """
    document = read_resource(body, resource_type, unknowns=unknowns)
    for holder, old, attribute, where in _attribute_slots(document, stored, resource_type):
        _keep_immutable(holder, old, attribute, where)
    check_required(document, resource_type)  # what was kept may have parts that are required beside it
    return with_schemas(document, resource_type)


def check_schemas(value: Json, resource_type: ResourceType) -> None:
    """`schemas` names the base schema, and besides only extensions of the type, each once (rows B-01, B-03, C-10).

    Raises:
        InvalidSyntax: missing, empty, not a list of texts, doubled, or without the base schema.
        InvalidValue: a schema that the type does not have.
    """
    if not isinstance(value, list) or not value or not all(isinstance(urn, str) for urn in value):
        raise InvalidSyntax(f"'schemas' must be a list of URNs that holds '{resource_type.schema.id}'.")
    urns = [urn.lower() for urn in value]
    if len(set(urns)) != len(urns):
        raise InvalidSyntax("'schemas' names the same URN twice.")
    if resource_type.schema.id.lower() not in urns:
        raise InvalidSyntax(f"'schemas' must hold '{resource_type.schema.id}', the schema of {resource_type.endpoint}.")
    for urn in value:
        if not resource_type.is_base(urn) and resource_type.extension(urn) is None:
            raise InvalidValue(f"'schemas' names '{urn}', which is no schema of {resource_type.name}.")


def with_schemas(document: Document, resource_type: ResourceType) -> Document:
    """The document with `schemas` first: the base schema and the extensions that have values (rows B-05, H-17).

    What an extension has left that the type has no longer goes.
    """
    urns = [resource_type.schema.id]
    urns += [extension.schema.id for extension in resource_type.extensions if document.get(extension.schema.id)]
    return {"schemas": urns} | {
        key: value
        for key, value in document.items()
        if key != "schemas" and (":" not in key or resource_type.extension(key))
    }


def check_required(document: Document, resource_type: ResourceType) -> None:
    """Every required attribute has a value, and no required text is empty (rows B-50, B-51, A-22).

    Raises:
        InvalidValue: naming what is missing.
    """
    for attribute in resource_type.attributes:
        if attribute.name != "schemas":
            _check_present(document, attribute, attribute.name)
    for extension in resource_type.extensions:
        urn = extension.schema.id
        if urn not in document and not extension.required:
            continue
        for attribute in extension.schema.attributes:
            _check_present(document.get(urn, {}), attribute, f"{urn}:{attribute.name}")
        if urn not in document:
            raise InvalidValue(f"The extension '{urn}' is required: the resource needs a value of it.")


def _check_present(holder: Mapping[str, Json], attribute: Attribute, where: str) -> None:
    value = holder.get(attribute.name)
    if attribute.required and attribute.mutability is not Mutable.READ_ONLY and (is_unassigned(value) or value == ""):
        raise InvalidValue(f"'{where}' is required and must not be empty.")
    if value is None or not attribute.is_complex:
        return
    required = [
        sub.name for sub in attribute.sub_attributes if sub.required and sub.mutability is not Mutable.READ_ONLY
    ]
    for entry in value if attribute.multi_valued else [value]:
        for name in required:
            if is_unassigned(entry.get(name)) or entry[name] == "":
                raise InvalidValue(f"'{where}.{name}' is required where '{where}' has a value.")


def _read_member(document: Document, key: str, value: Json, resource_type: ResourceType, unknowns: Unknowns) -> None:
    attribute = resource_type.attribute(key)
    extension = resource_type.extension(key)
    if attribute is not None:
        _read_attribute(document, attribute, value, attribute.name, unknowns)
    elif extension is not None and not is_unassigned(value):
        read = read_extension(extension.schema.attributes, value, extension.schema.id, unknowns)
        if read:
            document[extension.schema.id] = read
    elif extension is None:
        unknowns.meet(key, value, f"{resource_type.name} has no attribute '{key}'.")


def read_extension(attributes: tuple[Attribute, ...], value: Json, urn: str, unknowns: Unknowns) -> Document:
    """The object under an extension's URN.

    Raises:
        InvalidValue: it is no object, or a value in it does not fit.
    """
    if not isinstance(value, Mapping):
        raise InvalidValue(f"'{urn}' must be an object with the extension's attributes, not {shown(value)}.")
    known = {attribute.name.lower(): attribute for attribute in attributes}
    read: Document = {}
    canonical_keys(value, f"'{urn}'")
    for key, part in value.items():
        attribute = known.get(key.lower())
        if attribute is not None:
            _read_attribute(read, attribute, part, f"{urn}:{attribute.name}", unknowns)
        else:
            unknowns.meet(f"{urn}:{key}", part, f"The extension '{urn}' has no attribute '{key}'.")
    return read


def _read_attribute(holder: Document, attribute: Attribute, value: Json, where: str, unknowns: Unknowns) -> None:
    if attribute.mutability is Mutable.READ_ONLY:
        return
    read = read_value(attribute, value, where=where, unknowns=unknowns)
    if read is not None:
        holder[attribute.name] = read


def _check_lists(document: Document, resource_type: ResourceType) -> None:
    for holder, _, attribute, where in _attribute_slots(document, {}, resource_type):
        if attribute.multi_valued and attribute.name in holder:
            check_list(attribute, holder[attribute.name], where=where)


def _attribute_slots(
    document: Document, stored: Document, resource_type: ResourceType
) -> Iterator[tuple[Document, Document, Attribute, str]]:
    """(holder in the new document, holder in the stored one, attribute, name for messages) of every attribute."""
    for attribute in resource_type.attributes:
        yield document, stored, attribute, attribute.name
    for extension in resource_type.extensions:
        urn = extension.schema.id
        old: Document = stored.get(urn, {})
        holder: Document = document.get(urn) or {}
        for attribute in extension.schema.attributes:
            yield holder, old, attribute, f"{urn}:{attribute.name}"
        if holder:
            document[urn] = holder


def _keep_immutable(holder: Document, old: Document, attribute: Attribute, where: str) -> None:
    """Rows G-06, G-16: a value that is set stays; the body may leave it out, but not change it."""
    before, after = old.get(attribute.name), holder.get(attribute.name)
    if before is None:
        return
    if attribute.mutability is Mutable.IMMUTABLE:
        if after is not None and not _same_value(attribute, before, after):
            raise Mutability(f"'{where}' is immutable and has a value already.")
        holder[attribute.name] = before
    elif attribute.type is AttributeType.COMPLEX and after is not None:
        _keep_immutable_parts(attribute, before, after, where)


def _keep_immutable_parts(attribute: Attribute, before: Json, after: Json, where: str) -> None:
    if not attribute.multi_valued:
        for sub in attribute.sub_attributes:
            _keep_immutable(after, before, sub, f"{where}.{sub.name}")
        return
    matches = _Matches(attribute, before)
    for entry in after:
        old = matches.of(entry)
        for sub in attribute.sub_attributes if old else ():
            if sub.name != "display":  # a text for people: quirk OKTA-09 sends others, row G-16 lets it be left out
                _keep_immutable(entry, old, sub, f"{where}.{sub.name}")


class _Matches:
    """Entries of a stored list, found again by their `value`, and by their `type` where several share it."""

    def __init__(self, attribute: Attribute, entries: list[Json]) -> None:
        self._kind = attribute.sub("type")
        self._by_value: dict[Json, list[Document]] = {}
        for entry in entries:
            if entry.get("value") is not None:
                self._by_value.setdefault(entry["value"], []).append(entry)

    def of(self, entry: Document) -> Document:
        """The stored entry that this one continues; an empty one where it is new."""
        found = self._by_value.get(entry.get("value"), [])
        if len(found) == 1:
            return found[0]
        return next((old for old in found if self._type(old) == self._type(entry)), {})

    def _type(self, entry: Document) -> Json:
        return search_value(self._kind, entry.get("type")) if self._kind else None


def _same_value(attribute: Attribute, left: Json, right: Json) -> bool:
    if not attribute.multi_valued:
        return same_entry(attribute, left, right)
    return len(left) == len(right) and all(map(lambda a, b: same_entry(attribute, a, b), left, right))
