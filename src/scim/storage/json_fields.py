"""Attributes inside `search`, or inside one of its entries, as SQL."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from scim.protocol.attributes.definition import AttributeType
from scim.protocol.attributes.registry import Target
from scim.protocol.filters.checked import Operand
from scim.protocol.grammar.ast import Operator
from scim.storage.fields import NEVER, Binder, number_test, text_test
from scim.storage.paths import quoted

_NUMBERS = (AttributeType.INTEGER, AttributeType.DECIMAL)
_ASSIGNED = '? (@.type() != "string" || @ != "")'


@dataclass(frozen=True, slots=True)
class JsonField:
    """The values of one attribute below a JSON expression (`r.search`, or an entry of one of its lists)."""

    holder: str
    target: Target

    def test(self, operator: Operator, value: Operand, bind: Binder) -> str:
        """Equality by containment, which the GIN index answers; all else value by value."""
        if operator is Operator.EQ:
            return self.contains(value, bind)
        condition = self._compare("v.x #>> '{}'", operator, value, bind)
        return f"EXISTS (SELECT 1 FROM jsonb_path_query({self.holder}, '{self._path()}') AS v (x) WHERE {condition})"

    def contains(self, value: Operand, bind: Binder) -> str:
        """`holder @> …`: the value is there, in some entry where there are several."""
        if isinstance(value, str) and "\x00" in value:
            return NEVER
        return f"{self.holder} @> {bind(as_json(self.containing(value)))}::text::jsonb"

    def containing(self, value: Any) -> Any:
        """The least document that holds `value` at this place."""
        leaf = self.target.leaf
        inner = [value] if leaf.multi_valued and self.target.sub else value
        if self.target.sub is not None:
            inner = {self.target.sub.name: inner}
        if self.target.attribute.multi_valued:
            inner = [inner]
        document = {self.target.attribute.name: inner}
        return {self.target.extension: document} if self.target.extension else document

    def exists(self) -> str:
        """Some value, or for a complex attribute some part of it, is neither null nor empty."""
        parts = ".*" if self.target.leaf.is_complex else ""
        return f"jsonb_path_exists({self.holder}, '{self._path()}{parts} {_ASSIGNED}')"

    def entries(self) -> str:
        """The JSON path of the entries of a complex attribute; a single one counts as one entry."""
        return self._path()

    def _path(self) -> str:
        steps = [f".{quoted(self.target.extension)}"] if self.target.extension else []
        steps += [
            f".{quoted(attribute.name)}" + ("[*]" if attribute.multi_valued else "")
            for attribute in (self.target.attribute, self.target.sub)
            if attribute is not None
        ]
        return "$" + "".join(steps)

    def _compare(self, text: str, operator: Operator, value: Operand, bind: Binder) -> str:
        if self.target.leaf.type in _NUMBERS:
            return number_test(text, operator, value, bind)
        return text_test(text, operator, str(value), bind)


def as_json(value: Any) -> str:
    """JSON text; the standard library prints whole numbers of any size."""
    return json.dumps(value, ensure_ascii=False)
