"""From syntax tree back to text, for logs and messages; parsing the text gives the same tree."""

from __future__ import annotations

import json
from typing import assert_never

from scim.protocol.grammar.ast import And, Comparison, Filter, Not, Or, Present, ValuePath


def to_text(filter: Filter) -> str:  # noqa: A002 - the RFC's name
    """The filter as strict text, with no more round brackets than its meaning needs."""
    match filter:
        case Present(path):
            return f"{path} pr"
        case Comparison(path, operator, value):
            return f"{path} {operator} {json.dumps(value, ensure_ascii=False)}"
        case ValuePath(path, condition):
            return f"{path}[{to_text(condition)}]"
        case Not(operand):
            return f"not ({to_text(operand)})"
        case And(operands):
            return " and ".join(f"({to_text(one)})" if isinstance(one, Or) else to_text(one) for one in operands)
        case Or(operands):
            return " or ".join(map(to_text, operands))
    assert_never(filter)
