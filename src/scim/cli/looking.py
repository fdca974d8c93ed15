"""What `pyscim user` and `pyscim group` share: options, and resources for people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer

from scim.cli.output import NOTHING, note, print_details
from scim.cli.runner import on_database, settings

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.db.database import Database
    from scim.services.looking import Listed, Look

T = TypeVar("T")

IdOrName = Annotated[str, typer.Argument(metavar="ID_OR_NAME", help="Id, name or externalId.")]
Filter = Annotated[
    str | None, typer.Option("--filter", metavar="FILTER", help="A SCIM filter, read by the application's profile.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Show at most so many.")]
DEFAULT_LIMIT: Final = 100
MAX_AWAITED: Final = 20

_NAMES: Final = ("value", "display", "type", "primary")
"""The parts of an entry that its line begins with, in this order; `$ref` says what `value` says."""


def look_at(kind: str, work: Callable[[Look], Awaitable[T]], *, app: str, tenant: str | None) -> T:
    """Look at resources of a type in an application; locations start as the settings say."""
    from scim.cli.addresses import scim_url
    from scim.services.looking import Look

    loaded = settings()

    async def looking(database: Database) -> T:
        look = await Look.at(database, loaded, kind, app=app, tenant=tenant, base_url=scim_url(loaded))
        return await work(look)

    return on_database(looking)


def awaited_names(names: Sequence[str]) -> dict[str, str]:
    """A line for those whom a resource refers to and who are not here yet, where there are any."""
    more = ["and more"] if len(names) > MAX_AWAITED else []
    return {"not here yet": "\n".join([*names[:MAX_AWAITED], *more])} if names else {}


def note_rest(found: Listed) -> None:
    """Say on stderr that there are more than were shown."""
    shown = len(found.resources)
    if found.total > shown:
        note(f"{shown:,} of {found.total:,} are shown; --limit and --filter choose others.")


def print_resource(resource: Mapping[str, Any], *, more: Mapping[str, str]) -> None:
    """A resource for people: attributes by name, entries of lists line by line, extensions below their URNs."""
    core = {name: value for name, value in resource.items() if ":" not in name and name != "schemas"}
    print_details({name: _text(value) for name, value in core.items()} | dict(more))
    for name, value in resource.items():
        if ":" in name:
            typer.echo(f"\n{name}")
            print_details({f"  {part}": _text(inner) for part, inner in value.items()})


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return _entry(value)
    if isinstance(value, list):
        return "\n".join(map(_text, value)) or NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _entry(value: Mapping[str, Any]) -> str:
    """`kim@example.com (work, primary)`; what has no `value` is `givenName Kim, familyName Lee`."""
    if "value" not in value:
        return "\n".join(f"{name}: {_text(part)}" for name, part in value.items())
    about = [_trait(name, value[name]) for name in _NAMES[1:] if value.get(name)]
    about += [f"{name} {_text(part)}" for name, part in value.items() if name not in {*_NAMES, "$ref"}]
    return _text(value["value"]) + (f" ({', '.join(about)})" if about else "")


def _trait(name: str, value: Any) -> str:
    return name if value is True else _text(value)
