"""Whether attribute definitions hold together (RFC 7643 §2, §7): every fault is collected, so that one look mends all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from scim.exceptions import OperatorError, ScimError
from scim.protocol.attributes.definition import AttributeType, Mutability, Returned, Uniqueness
from scim.protocol.grammar.ast import Present
from scim.protocol.grammar.parser import parse_filter

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,199}")
_REF: Final = "$ref"
_CHARACTERISTICS: Final[Mapping[str, type[StrEnum]]] = {
    "mutability": Mutability,
    "returned": Returned,
    "uniqueness": Uniqueness,
}
_BOOLEANS: Final = ("multiValued", "required", "caseExact")
_LISTS: Final = ("canonicalValues", "referenceTypes")
_KNOWN: Final = ("name", "type", "description", *_BOOLEANS, *_CHARACTERISTICS, *_LISTS, "subAttributes")
_EXACT: Final = (AttributeType.REFERENCE, AttributeType.BINARY)
_WITH_CASE: Final = (AttributeType.STRING, *_EXACT)
_STANDARD_PARTS: Final[Mapping[str, tuple[AttributeType, ...]]] = {
    "type": (AttributeType.STRING,),
    "primary": (AttributeType.BOOLEAN,),
    "display": (AttributeType.STRING,),
    "value": tuple(kind for kind in AttributeType if kind is not AttributeType.COMPLEX),
    _REF: (AttributeType.REFERENCE,),
}
"""Parts whose meaning is set in every complex attribute (RFC 7643 §2.4, row B-33): their types; each is single."""

MAX_ATTRIBUTES: Final = 500
"""Attributes of one schema, their parts counted: more is a mistake, and every request would pay for it."""


@dataclass(slots=True)
class Faults:
    """What is wrong with a definition, one sentence each."""

    found: list[str] = field(default_factory=list)

    def add(self, fault: str) -> None:
        """One more."""
        self.found.append(fault)

    def check(self, what: str) -> None:
        """Go on only without faults.

        Raises:
            OperatorError: all of them, below `what`.
        """
        if self.found:
            raise OperatorError("\n".join([f"{what}:", *(f"- {fault}" for fault in self.found)]))

    def __bool__(self) -> bool:
        return bool(self.found)


def as_list(value: Any) -> list[Any]:
    """The value itself where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text_member(body: Mapping[str, Any], key: str, faults: Faults, where: str = "") -> str:
    """A member that is a text, or left out."""
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        faults.add(f"{where}'{key}' must be a text, not {value!r}")
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class AttributeCheck:
    """Reads attribute definitions and notes what is wrong with them."""

    faults: Faults

    def all(self, bodies: Any, where: str, *, parts: bool = False) -> list[dict[str, Any]]:
        """The definitions of one level, canonical; `parts` where they are sub-attributes."""
        if not isinstance(bodies, Sequence) or isinstance(bodies, str) or not 0 < len(bodies) <= MAX_ATTRIBUTES:
            self.faults.add(f"'{where}' must be a list of 1 to {MAX_ATTRIBUTES} attribute definitions")
            return []
        read = [
            self._one(body, f"{where}[{number}]", parts=parts)
            if isinstance(body, Mapping)
            else self._refused(f"{where}[{number}] must be an object")
            for number, body in enumerate(bodies)
        ]
        names = [str(one.get("name", "")).lower() for one in read]
        for name in sorted({name for name in names if name and names.count(name) > 1}):
            self.faults.add(f"'{where}' defines '{name}' twice; names are compared without case")
        return read

    def _refused(self, fault: str) -> dict[str, Any]:
        self.faults.add(fault)
        return {}

    def _one(self, body: Mapping[str, Any], where: str, *, parts: bool) -> dict[str, Any]:
        name = body.get("name")
        if not self._is_name(name, parts=parts):
            return self._refused(
                f"{where}: 'name' must be a letter followed by letters, digits, - and _, and no word of the filter"
                f" language; it is {name!r}"
            )
        where = f"'{name}'" if not parts else f"{where.partition('[')[0]} '{name}'"
        for key in body.keys() - set(_KNOWN):
            self.faults.add(f"{where}: '{key}' is no characteristic; there are {', '.join(_KNOWN)}")
        kind = self._word(body.get("type", "string"), AttributeType, "type", where)
        if kind is None:
            return {"name": name}
        read: dict[str, Any] = {"name": name, "type": str(kind)}
        read["multiValued"] = self._flag(body, "multiValued", where)
        read["description"] = text_member(body, "description", self.faults, f"{where}: ")
        read["required"] = self._flag(body, "required", where)
        self._lists(read, body, where)
        self._case(read, body, kind, where)
        self._characteristics(read, body, kind, where)
        self._sub_attributes(read, body, kind, where, parts=parts)
        if parts:
            self._standard_part(read, kind, where)
        return read

    def _is_name(self, name: Any, *, parts: bool) -> bool:
        if parts and name == _REF:
            return True
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            return False
        try:
            tree = parse_filter(f"{name} pr")
        except ScimError:
            return False
        return isinstance(tree, Present) and tree.path.name == name

    def _word(self, value: Any, words: type[StrEnum], key: str, where: str) -> StrEnum | None:
        found = next((word for word in words if word == value), None)
        if found is None:
            self.faults.add(f"{where}: '{key}' is {value!r}; there are {', '.join(words)}")
        return found

    def _flag(self, body: Mapping[str, Any], key: str, where: str) -> bool:
        value = body.get(key, False)
        if not isinstance(value, bool):
            self.faults.add(f"{where}: '{key}' must be true or false, not {value!r}")
        return value is True

    def _lists(self, read: dict[str, Any], body: Mapping[str, Any], where: str) -> None:
        for key in _LISTS:
            values = body.get(key) or []
            if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
                self.faults.add(f"{where}: '{key}' must be a list of texts")
            elif values:
                read[key] = values

    def _case(self, read: dict[str, Any], body: Mapping[str, Any], kind: StrEnum, where: str) -> None:
        """References and binaries are case-exact (RFC 7643 §2.3.6, §2.3.7).

        Many published definitions say false of references, as section 8.7 of the RFC itself does: they are read as
        true (erratum 6001).
        """
        exact = self._flag(body, "caseExact", where)
        if kind is AttributeType.BINARY and body.get("caseExact") is False:
            self.faults.add(f"{where}: binary values are case-exact (RFC 7643 §2.3.6); 'caseExact' cannot be false")
        if kind in _WITH_CASE:
            read["caseExact"] = exact or kind in _EXACT

    def _characteristics(self, read: dict[str, Any], body: Mapping[str, Any], kind: StrEnum, where: str) -> None:
        defaults = {"mutability": "readWrite", "returned": "default", "uniqueness": "none"}
        if body.get("mutability") == Mutability.WRITE_ONLY:
            defaults["returned"] = "never"
        for key, words in _CHARACTERISTICS.items():
            read[key] = str(self._word(body.get(key, defaults[key]), words, key, where) or defaults[key])
        if read["mutability"] == Mutability.WRITE_ONLY and read["returned"] != Returned.NEVER:
            self.faults.add(f"{where}: what is writeOnly is never returned (RFC 7643 §7); 'returned' must be never")
        if kind in (AttributeType.COMPLEX, AttributeType.BINARY) and read["uniqueness"] != Uniqueness.NONE:
            self.faults.add(f"{where}: values of type {kind} have no uniqueness (RFC 7643 §2.3.6, erratum 6004)")
        if kind is AttributeType.COMPLEX:
            del read["uniqueness"]

    def _sub_attributes(
        self, read: dict[str, Any], body: Mapping[str, Any], kind: StrEnum, where: str, *, parts: bool
    ) -> None:
        given = body.get("subAttributes")
        if kind is not AttributeType.COMPLEX:
            if given:
                self.faults.add(f"{where}: only complex attributes have 'subAttributes'")
            return
        if parts:
            self.faults.add(f"{where}: a sub-attribute is never complex (RFC 7643 §2.3.8, erratum 8415)")
            return
        read["subAttributes"] = self.all(given, f"subAttributes of {where}", parts=True)

    def _standard_part(self, read: Mapping[str, Any], kind: StrEnum, where: str) -> None:
        name = str(read["name"])
        due = _STANDARD_PARTS.get(name.lower())
        if due is not None and name != name.lower():
            self.faults.add(f"{where}: the RFC spells it '{name.lower()}' (RFC 7643 §2.4)")
        if due is not None and (kind not in due or read["multiValued"]):
            wanted = str(due[0]) if len(due) == 1 else "simple type"
            self.faults.add(f"{where}: a part of this name is one value of {wanted} (RFC 7643 §2.4)")
