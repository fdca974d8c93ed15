"""What `tenant delete` and `app delete` have in common: how much it is, the question, the bar, what was done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from scim.cli.output import confirm, counted, fail, note, print_json
from scim.cli.progress import progress
from scim.cli.runner import on_database

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.db.database import Database
    from scim.services.removal import Content, Removal, Tell


def delete_after_asking(
    look: Callable[[Database], Awaitable[Removal]],
    delete: Callable[[Database, str, Tell], Awaitable[Removal]],
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Say how much goes, ask, and delete what `look` found, by its id; whoever interrupts it is told how to go on."""
    found = on_database(look)
    what = _named(found)
    if force:
        note(f"Deleting {what} with {amount(found.content)}.")
    confirm(f"Delete {what} with {amount(found.content)}?", force=force)
    try:
        with progress("Deleting", found.content.rows) as tell:
            gone = on_database(lambda database: delete(database, str(found.id), tell))
    except KeyboardInterrupt:
        fail(f"Interrupted: {what} is deactivated, and a part of it is gone. The same command deletes the rest.")
    if as_json:
        head = {"id": gone.id, "tenant": gone.tenant}
        print_json(head | ({"app": gone.app} if gone.app else {}) | {"removed": gone.content})
        return
    typer.echo(f"{what[0].upper()}{what[1:]} is deleted. Its audit records stay.")


def amount(content: Content) -> str:
    """`2 applications, 12 User, 40 memberships and 1 token`."""
    counts = {
        "application": content.applications,
        "hidden user": content.hidden_users,
        "membership": content.memberships,
        "token": content.tokens,
    }
    words = {name: f"{number} {name}{'' if number == 1 else 's'}" for name, number in counts.items() if number}
    resources = [counted(content.resources)] if content.resources else []
    parts = [words.pop("application")] if "application" in words else []
    parts += [*resources, *words.values()]
    if not parts:
        return "nothing in it"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _named(found: Removal) -> str:
    return f"application '{found.app}' of tenant '{found.tenant}'" if found.app else f"tenant '{found.tenant}'"
