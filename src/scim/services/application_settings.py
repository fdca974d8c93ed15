"""`app update --set KEY=VALUE`: an application's settings, read from texts and explained."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import NoneType
from typing import Any, get_args

from pydantic import ValidationError

from scim.exceptions import UsageError
from scim.models.settings import ApplicationSettings


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """One setting of an application as `app info` lists it; a default is what holds when nothing is set."""

    name: str
    value: Any
    is_default: bool
    description: str


def with_settings(stored: Mapping[str, Any], assignments: Iterable[str]) -> dict[str, Any]:
    """The stored settings after `KEY=VALUE` texts; an empty value goes back to the default.

    Raises:
        UsageError: an unknown key, or a value that is not accepted.
    """
    values = dict(stored)
    for assignment in assignments:
        key, separator, text = assignment.partition("=")
        name = key.strip().replace("-", "_")
        if not separator:
            raise UsageError(f"--set takes KEY=VALUE; '{assignment}' has no '='.")
        if name not in ApplicationSettings.model_fields:
            raise UsageError(_unknown_key(name))
        if text.strip():
            values[name] = _value(name, text.strip())
        else:
            values.pop(name, None)
    return values


def shown_settings(stored: Mapping[str, Any]) -> list[ShownSetting]:
    """Every setting with the value in force, in the order of the model."""
    values = ApplicationSettings.model_validate(stored).model_dump(mode="json")
    return [
        ShownSetting(name, values[name], name not in stored, field.description or "")
        for name, field in ApplicationSettings.model_fields.items()
    ]


def accepted(name: str) -> str:
    """What a setting takes, in words."""
    return " or ".join(_words(ApplicationSettings.model_fields[name].annotation))


def _value(name: str, text: str) -> Any:
    """The value as it is stored."""
    try:
        model = ApplicationSettings.model_validate({name: text})
    except ValidationError:
        raise UsageError(f"{name} is '{text}'; accepted: {accepted(name)}") from None
    return model.model_dump(mode="json", include={name})[name]


def _words(annotation: Any) -> list[str]:
    """A type in words, one for each alternative."""
    inner = [part for part in get_args(annotation) if part not in {NoneType, Ellipsis}]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(member.value) for member in annotation]
    if annotation is bool:
        return ["true", "false"]
    if getattr(annotation, "__origin__", None) is tuple:
        return ["a list with commas, of " + ", ".join(_words(inner[0]))]
    if inner:
        return [word for part in inner for word in _words(part)]
    return [_PLAIN.get(annotation, "text")]


_PLAIN = {int: "a whole number", float: "a number"}


def _unknown_key(name: str) -> str:
    known = list(ApplicationSettings.model_fields)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    return f"'{name}' is not a setting of applications; {hint}"
