"""Names that the operator gives and uses: what is allowed as one, and what to say when there is none of that name."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from scim.exceptions import OperatorError, UsageError

MAX_LENGTH: Final = 100
_MAX_LISTED: Final = 10


def checked_name(name: str, what: str) -> str:
    """The name itself.

    Raises:
        UsageError: it is empty, too long, not printable, has blanks around it, or could be taken for an id.
    """
    if not 1 <= len(name) <= MAX_LENGTH:
        raise UsageError(f"The name of {what} has 1 to {MAX_LENGTH} characters; this one has {len(name)}.")
    if not name.isprintable() or name != name.strip():
        raise UsageError(f"The name {name!r} has blanks around it, or characters that cannot be printed.")
    if as_uuid(name) is not None:
        raise UsageError(f"The name '{name}' looks like an id; choose another, so that the two cannot be confused.")
    return name


def as_uuid(text: str) -> UUID | None:
    """The id that a text is, in any spelling; None for a name."""
    try:
        return UUID(text)
    except ValueError:
        return None


def unknown(what: str, given: str, known: Sequence[str], *, where: str = "") -> OperatorError:
    """There is nothing of that name: the nearest one there is, else what there is.

    `what` is a noun such as `application`, `where` what follows the name, such as ` in tenant 'default'`.
    """
    return OperatorError(f"no {what} '{given}'{where}; {_hint(given, sorted(set(known)))}")


def _hint(given: str, known: Sequence[str]) -> str:
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(given.casefold(), folded, n=1)
    if near:
        return f"did you mean '{folded[near[0]]}'?"
    if not known:
        return "there is none yet"
    more = f" and {len(known) - _MAX_LISTED} more" if len(known) > _MAX_LISTED else ""
    return "there are: " + ", ".join(f"'{name}'" for name in known[:_MAX_LISTED]) + more
