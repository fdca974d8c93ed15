"""A reference that is answered as the id of whom it means, and as it was sent where that is not known."""

from __future__ import annotations

from dataclasses import dataclass

from scim.protocol.filters.checked import Operand
from scim.protocol.grammar.ast import Operator
from scim.storage.fields import NEVER, Binder, Field, as_id, text_test
from scim.storage.json_fields import JsonField
from scim.storage.paths import search_path


@dataclass(frozen=True, slots=True)
class ReferenceField:
    """The id in a column, else what is in the JSON."""

    column: str
    sent: JsonField

    def test(self, operator: Operator, value: Operand, bind: Binder) -> str:
        """Equality by the indexes of both; all else by the text that is answered."""
        as_sent = self.sent.test(operator, value, bind)
        if operator is Operator.EQ:
            identifier = as_id(str(value))
            bound = NEVER if identifier is None else f"{self.column} = {bind(identifier)}"
        else:
            bound = text_test(f"{self.column}::text", operator, str(value), bind)
        return f"({bound} OR ({self.column} IS NULL AND {as_sent}))"

    def exists(self) -> str:
        """A value was sent."""
        return self.sent.exists()

    def ordered(self) -> str:
        """The text that is answered."""
        return f"coalesce({self.column}::text, {search_path(self.sent.holder, self.sent.target)} #>> '{{}}')"


@dataclass(frozen=True, slots=True)
class FarField:
    """A field in the row of another resource, which is found first: between `start` and `end` stand its conditions."""

    start: str
    field: Field
    end: str

    def test(self, operator: Operator, value: Operand, bind: Binder) -> str:
        """As the field's own."""
        return f"{self.start} AND {self.field.test(operator, value, bind)}{self.end}"

    def exists(self) -> str:
        """As the field's own."""
        return f"{self.start} AND {self.field.exists()}{self.end}"
