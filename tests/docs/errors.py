"""docs/errors.md, from the classes of errors and from what `audit show` says of each."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from scim import exceptions
from scim.cli.audit_words import advice
from scim.exceptions import ScimError
from scim.storage.audit_log import Record
from tests.docs.markdown import code, table

_HEAD: Final = """\
# Errors

Made by `scripts/uv run python -m tests.docs.report` from the code; a test fails where this page is not what that writes.

Every error is a SCIM error body (RFC 7644 §3.12), whatever went wrong:

```json
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
  "status": "409",
  "scimType": "uniqueness",
  "detail": "The userName 'kim@example.com' is taken by another user."
}
```

`detail` says what to change: which attribute, which operation, what was expected. Of a 400 it also names the quirk rules by
which another profile would read the request, or the section of the RFC that says what is due. Of a 500 it names the id of
the request, under which the server's log has more, and nothing else. `pyscim audit list --status refused` lists what was
refused, `pyscim audit show ID` says of one what to do.

"""

_ROW: Final = re.compile(r"[;,] row [A-Z]-\d\d| \(row [A-Z]-\d\d\)")


def render() -> str:
    """The whole page."""
    return _HEAD + table(("Status", "scimType", "What it means", "What to do"), map(_row, classes()))


def classes() -> list[type[ScimError]]:
    """The types of errors, by status."""
    found = [one for _, one in inspect.getmembers(exceptions, inspect.isclass) if issubclass(one, ScimError)]
    return sorted((one for one in found if one is not ScimError), key=lambda one: (one.status, one.scim_type or ""))


def remedy(error: type[ScimError]) -> str | None:
    """What `audit show` tells about a refusal of this type."""
    return advice(
        Record(
            id=UUID(int=0),
            at=datetime.min.replace(tzinfo=UTC),
            action="create",
            actor="token",
            status=error.status,
            scim_type=error.scim_type,
            rules=(),
            **dict.fromkeys(_UNKNOWN),
        )
    )


_UNKNOWN: Final = (
    *("tenant", "app", "tenant_id", "app_id", "resource_type", "resource_id", "detail", "changes", "method", "path"),
    *("request_id", "ip", "user_agent", "duration_ms"),
)


def _row(error: type[ScimError]) -> tuple[str, str, str, str]:
    meaning = _ROW.sub("", inspect.cleandoc(error.__doc__ or "").partition("\n\n")[0])
    return str(error.status), code(error.scim_type or ""), meaning, remedy(error) or ""
