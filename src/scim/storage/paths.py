"""SQL/JSON paths into `search`, from names of the registry; nothing a client sent gets here."""

from __future__ import annotations

import re

from scim.protocol.attributes.registry import Target

_NAME = re.compile(r"[A-Za-z$][\w$\-]*")
_URN = re.compile(r"[\w.:$+=@~%/#?&;,!*()\-]+")


def quoted(name: str) -> str:
    """A key as a JSON path has it, in double quotes; refuses what could end the quotes or the SQL text around them."""
    if not (_NAME.fullmatch(name) or _URN.fullmatch(name)):
        raise ValueError(f"{name!r} cannot be an attribute name")
    return f'"{name}"'


def json_path(target: Target, *, sub: bool = True) -> str:
    """`$."urn…"."emails"."value"`; lists are entered by the lax mode of SQL/JSON where no index is given."""
    names = [target.extension] if target.extension else []
    names.append(target.attribute.name)
    if sub and target.sub:
        names.append(target.sub.name)
    return "$" + "".join(f".{quoted(name)}" for name in names)


def search_path(column: str, target: Target) -> str:
    """The JSON value of a single attribute or of its part: `column -> 'name' -> 'familyName'`."""
    names = [target.extension] if target.extension else []
    names += [target.attribute.name] + ([target.sub.name] if target.sub else [])
    return column + "".join(f" -> '{quoted(name)[1:-1]}'" for name in names)
