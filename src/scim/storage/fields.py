"""How one attribute is tested in SQL: a field is an SQL expression plus the rules of its kind.

Every value becomes a bind parameter; SQL text is made of constants and names of the registry only (DESIGN §3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from scim.protocol.filters.checked import Operand
from scim.protocol.grammar.ast import Operator
from scim.protocol.text_key import COLUMN_KEY_LIMIT, bounded_text

NEVER = "FALSE"
_NUL = "\x00"


@dataclass(slots=True)
class Binder:
    """Collects bind parameters and names them, from `$first` on."""

    first: int = 1
    values: list[Any] = field(default_factory=list)

    def __call__(self, value: Any) -> str:
        self.values.append(value)
        return f"${self.first + len(self.values) - 1}"


class Field(Protocol):
    """One attribute as SQL."""

    def test(self, operator: Operator, value: Operand, bind: Binder) -> str:
        """The condition `attribute operator value`; `operator` is never NE."""

    def exists(self) -> str:
        """The condition that there is a value (row F-15)."""


_TEXT_TESTS: Mapping[Operator, Callable[[str, str], str]] = {
    Operator.EQ: lambda text, value: f"{text} = {value}",
    Operator.CO: lambda text, value: f"strpos({text}, {value}::text) > 0",
    Operator.SW: lambda text, value: f"{text} ^@ {value}::text",
    Operator.EW: lambda text, value: f"right({text}, length({value}::text)) = {value}::text",
    Operator.GT: lambda text, value: f"{text} > {value}",
    Operator.GE: lambda text, value: f"{text} >= {value}",
    Operator.LT: lambda text, value: f"{text} < {value}",
    Operator.LE: lambda text, value: f"{text} <= {value}",
}
_ORDER_BEFORE_NUL = {
    Operator.GT: Operator.GT,
    Operator.GE: Operator.GT,
    Operator.LT: Operator.LE,
    Operator.LE: Operator.LE,
}


def text_test(expression: str, operator: Operator, value: str, bind: Binder) -> str:
    """A test of text, by code point. No stored text has NUL in it, and Postgres takes none as a value.

    So a text with NUL is equal to nothing and part of nothing, and is ordered right after what comes before the NUL.
    """
    if _NUL in value:
        if operator not in _ORDER_BEFORE_NUL:
            return NEVER
        operator, value = _ORDER_BEFORE_NUL[operator], value.partition(_NUL)[0]
    return _TEXT_TESTS[operator](f'({expression}) COLLATE "C"', bind(value))


@dataclass(frozen=True, slots=True)
class TextField:
    """Text in the form in which it is compared, or NULL."""

    expression: str

    def test(self, operator: Operator, value: Operand, bind: Binder) -> str:
        """By code point."""
        return text_test(self.expression, operator, str(value), bind)

    def exists(self) -> str:
        """Neither NULL nor empty."""
        return f"({self.expression}) <> ''"


@dataclass(frozen=True, slots=True)
class KeyField:
    """An indexed column with the bounded key of a text; what a bounded key cannot tell, `whole` does."""

    column: str
    whole: Field

    def test(self, operator: Operator, value: Operand, bind: Binder) -> str:
        """By the column for equality, and for order and prefix with operands that it holds whole."""
        text = str(value)
        if operator is Operator.EQ and _NUL not in text:
            return f"{self.column} = {bind(bounded_text(text))}"
        if operator in (Operator.CO, Operator.EW) or len(text) > COLUMN_KEY_LIMIT or _NUL in text:
            return self.whole.test(operator, value, bind)
        return text_test(self.column, operator, text, bind)

    def exists(self) -> str:
        """Neither NULL nor empty."""
        return f"{self.column} <> ''"


@dataclass(frozen=True, slots=True)
class IdField:
    """A uuid column, compared as the text it is shown as."""

    column: str

    def test(self, operator: Operator, value: Operand, bind: Binder) -> str:
        """Equality by the index; all else by the text."""
        if operator is not Operator.EQ:
            return text_test(f"{self.column}::text", operator, str(value), bind)
        identifier = as_id(str(value))
        return NEVER if identifier is None else f"{self.column} = {bind(identifier)}"

    def exists(self) -> str:
        """Not NULL."""
        return f"{self.column} IS NOT NULL"


@dataclass(frozen=True, slots=True)
class LocationField:
    """A URI made of the base URL, an endpoint by type, and an id; `kinds` maps a type's name to its endpoint."""

    base_url: str
    column: str
    kind_column: str
    kinds: Mapping[str, str]

    def test(self, operator: Operator, value: Operand, bind: Binder) -> str:
        """Equality by the id in the URI; all else by its text."""
        if operator is Operator.EQ:
            return self._equals(str(value), bind)
        endpoint = " ".join(f"WHEN {bind(name)} THEN {bind(path)}::text" for name, path in self.kinds.items())
        text = f"{bind(self.base_url)}::text || CASE {self.kind_column} {endpoint} END || '/' || {self.column}::text"
        return text_test(text, operator, str(value), bind)

    def _equals(self, value: str, bind: Binder) -> str:
        start, _, end = value.rpartition("/")
        identifier = as_id(end)
        kind = next((name for name, path in self.kinds.items() if start == self.base_url + path), None)
        if identifier is None or kind is None:
            return NEVER
        return f"({self.column} = {bind(identifier)} AND {self.kind_column} = {bind(kind)})"

    def exists(self) -> str:
        """Not NULL."""
        return f"{self.column} IS NOT NULL"


@dataclass(frozen=True, slots=True)
class TimeField:
    """A timestamp column; operands are texts of fixed width in UTC."""

    column: str

    def test(self, operator: Operator, value: Operand, bind: Binder) -> str:
        """As instants."""
        instant = datetime.fromisoformat(str(value))
        return f"{self.column} {_SIGNS[operator]} {bind(instant)}"

    def exists(self) -> str:
        """Not NULL."""
        return f"{self.column} IS NOT NULL"


@dataclass(frozen=True, slots=True)
class BooleanField:
    """A boolean column."""

    column: str

    def test(self, _operator: Operator, value: Operand, bind: Binder) -> str:
        """Equality; booleans have no order."""
        return f"{self.column} = {bind(value)}"

    def exists(self) -> str:
        """Not NULL."""
        return f"{self.column} IS NOT NULL"


_SIGNS = {Operator.EQ: "=", Operator.GT: ">", Operator.GE: ">=", Operator.LT: "<", Operator.LE: "<="}


def number_test(expression: str, operator: Operator, value: Operand, bind: Binder) -> str:
    """A test of numbers: exact decimals of what was printed (row F-22)."""
    return f"({expression})::numeric {_SIGNS[operator]} {bind(repr(value))}::text::numeric"


def as_id(text: str) -> UUID | None:
    """The id that a text is, in the one spelling that ids have here; None for any other text (row D-02)."""
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text else None
