"""Column types that Tortoise lacks."""

from __future__ import annotations

from typing import Any

import orjson
from tortoise.fields.base import Field
from tortoise.models import Model


class Json(Field[Any]):
    """`json` or `jsonb` as Python values; SQL_TYPE says which."""

    SQL_TYPE = "JSONB"
    field_type = object

    def __init__(self, *, sql_type: str = "JSONB", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.SQL_TYPE = sql_type

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> str | None:  # noqa: ARG002 - Tortoise's
        """Python → text."""
        return None if value is None else orjson.dumps(value).decode()

    def to_python_value(self, value: Any) -> Any:
        """Text → Python."""
        return orjson.loads(value) if isinstance(value, str | bytes) else value


class Plain(Field[Any]):
    """A column whose values the driver takes and gives as they are: bytes, addresses, arrays of texts."""

    field_type = object

    def __init__(self, sql_type: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.SQL_TYPE = sql_type

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:  # noqa: ARG002 - Tortoise's
        """As it is."""
        return value

    def to_python_value(self, value: Any) -> Any:
        """As it is."""
        return value
